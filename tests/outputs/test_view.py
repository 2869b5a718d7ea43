"""What a page holds, whatever the markup."""

from briefing.outputs.numbering import cited, numbers, reading_order
from briefing.outputs.view import page
from briefing.outputs.wording import cut, reason, support
from briefing.outputs.words import words_of
from briefing.types import Analyst, Run
from tests.outputs.edition import FERRY, FERRY_BLOG, FULL, POST, TWELVE, UNTOLD

ENGLISH = words_of("en")


def test_numbers_count_distinct_sentences_in_the_order_they_are_read():
    order = [(c.article, c.sentence) for s in reading_order(FULL) for c in s.citations]
    assert list(numbers(FULL)) == list(dict.fromkeys(order))
    assert list(numbers(FULL).values()) == list(range(1, len(set(order)) + 1))
    assert cited(FULL)[0] == TWELVE


def test_stories_stand_in_the_order_of_the_topics():
    headlines = [told.headline.text for chapter in page(FULL).chapters for told in chapter.stories]
    by_id = {story.id: story.headline.text for story in FULL.stories}
    assert headlines == [by_id[identity] for topic in FULL.topics for identity in topic.stories]


def test_a_story_of_no_topic_is_still_told():
    chapters = page(FULL.replace(topics=FULL.topics[1:])).chapters
    assert chapters[-1].name == "Other stories"
    assert [told.headline.text for told in chapters[-1].stories] == [FERRY.headline.text]


def test_a_topic_without_stories_is_left_out():
    assert len(page(FULL.replace(stories=(FERRY,))).chapters) == 1


def test_every_article_is_named_somewhere():
    shown = page(FULL)
    titles = {source.reference.title for source in shown.sources} | {ref.title for ref in shown.references}
    assert titles == {entry.title for entry in FULL.articles.values()}
    assert {ref.title for ref in shown.references} == {FERRY_BLOG.title, UNTOLD.title}


def test_copies_are_named_once_with_the_outlets_that_carried_them():
    carried = [source.carried for source in page(FULL).sources if source.reference.outlet == POST.source]
    assert carried == ["Also carried by Harbour Radio (3 pages).", "", ""]


def test_a_local_file_is_shown_as_text():
    blog = next(ref for ref in page(FULL).references if ref.title == FERRY_BLOG.title)
    assert (blog.url, blog.path, blog.published) == (None, "letters/marrow-ferries.txt", "undated")


def test_a_revision_names_what_it_revises():
    entry = FULL.articles[POST.id].replace(revision_of=FERRY_BLOG.id, copies=())
    first = page(FULL.replace(articles={**FULL.articles, POST.id: entry})).sources[0]
    assert first.carried == "Revises “A history of the Marrow ferries” (marrow-ferries.txt)."


def test_a_model_s_use_is_accounted_for():
    run = Run(calls=6, cache_hits=2, tokens_in=9412, tokens_out=1870, cost_usd=0.011, cost_estimate_usd=0.013)
    briefing = FULL.replace(analyst=Analyst(kind="llm", model="m-1", fallbacks_used=1), run=run)
    making = page(briefing).making
    assert "Analyst: language model m-1; 1 story told by a fallback." in making
    assert "Model use: 6 calls and 2 from the cache, 9,412 tokens in, 1,870 out, $0.011 (estimated $0.013)." in making
    assert "analysed by extractive" in page(briefing).chapters[0].stories[0].about


def test_words():
    assert support(ENGLISH, 3, 1) == "3 outlets, one origin only"
    assert reason(ENGLISH, "number-not-in-source: 4-5") == "number not in source: 4-5"
    assert cut(" ".join(["word"] * 30)) == " ".join(["word"] * 25) + " …"
    assert cut("字" * 300) == "字" * 220 + " …"
    assert cut("short\nquote") == "short quote"


def test_what_is_no_news_report_is_named_beside_its_outlet():
    entry = FULL.articles[POST.id].replace(genre="press release", corrects=FERRY_BLOG.id, copies=())
    shown = page(FULL.replace(articles={**FULL.articles, POST.id: entry}))
    first = shown.sources[0]
    assert first.reference.outlet == "The Ellin Post (press release)"
    assert first.carried == "Corrects “A history of the Marrow ferries” (marrow-ferries.txt)."
    assert (
        shown.chapters[0].stories[0].disputes[0].sides[0].quotes[0].where.startswith("The Ellin Post (press release), ")
    )


def test_a_statement_that_no_news_report_stands_behind_says_so():
    entry = FULL.articles[POST.id].replace(genre="press release")
    told = page(FULL.replace(articles={**FULL.articles, POST.id: entry})).chapters[0].stories[0]
    assert [line.notes for line in told.summary] == [("press release only",), ()]
