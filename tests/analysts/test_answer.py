"""From a reply to an analysis: parsed, validated, its ids made citations; every reply here is written by us."""

import json
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.analysts.answer import Answered, Asked, answered, parse, wrong_language
from briefing.analysts.context import packed, plan
from briefing.analysts.plain import plain
from briefing.analysts.schema import answer_schema
from briefing.analysts.tokens import guess
from briefing.languages import lexicons
from briefing.models import ModelError
from briefing.stages.claims import claims
from briefing.stages.verify import verify
from briefing.types import Statement, Story
from tests.analysts.stories import DENIAL, EARLY, GROUNDED, LATE, LEAK, TUGS, article, ferry, reply, said, story

GOOD = reply(
    said("Ferry Alda runs aground off Port Sarn", "a1.0"),
    said("The ferry Alda ran aground off Port Sarn with 61 people aboard, the harbour office said.", "a1.1"),
    said("Tugs towed the ferry to the yard at Lisk Haven.", "a1.2"),
)


def asked(of: Story | None = None, language: str = "en", last: bool = True, sentences: int = 4) -> Asked:
    ready = plan(of or ferry(), lexicons(), guess)
    return Asked(ready, packed(ready, 10_000), language, sentences, "fake/one", last)


def read(text: str, of: Asked | None = None) -> Answered:
    return answered(parse(text), of or asked())


def reasons(result: Answered) -> list[tuple[str, tuple[str, ...]]]:
    return [(w.text, w.problems) for w in result.withheld]


def fault(work: Callable[[], object]) -> str | None:
    """The kind of the model error that some work raises; other errors go through."""
    try:
        work()
    except ModelError as error:
        return error.kind
    return None


def quotes(statement: Statement) -> set[str]:
    return {c.quote for c in statement.citations}


def test_ids_become_the_exact_characters_of_their_sentences():
    analysis, withheld = read(GOOD)
    assert [quotes(s) for s in analysis.summary] == [{GROUNDED}, {TUGS}]
    assert withheld == ()
    assert analysis.analysed_by == "fake/one"
    assert all(s.problems is None for s in analysis.summary)


@pytest.mark.parametrize(
    ("writer", "shown"),
    [
        ("openai/gpt-4.1-2025-04-14", "openai/gpt-4.1-2025-04-14"),
        ("claude-sonnet-4-20250514", "claude-sonnet-4-20250514"),
        ("ollama_chat/llama3.2:1b", "ollama_chat/llama3.2:1b"),
        ("<b>x</b>\u202e\n[y](https://evil.example)", "bx/byevil.example"),
        ("", "unnamed model"),
    ],
)
def test_the_name_of_the_model_is_shown_and_nothing_else_with_it(writer, shown):
    assert read(GOOD, asked()._replace(writer=writer)).analysis.analysed_by == shown


