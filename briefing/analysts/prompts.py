"""Prompts: a template for each task and version, shipped, or a user's own file of the same name.

A template has two blocks, `system` (the instructions) and `user` (the material), and a header comment that
says what it is for and names its variables, its schema and its version. It is rendered in a sandbox;
articles are values, never templates, and nothing is escaped, since the result is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from briefing.errors import ConfigError

STORY, PART, REDUCE, REPAIR = "story.v1.jinja", "part.v1.jinja", "reduce.v1.jinja", "repair.v1.jinja"
CHECKER, JUDGE = "checker.v1.jinja", "judge.v1.jinja"
OVERVIEW, TOPICS = "overview.v1.jinja", "topics.v1.jinja"
NAMES = (STORY, PART, REDUCE, REPAIR, CHECKER, JUDGE, OVERVIEW, TOPICS)
_HEADER = re.compile(r"\A\{#(.*?)#\}", re.DOTALL)
_FIELD = re.compile(r"^\s*(purpose|variables|schema|version):\s*(.*?)\s*$", re.MULTILINE)


class Prompt(NamedTuple):
    """A rendered template."""

    system: str
    user: str


def render(name: str, prompts_dir: Path | None = None, **values: Any) -> Prompt:
    """A template filled with `values`. Raises ConfigError where a user's own one cannot be filled."""
    try:
        template = _environment(prompts_dir).get_template(name)
        blocks = {block: "".join(template.blocks[block](template.new_context(values))) for block in ("system", "user")}
    except (TemplateError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ConfigError(f"{_place(name, prompts_dir)}: {_said(error)}") from error
    return Prompt(blocks["system"].strip(), blocks["user"].strip())


def check(prompts_dir: Path) -> None:
    """Read a user's templates before any work. Raises ConfigError with one line for each fault."""
    if not prompts_dir.is_dir():
        raise ConfigError(f"prompts_dir: {prompts_dir} is not a folder")
    faults = [f"{_place(name, prompts_dir)}: {fault}" for name in NAMES for fault in _faults(name, prompts_dir)]
    if faults:
        raise ConfigError("\n".join(faults))


def header(name: str, prompts_dir: Path | None = None) -> dict[str, str]:
    """What a template's header comment says: purpose, variables, schema, version."""
    found = _HEADER.match(source(name, prompts_dir))
    return dict(_FIELD.findall(found[1])) if found else {}


def variables(name: str, prompts_dir: Path | None = None) -> frozenset[str]:
    """The variables a template uses, those of the templates it includes among them."""
    tree = _environment(prompts_dir).parse(source(name, prompts_dir))
    included = [n for n in meta.find_referenced_templates(tree) if n]
    return frozenset(meta.find_undeclared_variables(tree)).union(*(variables(n, prompts_dir) for n in included))


def source(name: str, prompts_dir: Path | None = None) -> str:
    """A template as written. Raises jinja2's TemplateNotFound."""
    environment = _environment(prompts_dir)
    if environment.loader is None:
        raise TemplateNotFound(name)
    return environment.loader.get_source(environment, name)[0]


def shipped() -> Path:
    """The folder of the shipped templates: inside the package, or beside it in a source checkout."""
    inside = Path(str(resources.files("briefing"))) / "prompts"
    return inside if inside.is_dir() else inside.parent.parent / "prompts"


def _faults(name: str, prompts_dir: Path) -> Iterator[str]:
    try:
        blocks = _environment(prompts_dir).get_template(name).blocks
        unknown = sorted(variables(name, prompts_dir) - variables(name))
    except TemplateError as error:
        yield _said(error)
        return
    yield from (f"no block named {block!r}" for block in ("system", "user") if block not in blocks)
    yield from (f"unknown variable {variable!r}" for variable in unknown)


@cache
def _environment(prompts_dir: Path | None) -> ImmutableSandboxedEnvironment:
    folders = [folder for folder in (prompts_dir, shipped()) if folder is not None]
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _place(name: str, prompts_dir: Path | None) -> str:
    own = prompts_dir / name if prompts_dir else None
    return str(own if own and own.is_file() else name)


def _said(error: Exception) -> str:
    return f"line {error.lineno}: {error.message}" if isinstance(error, TemplateSyntaxError) else str(error)
