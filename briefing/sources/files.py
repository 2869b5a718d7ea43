"""Articles from files and folders: text, Markdown, HTML, JSON and JSONL.

A folder is read with all its folders, in the order of the names. Passed over without a word: hidden
files, README files, `*.toml`, folders that hold an edition of ours, and folders below with a `briefing.toml` of
their own: they are built by themselves, and hold editions and state besides articles. Everything else that cannot be
read is a `Failure` that says what, where and what to do; the rest goes on. Metadata may stand in front
matter or in `NAME.meta.json` beside a file; the file's own word comes first.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from briefing.errors import SourceError
from briefing.plugins import Place, Reading, Weight
from briefing.sources import front_matter, records
from briefing.sources.encoding import decode
from briefing.sources.records import Numbered
from briefing.types import Declared, Document, Failure, Record

MediaType = Literal["text/plain", "text/markdown", "text/html"]

_TEXTS: dict[str, MediaType] = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
}
_RECORDS = frozenset((".json", ".jsonl", ".ndjson"))
_READABLE = _RECORDS | _TEXTS.keys()
_META = ".meta.json"
# A file of records is a container: the cap on one article would refuse a day's export of an agency. One of lines may
# be an archive: 100,000 articles are 650 MB.
CONTAINER, LINES = 20, 400
_MOST_FAILURES = 20
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISDIR, "a folder"),
)
# Bounded, and stopping at the next "<", so that no input makes it slow.
_MARKUP = re.compile(
    r"<!doctype html"
    r"|</(?:p|div|span|a|h[1-6]|ul|ol|li|strong|em|b|i|blockquote|article|section|figure|body|html)\s{0,9}>"
    r"|<(?:p|br|img|hr)(?:\s[^<>]{0,1000})?/?>",
    re.IGNORECASE,
)


class Found(NamedTuple):
    """A file to read; `item` is its path relative to the input, printable."""

    path: Path
    item: str


class Files(Record):
    """Articles of a file or folder. `max_bytes` caps each file, and each record of a file of records.

    `source` names the outlet where a file does not, `section` a topic; `weight` is what the articles count for in
    ranking. A file of records may hold 20 times `max_bytes`, one
    of lines 400 times.
    With `llm = "never"` no text of it goes to a language model.
    """

    path: Place
    max_bytes: int = Field(5_000_000, ge=1)
    source: str | None = None
    section: str | None = None
    weight: Weight = 1.0
    llm: Literal["allow", "never"] = "allow"

    def read(self, now: datetime) -> Reading:  # noqa: ARG002 (files have no window)
        """Everything under `path`; never raises for what stands there, nor waits for a pipe."""
        reading = Reading.of(self._results())
        if self.llm == "allow":
            return reading
        return reading.replace(documents=tuple(d.replace(private=True) for d in reading.documents))

    def _results(self) -> Iterator[Document | Failure]:
        for found in walk(self.path):
            if isinstance(found, Failure):
                yield found
            else:
                yield from limited(self._file(found), found.item)

    def _file(self, found: Found) -> Iterator[Document | Failure]:
        kind = _suffix(found.path)
        try:
            if kind not in _READABLE:
                raise SourceError(_not_supported(kind))
            if found.path.name.endswith(_META):
                raise SourceError("metadata of no article beside it; rename it as the article is named, or remove it")
            cap = self.max_bytes * (1 if kind not in _RECORDS else CONTAINER if kind == ".json" else LINES)
            text = decode(load(found.path, cap), html=_TEXTS.get(kind) == "text/html")
            known, faults = _beside(found)
            yield from faults
            known = filled(known, Declared(source=self.source, section=self.section, weight=self.weight))
            if kind in _RECORDS:
                reader = records.read if kind == ".json" else records.read_lines
                yield from of_records(found.item, reader(text), known, self.max_bytes)
            else:
                yield document(found.item, text, _TEXTS[kind], known)
        except SourceError as error:
            yield failure(found.item, error)


def of_records(place: str, found: Iterable[Numbered], known: Declared, most: int) -> Iterator[Document | Failure]:
    """The articles of the records of a file, of `most` bytes at most each; `known` fills what they do not say."""
    for number, record in found:
        item = place if number is None else f"{place}#{number}"
        try:
            if isinstance(record, SourceError):
                raise record
            body = records.text_of(record)
            if len(body.encode("utf-8")) > most:
                raise SourceError(too_large(most))
            yield _made(place, item, body, filled(records.declared(record), known))
        except SourceError as error:
            yield failure(item, error)


def walk(root: Path) -> Iterator[Found | Failure]:
    """Find the files under a path in the order of their names, each read once: links to folders are not followed."""
    if not _is_folder(root):
        yield Found(root, printable(root.name or str(root)))
        return
    found: list[tuple[tuple[bytes, ...], Found | Failure]] = []
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            children = [] if _is_ours(folder, root) else [path for path in folder.iterdir() if path.name[0] != "."]
        except OSError as error:
            found.append((_key(folder, root), failure(_item(folder, root), _refused(error))))
            continue
        described = _described(children)
        for path in children:
            if fault := _link_fault(path, root):
                found.append((_key(path, root), fault))
            elif _is_folder(path):
                folders.append(path)
            elif not _is_furniture(path.name, described):
                found.append((_key(path, root), Found(path, _item(path, root))))
    yield from (result for _, result in sorted(found, key=lambda pair: pair[0]))


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError:  # a fault of the path is told when it is opened
        return False


def _link_fault(link: Path, root: Path) -> Failure | None:
    if not stat.S_ISLNK(_mode(link)):
        return None
    item = _item(link, root)
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: how Python before 3.13 reports a loop
        return failure(item, SourceError("a symbolic link that leads nowhere or to itself; remove or mend it"))
    if not target.is_relative_to(root.resolve()):
        return failure(item, SourceError("a symbolic link out of the folder; name its target as a source of its own"))
    if _is_folder(target):
        reason = "a symbolic link to a folder of the same source, which is read under its own name; not followed"
        return Failure(stage="read", item=item, reason=reason, degrades=False)
    return None


def _is_ours(folder: Path, root: Path) -> bool:
    edition = (folder / "briefing.json").is_file() and (folder / "evidence.json").is_file()
    return edition or (folder != root and (folder / "briefing.toml").is_file())


def _described(children: list[Path]) -> frozenset[str]:
    """List the names under which a `NAME.meta.json` may describe one of these files: whole, or without the ending."""
    articles = [path for path in children if _suffix(path) in _READABLE and not path.name.endswith(_META)]
    return frozenset(name + _META for path in articles for name in (path.name, path.stem))


def _is_furniture(name: str, described: frozenset[str]) -> bool:
    return name in described or name.lower().endswith(".toml") or name.lower().split(".")[0] == "readme"


def _beside(found: Found) -> tuple[Declared, list[Failure]]:
    """Read what the metadata file beside a file says; a failure if that cannot be done."""
    for name in (found.path.name + _META, found.path.stem + _META):
        meta = found.path.with_name(name)
        if not stat.S_ISREG(_mode(meta)):  # nor a link: it could lead out of the folder
            continue
        try:
            fields = records.parse(decode(load(meta, 1_000_000)))
            if not isinstance(fields, dict):
                raise SourceError("not metadata: it should be one object with fields")
            return records.declared(fields), []
        except SourceError as error:
            return Declared(), [failure(str(Path(found.item).with_name(printable(name))), error)]
    return Declared(), []


def load(path: Path, cap: int) -> bytes:
    """Give the bytes of a regular file. Raises SourceError; a pipe or device is neither opened nor waited for."""
    try:
        _check_kind(path.stat())
        # Should a pipe take its place between the two, O_NONBLOCK keeps the opening from waiting.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb") as stream:  # noqa: PTH123
            before = os.fstat(stream.fileno())
            _check_kind(before)
            if before.st_size > cap:
                raise SourceError(too_large(cap))
            data = stream.read(before.st_size + 1)
            after = os.fstat(stream.fileno())
    except OSError as error:
        raise _refused(error) from error
    if len(data) != before.st_size or after.st_mtime_ns != before.st_mtime_ns:
        raise SourceError("changed while it was read; run again when it is complete")
    return data


def _check_kind(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for test, name in _KINDS if test(status.st_mode)), "of another kind")
        raise SourceError(f"not a regular file but {kind}; copy its content into a file")


def document(place: str, text: str, media_type: MediaType, known: Declared) -> Document:
    """The article that a file is; its front matter comes before `known`. Raises SourceError if it has no text."""
    fields: front_matter.Fields = {}
    rest = text
    if media_type != "text/html":
        fields, rest = front_matter.split(text)
    if not records.recognised(fields):
        fields, rest = {}, text
    if not rest.strip():
        raise SourceError("no text: there is nothing after the front matter")
    return placed(place, place, rest, media_type, filled(records.declared(fields), known))


def _made(place: str, item: str, body: str, known: Declared) -> Document:
    if not _MARKUP.search(body):
        return placed(place, item, body, "text/plain", known)
    page = body if "<html" in body[:1000].lower() else f"<!DOCTYPE html>\n<html><body>\n{body}\n</body></html>"
    return placed(place, item, page, "text/html", known)


def placed(place: str, item: str, text: str, media_type: MediaType, known: Declared) -> Document:
    """A document that stands in the file `place`."""
    folder = place.rpartition("/")[0]
    return Document(item=item, text=text, media_type=media_type, declared=known, path=place, folder=folder)


def filled(first: Declared, second: Declared) -> Declared:
    """`first`, and `second` where it says nothing."""
    return first.replace(**{name: value for name, value in second if not getattr(first, name)})


def limited(results: Iterator[Document | Failure], item: str) -> Iterator[Document | Failure]:
    """All documents, but no more than 20 failures of one file: a table that holds no article has thousands of rows."""
    failed = 0
    for result in results:
        failed += isinstance(result, Failure)
        if isinstance(result, Document) or failed <= _MOST_FAILURES:
            yield result
    if failed > _MOST_FAILURES:
        yield failure(item, SourceError(f"{failed - _MOST_FAILURES} more of its records could not be read"))


def printable(name: str) -> str:
    """Make a file name fit to be written anywhere: what is not UTF-8 or does not show is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)


def _item(path: Path, root: Path) -> str:
    return printable(path.relative_to(root).as_posix())


def _key(path: Path, root: Path) -> tuple[bytes, ...]:
    return tuple(map(os.fsencode, path.relative_to(root).parts))


def _suffix(path: Path) -> str:
    return path.suffix.lower()


def failure(item: str, error: SourceError) -> Failure:
    """An item that could not be read, and why."""
    return Failure(stage="read", item=item, reason=str(error))


def _refused(error: OSError) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return SourceError("no such file or folder; check the path")
    return SourceError(f"could not be read ({error.strerror}); check the file and its permissions")


def too_large(cap: int) -> str:
    """What is wrong with more than `cap` bytes, and what to do."""
    return f"larger than {cap} bytes; split it, or raise max_bytes"


def _not_supported(kind: str) -> str:
    if kind in {".eml", ".mbox"}:
        return 'mail; name it as a source of its own, with kind = "mail"'
    return f"not supported ({printable(kind) or 'no ending'}); save it as .txt, .md, .html, .json or .jsonl"
