"""The tutorial run over `samples/` gives what `samples_expectations.toml` says, and the edition that ships with it."""

import re
import tomllib
from pathlib import Path

import pytest

from briefing.outputs import html, markdown
from briefing.outputs import json as edition_json
from briefing.pipeline import Built, build
from briefing.types import Analysis, Article, Briefing, Position
from tests.building import SAMPLES, order, story_of, titled, without_run

GOLD = tomllib.loads((Path(__file__).parent / "samples_expectations.toml").read_text(encoding="utf-8"))
EXPECTED = SAMPLES / "expected"
STORIES = {gold["id"]: gold for gold in GOLD["stories"]}
UPDATES = [gold for gold in GOLD["updates"] if gold["required"]]


@pytest.fixture(scope="module")
def result() -> Built:
    return build(order(SAMPLES))


@pytest.fixture(scope="module")
def briefing(result: Built) -> Briefing:
    return result.briefing


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """Evidence texts of every article, cited or not, by id."""
    from briefing.sources.files import Files
    from briefing.stages.clean import clean

    reading = Files(path=SAMPLES).read(order().now)
    return {article.id: article.text for article in clean(reading.documents).articles}


def one_line(text: str) -> str:
    return " ".join(text.split())


def ids(briefing: Briefing, prefixes: list[str]) -> set[str]:
    return {titled(briefing, prefix).id for prefix in prefixes}


def gold_story(briefing: Briefing, identity: str) -> Analysis:
    return story_of(briefing, titled(briefing, STORIES[identity]["titles"][0]))


def test_the_totals(briefing):
    totals, run = GOLD["totals"], briefing.run
    assert (run.articles_read, run.articles_kept, run.copies) == (
        totals["articles_read"], totals["articles_kept"], totals["copies"],
    )  # fmt: skip
    assert run.stories == totals["stories"]
    assert [f.item for f in briefing.failures] == totals["pages_without_article"]
    assert not any(f.degrades for f in briefing.failures)


@pytest.mark.parametrize("path", GOLD["titles"])
def test_each_file_gives_its_articles(path, briefing):
    for prefix in GOLD["titles"][path]:
        assert titled(briefing, prefix)


@pytest.mark.parametrize("gold", GOLD["metadata"], ids=lambda gold: gold["title"])
def test_metadata_is_what_the_input_says_and_nothing_more(gold, briefing):
    article = titled(briefing, gold["title"])
    fields = set(gold) - {"title"}
    assert {f: getattr(article, f) or "" for f in fields} == {f: gold[f] for f in fields}


@pytest.mark.parametrize("gold", GOLD["copies"], ids=lambda gold: gold["name"])
def test_copies_are_one_article_with_one_origin(gold, briefing):
    found = {titled(briefing, member["title"]).id for member in gold["members"]}
    assert len(found) == 1
    article = briefing.articles[found.pop()]
    assert len(article.copies) == len(gold["members"]) - 1
    assert sorted(c.kind for c in article.copies) == sorted(gold.get("kinds", [gold.get("kind")] * len(article.copies)))
    if "agency" in gold:
        assert article.origin == f"agency:{gold['agency']}"


@pytest.mark.parametrize("gold", GOLD["revisions"], ids=lambda gold: gold["revised"])
def test_a_text_with_changed_figures_stands_as_a_revision(gold, briefing):
    assert titled(briefing, gold["revised"]).revision_of == titled(briefing, gold["first"]).id


@pytest.mark.parametrize("gold", GOLD["stories"], ids=lambda gold: gold["id"])
def test_each_story_holds_its_articles_and_counts_its_origins(gold, briefing):
    wanted = ids(briefing, gold["titles"])
    story = story_of(briefing, briefing.articles[sorted(wanted)[0]])
    assert set(story.articles) == wanted
    assert {k: getattr(story, k) for k in ("origins", "outlets") if k in gold} == {
        k: gold[k] for k in ("origins", "outlets") if k in gold
    }


@pytest.mark.parametrize("gold", GOLD["apart"], ids=lambda gold: gold["why"])
def test_what_must_stay_apart(gold, briefing):
    assert story_of(briefing, titled(briefing, gold["a"])) != story_of(briefing, titled(briefing, gold["b"]))


