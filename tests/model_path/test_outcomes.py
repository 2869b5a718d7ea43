"""Whatever a model does, there is a briefing: each fault with what becomes of it, and what a second run asks."""

import json
import random

import pytest

from briefing.analysts.schema import answer_schema
from briefing.models import Reply, Usage
from briefing.models.gate import Limits
from briefing.sources.files import Files
from tests.building import without_run
from tests.model_path.newsroom import (
    BRIDGE,
    FERRY,
    GROUNDED,
    HOST,
    Setup,
    fenced,
    honest,
    id_of,
    in_turn,
    kept_out,
    lines,
    raising,
    rendered,
    reply,
    run,
    said,
    unmarked,
    write,
)
from tests.test_hostile import assert_sound

BOTH = {**FERRY, **BRIDGE}
GERMAN = "Die Fähre Alda lief am Sonntag vor Port Sarn auf Grund, wie das Hafenamt der Stadt am Abend mitteilte."
ONE_AT_A_TIME = Limits(concurrency=1, failures=5)
STORIES = [
    ("Windmill at Harn burns down", "A windmill at Harn burned down on Monday, and the miller blamed a spark."),
    ("Choir of Elmet wins prize", "The choir of Elmet won the singing prize of the valley for the third time."),
    ("Glass works at Dorn to shut", "The glass works at Dorn will shut in autumn because sand has become too dear."),
    ("Otters return to the Lune", "Otters have returned to the river Lune after ninety years, wardens reported."),
    ("Schools of Brask lack teachers", "Schools in Brask lack teachers of chemistry, the inspector wrote to parents."),
    ("Tram line to Ostby approved", "Voters approved a tram line to Ostby by a narrow margin in the county vote."),
    ("Cheese fair draws crowds", "The cheese fair of Molde drew crowds despite rain, stall holders said gladly."),
]


@pytest.fixture
def folder(tmp_path):
    return write(tmp_path / "in", FERRY)


def told_without_a_model(ran, fault):
    """A sound edition, told by the extractive analyst, that names the fault and counts as degraded."""
    briefing = ran.briefing
    assert_sound(briefing)
    assert {s.analysed_by for s in briefing.stories} == {"extractive"}
    assert all(s.summary for s in briefing.stories)
    assert [f.stage for f in briefing.failures] == ["analyse"] * len(briefing.stories)
    assert any(f.degrades for f in briefing.failures)
    assert all(f.reason.startswith("told without a model: ") and fault in f.reason for f in briefing.failures)
    assert briefing.analyst.fallbacks_used == len(briefing.stories)
    for text in rendered(briefing):
        assert fault in text.replace("\\", "")
    return True


@pytest.mark.parametrize(
    ("kind", "row"),
    [("rate", "L1"), ("server", "L3"), ("timeout", "L4"), ("connection", "L5"), ("empty", "L6"), ("refusal", "L7")],
)
def test_a_call_that_fails_has_its_story_told_without_a_model_after_one_question(folder, kind, row):
    ran = run(folder, raising(kind))
    assert told_without_a_model(ran, f"{kind}: as scripted")
    assert ran.calls == 1


@pytest.mark.parametrize("kind", ["quota", "auth", "not-found"])
def test_l2_a_fault_of_the_account_ends_all_calls_at_once(tmp_path, kind):
    ran = run(write(tmp_path / "in", BOTH), raising(kind, "run"))
    assert ran.calls == 1
    assert told_without_a_model(ran, kind)
    assert len(ran.briefing.stories) == 2
    assert sum("circuit-open" in f.reason for f in ran.briefing.failures) == 1


def many(folder):
    """Seven stories that have nothing to do with each other."""
    records = {
        f"s{n}": {"title": title, "source": f"Outlet {n}", "published": "2031-05-19T08:00:00+00:00", "body": (body,)}
        for n, (title, body) in enumerate(STORIES)
    }
    return write(folder, records)


def test_l3_after_five_failures_in_a_row_no_story_is_asked_for(tmp_path):
    ran = run(many(tmp_path / "in"), raising("server"), setup=Setup(ONE_AT_A_TIME))
    assert len(ran.briefing.stories) == len(STORIES)
    assert ran.calls == 5
    assert told_without_a_model(ran, "server")
    assert sum("circuit-open" in f.reason for f in ran.briefing.failures) == 2


