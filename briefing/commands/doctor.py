"""`briefing doctor`: what works, what does not, and what to do about it, a line for each.

    versions, settings, time zone, folders, state, lock ─> sources ─> models ─> outputs ─> delivery
                   └ wrong: nothing after it can be told

Nothing is sent to a reader; sites, mail servers and models are asked once each, unless offline.
"""

from __future__ import annotations

import os
import platform
import shutil
import tomllib
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from briefing import config as settings
from briefing import lock
from briefing.commands import trying
from briefing.commands.online import NAME
from briefing.commands.variables import key_variable, named, unknown_provider
from briefing.config import Config
from briefing.errors import BriefingError, ConfigError, LockedError, StateError
from briefing.outputs.delivery.carriers import Carrier, Sendmail, Smtp
from briefing.plugins import Source
from briefing.sources.files import Files, printable
from briefing.sources.mail import Mail
from briefing.state import State
from briefing.text import one_line

WELL, FAULTY = 0, 2
_DEFAULT = Path("briefing.toml")
_PACKAGES = ("briefing", "litellm", "lxml", "numpy", "pydantic", "scipy", "trafilatura")
# An edition of a hundred articles takes 1 MB, and the pages it was made from 20.
_FULL, _NEARLY_FULL = 50e6, 500e6
# For connecting and logging in; a run waits longer.
_PATIENCE_S = 30.0


class Finding(NamedTuple):
    """What was found of one subject; a warning or fault says what to do."""

    level: Literal["ok", "warning", "fault"]
    subject: str
    says: str


def examine(path: Path | None, say: Callable[[str], None], *, offline: bool, patience_s: float = _PATIENCE_S) -> int:
    """Say a line for each thing looked at by the settings at `path`; the exit code is 2 where one is at fault.

    `patience_s` is for the answer of a model.
    """
    levels = []
    for found in _findings(path or _DEFAULT, offline, patience_s):
        say(f"{found.level:<8} {found.subject}: {printable(one_line(found.says))}")
        levels.append(found.level)
    say(f"{len(levels)} looked at: {levels.count('fault')} at fault, {levels.count('warning')} to think about")
    return FAULTY if "fault" in levels else WELL


def _findings(path: Path, offline: bool, patience_s: float) -> Iterator[Finding]:
    yield _versions()
    try:
        config = settings.load(path)
    except ConfigError as error:
        yield from (Finding("fault", "settings", _cured(line)) for line in str(error).splitlines())
        return
    table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    yield Finding("ok", "settings", f"{path}, all keys known")
    yield _zone(config, table)
    home = [*_folders(config), _state(config), *_locks(config)]
    yield from home
    sound = all(found.level != "fault" for found in home)
    yield from _sources(config, table, path, offline=offline, kept=sound)
    yield from _models(config, offline, patience_s)
    yield from _outputs(config)
    yield from _delivery(config, offline)


def _cured(line: str) -> str:
    return line if ";" in line else f"{line}; put it right there, `briefing init` writes an example of every key"


def _versions() -> Finding:
    try:
        found = ", ".join(f"{name} {metadata.version(name)}" for name in _PACKAGES)
    except metadata.PackageNotFoundError as error:
        return Finding("fault", "versions", f"{error.name} is not installed; install briefing again")
    return Finding("ok", "versions", f"Python {platform.python_version()}, {found}")


def _zone(config: Config, table: dict[str, Any]) -> Finding:
    now = datetime.now().astimezone()
    if "timezone" not in table and now.utcoffset():
        here = f"{now:%z}"
        return Finding("warning", "time zone", f"days are UTC's, but this machine is at {here}; set `timezone`")
    return Finding(
        "ok", "time zone", f"{config.timezone}, where it is {now.astimezone(ZoneInfo(config.timezone)):%F %R}"
    )


def _folders(config: Config) -> Iterator[Finding]:
    for key, folder in (("out", config.out), ("cache", config.cache), ("state", config.state)):
        yield _folder(key, folder)


def _folder(key: str, folder: Path) -> Finding:
    standing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not standing.is_dir():
        return Finding("fault", key, f"{standing} is no folder; name another place by `{key}`")
    if not os.access(standing, os.W_OK | os.X_OK):
        return Finding("fault", key, f"{standing} cannot be written; make it yours, or name another place by `{key}`")
    free = shutil.disk_usage(standing).free
    room = f"{folder}, {free / 1e9:.1f} GB free"
    if free < _NEARLY_FULL:
        level: Literal["warning", "fault"] = "fault" if free < _FULL else "warning"
        return Finding(level, key, f"{room}; make room, `briefing cache prune` takes what can be had again")
    return Finding("ok", key, room)


def _state(config: Config) -> Finding:
    path = config.state / NAME
    if not path.exists() and not path.with_name(f"{NAME}-wal").exists():
        return Finding("ok", "state file", "none yet; the first run makes it")
    try:
        with State.opened(path):
            return Finding("ok", "state file", f"{path} is sound")
    except StateError as error:
        return Finding("fault", "state file", str(error))


def _locks(config: Config) -> Iterator[Finding]:
    """Whether a run is going on; the kernel leaves no lock behind a run that ended."""
    for folder in (config.out, config.state):
        if (folder / lock.NAME).exists():
            try:
                with lock.held(folder):
                    yield Finding("ok", "lock", f"no run holds {folder}")
            except LockedError as error:
                yield Finding("warning", "lock", str(error))
            except ConfigError as error:
                yield Finding("fault", "lock", str(error))