def test_an_id_of_one_wording_cites_every_article_that_has_it():
    (first, _) = read(GOOD).analysis.summary
    assert len({c.article for c in first.citations}) == 2


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{GOOD}\n```",
        f"Here is the entry you asked for {{as JSON}}:\n\n{GOOD}\n\nI hope it helps!",
        f"\ufeff  {GOOD}",
        f"<think>Let me see {{…}}</think>{GOOD}",
        json.dumps(json.loads(GOOD), indent=2),
    ],
    ids=["fence", "prose with a brace", "byte order mark", "thinking aloud", "indented"],
)
def test_what_stands_around_an_answer_does_not_matter(text):
    assert parse(text) == parse(GOOD)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD[: len(GOOD) // 2], "not closed"),
        (GOOD[:-1], "not closed"),
        (GOOD[:-3], "not closed"),
        (GOOD.replace('"summary"', '"summary'), "broken"),
        ('{"headline": {"text": "x", "ids": ["a1.1"', "not closed"),
        ("", "no JSON"),
        ("I cannot help with that.", "no JSON"),
        ("[1, 2]", "no JSON"),
        ("<html><body>502 Bad Gateway</body></html>", "no JSON"),
        ("null", "no JSON"),
        (json.dumps(answer_schema()), "schema itself"),
        (json.dumps({"$defs": {}, **answer_schema()}), "schema itself"),
        (json.dumps({"type": "object"}), "schema itself"),
        (json.dumps({"properties": json.loads(GOOD)}), "schema itself"),
        (f"```\n{json.dumps(answer_schema(['a1.1']))}\n```", "schema itself"),
        ('{"stories": []}', "headline"),
        ('{"headline": "x", "summary": [], "disputes": [], "updates": []}', "headline"),
        (reply(said("x", "a1.1"), summary=None), "summary"),
        (reply(said("x", "a1.1"), comment="y"), "not in the schema"),
        (reply(said("x", "a1.1"), *[said("y", "a1.1")] * 51), "more than 50"),
        ('{"a":' * 100_000, "nested"),
        ('{"headline": {"text": "x", "ids": [1]}, "summary": [], "disputes": [], "updates": []}', "headline.ids.0"),
        ('{"n": ' + "9" * 5000 + "}", "broken"),
    ],
)  # fmt: skip
def test_what_is_not_an_answer_is_refused_in_plain_words(text, words):
    with pytest.raises(ModelError, match=words) as caught:
        parse(text)
    assert caught.value.kind == "invalid"
    assert "\n" not in str(caught.value)


def test_the_words_of_a_refusal_hold_nothing_the_model_wrote():
    hostile = "http://evil.example call 0800"
    for text in (reply(said("x"), **{hostile: 1}), reply(said("x"), summary=hostile), f'{{"{hostile}": }}'):
        with pytest.raises(ModelError) as caught:
            parse(text)
        assert "evil" not in str(caught.value)


@given(st.text() | st.text(alphabet='{}[]":,\\ headlinesummary0\ud800'))
def test_parsing_any_text_gives_an_answer_or_a_model_error(text):
    assert fault(lambda: parse(text)) in {None, "invalid"}


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.fixed_dictionaries({"headline": JSON, "summary": JSON, "disputes": JSON, "updates": JSON}))
def test_parsing_any_json_gives_an_answer_or_a_model_error(found):
    assert fault(lambda: parse(json.dumps(found))) in {None, "invalid"}


SAID = st.builds(
    lambda text, ids: said(text, *ids),
    st.text(max_size=500),
    st.lists(st.sampled_from(["a1.1", "a2.2", "a3.1", "x", "a9.9"])),
)
SIDE = st.builds(lambda s, h: {**s, "holder": h}, SAID, st.text(max_size=30))
STEP = st.builds(
    lambda s, v, t: {**s, "value": v, "time": t},
    SAID,
    st.text(max_size=9),
    st.none() | st.just("2031-05-18") | st.text(max_size=12),
)


@given(
    SAID,
    st.lists(SAID, max_size=5),
    st.lists(
        st.builds(lambda p: {"question": "?", "kind": "cause", "positions": p}, st.lists(SIDE, max_size=3)), max_size=2
    ),
    st.lists(st.builds(lambda s: {"what": "w", "unit": None, "steps": s}, st.lists(STEP, max_size=3)), max_size=2),
)
def test_whatever_a_model_says_only_cited_plain_text_comes_of_it(headline, summary, disputes, updates):
    of = asked()
    told = reply(headline, *summary, disputes=disputes, updates=updates)
    refused = fault(lambda: read(told, of))
    assert refused in {None, "invalid", "empty"}
    if refused:
        return
    analysis, _ = read(told, of)
    texts = {a.id: a.text for a in of.ready.story.articles}
    for statement in analysis.statements():
        assert statement.citations
        assert len(statement.text) <= 400
        assert statement.text == plain(statement.text).text
        assert all(texts[c.article][c.start : c.end] == c.quote for c in statement.citations)
    assert {d.question for d in of.ready.found.disputes} <= {d.question for d in analysis.disputes}


@pytest.mark.parametrize("ids", [(), ("a9.9",), ("b1.1", "1.1", ""), ("a1.99",), ("http://evil.example",)])
def test_a_statement_without_a_known_id_is_kept_out_and_listed(ids):
    result = read(reply(said("Alda aground", "a1.0"), said("Divers found gold.", *ids), said("Tugs came.", "a1.2")))
    assert [s.text for s in result.analysis.summary] == ["Tugs came."]
    assert reasons(result) == [("Divers found gold.", ("no-citation",))]


def test_an_unknown_id_beside_a_known_one_is_dropped():
    (statement,) = read(reply(None, said("Tugs came.", "a9.9", "a1.2", "a1.2"))).analysis.summary
    assert quotes(statement) == {TUGS}


def test_ids_written_as_they_stood_in_the_prompt_are_understood():
    (statement,) = read(reply(None, said("It ran aground.", "[a1.1 = a2.1]"))).analysis.summary
    assert len(statement.citations) == 2


def test_a_statement_cannot_cite_everything():
    many = article(*(f"Line number {n} of the timetable was cut." for n in range(2, 40)))
    (statement,) = read(
        reply(None, said("Lines were cut.", *(f"a1.{n}" for n in range(1, 30)))), asked(story(many))
    ).analysis.summary
    assert len(statement.citations) == 8


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ([said("Gold was found.")], "invalid"),
        ([said("Gold was found.", "a9.9"), said("x" * 500, "a1.1")], "invalid"),
        ([], "empty"),
    ],
    ids=["no ids", "nothing left", "nothing told"],
)
def test_an_answer_of_which_nothing_can_be_shown_is_an_error(summary, kind):
    with pytest.raises(ModelError) as caught:
        read(reply(said("Alda aground", "a1.0"), *summary))
    assert caught.value.kind == kind


def test_a_headline_that_cannot_stand_gives_way_to_the_title_of_the_best_article():
    result = read(reply(said("Gold found", "a9.9"), said("Tugs came.", "a1.2")))
    assert result.analysis.headline.text == "Ferry Alda aground off Port Sarn"
    assert reasons(result) == [("Gold found", ("no-citation",))]


@pytest.mark.parametrize("length", [401, 5_000, 300_000])
def test_a_giant_statement_is_withheld_not_shown_in_part(length):
    result = read(reply(None, said("Tugs came.", "a1.2"), said(("word " * length)[: length - 1] + "s", "a1.1")))
    assert len(result.analysis.summary) == 1
    ((text, problems),) = reasons(result)
    assert problems == ("too-long",)
    assert len(text) <= 402


def test_more_statements_than_were_asked_for_are_withheld():
    result = read(reply(None, *(said(f"Tugs came again, {n}.", "a1.2") for n in range(4))), asked(sentences=2))
    assert len(result.analysis.summary) == 2
    assert [p for _, p in reasons(result)] == [("more-than-asked",)] * 2


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Tugs <b>towed</b> it <script>alert(1)</script>", "Tugs towed it alert(1)"),
        ("**Tugs** towed `it` to [the yard](http://evil.example/x).", "Tugs towed it to the yard."),
        ("![pixel](https://evil.example/a.png) Tugs towed it.", "pixel Tugs towed it."),
        ("## Tugs towed it [a1.2] to the yard (a1.2, a1.3).", "Tugs towed it to the yard."),
        ("Tugs\u202e towed\x00 it\u200b to the\nyard.", "Tugs towed it to the yard."),
        ("&lt;a href=x&gt;Tugs&lt;/a&gt; &amp;amp; towed it.", "Tugs & towed it."),
        ("Tugs of Sarn.com towed it.", "Tugs of Sarn towed it."),
    ],
)  # fmt: skip
def test_only_plain_text_is_shown(written, shown):
    (statement,) = read(reply(None, said(written, "a1.2"))).analysis.summary
    assert statement.text == shown


@pytest.mark.parametrize(
    "text",
    [
        "12 345 678 people, 1.234.567 homes and 1,024 cars from 2019-2024 by 2031-05-19 or 19.05.2031.",
        "U.S. shares fell 3.5 % to 1234567890; e.g. No.3 lost 3 < 5, x_y and (so) on.",
        "Pi is 3.14159265, the score was 34-23 and the vote 210-205.",
    ],
)
def test_figures_dates_and_abbreviations_are_plain_text(text):
    assert plain(text) == (text, False, False)


@given(st.text(alphabet=st.sampled_from('ab.:/<>[]()*_`&;@#+0123456789 -!"w') | st.characters(), max_size=120))
def test_making_plain_text_plain_changes_nothing(text):
    assert plain(plain(text).text) == (plain(text).text, False, False)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("Tugs towed it: https://evil.example/login", "Tugs towed it:"),
        ("Tugs towed it, evil.example/login said.", "Tugs towed it, said."),
        ("Write to yard@lisk.example about the tugs.", "Write to about the tugs."),
        ("Call +1 (800) 555-0199 about the tugs.", "Call about the tugs."),
        ("hxxps://evil[.]example/x Tugs towed it.", "Tugs towed it."),
        ("Tugs <https://evil.example> towed it www.evil.example.", "Tugs towed it"),
        ("javascript:alert(1) Tugs towed it.", "Tugs towed it."),
        ("https://evil.example", "(no text)"),
    ],
)
def test_a_statement_with_an_address_is_withheld_and_listed_without_it(written, left):
    result = read(reply(None, said("Tugs came.", "a1.2"), said(written, "a1.1")))
    assert [s.text for s in result.analysis.summary] == ["Tugs came."]
    assert reasons(result) == [(left, ("address-in-text",))]


