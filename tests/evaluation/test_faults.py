"""A perfect answer scores 1.0 on everything, and each fault lowers exactly its own figure."""

import json

import pytest

from briefing.evaluation.figures import Share, shares
from briefing.evaluation.marks import FIGURES
from briefing.evaluation.trials import Trial, tried
from briefing.models import ModelError, Usage
from tests.evaluation.scripts import candidate, id_of, lying, perfect, with_fault
from tests.model_path.newsroom import said

CASE = "eo-ponto"


def figures(answer, cases) -> dict[str, Share]:
    trials = tried(candidate("scripted", answer, cases), cases)
    return shares(mark for trial in trials for mark in trial.marks)


def without(told, key, number):
    return {**told, key: [item for n, item in enumerate(told[key]) if n != number]}


def adding(told, key, item):
    return {**told, key: [*told[key], item]}


def dispute(kind, *sides):
    return {"question": "demando", "kind": kind, "positions": [{"holder": h, **s} for h, s in sides]}


def update(*steps):
    return {"what": "nombro", "unit": None, "steps": [{"time": None, "value": v, **s} for v, s in steps]}


def changed_sides(told, sides):
    return {**told, "disputes": [{**told["disputes"][0], "positions": sides}]}


def changed_side(told, number, **changes):
    (one,) = told["disputes"]
    return changed_sides(told, [{**s, **changes} if n == number else s for n, s in enumerate(one["positions"])])


def sided(told, *numbers):
    """Facts of the summary as sides, in their own words."""
    return [(f"La Kuriero {n}", said(told["summary"][n]["text"], *told["summary"][n]["ids"])) for n in numbers]


def stepped(told):
    (one,) = told["updates"]
    return [(step["value"], said(step["text"], *step["ids"])) for step in one["steps"]]


def _numbered(request):
    """Two sentences with figures that are of no one quantity."""
    return [
        ("8", said("La savantoj parolis pri 8 mortintoj.", id_of(request, "pri 8 mortintoj"))),
        ("ĉiuj", said("La ponto estas sekura por ĉiuj.", id_of(request, "Petro Ondo diris"))),
    ]


