"""Real scraped pages, where BRIEFING_DATA names the folder that holds them; not needed by a user's tests."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from briefing.types import Briefing
from tests.building import built, story_of, titled

DATA = os.environ["BRIEFING_DATA"]


@pytest.fixture(scope="module")
def briefing() -> Briefing:
    return built(Path(DATA).parent / "seeds", now=datetime.fromisoformat("2025-06-21T08:00:00+00:00"))


def test_five_files_become_nine_articles_of_which_seven_are_distinct(briefing):
    run = briefing.run
    assert (run.documents, run.articles_read, run.articles_kept, run.copies) == (5, 9, 7, 2)


def test_the_two_reports_of_one_meeting_are_a_story_with_two_origins_and_nothing_else(briefing):
    talks = titled(briefing, "Security, Troops Withdrawal")
    other = titled(briefing, "Turkey, Syria defense chiefs")
    story = story_of(briefing, talks)
    assert set(story.articles) == {talks.id, other.id}
    assert (story.origins, len(talks.copies)) == (2, 2)
    assert len(briefing.stories) == 6


def test_the_dispute_stands_with_its_holders_and_quotes(briefing):
    story = story_of(briefing, titled(briefing, "Security, Troops Withdrawal"))
    (dispute,) = story.disputes
    held = {p.holder: p.statement.citations[0].quote for p in dispute.positions}
    assert "concrete steps" in held["Turkish Ministry of Defense"]
    (source,) = (quote for holder, quote in held.items() if "unnamed source" in holder and "Al-Watan" in holder)
    assert "was false" in source
    assert any("SANA" in holder and "differed" in quote for holder, quote in held.items())


def test_nothing_else_is_called_a_dispute(briefing):
    assert sum(len(s.disputes) for s in briefing.stories) == 1


@pytest.mark.parametrize("furniture", ["News Code", "Your Comment", "captcha", "You are replying to"])
def test_no_article_keeps_furniture(furniture, briefing):
    assert not any(furniture in text for text in briefing.evidence.values())


def test_no_article_keeps_marks_counters_or_doubled_captions(briefing):
    assert len(briefing.evidence) == 7
    for text in briefing.evidence.values():
        lines = [line for line in text.split("\n") if line]
        assert not {"TT", "20"} & set(lines)
        assert len(lines) == len(set(lines))
        assert not any(line.endswith(("/AFP)", "(Reuters)", "(AFP)", "file photo")) for line in lines)