GERMAN = "Die Fähre Alda lief am Sonntag vor Port Sarn mit vielen Menschen an Bord auf Grund, teilte das Hafenamt mit."
FRENCH = "Les remorqueurs ont dégagé le navire lundi matin et ils l'ont conduit jusqu'au chantier naval de la ville."


@pytest.mark.parametrize("text", [GERMAN, FRENCH], ids=["de", "fr"])
def test_another_language_is_refused_once_and_then_marked(text):
    told = reply(None, said(text, "a1.1"))
    with pytest.raises(ModelError, match="write them in 'en'"):
        read(told, asked(last=False))
    (statement,) = read(told, asked(last=True)).analysis.summary
    assert statement.problems == ("wrong-language",)
    assert statement.language != "en"


def test_the_language_asked_for_is_right_also_with_sources_in_another():
    (statement,) = read(reply(None, said(GERMAN, "a1.1")), asked(language="de-AT", last=False)).analysis.summary
    assert (statement.language, statement.problems) == ("de", None)


def test_a_few_words_or_a_close_neighbour_are_no_other_language():
    assert wrong_language(["Nein."], "en") is None
    assert wrong_language([GERMAN], "de") is None


def dispute(*sides: tuple[str, str, str], question: str = "oil in the bay", kind: str = "denial") -> dict[str, object]:
    return {
        "question": question,
        "kind": kind,
        "positions": [{"holder": h, "text": t, "ids": [i]} for h, t, i in sides],
    }


