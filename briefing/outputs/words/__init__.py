"""The outputs' own words, in the language of the edition: one TOML file per language, another language is a file.

    words = words_of("de-CH")               de-CH -> de -> en
    words("coverage.distinct", n=1200)      "1.200 verschiedene"

An entry is a text with `{placeholders}`, or one text for each plural form of the language (CLDR: zero, one, two, few,
many, other), chosen by the value of `n`. Numbers are written as the language groups them, always in Latin digits, so
that a citation number and a figure are the same in every language. A value that runs the other way than the language
is isolated (Unicode Annex 9), see `bidi`.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

from babel import Locale
from babel.numbers import format_decimal
from markupsafe import Markup

from briefing.outputs import bidi
from briefing.types import Record

FALLBACK = "en"
PLURALS = frozenset({"zero", "one", "two", "few", "many", "other"})

Entry = str | dict[str, str]


class Words(Record):
    """The catalogue of one language. `tag` is what a page says its language is: `de-CH`, with the words of `de`.

    `wanted` is the language asked for, where there is no catalogue of it and these are English.
    """

    language: str
    tag: str
    wanted: str | None
    entries: dict[str, Entry]

    def __hash__(self) -> int:
        """By language: there is one catalogue of each."""
        return hash((self.language, self.tag))

    def __call__(self, key: str, /, **values: str | float) -> str:
        """The entry in words; KeyError if it, a plural form or a placeholder's value is missing.

        `n` is the number that chooses the plural form. Whole numbers are grouped; texts are one line.
        """
        entry = self.entries[key]
        text = entry if isinstance(entry, str) else entry[self._form(values["n"])]
        return text.format(**{name: self._shown(value) for name, value in values.items()})

    def known(self, key: str) -> str | None:
        """An entry that stands for a code from elsewhere, or None: such a code may be newer than the catalogue."""
        entry = self.entries.get(key)
        return entry if isinstance(entry, str) else None

    def around(self, key: str, name: str) -> tuple[Markup, Markup]:
        """The texts before and behind a placeholder that is filled with markup, escaped for HTML and CommonMark."""
        before, _, after = str(self.entries[key]).partition(f"{{{name}}}")
        return Markup.escape(before), Markup.escape(after)

    def series(self, items: Iterable[str]) -> str:
        """`a, b, c`."""
        return self("list.comma").join(self._shown(item) for item in items)

    @property
    def comma(self) -> Markup:
        """What stands between parts of a line, with its space."""
        return Markup.escape(self.entries["list.comma"])

    @property
    def semicolon(self) -> Markup:
        """What stands between parts that hold commas, with its space."""
        return Markup.escape(self.entries["list.semicolon"])

    def aside(self, text: str) -> str:
        """A text from outside as it may stand beside others on a line: isolated where it runs the other way."""
        return bidi.isolated(text, self.direction)

    def decimal(self, number: float, places: int) -> str:
        """`1,234.50` for two places."""
        return format_decimal(number, f"#,##0.{'0' * places}", locale=self.language)

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Which way the language is written."""
        return "rtl" if _locale(self.language).text_direction == "rtl" else "ltr"

    def _form(self, number: str | float) -> str:
        return str(_locale(self.language).plural_form(int(number)))

    def _shown(self, value: str | float) -> str:
        if isinstance(value, str):
            return self.aside(value)
        return str(value) if abs(value) < 1000 else format_decimal(value, locale=self.language)


@cache
def words_of(language: str) -> Words:
    """The words for an edition's language: its own catalogue, that of the language without a region, or English."""
    base = language.partition("-")[0].lower()
    for name in (language, base):
        if name in shipped():
            return Words(language=name, tag=language, wanted=None, entries=_entries(name))
    return Words(language=FALLBACK, tag=FALLBACK, wanted=language, entries=_entries(FALLBACK))


@cache
def shipped() -> frozenset[str]:
    """The languages there is a catalogue of."""
    names = (entry.name for entry in files(__name__).iterdir())
    return frozenset(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def plural_forms(language: str) -> frozenset[str]:
    """The plural forms of a language (CLDR, cardinal numbers)."""
    return _locale(language).plural_form.tags | {"other"}


def _entries(language: str) -> dict[str, Entry]:
    """The catalogue, its tables laid flat: `section.key`."""
    table = tomllib.loads((files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": entry for section, entries in table.items() for key, entry in entries.items()}


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")