def _meets(position: Position, side: dict[str, list[str]]) -> bool:
    held = any(name in position.holder for name in side["holder"])
    return held and any(q in one_line(position.statement.text) for q in side["quote"])


@pytest.mark.parametrize("gold", GOLD["disputes"], ids=lambda gold: gold["id"])
def test_each_dispute_stands_with_its_holders_and_quotes(gold, briefing):
    required = [side for side in gold["sides"] if side.get("required", True)]
    found = [
        dispute
        for dispute in gold_story(briefing, gold["story"]).disputes
        if all(any(_meets(p, side) for p in dispute.positions) for side in required)
    ]
    assert len(found) == 1
    assert found[0].kind in gold["kinds"]


@pytest.mark.parametrize("identity", GOLD["no_disputes"]["stories"])
def test_no_dispute_is_invented(identity, briefing):
    assert gold_story(briefing, identity).disputes == ()


def test_nothing_but_the_gold_disputes_is_called_one(briefing):
    assert sum(len(s.disputes) for s in briefing.stories) == len(GOLD["disputes"])


@pytest.mark.parametrize("gold", GOLD["never_opposed"], ids=lambda gold: gold["why"])
def test_what_never_stands_against_each_other(gold, briefing):
    for dispute in gold_story(briefing, gold["story"]).disputes:
        sides = [one_line(p.statement.text) for p in dispute.positions]
        assert not (any(gold["a"] in s for s in sides) and any(gold["b"] in s for s in sides))


@pytest.mark.parametrize("gold", UPDATES, ids=lambda gold: gold["what"])
def test_a_rising_toll_is_one_update(gold, briefing):
    (update,) = (u for u in gold_story(briefing, gold["story"]).updates if u.what == gold["what"])
    from briefing.languages import lexicons

    words = lexicons()["en"].numbers
    values = [int(words.get(s.value, s.value)) for s in update.steps]
    assert values == gold["values"]
    assert [s.time for s in update.steps] == gold["times"]


@pytest.mark.parametrize("line", GOLD["chrome"]["lines"])
def test_no_article_keeps_a_furniture_line(line, texts):
    assert not [i for i, text in texts.items() if line in text.split("\n")]


@pytest.mark.parametrize("string", [*GOLD["chrome"]["strings"], *GOLD["chrome"]["captions"], *GOLD["hidden"].values()])
def test_no_article_keeps_furniture_captions_or_hidden_text(string, texts):
    assert not [i for i, text in texts.items() if string in text]


@pytest.mark.parametrize("prefix", GOLD["keeps"])
def test_cleaning_keeps_the_article(prefix, texts):
    (text,) = {t for t in texts.values() if t.startswith(prefix)}
    assert [s for s in GOLD["keeps"][prefix] if s not in one_line(text)] == []


def test_every_dropped_passage_is_listed_with_its_reason(result):
    assert sum(result.briefing.run.dropped.values()) == len(result.dropped)
    assert {"caption", "comment-form", "recurring-chrome", "hidden"} <= set(result.briefing.run.dropped)


def test_the_edition_is_the_one_that_ships_with_the_samples(briefing, request):
    """`pytest --update-golden` writes it; the diff is to be read as a reader of the briefing."""
    made = {
        "briefing.json": without_run(briefing),
        "evidence.json": edition_json.evidence(briefing),
        "briefing.md": _without_clock(markdown.Markdown().render(briefing)),
        "briefing.html": _without_clock(html.Html().render(briefing)),
    }
    if request.config.getoption("--update-golden"):
        EXPECTED.mkdir(exist_ok=True)
        for name, text in made.items():
            (EXPECTED / name).write_text(text, encoding="utf-8")
    assert {name: (EXPECTED / name).read_text(encoding="utf-8") for name in made} == made


def _without_clock(text: str) -> str:
    return re.sub(r" in \d+\.\d seconds", "", text)


def test_scrapes_alone_give_nine_articles_of_which_seven_are_distinct():
    gold = GOLD["totals_scrapes"]
    run = build(order(SAMPLES / gold["folder"])).briefing.run
    assert {k: getattr(run, k) for k in ("articles_read", "articles_kept", "copies", "stories")} == {
        k: gold[k] for k in ("articles_read", "articles_kept", "copies", "stories")
    }


def test_evidence_texts_are_articles(texts):
    assert all(Article.make(*text.split("\n\n", 1)).id == identity for identity, text in texts.items())