def test_a_dispute_the_rules_find_is_there_though_the_model_is_silent():
    (found,) = [d for d in read(GOOD).analysis.disputes if d.kind == "denial"]
    assert {p.statement.text for p in found.positions} == {LEAK, DENIAL}


def test_a_dispute_the_model_tells_takes_the_place_of_the_same_one_found_by_rules():
    told = dispute(
        ("Harbour Office", "Oil leaked into the bay, the Harbour Office said.", "a1.3"),
        ("Shipping Line", "The Shipping Line denied a leak of oil.", "a2.2"),
    )
    of = asked()
    (found,) = read(reply(None, said("Tugs came.", "a1.2"), disputes=[told]), of).analysis.disputes
    assert [p.holder for p in found.positions] == ["Harbour Office", "Shipping Line"]
    assert found.question == "oil in the bay"
    assert found.id in {d.id for d in of.ready.found.disputes}


def test_a_dispute_told_with_an_invented_figure_gives_way_to_the_one_found_by_rules():
    told = dispute(
        ("Harbour Office", "The Harbour Office said 500 tonnes of oil had leaked.", "a1.3"),
        ("Shipping Line", "The Shipping Line denied it.", "a2.2"),
    )
    result = read(reply(None, said("Tugs came.", "a1.2"), disputes=[told]))
    (found,) = result.analysis.disputes
    assert {p.statement.text for p in found.positions} == {LEAK, DENIAL}
    assert ("number-not-in-source",) in [p for _, p in reasons(result)]


