"""The order of stories and the reasons for it."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from briefing.stages.rank import rank
from briefing.types import Article, Copy, Story

NOW = datetime(2031, 3, 6, 8, 0, tzinfo=UTC)


def story(
    identity: str = "s", origins: int = 1, copies: int = 0, published: str | None = "2031-03-06T07:00:00+00:00"
) -> Story:
    carried = tuple(
        Copy(source=f"copy{n}", url=None, title="T", published=None, kind="exact", similarity=1.0)
        for n in range(copies)
    )
    return Story(
        id=identity,
        articles=tuple(
            Article.make(
                f"T{n}", "Body.", source=f"outlet{n}", origin=f"o{n}", published=published, copies=() if n else carried
            )
            for n in range(origins)
        ),
    )


def ids(*stories: Story) -> list[str]:
    return [s.id for s in rank(stories, NOW)]


def test_no_stories_give_no_stories() -> None:
    assert rank((), NOW) == ()


def test_the_score_is_the_sum_of_the_reasons_shown() -> None:
    (ranked,) = rank([story(origins=2, copies=3)], NOW)
    assert set(ranked.why) == {"origins", "outlets", "recency"}
    assert ranked.score == round(sum(ranked.why.values()), 4)


@given(st.integers(0, 500))
def test_a_second_origin_is_worth_more_than_any_number_of_copies(copies: int) -> None:
    assert ids(story("copied", copies=copies), story("confirmed", origins=2)) == ["confirmed", "copied"]


def test_a_newer_story_stands_before_an_older_one_and_an_undated_one_between() -> None:
    old = story("old", published="2031-03-03")
    assert ids(old, story("undated", published=None), story("new")) == ["new", "undated", "old"]


def test_the_newest_article_counts_and_the_future_is_not_newer_than_now() -> None:
    later = (NOW + timedelta(days=3)).isoformat()
    (ahead,), (fresh,) = rank([story(published=later)], NOW), rank([story(published=NOW.isoformat())], NOW)
    assert ahead.why["recency"] == fresh.why["recency"] == 1.0


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(0, 3), st.sampled_from([None, "2031-03-05", "2031-03-05T10:00:00+09:00"])
        )
    ),
    st.randoms(),
)
def test_the_order_is_total_and_does_not_depend_on_the_order_given(
    kinds: list[tuple[int, int, str | None]], chance: random.Random
) -> None:
    stories = [story(f"s{n}", *kind) for n, kind in enumerate(kinds)]
    shuffled = list(stories)
    chance.shuffle(shuffled)
    ranked = rank(stories, NOW)
    assert rank(shuffled, NOW) == ranked
    assert [s.score for s in ranked] == sorted((s.score for s in ranked), reverse=True)
    assert sorted(s.id for s in ranked) == sorted(s.id for s in stories)
