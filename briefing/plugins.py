"""Four doors: what really varies comes in by an entry point, the built-ins too.

    kind        entry-point group       method
    sources     briefing.sources        read(now) -> Reading
    analysts    briefing.analysts       analyse(story) -> Analysis
    models      briefing.models
    outputs     briefing.outputs        render(briefing) -> str

A plugin is a frozen record with one method whose fields are its configuration: a table of the
configuration file is the constructor call, `kind` names the entry point.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Protocol, get_args, runtime_checkable

from pydantic import AfterValidator, BaseModel, Field, Strict, ValidationError, ValidationInfo

from briefing.errors import ConfigError
from briefing.types import Analysis, Briefing, Document, Failure, Health, Record, Story, Withheld

Kind = Literal["sources", "analysts", "models", "outputs"]


class Reading(Record):
    """What one source gave: documents, a failure for each item that could not be read, how its sites were found."""

    documents: tuple[Document, ...] = ()
    failures: tuple[Failure, ...] = ()
    health: tuple[Health, ...] = ()

    @classmethod
    def of(cls, results: Iterable[Document | Failure]) -> Reading:
        """Sort results into documents and failures, each in the order given."""
        found = tuple(results)
        return cls(
            documents=tuple(r for r in found if isinstance(r, Document)),
            failures=tuple(r for r in found if isinstance(r, Failure)),
        )


@runtime_checkable
class Source(Protocol):
    """Where articles come from; an item that cannot be read is a `Failure`, never an exception."""

    def read(self, now: datetime) -> Reading: ...  # noqa: D102


@runtime_checkable
class Analyst(Protocol):
    """Tells one story in cited statements."""

    def analyse(self, story: Story) -> Analysis: ...  # noqa: D102


class Answered(NamedTuple):
    """An analysis not yet verified, and the statements its analyst kept out of it before the checks."""

    analysis: Analysis
    withheld: tuple[Withheld, ...] = ()


@runtime_checkable
class Answering(Protocol):
    """An analyst that also says what it kept out of its analysis."""

    def answer(self, story: Story) -> Answered: ...  # noqa: D102


class Spent(NamedTuple):
    """What a run's model calls used; the cost is None where no model was asked or a price is not known."""

    calls: int = 0
    cache_hits: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    hosts: tuple[str, ...] = ()
    cost_estimate_usd: float | None = None


@runtime_checkable
class Output(Protocol):
    """Writes an edition as text, for a file `briefing.<extension>`."""

    extension: ClassVar[str]

    def render(self, briefing: Briefing) -> str: ...  # noqa: D102


def _placed(path: Path, info: ValidationInfo) -> Path:
    if "\0" in str(path):
        raise ValueError("a path cannot hold a NUL character")
    root = (info.context or {}).get("root")
    return path if root is None else Path(root) / path.expanduser()


Weight = Annotated[float, Field(ge=0.1, le=10)]
"""What a source counts for in ranking: 2 is worth an interest of the reader, 0.5 takes as much away."""

Place = Annotated[Path, Strict(False), AfterValidator(_placed)]
"""A path in a configuration: relative to the folder of the configuration file, elsewhere to the working folder."""


def names(kind: Kind) -> tuple[str, ...]:
    """List the installed plugins of one kind, sorted; imports none of them."""
    return tuple(sorted({entry.name for entry in entry_points(group=f"briefing.{kind}")}))


# Looking an entry point up takes 2 ms, and a list of feeds may make 10,000 tables.
@functools.cache
def load(kind: Kind, name: str) -> type[Record]:
    """Import the record behind a door. Raises ConfigError if there is none, or it fails to import."""
    found = {entry.value: entry for entry in entry_points(group=f"briefing.{kind}", name=name)}
    if not found:
        raise ConfigError(f"unknown kind {name!r} of {kind}{suggestion(name, names(kind))}")
    if len(found) > 1:
        raise ConfigError(f"kind {name!r} of {kind} is installed more than once: {', '.join(sorted(found))}")
    (entry,) = found.values()
    try:
        plugin = entry.load()
    except (ImportError, AttributeError, SyntaxError, NameError, TypeError, ValueError) as error:
        raise ConfigError(f"kind {name!r} of {kind} cannot be imported from {entry.value}: {error}") from error
    if not (isinstance(plugin, type) and issubclass(plugin, Record)):
        raise ConfigError(f"kind {name!r} of {kind}: {entry.value} is not a briefing.types.Record")
    return plugin


def make(kind: Kind, table: Mapping[str, Any], where: str = "", root: Path | None = None) -> Record:
    """Make the plugin record a table describes: `kind` picks the entry point, the other keys are its fields.

    `where` is the table's place in the configuration, `root` the folder its paths are relative to.
    Raises ConfigError with one line for each fault.
    """
    place = f"{where}." if where else ""
    name = table.get("kind")
    if not isinstance(name, str):
        raise ConfigError(f"{place}kind: should name one of {', '.join(names(kind))}")
    try:
        plugin = load(kind, name)
    except ConfigError as error:
        raise ConfigError(f"{place}kind: {error}") from error
    # By way of JSON, since pydantic's strict mode then takes an array for a tuple but no "5" for a 5.
    fields = json.dumps({key: value for key, value in table.items() if key != "kind"}, default=str)
    try:
        return plugin.model_validate_json(fields, strict=True, context={"root": root})
    except ValidationError as error:
        raise ConfigError("\n".join(problems(error, plugin, place))) from error


def problems(error: ValidationError, model: type[BaseModel], place: str = "") -> list[str]:
    """One line for each fault pydantic found: path, what is wrong, what may be meant."""
    lines = []
    for fault in error.errors(include_url=False):
        path = place + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"]).lstrip(
            "."
        )
        path = path.rstrip(".")  # of a fault of the table as a whole
        if fault["type"] == "extra_forbidden":
            known = _keys(model, fault["loc"][:-1])
            lines.append(f"{path}: unknown key{suggestion(str(fault['loc'][-1]), known)}")
        elif fault["type"] == "missing":
            lines.append(f"{path}: missing")
        elif fault["type"] == "value_error":
            lines.append(f"{path}: {fault['msg'].removeprefix('Value error, ')}")
        else:
            lines.append(f"{path}: {fault['msg'].removeprefix('Input ')}, not {_short(fault['input'])}")
    return lines


def suggestion(name: str, known: Iterable[str]) -> str:
    """End a sentence on an unknown name with the nearest known one, and all of them."""
    choices = sorted(known)
    near = get_close_matches(name, choices, n=1)
    return (f"; did you mean {near[0]!r}?" if near else "") + (f" (known: {', '.join(choices)})" if choices else "")


def _keys(model: type[BaseModel], path: Iterable[int | str]) -> list[str]:
    for part in (name for name in path if isinstance(name, str)):
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        inner = next(_models(annotation), None)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The records in an annotation: of a table that may be missing, or of a list of tables."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"