def test_l3_failures_between_answers_leave_the_others_asked(tmp_path):
    answers = in_turn(*[raising("server"), honest] * 4)
    ran = run(many(tmp_path / "in"), answers, setup=Setup(Limits(concurrency=1, failures=2)))
    assert ran.calls == len(STORIES)
    assert sum(s.analysed_by == "extractive" for s in ran.briefing.stories) == 4


def test_l4_the_runs_deadline_ends_the_calls_and_not_the_briefing(tmp_path):
    ran = run(many(tmp_path / "in"), honest, setup=Setup(Limits(concurrency=1, run_s=1e-9)))
    assert ran.calls == 0
    assert told_without_a_model(ran, "timeout")


def test_l7_a_refusal_of_one_story_leaves_the_other_to_the_model(tmp_path):
    def squeamish(request):
        return raising("refusal")(request) if "killed" in request.prompt else honest(request)

    ran = run(write(tmp_path / "in", BOTH), squeamish)
    assert sorted(s.analysed_by for s in ran.briefing.stories) == ["extractive", "test/one"]
    assert len(ran.briefing.failures) == 1
    assert ran.briefing.failures[0].item in {r["title"] for r in FERRY.values()}


@pytest.mark.parametrize("kind", ["length", "context"])
def test_l8_l15_what_is_too_long_is_asked_once_more_with_less(folder, kind):
    ran = run(folder, in_turn(raising(kind), honest))
    first, second = (fenced(request) for _, request in ran.asked)
    assert len(second) < len(first)
    (story,) = ran.briefing.stories
    assert story.analysed_by == "test/one"
    assert story.left_out > 0
    assert ran.briefing.failures == ()


@pytest.mark.parametrize("kind", ["length", "context"])
def test_l8_l15_too_long_twice_is_told_without_a_model(folder, kind):
    ran = run(folder, raising(kind))
    assert ran.calls == 2
    assert told_without_a_model(ran, kind)


NOT_JSON = "I am sorry, but here is a poem about ferries."
WRONG_SCHEMA = json.dumps({"stories": [{"title": "x"}]})
ECHO = json.dumps(answer_schema(["a1.1"]))
UNKNOWN_IDS = reply(None, said("The ferry was sold.", "a77.1"))
NO_IDS = reply(None, said("The ferry was sold."))
GIANT = reply(None, said("The ferry sank and " + "everybody knew it and " * 1000, "a1.1"))
CUT = reply(None, said(GROUNDED, "a1.1"))[:-30]
HTML = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"
BAD = {
    "L6 a page": (HTML, "no JSON object"),
    "L6 nothing": ("", "no JSON object"),
    "L8 cut": (CUT, "not closed"),
    "L9 not JSON": (NOT_JSON, "no JSON object"),
    "L9 another schema": (WRONG_SCHEMA, "headline: field required"),
    "L9 the schema itself": (ECHO, "the schema itself came back"),
    "L10 unknown ids": (UNKNOWN_IDS, "no-citation"),
    "L10 no ids": (NO_IDS, "no-citation"),
    "L12 a giant sentence": (GIANT, "too-long"),
}


@pytest.mark.parametrize("row", BAD)
def test_a_bad_answer_is_asked_for_once_more_and_then_told_without_a_model(folder, row):
    text, fault = BAD[row]
    ran = run(folder, lambda _: text)
    assert ran.calls == 2
    assert "could not be used" in ran.asked[1][1].prompt
    assert told_without_a_model(ran, fault)
    assert "sold" not in unmarked(ran.briefing)


@pytest.mark.parametrize("row", BAD)
def test_a_bad_answer_that_is_mended_counts_as_the_models_own(folder, row):
    ran = run(folder, in_turn(BAD[row][0], honest))
    assert ran.calls == 2
    assert ran.briefing.stories[0].analysed_by == "test/one"
    assert ran.briefing.failures == ()


def test_l10_one_good_statement_is_enough_and_the_others_are_listed(folder):
    def half(request):
        true = id_of(request, GROUNDED[:40])
        twice = said(lines(request)[true], true, true, "a77.1")
        return reply(None, twice, said("The ferry was sold.", "a77.1"))

    ran = run(folder, half)
    (story,) = ran.briefing.stories
    assert [s.problems for s in story.summary] == [()]
    assert len(story.summary[0].citations) == 1
    assert kept_out(ran.briefing) == {"The ferry was sold.": ("no-citation",)}
    assert ran.briefing.failures == ()


