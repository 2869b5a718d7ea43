"""Loads how words change their form, by language: `inflections.toml`; another language is another table there."""

import tomllib
from functools import cache
from importlib.resources import files

from briefing.lexicon import Inflection


@cache
def inflections() -> dict[str, Inflection]:
    """Every shipped inflection by language code; words of other languages are met as they are written."""
    found = tomllib.loads((files(__name__) / "inflections.toml").read_text(encoding="utf-8"))
    return {language: Inflection(language=language, **table) for language, table in found.items()}
