"""The day in lines and the names of topics by a model: out of checked statements, checked like them, private kept back."""

import json

import pytest

from briefing.models import ModelError
from briefing.outputs.markdown import Markdown
from briefing.sources.files import Files
from tests.building import without_run
from tests.model_path.newsroom import BRIDGE, DENIAL, FERRY, HOST, Setup, honest, in_turn, raising, rendered, run, write
from tests.test_hostile import assert_sound


def one(name, title, *body):
    return {name: {"title": title, "source": f"{name} Post", "published": "2031-05-19T12:00:00+00:00", "body": body}}


DAY = {
    **FERRY,
    **BRIDGE,
    **one(
        "ostra",
        "Ostra votes to keep its swimming pool",
        "The council of Ostra voted by 9 to 6 to keep the pool open.",
        "Swimmers had gathered 2,100 signatures in the spring, and sang outside during the count.",
    ),
    **one(
        "arn",
        "Hail breaks glasshouses at Arnfeld",
        "Hail broke 400 panes of the glasshouses at Arnfeld on Monday.",
        "Growers of tomatoes and peppers there expect a poor harvest until July.",
    ),
    **one(
        "kell",
        "Kelling museum finds lost clock",
        "The museum of Kelling has found a clock that was lost for 90 years.",
        "A carpenter came upon the brass wheels behind a wall of the attic.",
    ),
}
POOL = "Ostra votes to keep its swimming pool"


@pytest.fixture
def day(tmp_path):
    return write(tmp_path / "in", DAY)


def shown(request):
    """The statements a composer was shown, by id."""
    pairs = (line.partition(" ") for line in request.prompt.splitlines())
    return {identity: text for identity, _, text in pairs if identity[:1] == "a" and identity[1:2].isdigit()}


def of(request, words):
    return next(identity for identity, text in shown(request).items() if words in text)


def line(text, *ids):
    return {"text": text, "ids": list(ids)}


def lines(*given):
    return json.dumps({"lines": given})


def composing(words, text=""):
    """One line on the statement that holds these words: its own, or other ones."""

    def answer(request):
        identity = of(request, words)
        return lines(line(text or shown(request)[identity], identity))

    return answer


def naming(*names):
    """These names for the topics that are asked for, in their order."""

    def answer(request):
        topics = [row[3:] for row in request.prompt.splitlines() if row.startswith("## t")]
        return json.dumps({"names": [{"topic": t, "name": n} for t, n in zip(topics, names, strict=False)]})

    return answer


def test_a_line_cites_what_its_ids_cite_and_is_checked_and_shown(day):
    ran = run(day, honest, setup=Setup(overview=composing("swimming pool", "Ostra keeps its swimming pool.")))
    assert_sound(ran.briefing)
    (told,) = ran.briefing.overview
    assert (told.text, told.problems, told.citations[0].quote) == ("Ostra keeps its swimming pool.", (), POOL)
    assert (told.outlets, told.origins) == (1, 1)
    for text in rendered(ran.briefing):
        assert "Ostra keeps its swimming pool" in text
    assert [name for name, _ in ran.asked].count("test/overview") == 1


def test_a_composer_is_shown_statements_of_the_edition_alone_in_a_fence(day):
    ran = run(day, honest, setup=Setup(overview=composing("swimming pool")))
    request = dict(ran.asked)["test/overview"]
    told = {statement.text for statement in ran.briefing.statements()}
    assert {text.rpartition(") ")[2] for text in shown(request).values()} <= {t.rpartition(") ")[2] for t in told}
    assert request.prompt.count("\nSTATEMENTS ") == 2
    assert request.answer_schema["properties"]["lines"]["items"]["properties"]["ids"]["items"]["enum"] == [
        *shown(request)
    ]


