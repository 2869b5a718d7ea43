"""How large a mail gets, and what gives way when it would get larger."""

import re

import pytest

from briefing.outputs.mail.email import Email, message
from briefing.types import Briefing
from tests.outputs import hostile
from tests.outputs.crowd import crowd
from tests.outputs.edition import FERRY, FULL, MAYOR, TAXES
from tests.outputs.mailing import PLAIN, PUBLISHED, TO, bare, parts, seen
from tests.outputs.parsing import links, tree


@pytest.fixture(scope="module")
def sixty() -> Briefing:
    return crowd(60)


@pytest.mark.parametrize("email", [PLAIN, PUBLISHED, Email(list_unsubscribe=f"https://a.example/{'x' * 1900}")])
def test_sixty_stories_take_at_most_90_kb(sixty, email):
    assert 70 * 1024 < len(message(sixty, email, f"{'a' * 64}@{'b' * 60}.example")) <= 90 * 1024


def test_the_least_important_stories_are_shortened_and_the_mail_says_so(sixty):
    text, html = parts(sixty, PUBLISHED)
    told = [story for story in sixty.stories if bare(story.summary[3].text) in bare(text)]
    count = len(told)
    assert 3 < count < 30
    assert told == list(sixty.stories[:count])
    notice = f"{60 - count} of 60 stories are shortened to their headlines; the whole edition is on the web."
    for shown in (bare(text), seen(html)):
        assert bare(notice) in shown
        assert all(bare(story.headline.text) in shown for story in sixty.stories)
    permalinks = [f"https://news.example/b/2031-05-20/briefing.html#story-{s.id}" for s in sixty.stories[count:]]
    assert [link for link in links(tree(html)) if "#story-" in link] == permalinks
    assert re.findall(r"^  (https://\S+#story-\S+)$", text, re.MULTILINE) == permalinks


def test_a_shortened_story_leads_to_its_first_source_where_nothing_is_published(sixty):
    text, html = parts(sixty)
    last = sixty.stories[-1]
    url = sixty.articles[last.headline.citations[0].article].url
    assert url in links(tree(html))
    assert f"\n  {url}\n" in text
    assert bare("the whole edition stands in the folder 2031-05-20.") in bare(text)


def test_a_disputed_story_that_is_shortened_is_still_called_disputed(sixty):
    text, _ = parts(sixty)
    brief = text.split("IN BRIEF")[1].split("SOURCES")[0]
    disputed = sum(1 for story in sixty.stories if story.disputes and story.headline.text in " ".join(brief.split()))
    assert brief.count("disputed") == disputed > 5


def test_one_story_after_another_gives_way():
    """A larger mail never tells fewer stories."""
    briefing, counts = crowd(16), []
    for size in (30, 40, 60, 90, 200):
        email = Email(max_kb=size)
        assert len(message(briefing, email, TO)) <= size * 1024
        text, _ = parts(briefing, email)
        counts.append(sum(1 for story in briefing.stories if bare(story.summary[3].text) in bare(text)))
    assert counts == sorted(counts)
    assert counts[0] < counts[1] < counts[2] < counts[-1] == 16


def test_lists_at_the_foot_give_way_before_a_story_does():
    briefing = crowd(12, listed=40)
    size = len(message(briefing, Email(max_kb=300), TO)) // 1024
    text, _ = parts(briefing, Email(max_kb=size + 3))
    assert "and 35 more" in text
    assert "shortened" not in text


def test_more_stories_than_can_be_named():
    briefing, email = crowd(250), PUBLISHED
    data = message(briefing, email, TO)
    assert 80 * 1024 < len(data) <= 90 * 1024
    assert re.search(r"are shortened to their\s+headlines, \d+ left out", parts(briefing, email)[0])


def test_stories_of_another_script():
    briefing = crowd(60, matters=("海港大桥维修工程", "水库", "渡轮码头"))
    assert len(message(briefing, PLAIN, TO)) <= 90 * 1024


@pytest.mark.parametrize("long", ["x" * 90_000, "長い" * 9_000, "💥 " * 9_000])
def test_one_text_larger_than_the_mail(long):
    for briefing in (
        hostile.edition(long, None),
        FULL.replace(overview=(FULL.overview[0].replace(text=long),)),
        FULL.replace(stories=(FERRY.replace(headline=FERRY.headline.replace(text=long)), MAYOR, TAXES)),
    ):
        assert len(message(briefing, PLAIN, TO)) <= 90 * 1024
