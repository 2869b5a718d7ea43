"""Loads the publisher families that ship with the package: outlets under one owner that print each other's texts.

They stand in `publishers.toml`; another family, or another outlet of one, is another line there.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files


@cache
def publishers() -> dict[str, str]:
    """The family of every outlet listed, by its name or web host in lower case, names without "the"."""
    table = tomllib.loads((files(__name__) / "publishers.toml").read_text(encoding="utf-8"))
    return named(table)


def named(families: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The family of every outlet, from the outlets of every family."""
    return {name.casefold().removeprefix("the "): family for family, names in families.items() for name in names}
