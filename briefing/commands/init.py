"""`briefing init`: the commented settings file."""

from __future__ import annotations

from pathlib import Path

from briefing import config as settings
from briefing.errors import ConfigError


def write_starter(path: Path) -> str:
    """Write the commented settings file; an existing one is never touched."""
    if path.exists():
        raise ConfigError(f"{path}: exists already; nothing was written")
    try:
        path.write_text(settings.starter(), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
    return f"{path} written; name your sources in it, then run `briefing build`"
