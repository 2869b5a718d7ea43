"""The geometry of drawings: values become places that can be trusted, or there is no drawing."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.outputs.charts import HEIGHT, WIDTH, Reading, _box, figure, steps
from briefing.outputs.view import page
from briefing.types import Citation, Statement
from tests.outputs.edition import FERRY, FULL


def said(quote, language="en"):
    cited = Citation(article="a", sentence=1, start=0, end=len(quote), quote=quote)
    return Statement(text=quote, language=language, citations=(cited,))


@pytest.mark.parametrize(
    ("value", "quote", "language", "number"),
    [
        ("17", "The toll is 17.", "en", 17),
        ("1,200", "Some 1,200 came.", "en", 1200),
        ("4.25%", "The rate is 4.25% now.", "en", 4.25),
        ("$12", "It costs $12.", "en", 12),
        ("nine", "Rescuers found nine people dead.", "en", 9),
        ("1.2 million", "It cost 1.2 million crowns.", "en", 1_200_000),
        ("17", "Es sind 17.", "de", 17),
        ("1.200", "Es kamen 1.200 Menschen.", "de", None),
        ("neun", "Es starben neun Menschen.", "de", None),
        ("open", "The bridge is open.", "en", None),
        ("", "Nothing.", "en", None),
        ("9" * 400, "Many.", "en", None),
    ],
)
def test_a_value_is_the_number_its_quote_counts(value, quote, language, number):
    assert figure(value, said(quote), language) == number


def read(*values, times=None):
    found = [
        Reading(float(value), str(value), instant, f"day {instant}")
        for value, instant in zip(values, times or range(len(values)), strict=True)
    ]
    return steps(found)


def test_values_rise_and_times_run_to_the_right():
    chart = read(4, 9, 13, 17, times=(0, 10, 30, 100))
    assert [dot.y for dot in chart.dots] == sorted((dot.y for dot in chart.dots), reverse=True)
    gaps = [b.x - a.x for a, b in pairwise(chart.dots)]
    assert gaps[1] == pytest.approx(2 * gaps[0], abs=0.3)
    assert gaps[2] == pytest.approx(7 * gaps[0], abs=0.5)
    assert chart.path.startswith("M6 112.6H43.2V80.8H")
    assert chart.from_zero


def test_heights_are_in_proportion_where_the_scale_starts_at_zero():
    chart = read(5, 10)
    assert chart.base - chart.dots[1].y == pytest.approx(2 * (chart.base - chart.dots[0].y))


def test_close_values_get_a_scale_of_their_own_that_says_so():
    chart = read(4.5, 4.25)
    assert not chart.from_zero
    assert chart.dots[1].y - chart.dots[0].y > 40


def test_steps_without_times_or_out_of_order_stand_evenly():
    for times in ((None, 5, 6), (3, 2, 1), (1, 1, 2)):
        first, second, third = (dot.x for dot in read(1, 2, 3, times=times).dots)
        assert second - first == pytest.approx(third - second, abs=0.2)


def test_nothing_is_drawn_where_nothing_moved():
    assert read(3, 3) is None
    assert read(3) is None


def test_the_first_and_the_last_value_are_labelled():
    labels = [label.text for label in read(1, 2, 3, 4, 5, 6, 7, 8, times=range(8)).labels if label.kind == "value"]
    assert labels[-1] == "8"
    assert labels[0] == "1"


@given(st.lists(st.tuples(st.floats(-1e12, 1e12), st.none() | st.floats(0, 4e9), st.text(max_size=30)), max_size=12))
def test_any_values_stay_inside_and_no_labels_collide(found):
    chart = steps([Reading(number, text, instant, text) for number, instant, text in found])
    if chart is None:
        return
    for dot in chart.dots:
        assert 0 <= dot.x <= WIDTH
        assert 0 <= dot.y <= HEIGHT
    assert not any(math.isnan(dot.x) or math.isnan(dot.y) for dot in chart.dots)
    for kind in ("value", "time"):
        boxes = sorted((_box(label), label.y) for label in chart.labels if label.kind == kind)
        for ((_, end), y), ((start, _), other) in pairwise(boxes):
            assert abs(y - other) >= 13 or end <= start


def test_an_update_of_words_is_told_but_not_drawn():
    (update,) = FERRY.updates
    worded = update.replace(steps=tuple(step.replace(value=f"stage {n}") for n, step in enumerate(update.steps)))
    story = page(FULL.replace(stories=(FERRY.replace(updates=(worded,)),))).chapters[0].stories[0]
    assert story.updates[0].chart is None
    assert page(FULL).chapters[0].stories[0].updates[0].chart is not None