LIES = {
    "a figure": ("voted by 9 to 6", "The council of Ostra voted by 11 to 6 to keep the pool open."),
    "a negation": ("voted by 9 to 6", "The council of Ostra did not vote by 9 to 6 to keep the pool open."),
    "a quotation": ("voted by 9 to 6", "The council of Ostra voted by 9 to 6 for “a pool for ever”."),
    "another day's words": ("voted by 9 to 6", "Parliament dissolved itself and generals took the palace in Harl."),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_line_that_fails_a_check_is_withheld_and_the_others_stand(lie, day):
    words, text = LIES[lie]

    def answer(request):
        return lines(line(text, of(request, words)), line(POOL, of(request, POOL)))

    ran = run(day, honest, setup=Setup(overview=answer))
    assert_sound(ran.briefing)
    assert [told.text for told in ran.briefing.overview] == [POOL]
    assert text in {held.text for held in ran.briefing.withheld}
    assert not any(failure.stage == "overview" for failure in ran.briefing.failures)


def test_a_line_told_twice_and_lines_beyond_those_asked_for_are_withheld(day):
    def answer(request):
        told = [line(shown(request)[i], i) for i in shown(request) if i.endswith(".0")]
        return lines(told[0], told[0], *told[1:])

    ran = run(day, honest, setup=Setup(overview=answer))
    assert len(ran.briefing.overview) == 1
    assert {p for held in ran.briefing.withheld for p in held.problems} == {"told-in-another-line", "more-than-asked"}


def test_where_no_line_holds_the_edition_speaks_in_its_own_statements_and_says_so(day):
    plain = run(day, honest).briefing
    lying = composing("voted by 9 to 6", "The council of Ostra voted by 11 to 6 to keep the pool open.")
    told = run(day, honest, setup=Setup(overview=lying)).briefing
    assert told.overview == plain.overview != ()
    (failure,) = (f for f in told.failures if f.stage == "overview")
    assert (failure.reason, failure.degrades) == ("made without a model: no line passed the checks", True)


BROKEN = {
    "prose": "What a day it was.",
    "unknown ids": lines(line("All is well.", "a99.1")),
    "no lines": lines(),
    "an address": lines(line("See www.example.org/pool for more.", "a1.0")),
    "the schema": json.dumps({"type": "object", "properties": {"lines": {}}}),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_an_answer_that_cannot_be_used_is_asked_for_once_more_and_then_told_without(broken, day):
    mended = run(day, honest, setup=Setup(overview=in_turn(BROKEN[broken], composing("swimming pool"))))
    assert [told.text for told in mended.briefing.overview] == [POOL]
    assert [name for name, _ in mended.asked].count("test/overview") == 2
    ran = run(day, honest, setup=Setup(overview=lambda _: BROKEN[broken], refresh=True))
    assert [name for name, _ in ran.asked].count("test/overview") == 2
    assert len(ran.briefing.overview) > 1
    assert any(f.reason.startswith("made without a model: invalid: ") for f in ran.briefing.failures)


@pytest.mark.parametrize(("kind", "degrades"), [("server", True), ("refusal", True), ("budget", False)])
def test_a_model_that_fails_leaves_both_heads_as_they_are_without_one(kind, degrades, day):
    plain = run(day, honest).briefing
    ran = run(day, honest, setup=Setup(overview=raising(kind), topics=raising(kind)))
    told = ran.briefing
    assert (told.overview, told.topics) == (plain.overview, plain.topics)
    heads = [f for f in told.failures if f.stage in ("overview", "topics")]
    assert [(f.item, f.degrades) for f in heads] == [("overview", degrades), ("topics", degrades)]
    assert without_run(told.replace(failures=plain.failures)) == without_run(plain)
    page = Markdown().render(told)
    assert ("over the budget: the day in lines; the names of topics." in page) != degrades


def test_a_judge_looks_at_the_lines_too(day):
    doubting = lambda _request: json.dumps({"answer": "not supported"})  # noqa: E731
    retold = "The pool of Ostra stays open, its council voted by 9 to 6."
    told = run(day, honest, setup=Setup(judge=doubting, overview=composing("voted by 9 to 6", retold))).briefing
    assert {h.text: h.problems for h in told.withheld}[retold] == ("judged-unsupported",)


def test_names_are_in_words_of_the_stories_or_of_a_field_and_others_do_not_hold(day):
    plain = run(day, honest).briefing
    wanted = ("Ferry Alda", "Economy", "Corruption", "Spaceships", "Ferry Alda")
    told = run(day, honest, setup=Setup(topics=naming(*wanted))).briefing
    before, after = ([t.name for t in briefing.topics] for briefing in (plain, told))
    assert after == ["Ferry Alda", "Economy", *before[2:]]
    assert [t.stories for t in told.topics] == [t.stories for t in plain.topics]
    assert told.failures == plain.failures


@pytest.mark.parametrize("name", ["**Ostra**", "Ostra <b>", "see www.example.org/x", "Ostra " * 9, "", "The"])
def test_a_name_with_markup_or_without_end_is_none(name, day):
    plain = run(day, honest).briefing
    told = run(day, honest, setup=Setup(topics=naming("Ferry Alda", name, name, name))).briefing
    assert [t.name for t in told.topics][1:] == [t.name for t in plain.topics][1:]


def test_nothing_of_a_private_article_goes_to_composer_or_namer(tmp_path):
    open_part = write(tmp_path / "in", {k: v for k, v in DAY.items() if k not in ("herald", "ostra")})
    secret = write(tmp_path / "mail", {k: DAY[k] for k in ("herald", "ostra")})
    setup = Setup(overview=composing("Arnfeld"), topics=naming("Ferry Alda"))
    ran = run(open_part, honest, setup=setup, sources=(Files(path=open_part), Files(path=secret, llm="never")))
    assert {"test/overview", "test/topics"} < {name for name, _ in ran.asked}
    sent = "\n".join(request.prompt for _, request in ran.asked)
    assert "Arnfeld" in sent
    assert not any(words in sent for words in ("Ostra voted", POOL, DENIAL, "Tugs pulled", "denies oil spill"))
    assert len(ran.briefing.overview) == 1


def test_what_both_use_is_in_the_figures_and_a_second_run_asks_nothing(day):
    both = Setup(overview=composing("swimming pool"), topics=naming("Ferry Alda", "Economy"))
    first, again = (run(day, honest, setup=both) for _ in range(2))
    assert first.calls == len(first.briefing.stories) + 2 == first.briefing.run.calls
    assert first.briefing.run.hosts == (HOST,)
    assert (again.calls, again.briefing.run.cache_hits) == (0, first.calls)
    assert without_run(again.briefing) == without_run(first.briefing)


def test_a_short_day_has_no_lines_and_one_topic_is_not_named(tmp_path):
    def never(_request):
        raise ModelError("server", "should not be asked")

    ran = run(write(tmp_path / "in", BRIDGE), honest, setup=Setup(overview=never, topics=never))
    assert (ran.briefing.overview, ran.calls, ran.briefing.failures) == ((), 1, ())
