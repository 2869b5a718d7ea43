"""`briefing.toml` -> `Config`: every fault is found before any work, and named with its place.

The folder of the file is the root: relative paths in it are relative to that folder. Secrets do not
stand in a configuration, only the names of environment variables that hold them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, cast
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, ConfigDict, Field, Strict, ValidationError

from briefing import plugins
from briefing.errors import ConfigError
from briefing.models import Model
from briefing.models.budget import Budget
from briefing.models.embedding import Embedding
from briefing.models.gate import Limits
from briefing.models.tables import READING, TELLING, fallbacks, with_roles
from briefing.outputs.archive import Archive
from briefing.outputs.delivery.carriers import Carrier, carriers
from briefing.plugins import Analyst, Output, Place, Source
from briefing.sources.fetching.exchange import Net
from briefing.stages.interests.profile import Interests, Mute, Profile, Sections
from briefing.types import Record, Showing

_SUFFIXES = {"markdown": "md", "email": "eml"}
_PLUGINS = {suffix: name for name, suffix in _SUFFIXES.items()}
# Keys of the usual shapes, bearer tokens, and a password inside a URL.
_SECRET = re.compile(r"\b(?:sk|pk|ghp|xox[abp])[-_][\w-]{16,}|\bBearer\s+\S{8,}|://[^/\s:@]+:[^/\s@]+@", re.IGNORECASE)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # OSError: "Europe" is a folder of zones
        near = plugins.suggestion(name, available_timezones()).partition(" (known")[0]
        raise ValueError(f"unknown time zone {name!r}{near}; write a name like 'Europe/Paris'") from error
    return name


def _formats(wanted: tuple[str, ...]) -> tuple[str, ...]:
    known = {_SUFFIXES.get(name, name) for name in plugins.names("outputs")}
    formats = [_SUFFIXES.get(name, name) for name in (*wanted, "json")]
    for name in formats:
        if name not in known:
            raise ValueError(f"unknown format {name!r}{plugins.suggestion(name, known)}")
    return tuple(dict.fromkeys(formats))


def _templates(folder: Path) -> Path:
    from briefing.analysts import prompts

    try:
        prompts.check(folder)
    except ConfigError as error:
        raise ValueError(str(error).removeprefix("prompts_dir: ")) from error
    return folder


def _extractive() -> Analyst:
    return cast("Analyst", plugins.make("analysts", {"kind": "extractive"}))


class Keep(Record):
    """How long things are kept: the settings table `[keep]`.

    `editions` is a number of days, or "forever". A fetched page or a model's reply goes when it was not used for so
    many days, or when the newer ones fill the megabytes. What was seen is remembered for `state_days` after it was
    last met in any list.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    editions: Literal["forever"] | Annotated[int, Field(ge=1)] = "forever"
    bodies_days: int = Field(60, ge=1)
    bodies_mb: int = Field(2000, ge=1)
    replies_days: int = Field(180, ge=1)
    replies_mb: int = Field(500, ge=1)
    # Over the longest window, and over the time for which feeds let an entry drop out and come back.
    state_days: int = Field(180, ge=30)


class Config(Record):
    """The settings of a run, validated.

    `formats` are `md`, `html`, `json`, `eml` or names of other outputs; `json` is always among them, since
    `briefing verify` reads it. `outputs` holds those with options, by name. `workers` 0 is one a processor.
    `publishers` lists the outlets of an owner, by name or web host, beside those that ship with the package.
    `unchanged` is how a story is shown that has nothing new. `interests`, `mute` and `sections` say what its readers
    want (`profile`). `overview` and `topics` are the models that write the day in lines and name the topics, asked in
    this order; None is those that tell the stories. `checker` and `judge` are second readers. All roles stand as
    tables in [model]. `prompts_dir` holds templates in place of the shipped ones.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True, validate_default=True
    )

    title: str = Field("Daily briefing", min_length=1, max_length=200)
    language: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    out: Place = Path("briefings")
    formats: Annotated[tuple[str, ...], Strict(False), AfterValidator(_formats)] = ("md", "html", "json")
    cache: Place = Path("cache")
    state: Place = Path("state")
    max_stories: int = Field(30, ge=1)
    unchanged: Showing = "line"
    interests: Interests = ()
    mute: Mute = Mute()
    sections: Sections = ()
    map: Literal["auto", "builtin", "threads", "processes"] = "auto"
    workers: int = Field(0, ge=0)
    publishers: dict[str, Annotated[tuple[str, ...], Strict(False)]] = Field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    analyst: Analyst = Field(default_factory=_extractive)
    embedding: Embedding | None = None
    prompts_dir: Annotated[Place, AfterValidator(_templates)] | None = None
    overview: tuple[Model, ...] | None = None
    topics: tuple[Model, ...] | None = None
    checker: Model | None = None
    judge: Model | None = None
    limits: Limits = Limits()
    budget: Budget = Budget()
    web: Net = Net()
    keep: Keep = Keep()
    archive: Archive = Archive()
    outputs: dict[str, Output] = Field(default_factory=dict)
    delivery: tuple[Carrier, ...] = ()

    @property
    def profile(self) -> Profile:
        """What the edition's reader wants."""
        return Profile(interests=self.interests, mute=self.mute, sections=self.sections)

    def writers(self, role: Literal["overview", "topics"]) -> tuple[Model, ...]:
        """The models of a role that writes about all stories; where it has no table, those that tell them."""
        own: tuple[Model, ...] | None = getattr(self, role)
        story = getattr(self.analyst, "model", None)
        return own if own is not None else (story, *getattr(self.analyst, "fallbacks", ())) if story else ()

    def renderers(self) -> tuple[Output, ...]:
        """Make the outputs asked for, in the order of `formats`, each with its options."""
        wanted = (_PLUGINS.get(name, name) for name in self.formats)
        return tuple(self.outputs.get(name) or _output(name, {}, None) for name in wanted)