def test_l10_a_story_of_which_no_statement_passes_the_checks_is_told_without_a_model(folder):
    ran = run(folder, lambda r: reply(None, said("In all 4,711 people drowned.", id_of(r, GROUNDED[:40]))))
    assert kept_out(ran.briefing)["In all 4,711 people drowned."]
    assert told_without_a_model(ran, "no statement passed the checks")


def test_l12_an_escape_sequence_of_a_terminal_goes_as_a_whole(folder):
    def answer(request):
        return reply(None, said(f"\x1b[31m{GROUNDED}\x1b[0m", id_of(request, GROUNDED[:40])))

    (statement,) = run(folder, answer).briefing.stories[0].summary
    assert statement.text == GROUNDED


def test_l11_another_language_is_asked_for_once_more_and_then_kept_with_its_mark(folder):
    ran = run(folder, lambda r: reply(None, said(GERMAN, id_of(r, GROUNDED[:40]))))
    assert ran.calls == 2
    (statement,) = ran.briefing.stories[0].summary
    assert "wrong-language" in statement.problems
    assert "wrong language" in rendered(ran.briefing).markdown
    assert ran.briefing.failures == ()


def test_l12_markup_links_and_control_characters_come_out_as_plain_text(folder):
    dirty = (
        "\x1b\x07**The** <b>ferry</b> \u202eAlda\u202c ran [aground](http://evil.example) off `Port Sarn` on Sunday."
    )

    def answer(request):
        return reply(None, said(dirty, id_of(request, GROUNDED[:40])))

    briefing = run(folder, answer).briefing
    assert_sound(briefing)
    assert "The ferry Alda ran aground off Port Sarn on Sunday." in briefing.stories[0].summary[0].text
    assert not {"\x1b", "\u202e", "\u202c"} & set("".join(rendered(briefing)))
    assert "evil.example" not in "".join(rendered(briefing))


def test_l14_a_run_with_no_time_left_tells_the_rest_without_a_model(tmp_path):
    ran = run(write(tmp_path / "in", BOTH), honest, setup=Setup(Limits(concurrency=1, tokens_per_minute=3000, run_s=5)))
    assert ran.calls == 1
    told_by = [s.analysed_by for s in ran.briefing.stories]
    assert sorted(told_by) == ["extractive", "test/one"]
    # The first in the ranking is the one that was asked for.
    assert told_by[0] == "test/one"


def test_l15_a_story_over_the_budget_is_packed_and_says_what_was_left_out(tmp_path):
    rng = random.Random(1)
    long = {
        **FERRY["courier"],
        "body": tuple(f"{GROUNDED[:-1]}, in hour {rng.randrange(10**6)}." for _ in range(200)),
    }
    ran = run(write(tmp_path / "in", {**FERRY, "courier": long}), honest, setup=Setup(analyst={"budget_tokens": 600}))
    assert all(len(fenced(request)) < 600 * 6 for _, request in ran.asked)
    assert ran.briefing.stories[0].left_out > 0
    assert_sound(ran.briefing)


def test_l16_a_contradiction_that_the_model_merges_is_still_listed_with_both_sides(folder):
    def merging(request):
        ids = [id_of(request, "The Harbour Office said oil"), id_of(request, "The Shipping Line denied")]
        return reply(None, said(GROUNDED, id_of(request, GROUNDED[:40])), said("Oil leaked into the bay.", *ids))

    (story,) = run(folder, merging).briefing.stories
    (dispute,) = story.disputes
    assert {p.holder for p in dispute.positions} == {"Harbour Office", "Shipping Line"}
    assert [s.value for s in story.updates[0].steps] == ["4", "9"]


def test_l17_the_model_that_wrote_is_named_and_not_the_one_that_was_asked_for(folder):
    def switched(request):
        return Reply(text=honest(request), model="test/other-2031", host=HOST, usage=Usage(cost_usd=0.001))

    briefing = run(folder, switched).briefing
    assert briefing.stories[0].analysed_by == "test/other-2031"
    assert briefing.analyst.model == "test/one"
    assert briefing.analyst.fallbacks_used == 1
    assert "test/other-2031" in rendered(briefing).json


def test_fallbacks_are_asked_in_order_until_one_answers(folder):
    ran = run(folder, raising("rate"), lambda _: NOT_JSON, honest)
    assert [name for name, _ in ran.asked] == ["test/one", "test/two", "test/two", "test/three"]
    assert ran.briefing.stories[0].analysed_by == "test/three"
    assert ran.briefing.failures == ()
    assert ran.briefing.analyst.fallbacks_used == 1


