"""The settings: tables of `briefing.toml`, the same for an edition and for one reader of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict

from briefing.stages.interests.phrases import fault
from briefing.types import Record


def _phrase(text: str) -> str:
    if reason := fault(text):
        raise ValueError(reason)
    return text


def _table(given: Any) -> Any:
    """A text alone is an interest of that one phrase."""
    return {"words": (given,)} if isinstance(given, str) else given


Phrases = Annotated[tuple[Annotated[str, AfterValidator(_phrase)], ...], Strict(False)]
Names = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Strict(False)]


class Setting(Record):
    """A table that takes a list for a tuple and nothing else for what it is not."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Interest(Setting):
    """Phrases of one subject; `name` is what a briefing calls it, else the first of them. `weight` 1 is two origins."""

    words: Phrases = Field(min_length=1)
    name: str = Field("", max_length=80)
    weight: float = Field(1.0, gt=0, le=10)

    @property
    def label(self) -> str:
        """What a briefing calls it."""
        return self.name or self.words[0].rstrip("*")


class Mute(Setting):
    """What is not to be told: stories that speak of `words`, that only `outlets` report, of `topics`."""

    words: Phrases = ()
    outlets: Names = ()
    topics: Phrases = ()


class Section(Setting):
    """A heading of the briefing for what speaks of `words`, comes from `outlets`, or is of its name or of `topics`."""

    name: str = Field(min_length=1, max_length=80)
    words: Phrases = ()
    outlets: Names = ()
    topics: Phrases = ()


Interests = Annotated[tuple[Annotated[Interest, BeforeValidator(_table)], ...], Strict(False)]
Sections = Annotated[tuple[Section, ...], Strict(False)]


class Profile(Setting):
    """What is wanted; a story belongs to the first of the `sections` that fits."""

    interests: Interests = ()
    mute: Mute = Mute()
    sections: Sections = ()


class Reader(Profile):
    """Readers with wishes of their own: `to` names them. What they leave open stays as the edition has it.

    `max_stories` are told to them at most. `language` is that of the words around the stories.
    """

    to: Names = Field(min_length=1)
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    max_stories: int | None = Field(None, ge=1)