FAULTS = {
    "a fact left out that must be told": ("must", lambda t, r: without(t, "summary", 1)),
    "a fact left out that should be told": ("should", lambda t, r: without(t, "summary", 2)),
    "a dispute missed": ("disputes_found", lambda t, r: without(t, "disputes", 0)),
    "a dispute invented": (
        "disputes_right", lambda t, r: adding(t, "disputes", dispute("figure", *sided(t, 0, 1))),
    ),
    "a dispute of the wrong kind": (
        "kinds", lambda t, r: {**t, "disputes": [{**t["disputes"][0], "kind": "figure"}]},
    ),
    "a side laid to someone else": ("holders", lambda t, r: changed_side(t, 0, holder="savantoj")),
    "a side laid to nobody in the article": ("holders", lambda t, r: changed_side(t, 0, holder="Zora Quell")),
    "an update missed": ("updates_found", lambda t, r: without(t, "updates", 0)),
    "a step of an update missed": (
        "updates_found", lambda t, r: {**t, "updates": [without(t["updates"][0], "steps", 1)]},
    ),
    "an update invented": ("updates_right", lambda t, r: adding(t, "updates", update(*_numbered(r)))),
    "an update told as a dispute too": (
        "told_apart", lambda t, r: adding(t, "disputes", dispute("figure", *stepped(t)[::2])),
    ),
    "a dispute told as an update too": (
        "told_apart",
        lambda t, r: adding(
            t, "updates", update(*((p["holder"], said(p["text"], *p["ids"])) for p in t["disputes"][0]["positions"]))
        ),
    ),
    "a true statement that cites another sentence": (
        "support",
        lambda t, r: adding(t, "summary", said("Lumo inundis Verdan Valon kaj Verda Valo.", id_of(r, "La lernejoj"))),
    ),
    "a joke told as news": (
        "traps", lambda t, r: adding(t, "summary", said("Fiŝoj nun regas la urbon.", id_of(r, "fiŝoj nun regas"))),
    ),
    "a statement with a figure of its own": (
        "stood", lambda t, r: adding(t, "summary", said("Ses mil 6100 homoj dormis.", id_of(r, "La lernejoj"))),
    ),
    "more statements than were asked for": (
        "stood",
        lambda t, r: {**t, "summary": [*t["summary"], *[said("La akvo malaltiĝas.", id_of(r, "La akvo"))] * 2]},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def best(plain):
    return figures(perfect, plain)


def test_the_perfect_answer_scores_one_on_everything(best):
    assert {name: found.share for name, found in best.items()} == dict.fromkeys(FIGURES, 1.0)


def test_the_labels_of_every_shipped_case_can_be_met(shipped):
    trials = tried(candidate("scripted", perfect, shipped), shipped)
    assert [(t.case, m.figure, m.what, m.told) for t in trials for m in t.marks if not m.good] == []
    found = shares(m for t in trials for m in t.marks)
    assert {name: one.share for name, one in found.items()} == dict.fromkeys(FIGURES, 1.0)


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_lowers_exactly_its_own_figure(name, plain):
    figure, fault = FAULTS[name]
    found = figures(with_fault(CASE, fault), plain)
    assert {n: one.share for n, one in found.items() if one.share != 1.0} == {figure: found[figure].share}
    assert found[figure].share < 1.0


def test_every_figure_of_a_telling_has_a_fault_that_lowers_it():
    assert {figure for figure, _ in FAULTS.values()} | {"origins", "valid", "told"} == set(FIGURES)


@pytest.mark.parametrize("reply", ["", "No.", "{", '{"headline": 1}', "null"])
def test_a_reply_that_had_to_be_asked_for_again_lowers_the_replies_alone(reply, plain):
    left = {CASE: [reply]}

    def answer(ready, request):
        waiting = left.get(ready.case.id)
        return waiting.pop() if waiting else perfect(ready, request)

    found = figures(answer, plain)
    assert {n: one.share for n, one in found.items() if one.share != 1.0} == {"valid": 2 / 3}


def test_a_story_that_is_not_told_counts_as_nothing_told(plain):
    def refusing(ready, request):
        if ready.case.id == CASE:
            raise ModelError("refusal", "as scripted", "story", Usage(cost_usd=0.0))
        return perfect(ready, request)

    trials = tried(candidate("scripted", refusing, plain), plain)
    refused = next(t for t in trials if t.case == CASE)
    assert (refused.told, refused.reason) == (False, "told without a model: refusal: as scripted")
    found = shares(refused.marks)
    missed = {"must", "should", "disputes_found", "updates_found", "told"}
    assert {n for n, one in found.items() if one.of} == missed
    assert {one.share for n, one in found.items() if n in missed} == {0.0}
    assert shares(m for t in trials for m in t.marks)["told"].share == 0.5


def test_origins_are_held_against_the_label(plain):
    wrong = [ready._replace(case=ready.case.replace(origins=ready.case.origins + 1)) for ready in plain]
    found = figures(perfect, wrong)
    assert {n: one.share for n, one in found.items() if one.share != 1.0} == {"origins": 0.0}


def test_a_dispute_that_may_be_shown_is_neither_missed_nor_invented(plain):
    (ready,) = (one for one in plain if one.case.id == CASE)
    (label,) = ready.case.disputes
    optional = (ready._replace(case=ready.case.replace(disputes=(label.replace(optional=True),))),)
    shown = figures(perfect, optional)
    hidden = figures(with_fault(CASE, lambda t, r: without(t, "disputes", 0)), optional)
    assert (shown["disputes_right"].share, shown["disputes_found"].share) == (1.0, 1.0)
    assert (hidden["disputes_right"].of, hidden["disputes_found"].of) == (0, 0)


def test_a_dispute_with_a_side_too_few_is_not_found_but_not_invented(plain):
    (ready,) = (one for one in plain if one.case.id == CASE)
    (label,) = ready.case.disputes
    third = label.sides[0].replace(holder="Radio Marbordo", at=("La rivero Lumo inundis",))
    three = (ready._replace(case=ready.case.replace(disputes=(label.replace(sides=(*label.sides, third)),))),)
    found = figures(with_fault(CASE, lambda t, r: changed_sides(t, t["disputes"][0]["positions"][:2])), three)
    assert (found["disputes_found"].share, found["disputes_right"].share) == (0.0, 1.0)
    assert figures(perfect, three)["disputes_found"].share == 1.0


def test_a_case_without_disputes_marks_only_what_is_invented(shipped):
    ready = next(one for one in shipped if one.case.id == "ar-jisr-ada")
    found = figures(perfect, (ready,))
    assert {n for n, one in found.items() if not one.of} == {
        "disputes_found", "disputes_right", "kinds", "holders", "updates_found", "updates_right", "told_apart", "traps",
    }  # fmt: skip


def test_a_model_that_lies_scores_next_to_nothing(shipped):
    trials = tried(candidate("scripted", lying, shipped), shipped)
    found = shares(m for t in trials for m in t.marks)
    # What little there is are the rules' own disputes, whose sides are the sources' own words.
    assert found["must"].share <= 0.05
    assert found["should"].share <= 0.05
    assert found["stood"].share <= 0.6


def test_what_a_budget_did_not_allow_is_not_marked(plain):
    def refused(ready, request):
        raise ModelError("budget", "max_calls = 1 leaves no room for it", "story", Usage(cost_usd=0.0, requests=0))

    found: tuple[Trial, ...] = tried(candidate("scripted", refused, plain), plain)
    assert {(t.asked, t.told, t.marks) for t in found} == {(False, False, ())}


def test_the_trial_is_kept_whole(plain):
    one = tried(candidate("scripted", perfect, plain), plain)[0]
    assert Trial.model_validate_json(one.model_dump_json()) == one
    assert json.loads(one.model_dump_json())["analysis"]["analysed_by"] == "scripted"
