"""Headlines and links to chats, telephones and webhooks, by Apprise, which knows the services.

Apprise says of a message only whether it went well. Where the service answered that it did not take it, nothing
arrived; of everything else nobody knows, so it counts as unknown.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from briefing.errors import ConfigError
from briefing.outputs import bidi, view
from briefing.outputs.changes import condensed
from briefing.outputs.delivery.outbox import Outcome, Post, said
from briefing.outputs.mail import email
from briefing.outputs.mail.letter import Brief, Room, letter, short
from briefing.outputs.words import words_of
from briefing.types import Briefing

if TYPE_CHECKING:
    import apprise

# Discord takes 2,000 characters, the tightest of the common chats.
_CHARACTERS = 1800
_HEADLINE = 150
_MISSING = "Apprise is not installed; `pip install 'briefing[channels]'` brings it"
# "@everyone" and "<!channel>" in a headline must call nobody: a word joiner, which is not seen, parts them.
_CALL = re.compile(r"([@＠<])(?=\S)")
_CODE = re.compile(r"\berror=(4[0-9]{2})\b")
_SECRET = re.compile(r"[^/:@?&=+,\s]{5,}")


def notice(briefing: Briefing, settings: email.Email, stories: int) -> bytes:
    """The message: a title, an empty line, and the most important headlines with their links."""
    briefing = condensed(briefing)
    room = Room(full=0, named=stories, listed=0, lead=0)
    content = letter(briefing, view.page(briefing), room, settings.link_base)
    lines = [_line(brief) for brief in content.brief] or [content.quiet or content.coverage]
    left = len(briefing.stories) - len(content.brief)
    more = words_of(briefing.language)("count.and-more", n=left) if left > 0 else ""
    end = [line for line in (more, content.web) if line]
    while len("\n".join((*lines, *end))) > _CHARACTERS and lines:
        lines.pop()
    text = "\n".join((_uncalled(email.subject(briefing)), "", *lines, *end))
    return bidi.settled(text).encode("utf-8", "replace")


def check(variables: Iterable[str]) -> None:
    """Raise ConfigError where Apprise is not installed, or a variable holds no address of a service it knows."""
    faults = []
    for variable in variables:
        if not os.environ.get(variable):
            faults.append(f"url_env: the environment variable {variable} is not set")
        else:
            with _heard():
                if _service(os.environ[variable]) is None:
                    faults.append(f"url_env: what {variable} holds is no address of a service that Apprise knows")
    if faults:
        raise ConfigError("\n".join(faults))


@contextmanager
def opened() -> Iterator[Post]:
    """A function that sends to one service, named by its variable."""
    yield _post


def _post(variable: str, content: bytes, intent: Callable[[], None]) -> Outcome:
    title, _, body = content.decode("utf-8").partition("\n\n")
    address = os.environ[variable]
    with _heard() as lines:
        service = _service(address)
        if service is None:
            return Outcome("pending", f"what {variable} holds is no address of a service")
        intent()
        taken = service.notify(body=body, title=title, body_format="text")
    if taken:
        return Outcome("sent", "taken by the service")
    words = said(lines[-1] if lines else "the service did not take it", _parts(address))
    return Outcome("pending" if _CODE.search(words) else "unknown", words)


def _service(address: str) -> apprise.Apprise | None:
    try:
        import apprise
    except ImportError as error:
        raise ConfigError(_MISSING) from error
    asset = apprise.AppriseAsset(async_mode=False, secure_logging=True)
    service = apprise.Apprise(asset=asset)
    return service if service.add(address) else None


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What Apprise logs meanwhile, which goes nowhere else: it may hold the address."""
    lines: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("apprise")
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated


def _parts(address: str) -> tuple[str, ...]:
    """The address and every part of it that may be a token."""
    return tuple(sorted({address, *_SECRET.findall(address)}, key=len, reverse=True))


def _line(brief: Brief) -> str:
    headline = f"• {_uncalled(short(brief.headline, _HEADLINE))}"
    return f"{headline}\n  {brief.link}" if brief.link else headline


def _uncalled(text: str) -> str:
    return _CALL.sub("\\1\u2060", text)
