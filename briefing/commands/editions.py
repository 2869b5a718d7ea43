"""`briefing verify` and `briefing render`: what can be done with an edition that stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from briefing.commands.given import loaded, shelve, with_formats
from briefing.errors import ConfigError, EvidenceError
from briefing.languages import lexicons
from briefing.outputs import folder as editions
from briefing.outputs import json as edition_json
from briefing.outputs.archive.summaries import is_day
from briefing.stages.forgetting import Unwanted, without
from briefing.stages.verify import recheck
from briefing.types import Briefing, Failure

if TYPE_CHECKING:
    from briefing.pipeline import Earlier

# A working week: a story that paused for a day is known again, and a correction seldom comes later.
REMEMBERED = 5


def verify_edition(folder: Path) -> str:
    """Check an edition against its evidence. Raises EvidenceError naming each citation that fails."""
    place = latest(folder)
    briefing = read(place)
    faults = recheck(briefing, lexicons())
    if faults:
        raise EvidenceError("\n".join((f"{place}: checks that fail now:", *faults)))
    quotes = sum(len(s.citations) for s in briefing.statements())
    return f"{place}: {quotes} quotes found in {len(briefing.evidence)} articles; all checks pass"


def render_edition(folder: Path, config: Path | None, formats: str | None) -> list[Path]:
    """Write the outputs of an edition again, and the list of all editions beside it; returns the outputs' paths."""
    from briefing import lock

    place = latest(folder)
    briefing = read(place)
    settings = with_formats(loaded(config), formats).replace(out=place.parent)
    # briefing.json is what the others are made from: it stays as it is.
    others = [r for r in settings.renderers() if r.extension != "json"]
    paths = [editions.replace(place / f"briefing.{r.extension}", r.render(briefing)) for r in others]
    if place.name == briefing.date:
        with lock.held(place.parent):
            shelve(settings)
    return paths


def latest(folder: Path) -> Path:
    """The folder itself if it is an edition, else its latest edition."""
    if (folder / "briefing.json").exists():
        return folder
    found = sorted(path.parent for path in folder.glob("????-??-??/briefing.json"))
    if not found:
        raise ConfigError(f"{folder}: no edition here; name the folder that holds briefing.json")
    return found[-1]


def earlier(out: Path, day: str, unwanted: Unwanted | None = None) -> Earlier:
    """The latest editions of dates before a day, the latest first; one that is damaged is a failure, not the end.

    They are given without what is `unwanted`, so that nothing of it is told on.
    """
    from briefing.pipeline import Earlier

    found: list[Briefing] = []
    failures = []
    folders = (path.parent for path in out.glob("????-??-??/briefing.json") if is_day(path.parent.name))
    for folder in sorted((f for f in folders if f.name < day), reverse=True)[:REMEMBERED]:
        try:
            edition = read(folder)
            found.append(without(edition, unwanted, lexicons()) if unwanted else edition)
        except EvidenceError as error:
            reason = f"what it told is not compared with: {error}"
            failures.append(Failure(stage="compare", item=folder.name, reason=reason))
    return Earlier(tuple(found), tuple(failures))


def read(folder: Path) -> Briefing:
    """The edition in a folder. Raises EvidenceError where it is damaged, or not what its evidence says."""
    try:
        texts = [(folder / name).read_text(encoding="utf-8") for name in ("briefing.json", "evidence.json")]
    except OSError as error:
        raise EvidenceError(f"{folder}: {error.filename}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EvidenceError(f"{folder}: not UTF-8: {error}") from error
    try:
        return edition_json.read(*texts)
    except EvidenceError as error:
        raise EvidenceError(f"{folder}: {error}") from error
