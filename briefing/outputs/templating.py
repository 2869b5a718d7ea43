"""The one way a template of this package is loaded and rendered: sandboxed, strict, escaping by default."""

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from briefing.text import one_line


def render(template: str, escape: Callable[[str], str] | None, **values: Any) -> str:
    """A shipped template filled with `values`; ends with one newline.

    Whatever a template prints is made one clean line and escaped, by `escape` or else for HTML; only
    markup written in the template itself stands as it is.
    """
    return _environment(escape).get_template(template).render(**values).strip() + "\n"


@cache
def _environment(escape: Callable[[str], str] | None) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=PackageLoader("briefing.outputs", "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_finalizer(escape),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalizer(escape: Callable[[str], str] | None) -> Callable[[Any], Any]:
    def finalize(value: Any) -> Any:
        if isinstance(value, Markup) or not isinstance(value, str):
            return value
        text = one_line(value)
        return Markup(escape(text)) if escape else text  # noqa: S704 - escaped here, for another language than HTML

    return finalize
