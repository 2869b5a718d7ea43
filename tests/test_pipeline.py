"""The flow as a whole: the same inputs give the same briefing whatever the order, the map, or what fails."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing import pipeline, workers
from briefing.errors import ItemError, NothingProducedError
from briefing.pipeline import analyse_and_verify
from briefing.sources.files import Files
from briefing.types import Analysis, Article, Record, Story
from tests.building import SAMPLES, SAMPLES_NOW, built, order, without_run

FOLDERS = sorted(path for path in SAMPLES.iterdir() if path.is_dir() and path.name != "expected")
SMALL = [SAMPLES / "scrapes", SAMPLES / "dispute"]


@pytest.fixture(scope="module")
def expected() -> str:
    return without_run(built(*SMALL))


@settings(max_examples=5)
@given(data=st.data())
def test_the_order_of_inputs_does_not_matter(data, expected):
    files = sorted(f for folder in SMALL for f in folder.iterdir() if not f.name.endswith(".meta.json"))
    assert without_run(built(*data.draw(st.permutations(SMALL)))) == expected
    shuffled = data.draw(st.permutations(files))
    assert without_run(built(*shuffled)) == without_run(built(*files))


@pytest.mark.parametrize("kind", ["builtin", "threads", "processes"])
def test_any_map_gives_the_same_briefing(kind, expected):
    with workers.opened(kind, 2) as mapped:
        assert without_run(built(*SMALL, map=mapped)) == expected


def test_a_map_that_works_from_the_last_item_to_the_first_gives_the_same_briefing(expected):
    def backwards(fn, items):
        return list(reversed([fn(item) for item in reversed(list(items))]))

    assert without_run(built(*SMALL, map=backwards)) == expected


def test_every_article_stands_in_exactly_one_story_told_or_listed():
    briefing = pipeline.build(order(SAMPLES, max_stories=3)).briefing
    placed = [a for s in (*briefing.stories, *briefing.more) for a in s.articles]
    assert len(briefing.stories) == 3
    assert sorted(placed) == sorted(briefing.articles)


def test_the_order_of_stories_follows_their_scores_and_each_explains_its_own():
    briefing = built(SAMPLES)
    assert [s.score for s in briefing.stories] == sorted((s.score for s in briefing.stories), reverse=True)
    assert all(s.score == pytest.approx(sum(s.why.values())) for s in briefing.stories)


def test_an_empty_folder_gives_a_valid_short_edition(tmp_path):
    briefing = built(tmp_path)
    assert (briefing.stories, briefing.failures) == ((), ())


def test_inputs_of_which_none_can_be_read_give_no_edition(tmp_path):
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(NothingProducedError, match=r"scan\.pdf"):
        built(tmp_path)


def test_one_bad_file_is_named_and_the_rest_goes_on(tmp_path):
    shutil.copytree(SAMPLES / "dispute", tmp_path / "in")
    (tmp_path / "in" / "scan.pdf").write_bytes(b"%PDF-1.7")
    briefing = built(tmp_path / "in")
    assert [(f.item, f.degrades) for f in briefing.failures] == [("scan.pdf", True)]
    assert briefing.run.articles_kept == 5


class Failing(Record):
    """An analyst that cannot."""

    def analyse(self, story: Story) -> Analysis:
        raise ItemError(f"no answer for {story.id}")


class Inventing(Record):
    """An analyst that writes what no source says."""

    def analyse(self, story: Story) -> Analysis:
        from briefing.analysts.extractive import Extractive

        told = Extractive().analyse(story)
        lie = told.summary[0].replace(text="In all 4,711 people were there.")
        return told.replace(summary=(lie, *told.summary[1:]))


def one_story() -> Story:
    body = "The bridge at Lisk Haven was closed on Monday after inspectors found cracks in two of its piers."
    article = Article.make("Bridge closed", body, language="en", origin="outlet:Courier", source="Courier")
    return Story(id="s", articles=(article,))


def test_an_analyst_that_fails_is_replaced_for_that_story_and_the_briefing_says_so():
    told = analyse_and_verify(one_story(), Failing())
    assert told.verified.analysis.analysed_by == "extractive"
    assert told.failure
    assert "no answer for s" in told.failure.reason


def test_what_an_analyst_invents_is_withheld():
    told = analyse_and_verify(one_story(), Inventing())
    assert not any("4,711" in s.text for s in told.verified.analysis.summary)
    assert "number-not-in-source" in told.verified.withheld[0].problems


def test_a_story_of_which_nothing_passes_the_checks_is_told_without_the_model():
    told = analyse_and_verify(one_story(), Inventing())
    assert told.verified.analysis.analysed_by == "extractive"
    assert told.failure
    assert "no statement passed the checks" in told.failure.reason


def test_a_bug_in_a_source_is_not_swallowed():
    class Broken(Record):
        def read(self, now):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        pipeline.read((Broken(),), SAMPLES_NOW)


def test_a_source_that_fails_whole_is_one_failure():
    class Gone(Record):
        path: str = "gone"

        def read(self, now):
            raise ItemError("not there")

    reading = pipeline.read((Gone(), Files(path=SAMPLES / "lone")), SAMPLES_NOW)
    assert [(f.item, f.reason) for f in reading.failures] == [("gone", "not there")]
    assert len(reading.documents) == 3


def test_now_decides_recency_and_nothing_else():
    later = built(*SMALL, now=SAMPLES_NOW + timedelta(days=3))
    now = built(*SMALL)
    assert {s.headline.text for s in later.stories} == {s.headline.text for s in now.stories}


def test_the_watch_sees_every_item_of_every_stage_or_all_at_once():
    seen: dict[str, int] = {}

    def watch(stage, items, total):
        for item in items:
            seen[stage] = seen.get(stage, 0) + 1
            yield item
        assert seen[stage] == (1 if stage in at_once else total > 0 and total)

    at_once = ("dedupe", "cluster")
    pipeline.build(order(*SMALL), watch=watch)
    assert list(seen) == ["read", "clean", *at_once, "analyse"]


def test_articles_dated_after_now_do_not_break_ranking(tmp_path: Path):
    (tmp_path / "a.md").write_text(
        "---\ntitle: From the future\ndate: 2031-06-30T08:00:00Z\n---\n" + "The council of Ostrel met on Monday. " * 10,
        encoding="utf-8",
    )
    (story,) = built(tmp_path, now=datetime.fromisoformat("2031-05-20T08:00:00+00:00")).stories
    assert story.why["recency"] <= 1.0
