"""Outlets as a person lists them: by name, with or without "the", or by web host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_HOST = re.compile(r"\w+://(?:[^/?#@]*@)?([^/?#:]+)")


def known_as(source: str | None, url: str | None, known: Mapping[str, str]) -> str | None:
    """What an outlet stands for in `known`, by its name or the host of an address; None where it stands for nothing.

    The keys of `known` are in lower case, names without "the".
    """
    host = _HOST.match(url or "")
    return next((known[name] for name in _names(source, host and host[1]) if name in known), None)


def key(name: str) -> str:
    """An outlet's name or host as the key of a list."""
    return name.casefold().removeprefix("the ").removeprefix("www.")


@lru_cache(maxsize=1 << 14)
def _names(source: str | None, host: str | None) -> tuple[str, ...]:
    """What an outlet may be listed under: its name, with and without "the", its host and those above it."""
    names = [source.casefold(), source.casefold().removeprefix("the ")] if source else []
    for place in (*names, (host or "").casefold()):
        parts = place.removeprefix("www.").split(".")
        names += [".".join(parts[i:]) for i in range(len(parts) - 1)]
    return tuple(names)
