"""Which conflicts of words are found, and what only looks like one, by cases: `tests/data/disputes/words.toml`."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.stages.test_disputes_figures import findings

CASES = tomllib.loads((Path(__file__).parents[1] / "data/disputes/words.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_only_what_another_says_is_not_so_is_a_dispute_and_its_sides_are_those_who_say_it(case: dict[str, Any]) -> None:
    found = findings(case).disputes
    assert len(found) == case["disputes"], [(d.question, [p.holder for p in d.positions]) for d in found]
    for dispute in found:
        holders = [position.holder for position in dispute.positions]
        assert case.get("first", "") in holders[0]
        assert case.get("second", "") in holders[1]
        assert "Libera" not in holders
        assert case.get("question", "") in dispute.question