def test_when_every_model_fails_each_is_named_with_its_fault(folder):
    ran = run(folder, raising("rate"), raising("refusal"), raising("auth", "run"))
    (failure,) = ran.briefing.failures
    for said_of_it in ("test/one: rate", "test/two: refusal", "test/three: auth"):
        assert said_of_it in failure.reason
    assert told_without_a_model(ran, "rate")


def test_a_complete_edition_has_no_failure_that_degrades_it(folder):
    assert not any(f.degrades for f in run(folder, honest).briefing.failures)


def test_a_second_run_asks_nothing_and_gives_the_same_edition(tmp_path):
    folder = write(tmp_path / "in", BOTH)
    first, second = run(folder, honest), run(folder, raising("auth", "run"))
    assert (first.calls, second.calls) == (2, 0)
    assert without_run(second.briefing) == without_run(first.briefing)
    assert (second.briefing.run.calls, second.briefing.run.cache_hits) == (0, 2)
    assert second.briefing.run.cost_usd == 0


@pytest.mark.parametrize("bad", [NOT_JSON, UNKNOWN_IDS, ECHO])
def test_a_second_run_does_not_ask_again_for_a_bad_answer(folder, bad):
    first, second = run(folder, lambda _: bad), run(folder, honest)
    assert (first.calls, second.calls) == (2, 0)
    assert without_run(second.briefing) == without_run(first.briefing)


def test_a_fault_is_not_kept_so_a_second_run_asks_again(folder):
    first, second = run(folder, raising("server")), run(folder, honest)
    assert (first.calls, second.calls) == (1, 1)
    assert second.briefing.stories[0].analysed_by == "test/one"


def test_one_article_changed_is_one_call(tmp_path):
    folder = write(tmp_path / "in", BOTH)
    run(folder, honest)
    changed = {**BRIDGE["bridge"], "body": (*BRIDGE["bridge"]["body"], "Cyclists may push across the old bridge.")}
    ran = run(write(folder, {"bridge": changed}), honest)
    assert ran.calls == 1
    assert "Cyclists" in ran.asked[0][1].prompt
    assert ran.briefing.run.cache_hits == 1


def test_refresh_asks_again_and_keeps_the_new_answer(folder):
    run(folder, honest)
    other = in_turn(lambda r: reply(None, said(GROUNDED, id_of(r, GROUNDED[:40]))))
    again = run(folder, other, setup=Setup(refresh=True))
    assert again.calls == 1
    after = run(folder, raising("auth"))
    assert after.calls == 0
    assert without_run(after.briefing) == without_run(again.briefing)


def test_offline_with_nothing_kept_every_story_is_told_without_a_model_and_says_so(tmp_path):
    ran = run(write(tmp_path / "in", BOTH), honest, setup=Setup(offline=True))
    assert ran.calls == 0
    assert told_without_a_model(ran, "offline")
    assert ran.briefing.run.hosts == ()


def test_offline_with_every_answer_kept_the_edition_is_the_same(tmp_path):
    folder = write(tmp_path / "in", BOTH)
    first = run(folder, honest)
    ran = run(folder, honest, setup=Setup(offline=True))
    assert ran.calls == 0
    assert without_run(ran.briefing) == without_run(first.briefing)
    assert ran.briefing.failures == ()


def test_an_edition_names_the_hosts_that_were_sent_text_and_what_it_cost(folder):
    figures = run(folder, honest).briefing.run
    assert figures.hosts == (HOST,)
    assert figures.cost_usd == pytest.approx(0.001)


def test_a_source_kept_from_models_is_told_and_never_sent(tmp_path):
    ferry, bridge = write(tmp_path / "ferry", FERRY), write(tmp_path / "bridge", BRIDGE)
    ran = run(tmp_path / "ferry", honest, sources=(Files(path=ferry), Files(path=bridge, llm="never")))
    assert all("Orle" not in request.prompt for _, request in ran.asked)
    (failure,) = ran.briefing.failures
    assert "kept from language models" in failure.reason
    assert any("Orle" in s.headline.text for s in ran.briefing.stories)


def test_the_order_in_which_the_answers_come_does_not_matter(tmp_path):
    from briefing import workers

    folder = many(tmp_path / "in")
    first = run(folder, honest)
    with workers.opened("threads", 4) as mapped:
        second = run(folder, honest, setup=Setup(Limits(concurrency=4), refresh=True, map=mapped))
    assert second.calls == len(STORIES)
    assert without_run(second.briefing) == without_run(first.briefing)
