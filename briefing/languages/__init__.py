"""Loads the language resources that ship with the package: one TOML file per language."""

import tomllib
from functools import cache
from importlib.resources import files

from briefing.lexicon import Lexicon


@cache
def lexicons() -> dict[str, Lexicon]:
    """Every shipped lexicon by language code; texts of other languages go without one."""
    found = sorted(entry.name for entry in files(__name__).iterdir() if entry.name.endswith(".toml"))
    return {name.removesuffix(".toml"): _load(name) for name in found}


def _load(name: str) -> Lexicon:
    table = tomllib.loads((files(__name__) / name).read_text(encoding="utf-8"))
    flat = {key: value.split() if key in _WORD_LISTS else value for key, value in table.items()}
    flat["measures"] = {word: thing for thing, listed in table["measures"].items() for word in listed.split()}
    return Lexicon(language=name.removesuffix(".toml"), **flat)


_WORD_LISTS = {name for name, field in Lexicon.model_fields.items() if field.annotation == frozenset[str]}
