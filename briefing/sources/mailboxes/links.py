"""The links of mails: most lead through a counter of clicks, and some of those show where they lead."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from briefing.sources.formats.urls import absolute

# Names under which counters of clicks keep the target. Not "ref" or "source": those say where a reader comes from.
_TARGETS = frozenset(
    ("url", "u", "to", "target", "dest", "destination", "link", "redirect", "redirect_url", "goto", "q")
)
_WRAPPED = re.compile(r"/(https?(?::|%3A)(?:/|%2F){2}[^/?#]+)", re.IGNORECASE)
# One counter may stand inside another.
_MOST = 3


def target(href: str | None) -> str | None:
    """Where a link of a mail leads, as far as the link itself tells; None where it is no web address.

    Nothing is asked: a counter that does not show its target is kept as it is.
    """
    url = absolute(href or "", "")
    for _ in range(_MOST):
        inner = _inner(url) if url else None
        if inner is None:
            break
        url = inner
    return url


def _inner(url: str) -> str | None:
    """The address that stands whole in another's query, or percent-encoded in its path."""
    parts = urlsplit(url)
    for name, value in parse_qsl(parts.query):
        if name.lower() in _TARGETS and value.startswith(("http://", "https://")):
            return absolute(value, "")
    found = _WRAPPED.search(parts.path)
    return absolute(unquote(found[1]), "") if found and "%2f" in found[1].lower() else None
