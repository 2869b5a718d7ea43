"""The questions of `briefing init`, in their order.

    title, interests ─> sources ─> model, language ─> mail ─> formats, time zone, time of day

Nothing is written here. Where a question is left with Ctrl-C or Ctrl-D, click raises Abort, and all is as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click
import tzlocal

from briefing.commands.setup import asking, places
from briefing.commands.setup.asking import asked
from briefing.commands.setup.filling import Settings, Value
from briefing.commands.sources.tables import Table
from briefing.commands.variables import HOSTED, LOCAL, unknown_provider
from briefing.config import Config
from briefing.errors import ConfigError
from briefing.sources.fetching.exchange import Net

_INTRODUCTION = """\
A few questions, and {path} is written. Enter takes what stands in [brackets]; Ctrl-C stops, and nothing is written.
"""
_SOURCES = """
Where do the articles come from? Some public feeds to begin with:

{listed}

Answer with numbers of this list, or "all"; with a folder of articles, mail in files, or the OPML file of a feed
reader; or with the address of a site or feed, which is asked now.
"""
_MODEL = """
Without a language model, sentences of the articles tell the stories. A model writes them anew, each sentence checked;
its name is like openai/gpt-4o-mini, and "local" is one that Ollama runs on this machine.
"""
_ARTICLES, _NO_MORE = "articles", "no more"
_LOCAL_MODEL, _LOCAL_BASE = "ollama_chat/qwen3:8b", "http://localhost:11434"
# Ollama cuts longer prompts in silence.
_LOCAL_CONTEXT = 16384
_THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "::1"))


class Answers(NamedTuple):
    """What was answered: settings by the head of their table, sources beside a folder of articles, the time of day."""

    settings: Settings
    sources: tuple[Table, ...]
    at: time


class _Sources(NamedTuple):
    """The sources so far, and the hosts in private networks that may be read."""

    tables: tuple[Table, ...] = ()
    allowed: tuple[str, ...] = ()


def talk(path: Path) -> Answers:
    """Ask for what the settings at `path` are to say. Raises click.Abort where the user breaks off."""
    click.echo(_INTRODUCTION.format(path=path))
    top: dict[str, Value] = {"title": asked("Title of the briefing", "Daily briefing", asking.title), **_interests()}
    tables, allowed = _sources(path.absolute().parent)
    model = _model()
    if model:
        top["language"] = asked("Language it writes", "en", asking.language)
    mail = _mail()
    top["formats"] = asked("Formats, of md, html, json, eml", "md, html", asking.formats)
    top["timezone"] = asked("Time zone", _zone(), asking.zone)
    at = asked("Time of day when it is made", "07:00", asking.moment)
    # The commented file has a table for one folder of articles.
    own = next((table for table in tables if table.kind == "files"), None)
    found: Mapping[str, Mapping[str, Value]] = {
        "": top,
        "[[sources]]": {"path": str(own.fields["path"])} if own else {},
        "[web]": {"allow_private": allowed} if allowed else {},
        "[model]": model,
        **mail,
    }
    settings = {head: keys for head, keys in found.items() if keys}
    return Answers(settings, tuple(table for table in tables if table is not own), at)


def _interests() -> dict[str, Value]:
    if "interests" not in Config.model_fields:
        return {}
    question = "Words that matter to you, with commas between; stories with them come first"
    found = asked(question, asking.NONE, asking.interests)
    return {"interests": found} if found else {}


def _sources(folder: Path) -> _Sources:
    """Ask for sources until there are no more."""
    numbered = (f"  {number:>2}  {table.fields['name']}" for number, table in enumerate(places.listed(), 1))
    click.echo(_SOURCES.format(listed="\n".join(numbered)))
    default = _ARTICLES if Path(_ARTICLES).is_dir() else "1, 2, 3"
    found = asked("Source", default, partial(_with, folder, _Sources()))
    while (more := asked("Another", _NO_MORE, partial(_more, folder, found))) is not found:
        found = more
    return found


def _more(folder: Path, before: _Sources, answer: str) -> _Sources:
    return before if answer in {_NO_MORE, "no", asking.NONE} else _with(folder, before, answer)


def _with(folder: Path, before: _Sources, answer: str) -> _Sources:
    """The sources with those that an answer means. Raises ConfigError and NothingProducedError."""
    if answer.startswith(("http://", "https://")):
        click.echo(f"  asking {answer}")
    allowed = before.allowed
    try:
        found = places.found(answer, folder, _reading(allowed))
    except places.PrivateError as error:
        if not click.confirm(f"  {error}\n  Is {error.host} meant, and to be read all the same?"):
            raise ConfigError("it is left out; name another source") from error
        allowed = (*allowed, error.host)
        found = places.found(answer, folder, _reading(allowed))
    known = frozenset[str]().union(*map(_identity, before.tables))
    new = tuple(table for table in found.tables if not _identity(table) & known)
    click.echo(f"  {'taken' if new else 'there already'}: {found.says}")
    return _Sources((*before.tables, *new), allowed)


def _reading(allowed: tuple[str, ...]) -> Config:
    return Config(web=Net(allow_private=allowed))


def _identity(table: Table) -> frozenset[str]:
    return table.places or frozenset({str(table)})


def _model() -> dict[str, Value]:
    """The [model] table; empty for none."""
    click.echo(_MODEL)
    name = asked('Model: "none", "local", or a name', asking.NONE, _name)
    if name == asking.NONE:
        return {}
    local = name == "local" or name.partition("/")[0] in LOCAL
    if name == "local":
        name = asked("  Its name", _LOCAL_MODEL, _name)
    provider = name.partition("/")[0]
    settings: dict[str, Value] = {"name": name}
    if provider not in HOSTED:
        settings["api_base"] = asked("  Address of its server", _LOCAL_BASE if local else asking.NONE, asking.base)
    if local:
        return {**settings, "options": {"num_ctx": _LOCAL_CONTEXT}}
    usual = f"{provider.upper()}_API_KEY" if provider in HOSTED else asking.NONE
    settings["api_key_env"] = asked("  NAME of the variable that holds its key, never the key", usual, asking.variable)
    return {key: value for key, value in settings.items() if value}


def _name(text: str) -> str:
    """A model's name, "none" or "local"."""
    provider, _, name = text.partition("/")
    if text in {asking.NONE, "local"}:
        return text
    if not provider or not name or " " in text:
        raise ConfigError(f'{text!r} is no name like openai/gpt-4o-mini; "none" is none, "local" one of this machine')
    if unknown := unknown_provider(provider):
        raise ConfigError(unknown)
    return text