def load(path: Path) -> Config:
    """Read a configuration file. Raises ConfigError with one line for each fault found in it."""
    settings = _parsed(path)
    root = path.absolute().parent
    faults = [f"{place}: looks like a secret; name an environment variable instead" for place in _secrets(settings)]
    settings = with_roles(settings, root)
    for key, make in _MAKERS.items():
        if key in settings:
            try:
                settings[key] = make(settings[key], root)
            except ConfigError as error:
                faults += str(error).splitlines()
                del settings[key]
    try:
        config = Config.model_validate(settings, context={"root": root})
    except ValidationError as error:
        faults += plugins.problems(error, Config)
    if faults:
        raise ConfigError("\n".join(f"{path}: {fault}" for fault in faults))
    return config


def starter() -> str:
    """Give the commented configuration that `briefing init` writes."""
    return (resources.files("briefing") / "starter.toml").read_text(encoding="utf-8")


def looks_secret(text: str) -> bool:
    """Whether a text looks like a key, a token or a login, which a settings file refuses."""
    return bool(_SECRET.search(text))


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file; `briefing init` writes one") from error
    except OSError as error:
        raise ConfigError(f"{path}: could not be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error


def _secrets(value: object, place: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _secrets(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _secrets(inner, f"{place}[{number}]")
    elif isinstance(value, str) and looks_secret(value):
        yield place


def _sources(tables: object, root: Path) -> tuple[Source, ...]:
    if not isinstance(tables, list):
        raise ConfigError("sources: each should be a table under [[sources]], in double brackets")
    made, faults = [], []
    for number, table in enumerate(tables):
        try:
            made.append(_made("sources", "files", table, f"sources[{number}]", root))
        except ConfigError as error:
            faults.append(str(error))
    if faults:
        raise ConfigError("\n".join(faults))
    return cast("tuple[Source, ...]", tuple(made))


def _analyst(table: object, root: Path) -> Analyst:
    return cast("Analyst", _made("analysts", "extractive", table, "analyst", root))


def _reader(name: str, table: object, root: Path) -> Model | None:
    return None if table is None else cast("Model", _made("models", "litellm", table, f"model.{name}", root))


def _writers(name: str, table: object, root: Path) -> tuple[Model, ...]:
    """The model of a role that tells, and those asked where it fails."""
    if not isinstance(table, dict):
        return () if table is None else (cast("Model", _reader(name, table, root)),)
    first = {key: value for key, value in table.items() if key != "fallbacks"}
    told = [first, *fallbacks(table, f"model.{name}")]
    return tuple(cast("Model", _reader(name, one, root)) for one in told)


def _outputs(tables: object, root: Path) -> dict[str, Output]:
    """Make every output that has options, whether or not it is among the formats, which may still change."""
    if not isinstance(tables, dict):
        raise ConfigError("outputs: should be tables like [outputs.markdown]")
    found: dict[str, Any] = {_PLUGINS.get(str(name), str(name)): table for name, table in tables.items()}
    made = {}
    for name, table in found.items():
        if name not in plugins.names("outputs"):
            raise ConfigError(f"outputs.{name}: unknown key{plugins.suggestion(name, plugins.names('outputs'))}")
        if isinstance(table, dict) and "kind" in table:
            raise ConfigError(f"outputs.{name}.kind: unknown key; the table's name is its kind")
        made[name] = _output(name, table, root)
    return made


def _delivery(tables: object, _root: Path) -> tuple[Carrier, ...]:
    return carriers(tables)


def _output(name: str, table: object, root: Path | None) -> Output:
    return cast("Output", _made("outputs", name, table, f"outputs.{name}", root))


def _made(kind: plugins.Kind, default: str, table: object, where: str, root: Path | None) -> Record:
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: should be a table, with one `key = value` on each line")
    return plugins.make(kind, {"kind": default, **table}, where, root)


_MAKERS: dict[str, Callable[[Any, Path], object]] = {
    "sources": _sources,
    "analyst": _analyst,
    "outputs": _outputs,
    "delivery": _delivery,
    **{role: partial(_reader, role) for role in READING},
    **{role: partial(_writers, role) for role in TELLING if role != "story"},
}