def _unset(table: object) -> str:
    """The first variable that a table of the settings names and that is not set, or ""."""
    return next((name for name in named(table) if not os.environ.get(name)), "")


def _not_set(variable: str) -> str:
    return f"the environment variable {variable} is not set; set it, for a run by schedule too (`briefing schedule`)"


def _sources(config: Config, table: dict[str, Any], path: Path, *, offline: bool, kept: bool) -> Iterator[Finding]:
    from briefing.commands.sources.testing import asked

    if not config.sources:
        yield Finding("fault", "sources", f"{path} names none; `briefing sources add URL` adds one")
    ready: list[Source] = []
    for number, (source, written) in enumerate(zip(config.sources, table.get("sources", ()), strict=False)):
        subject, place, variable = f"sources[{number}]", getattr(source, "path", None), _unset(written)
        if place and not Path(place).exists():
            yield Finding("fault", subject, f"{place}: no such file or folder; make it, or put `path` right in {path}")
        elif variable:
            yield Finding("fault", subject, _not_set(variable))
        elif not offline or isinstance(source, Files | Mail):
            ready.append(source)
        else:
            yield Finding("ok", subject, "not asked, since offline")
    for one in asked(config, ready, path, kept=kept and not offline) if ready else ():
        says = "; ".join(" ".join(line.split()) for line in one.lines)
        cure = f"; put it right in {path}, or remove it there"
        yield Finding("ok", "source", says) if one.well else Finding("fault", "source", says + cure)


def _models(config: Config, offline: bool, patience_s: float) -> Iterator[Finding]:
    found = trying.of_roles(config)
    if not found:
        yield Finding("ok", "model", "none; sentences of the articles tell the stories")
    looked_at = [(named, _unready(named)) for named in found]
    yield from (fault for _, fault in looked_at if fault)
    ready = [named for named, fault in looked_at if not fault]
    if offline or not ready:
        yield from (Finding("ok", "model", f"{trying.place(named)}; not asked") for named in ready)
        return
    yield Finding("ok", "models", trying.cost(ready))
    for tried in trying.tried(ready, patience_s, config.budget.max_usd is not None):
        level: Literal["ok", "warning", "fault"] = "fault" if not tried.well else "warning" if tried.doubtful else "ok"
        yield Finding(level, "model", tried.says)


def _unready(named: trying.Named) -> Finding | None:
    """Why a model need not be asked to know that it would fail."""
    model = named.model
    if unknown := unknown_provider(model.name.partition("/")[0]):
        return Finding("fault", "model", f"{model.name}: {unknown}")
    variable = key_variable(model)
    if variable and not os.environ.get(variable):
        level: Literal["warning", "fault"] = "fault" if model.api_key_env else "warning"
        return Finding(level, "model", f"{model.name}: {_not_set(variable)}")
    return None


def _outputs(config: Config) -> Iterator[Finding]:
    """Each output, tried on an edition that has one of everything."""
    from briefing.outputs.specimen import BRIEFING

    for name, output in zip(config.formats, config.renderers(), strict=True):
        try:
            size = len(output.render(BRIEFING))
            yield Finding("ok", "output", f"{name} can be written ({size / 1000:.0f} kB of a specimen)")
        except BriefingError as error:
            yield Finding("fault", "output", _cured(f"{name}: {error}"))


def _delivery(config: Config, offline: bool) -> Iterator[Finding]:
    from briefing.commands.send import Options, ready

    for carrier in config.delivery:
        try:
            ready(config.replace(delivery=(carrier,)), Options())
        except ConfigError as error:
            yield from (Finding("fault", "delivery", _cured_delivery(line)) for line in str(error).splitlines())
        else:
            yield _carrier(carrier, offline)


def _cured_delivery(line: str) -> str:
    cure = "set it, for a run by schedule too (`briefing schedule`)"
    return f"{line}; {cure}" if line.endswith("is not set") else _cured(line)


def _carrier(carrier: Carrier, offline: bool) -> Finding:
    whom = f"{carrier.name}, {len(carrier.recipients)} recipients"
    if isinstance(carrier, Sendmail) and shutil.which(carrier.command[0]) is None:
        return Finding(
            "fault", "delivery", f"{carrier.name}: no command {carrier.command[0]}; install it or name another"
        )
    if not isinstance(carrier, Smtp) or offline:
        return Finding("ok", "delivery", f"{whom}; not asked" + (", since offline" if offline else ""))
    fault = _smtp_fault(carrier)
    if fault:
        cure = "put host, port, `tls` and the variables of the login right"
        return Finding("fault", "delivery", f"{carrier.name}: {fault}; {cure}")
    return Finding("ok", "delivery", f"{whom}; {carrier.host}:{carrier.port} takes us in; nothing was sent")


def _smtp_fault(carrier: Smtp) -> str:
    from briefing.outputs.delivery.smtp import tried

    user, password = carrier.user_env, carrier.password_env
    login = (os.environ[user], os.environ[password]) if user and password else None
    return tried(carrier.replace(deadline_s=min(carrier.deadline_s, _PATIENCE_S)), login)
