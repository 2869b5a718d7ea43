"""Which accounts of why, who and when differ, and what only looks so, by cases: `tests/data/disputes/accounts.toml`."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.stages.test_disputes_figures import findings

CASES = tomllib.loads((Path(__file__).parents[1] / "data/disputes/accounts.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['expect']}: {case['why']}")
def test_only_accounts_that_cannot_both_hold_are_a_dispute_and_of_their_kind(case: dict[str, Any]) -> None:
    found = findings(case).disputes
    assert [d.kind for d in found] == [case["expect"]] * (case["expect"] != "none"), [d.question for d in found]
    assert all(case.get("question", "") in d.question for d in found)


def revision(minutes: int, recalled: str, title: str = "Dairy recalls milk", outlet: str = "Post") -> list[str]:
    body = f"Sarna Dairy recalls {recalled} bottles of milk after glass was found in one of them."
    return [outlet, f"2031-05-05T{8 + minutes // 60:02}:{minutes % 60:02}:00+02:00", title, body]


def test_a_figure_that_a_paper_changes_in_a_later_version_of_its_report_is_an_update() -> None:
    found = findings({"reports": [revision(0, "8,000"), revision(480, "21,000")]})
    assert [[step.value for step in update.steps] for update in found.updates] == [["8,000", "21,000"]]
    assert not found.disputes


@pytest.mark.parametrize(
    "later",
    [
        revision(480, "21,000", outlet="Courier"),
        revision(480, "21,000", title="Correction: Dairy recalls milk"),
        revision(480, "21,000", title="Cheese of the same dairy recalled"),
        revision(480, "8,000"),
    ],
)
def test_what_is_not_the_same_report_anew_is_no_update(later: list[str]) -> None:
    assert findings({"reports": [revision(0, "8,000"), later]}).updates == ()
