"""The one way a template of this package is loaded and rendered: sandboxed, strict, escaping by default.

A folder of the user's own takes the place of shipped templates by file name; `shipped/<name>` is always the
shipped one, so that an own one can extend it.
"""

import traceback
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from briefing.errors import ConfigError
from briefing.outputs import bidi
from briefing.outputs.words import Words
from briefing.text import one_line

# What a user's own template may raise: Jinja's errors, and those of Python expressions in it.
_FAULTS = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError)


def render(
    template: str,
    escape: Callable[[str], str] | None,
    templates_dir: Path | None = None,
    *,
    words: Words,
    **values: Any,
) -> str:
    """A template filled with `values`, in which `words` are the page's own; ends with one newline.

    Whatever a template prints is made one clean line and escaped, by `escape` or else for HTML; only
    markup written in the template itself stands as it is. Raises ConfigError where a user's own one fails.
    """
    if templates_dir is None:
        return _filled(template, _environment(escape, None, words), values)
    try:
        return _filled(template, _environment(escape, templates_dir, words), values)
    except _FAULTS as error:
        raise ConfigError(_said(error, templates_dir)) from error


def shipped() -> tuple[str, ...]:
    """The names of the shipped templates."""
    return tuple(PackageLoader("briefing.outputs", "templates").list_templates())


def _filled(template: str, environment: ImmutableSandboxedEnvironment, values: dict[str, Any]) -> str:
    return environment.get_template(template).render(**values).strip() + "\n"


@cache
def _environment(
    escape: Callable[[str], str] | None, folder: Path | None, words: Words
) -> ImmutableSandboxedEnvironment:
    ours = PackageLoader("briefing.outputs", "templates")
    loaders: list[BaseLoader] = [FileSystemLoader(folder)] if folder else []
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([*loaders, ours, PrefixLoader({"shipped": ours})]),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_finalizer(escape),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # A global, so that macros imported from another file have it too.
    environment.globals["words"] = words
    # Left to right is what every reader assumes.
    environment.globals["direction"] = Markup(' dir="rtl"') if words.direction == "rtl" else ""
    return environment


def _finalizer(escape: Callable[[str], str] | None) -> Callable[[Any], Any]:
    def finalize(value: Any) -> Any:
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        text = one_line(value)
        if escape is None:
            return bidi.settled(text)
        return Markup(bidi.settled(escape(text)))  # noqa: S704 - escaped here, for another language than HTML

    return finalize


def _said(error: Exception, folder: Path) -> str:
    """Where in the user's templates, and what: Jinja gives its templates' lines to the traceback."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or error.name or folder}: line {error.lineno}: {error.message}"
    place = f"{own[-1].filename}: line {own[-1].lineno}" if own else str(folder)
    return f"{place}: {error}"
