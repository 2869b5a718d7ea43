"""Labelled cases: small stories written by hand, one TOML file each, and what is to be told of them.

    title = "A ministry denies what a paper reports"
    language = "en"                       # that the story is to be told in
    traps = ["denial"]
    origins = 2                           # how many independent origins its articles have; may be left out

    [[articles]]
    outlet = "Tarn Courier"
    title = "Dam cracks found"
    date = "2031-04-02"
    text = "..."                          # also `url`, and `language` where it is another than the case's

    [[must]]                              # [[should]] likewise: a fact to be told
    says = "Inspectors found 14 cracks."  # one good way to tell it
    words = ["14|fourteen", "crack*"]     # each must occur, in one of the forms between the bars
    without = ["no crack*"]               # none may
    at = ["found fourteen cracks"]        # parts of the sentences that hold it

    [[wrong]]                             # what must not be told: `says`, `words`, `without`

    [[disputes]]                          # sides: `holder` (forms), `says`, `at`
    question = "whether the dam is safe"
    kinds = ["denial"]
    [[disputes.sides]] ...

    [[updates]]                           # steps: `value` (forms), `says`, `at`
    what = "dead"
    [[updates.steps]] ...

How forms are compared stands in `briefing.evaluation.matching`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError

from briefing import plugins
from briefing.errors import ConfigError
from briefing.evaluation.matching import pattern
from briefing.types import DisputeKind, Record

Trap = Literal[
    "attribution", "cause", "correction", "denial", "figure", "hedge", "injection", "namesake",
    "negation", "opinion", "part and whole", "plain", "press release", "revision", "rounding", "rumour", "satire",
    "single origin", "translation", "update", "wire copy",
]  # fmt: skip
"""What a case is made to catch; "plain" catches nothing but a poor telling."""


def _day(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _forms(text: str) -> str:
    pattern(text)
    return text


Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Line = Annotated[str, Field(min_length=1, max_length=600)]
Forms = Annotated[str, Field(min_length=1, max_length=600), AfterValidator(_forms)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Report(Record):
    """One article of a case."""

    outlet: Line
    title: Line
    date: Annotated[str, AfterValidator(_day)] | None = None
    url: Line | None = None
    language: Language | None = None
    text: Text


class Fact(Record):
    """What is to be told: the words that tell it, and parts of the sentences that hold it."""

    says: Line
    words: tuple[Forms, ...] = Field(min_length=1)
    without: tuple[Forms, ...] = ()
    at: tuple[Line, ...] = Field(min_length=1)


class Wrong(Record):
    """What must not be told: a joke as news, a corrected figure, an order that an article gives to its reader."""

    says: Line
    words: tuple[Forms, ...] = Field(min_length=1)
    without: tuple[Forms, ...] = ()


class ExpectedSide(Record):
    """One side of a dispute: forms of its holder's name, and parts of the sentences it stands in."""

    holder: Forms
    says: Line
    at: tuple[Line, ...] = Field(min_length=1)


class ExpectedDispute(Record):
    """A dispute to be shown; one that is `optional` is neither missed nor invented. The first of `kinds` fits best."""

    question: Line
    kinds: tuple[DisputeKind, ...] = Field(min_length=1)
    optional: bool = False
    sides: tuple[ExpectedSide, ...] = Field(min_length=2, max_length=6)


class ExpectedStep(Record):
    """One value of an update, in its forms."""

    value: Forms
    says: Line
    at: tuple[Line, ...] = Field(min_length=1)


class ExpectedUpdate(Record):
    """A quantity that moved, its steps in the order of time."""

    what: Line
    steps: tuple[ExpectedStep, ...] = Field(min_length=2, max_length=12)


class Case(Record):
    """A story and its labels. `place` is the file it stands in."""

    id: str
    place: str = Field("", exclude=True, repr=False)
    title: Line
    language: Language
    traps: tuple[Trap, ...] = Field(min_length=1)
    origins: int | None = Field(None, ge=1)
    articles: tuple[Report, ...] = Field(min_length=1, max_length=50)
    must: tuple[Fact, ...] = Field(min_length=1)
    should: tuple[Fact, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    disputes: tuple[ExpectedDispute, ...] = ()
    updates: tuple[ExpectedUpdate, ...] = ()


_OURS = frozenset({"id", "place"})


def load(folders: Sequence[Path], shipped: bool = True) -> tuple[Case, ...]:
    """Read the cases that ship with the package and those of `folders`, by name.

    Raises ConfigError with a line for each fault: an empty folder, a file that is no case, a name used twice.
    """
    files = [*(_listed(resources.files("briefing.evaluation") / "cases") if shipped else ())]
    faults: list[str] = []
    for folder in folders:
        found = _own(folder)
        faults += [] if found else [f"{folder}: holds no case, a file NAME.toml for each"]
        files += found
    cases: dict[str, Case] = {}
    for file in files:
        try:
            case = _case(file)
        except ConfigError as error:
            faults += str(error).splitlines()
            continue
        if case.id in cases:
            faults.append(f"{case.place}: the name {case.id!r} is taken by {cases[case.id].place}; rename one of them")
        cases[case.id] = case
    if faults:
        raise ConfigError("\n".join(faults))
    return tuple(cases[name] for name in sorted(cases))


def _own(folder: Path) -> list[Traversable]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such file or folder")
    return list(_listed(folder))


def _listed(folder: Traversable) -> Iterable[Traversable]:
    return sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)


def _case(file: Traversable) -> Case:
    """Read one file. Raises ConfigError with a line for each fault in it."""
    table = _parsed(file)
    faults = [f"{key}: unknown key; the file's name is the case's" for key in sorted(_OURS & table.keys())]
    named = {**table, "id": file.name.removesuffix(".toml"), "place": str(file)}
    try:
        # By way of JSON, as every table of settings: strict, yet an array may stand for a tuple.
        case = Case.model_validate_json(json.dumps(named, default=str), strict=True)
    except ValidationError as error:
        faults += plugins.problems(error, Case)
    if faults:
        raise ConfigError("\n".join(f"{file}: {fault}" for fault in faults))
    return case


def _parsed(file: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{file}: could not be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file}: not TOML: {error}") from error


def facts(case: Case) -> Iterator[tuple[str, Fact]]:
    """Every fact with its place in the case."""
    yield from ((f"must[{n}]", fact) for n, fact in enumerate(case.must))
    yield from ((f"should[{n}]", fact) for n, fact in enumerate(case.should))
