"""The report: one file without script or address, whatever a model or a case says."""

import re

import pytest

from briefing.evaluation import page, report
from briefing.evaluation.cases import load
from briefing.evaluation.figures import mean, share
from briefing.evaluation.prepare import prepared
from briefing.evaluation.trials import Candidate, tried
from tests.evaluation.scripts import candidate, perfect, with_fault
from tests.evaluation.test_cases import GOOD, case
from tests.model_path.newsroom import said
from tests.outputs.parsing import elements, tree

HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(1)> & "quoted" javascript:alert(1)'


def evaluation(cases, *candidates: Candidate) -> report.Evaluation:
    standings = tuple(report.standing(one, tried(one, cases)) for one in candidates)
    return report.Evaluation(
        generated_at="2031-01-01T00:00:00Z", cases=tuple(c.case for c in cases), candidates=standings
    )


@pytest.fixture(scope="module")
def two(plain):
    bad = with_fault("eo-ponto", lambda told, _: {**told, "summary": told["summary"][:1], "disputes": []})
    return evaluation(plain, candidate("good", perfect, plain), candidate("bad", bad, plain))


def test_the_worst_case_shows_the_candidates_side_by_side(two):
    (worst,) = page.view(two).worst
    assert worst.case.id == "eo-ponto"
    assert [(side.name, side.share) for side in worst.sides] == [("good", "100 %"), ("bad", "79 %")]
    assert [fault.figure for fault in worst.sides[1].faults] == [
        "what must be told",
        "what should be told",
        "disputes: found",
    ]


def test_every_case_and_figure_stands_on_the_page(two):
    text = page.render(two)
    for words in (*(one.case.id for one in page.view(two).rows), "what must be told", "citations hold what is told"):
        assert words in text


def test_the_page_has_no_script_and_loads_nothing(two):
    text = page.render(two)
    assert "<script" not in text
    assert re.findall(r'(?:src|href)="(?!#|data:,)[^"]*"', text) == []
    assert "default-src 'none'" in text


def test_what_a_case_or_a_model_says_is_only_ever_text(tmp_path):
    text = GOOD.replace("A fair", "<b>A fair</b>").replace('outlet = "Courier"', 'outlet = "<i>Courier</i>"')
    text = text.replace("300 cows", "<script>alert(2)</script> 300 cows")
    cases = prepared(load([case(tmp_path, text, "<x>.toml")], shipped=False))
    lies = with_fault("<x>", lambda told, _: {**told, "summary": [said(HOSTILE, *told["headline"]["ids"])]})
    found = evaluation(cases, candidate(HOSTILE, lies, cases))
    assert list(elements(tree(page.render(found)), "script", "img", "b", "i")) == []
    assert "&lt;i&gt;Courier&lt;/i&gt;" in page.render(found)


def test_the_table_says_what_is_not_known(plain):
    (standing,) = evaluation(plain, candidate("good", perfect, plain)).candidates
    unknown = standing.model_copy(update={"usd": mean([None, None]), "calls": 2})
    rows = {row[0]: row[1] for row in report.rows_of([unknown])}
    assert rows["US dollars, a story"] == "not known"
    assert any("what 2 stories cost is not known" in line for line in report.notes(unknown, 2))


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "–"), (0.0, "0 %"), (1.0, "100 %"), (0.998, "99 %"), (0.666, "67 %"), (0.985, "99 %")]
)
def test_only_all_is_a_hundred_percent(value, shown):
    assert report.percent(value) == shown


def test_the_interval_is_wilsons():
    found = share([True] * 8 + [False] * 2)
    assert (round(found.low, 4), round(found.high, 4)) == (0.4902, 0.9433)
    assert share([True] * 5).high == 1.0
    assert share([]).share is None


def test_the_interval_of_a_mean_holds_it_and_is_the_same_each_time():
    found = mean([1.0, 2.0, 3.0, 10.0])
    assert found.low <= found.mean <= found.high
    assert found == mean([1.0, 2.0, 3.0, 10.0])
    assert mean([None, 2.0]) == mean([2.0]).replace(unknown=1)
