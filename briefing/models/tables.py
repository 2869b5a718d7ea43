"""The [model] table of the settings: its roles, and what each takes from it.

    [model]              every role's settings, where its own table does not give them
    [model.story]        tells the stories        ─┐
    [model.overview]     writes the day in lines   ├ as [model] says, unless named otherwise
    [model.topics]       names the topics         ─┘
    [model.checker]      second readers, off unless named
    [model.judge]

Tables in, tables out: nothing is made here. The story's go to the analyst, the others stand by themselves. A role that
takes just what the story does is left out, since it is then asked with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from briefing.errors import ConfigError

TELLING = ("story", "overview", "topics")
READING = ("checker", "judge")
ROLES = (*TELLING, *READING)
NONE = "none"
# What goes to one provider only.
_CONNECTION = frozenset({"api_base", "api_key_env", "options", "price"})


def with_roles(settings: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """The settings with their [model] table given to its roles; with a folder of templates beside them, that too.

    Raises ConfigError for a role outside [model] and for fallbacks that are no list.
    """
    model, analyst = settings.get("model"), settings.get("analyst", {})
    if misplaced := sorted({*ROLES} & settings.keys()):
        raise ConfigError(f"{misplaced[0]}: unknown key; did you mean [model.{misplaced[0]}]?")
    templates = {"prompts_dir": "prompts"} if (root / "prompts").is_dir() else {}
    if not isinstance(model, dict) or not isinstance(analyst, dict):
        return {**settings}
    tables = _tables(model)
    story = tables.pop("story", None)
    tables = {role: table for role, table in tables.items() if role in READING or table is None or table != story}
    rest = {**templates, **{key: value for key, value in settings.items() if key != "model"}}
    told = analyst if story is None else {**_given(rest), **analyst, **_asked(story)}
    # Settings of the analyst that asks a model stand for the day it is asked again.
    idle = story is None and analyst.get("kind") == "llm"
    telling = {} if idle or not told else {"analyst": told}
    return {**{key: value for key, value in rest.items() if key != "analyst"}, **telling, **tables}


def off(table: object) -> bool:
    """Whether a role's table, or its name alone, says that no model is to be asked."""
    return table is None or table == NONE or (isinstance(table, dict) and table.get("name") == NONE)


def fallbacks(table: Mapping[str, Any], place: str) -> list[Any]:
    """The tables of the models that are asked where the first fails. Raises ConfigError where they are no list."""
    listed = table.get("fallbacks", [])
    if not isinstance(listed, list):
        raise ConfigError(f"{place}.fallbacks: should be a list of names or of tables like [model]")
    return [{"name": one} if isinstance(one, str) else one for one in listed]


def _tables(model: Mapping[str, Any]) -> dict[str, Any]:
    """A table for each role that is named, and where there is a model of their own for all that tell; None for none."""
    own = {key: value for key, value in model.items() if key not in ROLES}
    told = {role: _inheriting(model[role], own) if role in model else own for role in TELLING if own or role in model}
    alone = {key: value for key, value in own.items() if key != "fallbacks"}
    read = {role: _inheriting(model[role], alone) for role in READING if role in model}
    return {role: None if off(table) else table for role, table in {**told, **read}.items()}


def _given(rest: Mapping[str, Any]) -> dict[str, Any]:
    """What an analyst that asks a model takes from the settings around it."""
    return {"kind": "llm", "language": "en", **{key: rest[key] for key in ("language", "prompts_dir") if key in rest}}


def _asked(story: object) -> dict[str, Any]:
    if not isinstance(story, dict):
        raise ConfigError("model.story: should be a table, or a name")
    model = {key: value for key, value in story.items() if key != "fallbacks"}
    return {"model": model, "fallbacks": fallbacks(story, "model")}


def _inheriting(role: object, model: Mapping[str, Any]) -> object:
    """A role's table with what it takes from [model]: a key and an address go only to whom they were given for."""
    table = {"name": role} if isinstance(role, str) else role
    if not isinstance(table, dict) or table.get("kind", model.get("kind")) != model.get("kind"):
        return table
    name, known = (str(t.get("name", model.get("name"))) for t in (table, model))
    elsewhere = name.partition("/")[0] != known.partition("/")[0] or "api_base" in table
    own = _CONNECTION if elsewhere else {"price"} if name != known else frozenset()
    return {**{key: value for key, value in model.items() if key not in own}, **table}