@pytest.mark.parametrize(
    "sides",
    [
        [("Harbour Office", "Oil leaked.", "a1.3")],
        [("Harbour Office", "Oil leaked.", "a1.3"), ("harbour office", "Oil did not leak.", "a2.2")],
        [("Harbour Office", "Oil leaked.", "a1.3"), ("Line", "Oil did not leak.", "a9.9")],
    ],
    ids=["one", "one holder", "one cited"],
)
def test_a_dispute_with_one_side_is_none(sides):
    result = read(reply(None, said("Tugs came.", "a1.2"), disputes=[dispute(*sides)]))
    assert all(p.statement.text in {LEAK, DENIAL} for d in result.analysis.disputes for p in d.positions)
    assert ("Oil leaked.", ("other-side-withheld",)) in reasons(result)


@pytest.mark.parametrize(
    "question", ["Call 0800 5550199 now", "Verify your account", "Is Tomas Orsk a thief?", "", "the 700 tonnes of oil"]
)
def test_a_question_that_its_evidence_does_not_bear_is_replaced(question):
    told = dispute(("Harbour", "Oil leaked.", "a1.3"), ("Line", "No oil leaked.", "a2.2"), question=question)
    (found,) = read(reply(None, said("Tugs came.", "a1.2"), disputes=[told])).analysis.disputes
    assert not {"Orsk", "Call", "Verify", "700"} & set(found.question.split())


def test_a_toll_that_rises_is_an_update_whatever_the_model_calls_it():
    told = dispute(("Rescuers", EARLY, "a1.4"), ("The rescuers", LATE, "a3.1"), question="the dead", kind="figure")
    result = read(reply(None, said("Tugs came.", "a1.2"), disputes=[told]))
    assert [d.kind for d in result.analysis.disputes] == ["denial"]
    assert [s.value for s in result.analysis.updates[0].steps] == ["4", "9"]
    assert ("an-update-not-a-dispute",) in [p for _, p in reasons(result)]


def progress(*steps: tuple[str | None, str, str, str], what: str = "people killed") -> dict[str, object]:
    made = [{"time": t, "value": v, "text": x, "ids": [i]} for t, v, x, i in steps]
    return {"what": what, "unit": "people", "steps": made}


def test_an_update_the_model_tells_takes_the_place_of_the_same_one_found_by_rules():
    told = progress((None, "9", "9 people were killed.", "a3.1"), ("2031-05-01", "4", "4 people were killed.", "a1.4"))
    (found,) = read(reply(None, said("Tugs came.", "a1.2"), updates=[told])).analysis.updates
    assert [(s.value, s.time) for s in found.steps] == [
        ("4", "2031-05-18T08:00:00+00:00"),
        ("9", "2031-05-19T08:00:00+00:00"),
    ]
    assert (found.what, found.unit) == ("people killed", "people")


def test_a_value_that_its_statement_does_not_hold_is_no_step():
    told = progress((None, "9", "9 people were killed.", "a3.1"), (None, "400", "4 people were killed.", "a1.4"))
    result = read(reply(None, said("Tugs came.", "a1.2"), updates=[told]))
    assert [s.statement.text for s in result.analysis.updates[0].steps] == [EARLY, LATE]
    assert ("4 people were killed.", ("value-not-in-statement",)) in reasons(result)


def test_what_is_answered_passes_through_the_checks():
    of = asked()
    analysis, _ = read(GOOD, of)
    told = [c for a in of.ready.story.articles for c in claims(a, lexicons())]
    verified = verify(analysis, of.ready.story.articles, told)
    assert verified.withheld == ()
    assert all(s.problems is not None for s in verified.analysis.statements())


@pytest.mark.parametrize("piece", ["a.", "a-", "a.b-", "a@", "<!--", "[", "1 ", "&lt;", "w", "*_", "(a1.1"])
def test_no_text_takes_long_to_be_made_plain(piece):
    started = time.process_time()
    plain(piece * 100_000)
    assert time.process_time() - started < 1.0
