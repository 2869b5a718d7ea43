"""Answers written into the commented settings file: the line that shows a setting becomes the setting.

Every comment stays. A table that the file shows as a comment is opened by taking the mark from its head, and only the
keys that were answered are set in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from briefing.commands.sources.tables import Table, quoted

Value = str | int | tuple[str, ...] | Mapping[str, int]
Settings = Mapping[str, Mapping[str, Value]]
"""Keys and values under the head of their table, like "[model]"; "" stands for the keys before all tables."""

_SOURCE = "[[sources]]"
_HEAD = re.compile(r"(?:# ?)?\[{1,2}[a-z][\w.]*\]{1,2}$")


def filled(text: str, settings: Settings, sources: Iterable[Table]) -> str:
    """The file with these settings, and with these sources at its end in place of the folder it names.

    Where `settings` name a source themselves, it is that folder's path.
    """
    lines = text.split("\n")
    if _SOURCE not in settings:
        lines = _closed(lines, _SOURCE)
    for head, keys in settings.items():
        lines = _opened(lines, head, keys)
    return "\n".join(lines) + "".join(f"\n{table}" for table in sources)


def _opened(lines: list[str], head: str, keys: Mapping[str, Value]) -> list[str]:
    """The lines with these keys set in the first table of that head."""
    start, end = _span(lines, head)
    table = [head, *lines[start + 1 : end]] if head else lines[start:end]
    for key, value in keys.items():
        setting = f"{key} = {_toml(value)}"
        place = next((at for at, line in enumerate(table) if re.match(rf"(?:# ?)?{key} = ", line)), None)
        # One that the file does not show stands first.
        table = [*table[:1], setting, *table[1:]] if place is None else [*table[:place], setting, *table[place + 1 :]]
    return [*lines[:start], *table, *lines[end:]]


def _closed(lines: list[str], head: str) -> list[str]:
    """The lines with the first table of that head as a comment."""
    start, end = _span(lines, head)
    table = [f"# {line}" if line and not line.startswith("#") else line for line in lines[start:end]]
    return [*lines[:start], *table, *lines[end:]]


def _span(lines: list[str], head: str) -> tuple[int, int]:
    """Where the first table of that head begins, and the next one, or the end."""
    start = next(at for at, line in enumerate(lines) if line.lstrip("# ") == head) if head else 0
    after = (at for at, line in enumerate(lines[start + 1 :], start + 1) if _HEAD.match(line))
    return start, next(after, len(lines))


def _toml(value: Value) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {number}" for key, number in value.items()) + "}"
    return str(value) if isinstance(value, int) else "[" + ", ".join(map(quoted, value)) + "]"
