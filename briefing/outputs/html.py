"""One self-contained page: no script, no request, nothing that was not in the briefing."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from markupsafe import Markup
from pydantic import AfterValidator, Field

from briefing.errors import ConfigError
from briefing.outputs import assets, colour, specimen, templating, view
from briefing.outputs.words import words_of
from briefing.plugins import Place
from briefing.types import Briefing, Record

TEMPLATE = "briefing.html.jinja"
Appearance = Literal["auto", "light", "dark"]


class Look(Record):
    """What the templates see of the settings; `logo` is a `data:` address, the accent also fit for text."""

    appearance: Appearance
    picture: bool
    note: str
    editions: str
    logo: str
    accent: str
    on_light: str
    on_dark: str


def _templates(folder: Path) -> Path:
    """Try the user's own templates before any work, on an edition that has everything."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is not a folder")
    known = templating.shipped()
    if not any((folder / name).is_file() for name in known):
        raise ValueError(f"{folder} holds no template of a known name ({', '.join(known)})")
    try:
        words, page = words_of(specimen.BRIEFING.language), view.page(specimen.BRIEFING)
        templating.render(TEMPLATE, None, folder, words=words, page=page, look=_plain(), theme="")
    except ConfigError as error:
        raise ValueError(str(error)) from error
    return folder


def _checked(check: Callable[[Path], str]) -> Callable[[Path], Path]:
    def checked(path: Path) -> Path:
        check(path)
        return path

    return checked


def _plain() -> Look:
    return Look(
        appearance="auto", picture=True, note="a note", editions="", logo="", accent="", on_light="", on_dark=""
    )


class Html(Record):
    """`briefing.html`, and how it looks.

    `templates_dir` holds templates that take the place of the shipped ones by name; `theme` is CSS that stands
    after the page's own; `accent` is used as it is for ornament, and made legible where it is text; `logo` is
    taken into the page; `appearance` is what the page starts with; `picture` draws who reported what; `note`
    stands at the very end, such as who publishes the briefing; `editions` is where the list of all editions is,
    "" for no link to it.
    """

    extension: ClassVar[str] = "html"

    templates_dir: Annotated[Place, AfterValidator(_templates)] | None = None
    theme: Annotated[Place, AfterValidator(_checked(assets.theme))] | None = None
    accent: str = Field("", pattern=r"^(#[0-9a-fA-F]{6})?$")
    logo: Annotated[Place, AfterValidator(_checked(assets.logo))] | None = None
    appearance: Appearance = "auto"
    picture: bool = True
    note: str = Field("", max_length=500)
    editions: str = Field("../index.html", max_length=500, pattern=r'^(https?://[^\s<>"]+|[^\s<>":]*)$')

    def render(self, briefing: Briefing) -> str:
        """The briefing as an HTML document; untrusted text can only appear literally.

        Raises ConfigError if a file of the user's is gone or no longer fit since it was checked.
        """
        try:
            logo = assets.logo(self.logo) if self.logo else ""
            theme = assets.theme(self.theme) if self.theme else ""
        except ValueError as error:
            raise ConfigError(str(error)) from error
        return templating.render(
            TEMPLATE,
            None,
            self.templates_dir,
            words=words_of(briefing.language),
            page=view.page(briefing),
            look=self.look(logo),
            theme=Markup(theme),  # noqa: S704 - the user's own style sheet, in which no tag can stand
        )

    def look(self, logo: str) -> Look:
        """What the templates see of the settings; `logo` as `assets.logo` gives it."""
        return Look(
            appearance=self.appearance,
            picture=self.picture,
            note=self.note,
            editions=self.editions,
            logo=logo,
            accent=self.accent,
            on_light=colour.legible(self.accent, colour.LIGHT) if self.accent else "",
            on_dark=colour.legible(self.accent, colour.DARK) if self.accent else "",
        )
