"""What holds for every input: nothing raises, nothing vanishes unnamed, the order does not matter."""

import unicodedata
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from briefing.stages.clean import clean
from briefing.text import sanitise
from briefing.types import Declared, Document
from tests.stages.clean.pages import ARTICLES, BRIDGE, FEVER, STORM, TITLES, html, paragraphs, scraped, text

FRAGMENTS = (
    *BRIDGE, *STORM, *FEVER, *TITLES, "", "", "TT", "20", "Share", "* * *", "By Ada Rell", "May 4, 2031", "# Heading",
    "captcha",
    "Boats in the harbour (Photo: Ada Rell)", "- a list entry", "Your Comment", "(Reuters)", "…",
)  # fmt: skip
TAGS = (
    "<p>",
    "</p>",
    "<div hidden>",
    "</div>",
    "<h1>",
    "</h1>",
    "<style>.x{display:none}</style>",
    "<!--",
    "-->",
    "<article>",
    "<td>",
    "&#0;",
    "<br>",
)
MEDIA = st.sampled_from(["text/plain", "text/markdown", "text/html"])

pages = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("\n".join)
markup = st.lists(st.sampled_from(FRAGMENTS + TAGS), max_size=30).map("".join)
anything = st.text(max_size=400) | pages | markup | st.text(st.characters(exclude_categories=()), max_size=200)
documents = st.builds(
    Document, item=st.sampled_from("abc"), text=anything, media_type=MEDIA, folder=st.sampled_from(["", "x"])
)


def words(lines):
    return sorted(" ".join(lines).split())


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(documents, max_size=4))
@example([Document(item="a", text="\ud800" + BRIDGE[0], media_type="text/html")])
@example([Document(item="a", text="<?xml version='1.0' encoding='utf-16'?><p>" + BRIDGE[0], media_type="text/html")])
@example([Document(item="a", text="\x00", media_type="text/markdown")])
def test_any_input_gives_articles_or_a_named_failure(inputs):
    cleaned = clean(inputs)
    for article in cleaned.articles:
        assert article.title
        assert article.body
        assert "\n" not in article.title
        assert sanitise(article.text) == article.text
        assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in article.text if c != "\n")
    assert all(failure.stage == "clean" and failure.reason for failure in cleaned.failures)
    if inputs and not cleaned.articles:
        assert cleaned.failures


@given(pages)
def test_every_kept_line_of_a_text_stood_in_it(page):
    there = " ".join(sanitise(page).split())
    for article in clean([text(page)]).articles:
        assert all(line in there for line in article.body.split("\n\n"))


@given(pages)
def test_no_word_of_a_text_vanishes_unnamed(page):
    """Every word stands in an article or in `dropped`; rules (`* * *`) hold no words, and a title may be said twice."""
    cleaned = clean([text(page)])
    kept = [part for article in cleaned.articles for part in (article.title, article.body)]
    left = words([*kept, *(d.text for d in cleaned.dropped)])
    for word in words(line for line in page.split("\n") if line != "* * *"):
        assert word in left
        left.remove(word)


@settings(max_examples=25)
@given(st.lists(documents, max_size=5), st.randoms())
def test_the_order_of_documents_does_not_matter(inputs, random):
    shuffled = list(inputs)
    random.shuffle(shuffled)
    assert clean(shuffled) == clean(inputs)


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_threads_and_processes_give_the_same(pool):
    inputs = [
        text("\n\n\n\n".join(scraped(*article, "Boats in the harbour") for article in ARTICLES)),
        html(f"<h1>{TITLES[0]}</h1>{paragraphs(BRIDGE)}"),
        text(TITLES[1] + "\n\n" + "\n\n".join(STORM), item="b.txt"),
    ]
    with pool(2) as workers:
        assert clean(inputs, map=workers.map) == clean(inputs)


def test_articles_stand_in_the_order_of_documents_and_places():
    inputs = [
        text("\n\n\n\n".join(scraped(*a, "Boats in the harbour") for a in ARTICLES), item=item)
        for item in ("b.txt", "a.txt")
    ]
    assert [(a.url, a.title) for a in clean(inputs).articles] == [
        (item, title) for item in ("a.txt", "b.txt") for title in TITLES
    ]


@pytest.mark.parametrize("body", ["", "\n\n", "TT\n20", "Home\nNews\nSport", "x" * 5000])
def test_a_text_without_a_sentence_is_named_and_does_not_degrade(body):
    failures = clean([text(body)]).failures
    assert [(f.item, f.reason, f.degrades) for f in failures] == [("page.txt", "chrome-only: no article text", False)]


@pytest.mark.parametrize("body", ["a" * 2_000_001, "a\n" * 60_000])
def test_a_text_too_large_to_read_degrades(body):
    failures = clean([text(body)]).failures
    assert [(f.reason.startswith("too large"), f.degrades) for f in failures] == [(True, True)]


def test_one_bad_document_does_not_stop_the_others():
    cleaned = clean([html("<div>" * 5000), text(TITLES[0] + "\n\n" + "\n\n".join(BRIDGE))])
    assert (len(cleaned.articles), len(cleaned.failures)) == (1, 1)


def test_absent_metadata_stay_absent():
    article = clean([text(TITLES[0] + "\n\n" + "\n\n".join(BRIDGE))]).articles[0]
    assert (article.authors, article.source, article.source_inferred, article.published) == ((), None, None, None)


def test_a_declared_date_that_cannot_be_read_is_no_date():
    declared = Declared(title=TITLES[0], published="last Tuesday")
    assert clean([text("\n\n".join(BRIDGE), declared=declared.model_dump())]).articles[0].published is None


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_language_is_read_from_the_text(language):
    german = ("Der Rat von Anvar hat am Montag beschlossen, die alte Brücke wieder aufzubauen.",)
    body = BRIDGE if language == "en" else german
    assert clean([text("\n\n".join(body))]).articles[0].language == language