def _mail() -> dict[str, Mapping[str, Value]]:
    """The tables of the mail and its delivery; none where nobody is to have it."""
    to = asked("\nSend it by mail to (addresses, with commas between)", "nobody", asking.recipients)
    if not to:
        return {}
    sender = asked("  Sender", to[0], asking.address)
    host = asked("  Its mail server", f"smtp.{sender.rpartition('@')[2].rstrip('>')}", asking.host)
    here = host.lower() in _THIS_MACHINE
    port = asked("  Port", "25" if here else "465", asking.port)
    carrier: dict[str, Value] = {"kind": "smtp", "to": to, "host": host, "port": port}
    if here:
        carrier["tls"] = asking.NONE
    elif user := asked("  NAME of the variable that holds the login's user", "SMTP_USER", asking.variable):
        carrier["user_env"] = user
        question = "  NAME of the variable that holds its password, never the password"
        carrier["password_env"] = asked(question, "SMTP_PASSWORD", asking.variable)
    return {"[outputs.email]": {"sender": sender}, "[[delivery]]": carrier}


def _zone() -> str:
    """The time zone of this machine; UTC where it does not say."""
    try:
        return asking.zone(tzlocal.get_localzone_name() or "UTC")
    except (LookupError, ValueError, OSError, ConfigError):  # what the machine says of itself may contradict itself
        return "UTC"
