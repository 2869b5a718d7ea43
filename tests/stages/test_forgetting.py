"""An edition without some of its articles is an edition still, and holds nothing of them."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.outputs import view
from briefing.outputs.json import Json, evidence, read
from briefing.sources.forgotten import Forgotten, Mark, mark
from briefing.stages.forgetting import REMOVED, without
from briefing.stages.verify import recheck
from briefing.text import sentences
from briefing.types import Briefing
from tests.building import SAMPLES

DATES = ("2031-06-03", "2031-06-04", "2031-06-05")


@cache
def shipped(date: str) -> Briefing:
    place = SAMPLES / "days" / "expected" / date
    return read(*((place / name).read_text(encoding="utf-8") for name in ("briefing.json", "evidence.json")))


def texts_of(edition: Briefing, identity: str) -> list[str]:
    """The sentences that only this article has."""
    text = edition.evidence.get(identity, "")
    others = " ".join(t for i, t in edition.evidence.items() if i != identity)
    others += " ".join(e.title for i, e in edition.articles.items() if i != identity)
    own = [text[s.start : s.end] for s in sentences(text)] or [edition.articles[identity].title]
    return [sentence for sentence in own if sentence not in others]


@pytest.mark.parametrize("date", DATES)
@given(data=st.data())
def test_without_any_of_its_articles_it_is_valid_checked_and_silent_of_them(date, data):
    edition = shipped(date)
    gone = data.draw(st.sets(st.sampled_from(sorted(edition.articles))))
    unwanted = Forgotten(marks=frozenset(Mark("article", i) for i in gone))
    left = without(edition, unwanted, lexicons())
    assert set(left.articles) == set(edition.articles) - gone
    assert recheck(left, lexicons()) == ()
    written = Json().render(left)
    assert read(written, evidence(left)) == left
    shown = written + evidence(left) + view.page(left).model_dump_json()
    assert not [s for i in gone for s in texts_of(edition, i) if s in shown]
    assert without(left, unwanted, lexicons()) == left
    removed = [w for w in left.withheld if REMOVED in w.problems]
    lost = [s for s in edition.statements() if not gone.isdisjoint({c.article for c in s.citations})]
    assert len(removed) == len(lost)


def test_nothing_unwanted_leaves_it_as_it_is():
    for date in DATES:
        assert without(shipped(date), Forgotten(), lexicons()) == shipped(date)


def test_a_forgotten_copy_goes_and_the_article_stays_with_one_outlet_less():
    edition = read(
        *((SAMPLES / "expected" / name).read_text(encoding="utf-8") for name in ("briefing.json", "evidence.json"))
    )
    story, copy = next(
        (s, c) for s in edition.stories for i in s.articles for c in edition.articles[i].copies
        if c.source and sum(c.source in edition.articles[j].outlets for j in s.articles) == 1
    )  # fmt: skip
    left = without(edition, Forgotten(marks=frozenset({Mark("outlet", copy.source.casefold())})), lexicons())
    (now,) = (s for s in left.stories if s.id == story.id)
    assert (now.outlets, now.articles) == (story.outlets - 1, story.articles)


@pytest.mark.parametrize(
    ("asked", "means"),
    [
        ("https://www.gazette.example/storm/?utm_source=x", Mark("url", "gazette.example/storm")),
        ("www.Gazette.example", Mark("host", "gazette.example")),
        ("0123456789abcdef", Mark("article", "0123456789abcdef")),
        ("The Gazette", Mark("outlet", "the gazette")),
    ],
)
def test_what_is_meant_follows_from_how_it_is_written(asked, means):
    assert mark(asked) == means


def test_a_host_takes_those_below_it_along_and_no_other_that_ends_alike():
    host = Forgotten(marks=frozenset({mark("gazette.example")}))
    urls = ("https://gazette.example/a", "http://news.gazette.example/b", "https://www.gazette.example:8080/c")
    assert all(map(host.address, urls))
    assert not any(map(host.address, ("https://my-gazette.example/a", "https://example/a", "gazette.example", None)))
    assert host.outlet("gazette.example")
    assert not host.outlet("gazette")
