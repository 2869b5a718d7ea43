"""`briefing init`: the commented settings file, with the answers of a conversation where there is someone to ask."""

from __future__ import annotations

import os
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from datetime import time
from itertools import count
from pathlib import Path

from briefing import config as settings
from briefing.commands.sources import tables
from briefing.errors import ConfigError


def initialise(path: Path, *, talk: bool) -> Iterator[str]:
    """Write the settings file; gives the lines that say so, and what to do next. `talk` asks for what it is to say.

    Raises ConfigError where it cannot be written, or is there already and nobody was asked, or said no.
    """
    if talk:
        yield from _talked(path)
    elif path.exists():
        raise ConfigError(f"{path}: exists already; nothing was written")
    else:
        tables.write(path, settings.starter())
        yield f"{path} written; name your sources in it, then run `briefing build`"


def _talked(path: Path) -> Iterator[str]:
    import click

    from briefing.commands.setup.conversation import talk
    from briefing.commands.setup.filling import filled

    if path.exists() and not click.confirm(f"{path} exists already. Write a new one? The old one is kept beside it"):
        raise ConfigError(f"{path}: exists already; nothing was written")
    _writable(path)
    answers = talk(path)
    text = filled(settings.starter(), answers.settings, answers.sources)
    kept = _kept(path)
    tables.write(path, text)
    yield f"\n{path} written. Every other setting stands in it as a comment."
    if kept:
        yield f"The old one is {kept} now."
    yield from _next(path, answers.at)


def _writable(path: Path) -> None:
    """Raise ConfigError where it can be seen beforehand that nothing can be written: answers are not asked in vain."""
    folder = next(place for place in path.absolute().parents if place.exists())
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ConfigError(f"{path}: {folder} cannot be written; make it yours, or `briefing init` another file")


def _kept(path: Path) -> Path | None:
    """Where the file that is written anew stays as it is; None where there is none."""
    if not path.exists():
        return None
    names = (path.with_name(f"{path.name}.old{number or ''}") for number in count())
    free = next(name for name in names if not name.exists())
    try:
        shutil.copy2(path, free)
    except OSError as error:
        raise ConfigError(f"{free}: cannot be written ({error.strerror}); nothing was changed") from error
    return free


def _next(path: Path, at: time) -> Iterator[str]:
    from briefing.commands.variables import key_variable, models, named

    config = settings.load(path)
    wanted = [*named(tomllib.loads(path.read_text(encoding="utf-8"))), *map(key_variable, models(config))]
    unset = [name for name in dict.fromkeys(wanted) if name and not os.environ.get(name)]
    where = "" if path == tables.DEFAULT else f" --config {shlex.quote(str(path))}"
    send = " --send" if config.delivery else ""
    steps = {
        f"briefing doctor{where}": "says whether all of this works, and what to do where it does not",
        f"briefing build{where}": "writes the first edition",
        f"briefing schedule{where} --at {at:%H:%M}{send}": "prints what has it made every day",
    }
    yield "Next:"
    if unset:
        yield f"  set {', '.join(unset)} in your environment; `briefing schedule` says where for a run each day"
    width = max(map(len, steps))
    yield from (f"  {command:<{width}}  {says}" for command, says in steps.items())
