"""Mornings of invented articles, and profiles for them: for what must hold of every wish of a reader."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from briefing import pipeline
from briefing.analysts.extractive import Extractive
from briefing.languages import lexicons
from briefing.languages.inflections import inflections
from briefing.stages.cluster import with_topics
from briefing.stages.interests.profile import Profile
from briefing.stages.interests.sections import Chosen, chosen
from briefing.stages.rank import rank, settled
from briefing.types import Article, Briefing, Run, Story

NOW = datetime(2031, 6, 3, 6, 0, tzinfo=UTC)
OUTLETS = ("The Gazette", "Harbour Radio", "Daily Spark")
SUBJECTS = {
    "ferry": "The ferry to Sennes stopped after {n} crossings on Monday, the harbour office said.",
    "lottery": "The lottery of Ostrel paid out {n} crowns to a baker on Monday, its office said.",
    "quarry": "The quarry at Brenna shut for {n} days after a slide on Monday, its owner said.",
}


def report(subject: str, number: int, outlet: str, section: str | None = None, **fields: Any) -> Article:
    """One outlet's report on one of the subjects."""
    title, body = f"{subject.capitalize()} news: {number} at once", SUBJECTS[subject].format(n=number)
    return Article.make(
        title, f"{body} {outlet} was there and saw number {number}.",
        **{"source": outlet, "origin": f"outlet:{outlet}", "language": "en", "published": "2031-06-02", **fields},
        section=section,
    )  # fmt: skip


def story(identity: str, *articles: Article) -> Story:
    return Story(id=identity, articles=articles)


def wanted(*stories: Story, profile: Profile, most: int = 30) -> Chosen:
    """The stories to tell and those only listed."""
    ranked = rank(stories, NOW, profile, inflections())
    return chosen(ranked, most, profile, inflections(), lambda told: with_topics(told, lexicons()))


def edition(*stories: Story, profile: Profile = Profile(), most: int = 30) -> Briefing:  # noqa: B008 (immutable)
    """The edition of stories, as a run makes it."""
    first, rest = wanted(*stories, profile=profile, most=most)
    order = pipeline.Order("Briefing", "2031-06-03", "en", "UTC", NOW, (), Extractive(), profile=profile)
    told = tuple(pipeline.analyse_and_verify(one, Extractive()) for one in first)
    return settled(pipeline.edition(order, told, (first, rest), (), Run()), profile.sections)


def _mornings() -> st.SearchStrategy[tuple[Story, ...]]:
    of_one = st.lists(st.sampled_from(OUTLETS), min_size=1, max_size=3, unique=True)
    groups = st.lists(st.tuples(st.sampled_from(sorted(SUBJECTS)), of_one), max_size=5)
    return groups.map(
        lambda found: tuple(
            story(f"s{n}", *(report(subject, 10 * n + 2 + m, o) for m, o in enumerate(outlets)))
            for n, (subject, outlets) in enumerate(found)
        )
    )


_WORDS = st.lists(st.sampled_from([*SUBJECTS, "Brenna", "Ostrel", "nowhere"]), max_size=2, unique=True)
_NAMES = st.lists(st.sampled_from([*OUTLETS, "No One"]), max_size=3, unique=True)


def tables() -> st.SearchStrategy[dict[str, Any]]:
    """Tables of a profile."""
    mute = st.fixed_dictionaries({"words": _WORDS, "outlets": _NAMES, "topics": _WORDS})
    section = st.fixed_dictionaries({"name": st.sampled_from(["Sea", "Stone", "Ferry"]), "words": _WORDS})
    return st.fixed_dictionaries(
        {"interests": _WORDS, "mute": mute, "sections": st.lists(section, max_size=2)},
    )


MORNINGS = _mornings()
PROFILES = tables().map(Profile.model_validate)
