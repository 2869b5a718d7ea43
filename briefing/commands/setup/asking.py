"""One question, asked until its answer is understood; and what the answers to plain questions mean."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import time
from typing import TypeVar
from urllib.parse import urlsplit

import click
from pydantic import ValidationError

from briefing import plugins
from briefing.commands.schedule import time_of_day
from briefing.config import Config, looks_secret
from briefing.errors import BriefingError, ConfigError
from briefing.outputs.delivery.carriers import RECIPIENTS
from briefing.outputs.mail.email import mailbox

T = TypeVar("T")

NONE = "none"
_NAMED = "A secret goes into your environment, and here goes its NAME there; nothing of what you typed is kept"
_SECRET = f"that looks like a key or a login. {_NAMED}"
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,59}")
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


def asked(question: str, default: str, understood: Callable[[str], T]) -> T:
    """What the answer means; where that raises a BriefingError, it is told and the question asked again.

    What looks like a secret is an answer to nothing: settings that hold one are refused.
    """

    def understand(answer: str) -> T:
        if looks_secret(answer):
            raise click.UsageError(_SECRET)
        try:
            return understood(answer.strip())
        except BriefingError as error:
            raise click.UsageError(str(error)) from error

    answer: T = click.prompt(question, default=default, value_proc=understand)
    return answer


def title(text: str) -> str:
    """A title of at most 200 characters."""
    return _settings("title", text).title


def zone(text: str) -> str:
    """A time zone that is known."""
    return _settings("timezone", text).timezone


def formats(text: str) -> tuple[str, ...]:
    """Names of outputs."""
    return _settings("formats", words(text)).formats


def language(text: str) -> str:
    """A language tag."""
    try:
        return _settings("language", text).language
    except ConfigError as error:
        raise ConfigError(f"{text!r} is no tag of a language; write one like en, de or pt-BR") from error


def words(text: str) -> tuple[str, ...]:
    """What stands between commas; nothing for "none"."""
    return () if text == NONE else tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))


def interests(text: str) -> tuple[str, ...]:
    """Words that the settings take as interests."""
    found = words(text)
    _settings("interests", found)
    return found


def moment(text: str) -> time:
    """A time of day."""
    try:
        return time_of_day(text)
    except ConfigError as error:
        raise ConfigError(f"{text!r} is no time of day like 07:00") from error


def variable(text: str) -> str:
    """The name of an environment variable; "" for "none". What may be the secret itself is refused."""
    if text == NONE:
        return ""
    if text not in os.environ and not _VARIABLE.fullmatch(text):
        raise ConfigError(f"that is no name of a variable, like OPENAI_API_KEY. {_NAMED}")
    return text


def recipients(text: str) -> tuple[str, ...]:
    """Mail addresses, each once; none for "nobody"."""
    found = () if text in {"nobody", NONE} else words(text)
    if len(found) > RECIPIENTS:
        raise ConfigError(f"{len(found)} addresses; {RECIPIENTS} are the most that is sent to")
    return tuple({address(one).rpartition("<")[2].rstrip(">"): one for one in found}.values())


def address(text: str) -> str:
    """A mail address, with a name or without."""
    try:
        mailbox(text)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    return text


def host(text: str) -> str:
    """The name of a server."""
    if not _HOST.fullmatch(text):
        raise ConfigError(f"{text!r} is no name of a server, like smtp.example.org")
    return text


def port(text: str) -> int:
    """The number of a port."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ConfigError(f"{text!r} is no port; providers use 465 or 587")
    return int(text)


def base(text: str) -> str:
    """The address of a model's server; "" for "none"."""
    if text == NONE:
        return ""
    if not text.startswith(("http://", "https://")) or not urlsplit(text).hostname or " " in text:
        raise ConfigError(f"{text!r} is no address like http://localhost:11434")
    return text


def _settings(key: str, value: object) -> Config:
    """Settings with this one; a fault in it is told without its place."""
    try:
        return Config.model_validate({key: value})
    except ValidationError as error:
        raise ConfigError(plugins.problems(error, Config)[0].partition(": ")[2]) from error
