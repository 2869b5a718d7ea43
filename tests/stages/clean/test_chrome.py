"""Chrome is learned from distinct articles of one source."""

from briefing.stages.clean import Trace, clean, learn, remembered
from briefing.stages.clean.chrome import REMEMBERED
from tests.stages.clean.pages import text

WORDS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "flint",
    "grove",
    "heath",
    "inlet",
    "jetty",
    "knoll",
    "larch",
    "marsh",
    "notch",
    "oasis",
    "plume",
]
ACTS = ("committee met for 4 hours", "mill caught fire", "choir lost its organ", "ferry came late")
SLOGAN = "Pell Post brings you the island"
PLEDGE = "The Pell Post has been written, printed and carried to every door of the island by three families since 1904."


def article(number, *extra, folder="post", **fields):
    """An article unlike all others, with lines the page adds."""
    word = WORDS[number % len(WORDS)] + str(number)
    lines = [f"The {word} {what} on Monday, and {word} families talked of it until the hall closed." for what in ACTS]
    head = f"Committee of {word.title()} Meets Again"
    return text(
        "\n\n".join((head, *lines[:2], *extra, *lines[2:])),
        item=f"{folder}/{number}.txt",
        folder=folder,
        **fields,
    )


def bodies(documents, **options):
    return "\n".join(a.body for a in clean(documents, **options).articles)


def test_a_line_on_three_articles_of_a_source_is_chrome():
    documents = [article(n, SLOGAN, declared={"source": "Pell Post"}, folder=f"day{n}") for n in range(3)]
    cleaned = clean(documents)
    assert SLOGAN not in "\n".join(a.body for a in cleaned.articles)
    assert [d.text for d in cleaned.dropped if d.reason == "recurring-chrome"] == [SLOGAN] * 3


def test_two_articles_are_not_enough():
    assert bodies([article(n, SLOGAN) for n in range(2)]).count(SLOGAN) == 2


def test_numbers_in_chrome_may_differ():
    assert "tide tables" not in bodies([article(n, f"See the tide tables on page {n + 2}") for n in range(4)])


def test_a_share_below_thirty_percent_is_not_enough():
    documents = [article(n, SLOGAN) for n in range(3)] + [article(n) for n in range(3, 12)]
    assert bodies(documents).count(SLOGAN) == 3


def test_the_same_article_carried_on_many_pages_is_no_chrome():
    pages = [article(1).replace(item=f"post/copy{n}.txt") for n in range(6)] + [article(n) for n in (2, 3)]
    cleaned = clean(pages)
    assert not [d for d in cleaned.dropped if d.reason == "recurring-chrome"]
    assert len(cleaned.articles) == 8


def test_revisions_of_one_article_are_no_chrome():
    base = article(1).text
    pages = [text(base.replace("4 hours", f"{n} hours"), item=f"post/{n}.txt", folder="post") for n in range(10, 16)]
    assert not [d for d in clean(pages).dropped if d.reason == "recurring-chrome"]


def test_a_long_sentence_needs_five_articles():
    assert bodies([article(n, PLEDGE) for n in range(4)]).count(PLEDGE) == 4
    assert PLEDGE not in bodies([article(n, PLEDGE) for n in range(5)])


def test_other_sources_keep_the_line():
    documents = [article(n, SLOGAN, declared={"source": "Pell Post"}) for n in range(3)] + [
        article(9, SLOGAN, declared={"source": "Anvar Star"})
    ]
    assert bodies(documents).count(SLOGAN) == 1


def test_a_credit_of_an_agency_is_never_chrome():
    assert bodies([article(n, "(Reuters)") for n in range(6)]).count("(Reuters)") == 6


def test_chrome_learned_before_is_used():
    before = clean([article(n, SLOGAN) for n in range(2)]).traces
    assert SLOGAN not in bodies([article(9, SLOGAN)], before=before)
    assert SLOGAN in bodies([article(9, SLOGAN)])
    assert SLOGAN in bodies([article(9, SLOGAN, folder="elsewhere")], before=before)


def test_the_same_articles_read_again_teach_nothing_new():
    documents = [article(n, SLOGAN) for n in range(2)]
    assert bodies(documents, before=clean(documents).traces).count(SLOGAN) == 2


def test_a_few_traces_are_kept_of_the_groups_met_today_and_todays_go_first():
    today = [Trace("post", bytes([n] * 8)) for n in range(5)]
    before = [Trace("post", bytes([n] * 8)) for n in range(3, 45)] + [Trace("star", bytes(8))]
    kept = remembered(today, before)
    assert len(kept) == REMEMBERED
    assert set(today) < set(kept)
    assert {trace.group for trace in kept} == {"post"}
    assert remembered(today[::-1], before) == kept


def test_learning_does_not_depend_on_the_order():
    traces = clean([article(n, SLOGAN, PLEDGE) for n in range(6)]).traces
    assert learn(traces) == learn(traces[::-1]) != {}
