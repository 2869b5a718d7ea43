"""Arguments laid over the settings file: what the user gave for this run wins."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from briefing import config as settings
from briefing.config import Config
from briefing.errors import ConfigError
from briefing.plugins import Source, make
from briefing.sources.mailboxes.stored import is_mail
from briefing.types import Failure


def loaded(path: Path | None) -> Config:
    """The settings of a file; without one the defaults, with cache and state in the user's own folders."""
    if path:
        return settings.load(path)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Config().replace(cache=Path(cache) / "briefing", state=Path(state) / "briefing")


def source(argument: str) -> Source:
    """The source that an argument of `briefing build` means: "-", an address, a list of feeds, mail, files."""
    if argument == "-":
        return cast("Source", make("sources", {"kind": "stdin"}))
    if argument.startswith(("http://", "https://")):
        return cast("Source", make("sources", {"kind": "web", "urls": [argument]}))
    path = Path(argument)
    if not path.exists() and not path.is_symlink():
        raise ConfigError(f"{path}: no such file or folder")
    kind = "opml" if path.suffix.lower() == ".opml" else "mail" if is_mail(path) else "files"
    return cast("Source", make("sources", {"kind": kind, "path": argument}))


def editions_folder(path: Path | None, out: Path | None) -> Path:
    """The folder of the editions: as given, else of the settings file, else the default one here."""
    if out:
        return out
    default = Path("briefing.toml")
    return loaded(path or (default if default.exists() else None)).out


def with_model(config: Config, name: str | None) -> Config:
    """The settings with another model: "none" for no model, else a name like "openai/gpt-4o-mini"."""
    if name is None:
        return config
    from briefing.analysts.extractive import Extractive
    from briefing.analysts.llm import Llm
    from briefing.models.litellm import LiteLlm

    if name == "none":
        return config.replace(analyst=Extractive(), overview=None, topics=None, checker=None, judge=None)
    if not isinstance(config.analyst, Llm):
        table = {"kind": "llm", "language": config.language, "model": {"name": name}}
        return config.replace(analyst=make("analysts", table))
    known = config.analyst.model
    # A key and an address go only to the provider they were given for, a price stands for its model alone.
    if isinstance(known, LiteLlm) and known.name.partition("/")[0] == name.partition("/")[0]:
        return config.replace(analyst=config.analyst.replace(model=known.replace(name=name, price=None)))
    return config.replace(analyst=config.analyst.replace(model=make("models", {"kind": "litellm", "name": name})))


def shelve(config: Config) -> tuple[Failure, ...]:
    """Bring the list of all editions in `out` up to date, looking as the page is set to look."""
    from briefing.outputs import archive
    from briefing.outputs.html import Html

    page = config.outputs.get("html")
    return archive.update(config.out, config.archive, page if isinstance(page, Html) else None)


def with_formats(config: Config, formats: str | None) -> Config:
    """The settings with other formats, given as one text with commas."""
    if formats is None:
        return config
    try:
        return config.replace(formats=tuple(f.strip() for f in formats.split(",") if f.strip()))
    except ValueError as error:
        raise ConfigError(f"--format: {error}") from error


def moment(text: str | None, zone: ZoneInfo) -> datetime:
    """The moment of the run: as given, in the configured zone where it names none, else by the clock."""
    if text is None:
        return datetime.now(UTC).astimezone(zone).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--now: {text!r} is not a moment like 2025-06-21T08:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def since(text: str | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The moment from which articles are news, if one is given. Raises ConfigError for one after `now`."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--since: {text!r} is not a moment like 2025-06-20T06:00:00Z, or a day") from error
    found = found if found.tzinfo else found.replace(tzinfo=zone)
    if found >= now:
        raise ConfigError(f"--since: {text} is not before the moment of the run, {now.isoformat()}")
    return found


def day(text: str) -> str:
    """A date as given, checked."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ConfigError(f"--date: {text!r} is not a date like 2025-06-21") from error
