"""What figures of several reports are to each other, by cases written for it: `tests/data/disputes/figures.toml`."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from briefing.languages import lexicons
from briefing.stages.claims import claims
from briefing.stages.disputes import Findings, find
from briefing.types import Article

CASES = tomllib.loads((Path(__file__).parents[1] / "data/disputes/figures.toml").read_text(encoding="utf-8"))["case"]


def findings(case: dict[str, Any]) -> Findings:
    told = [
        Article.make(title, body, published=day or None, source=outlet, language="en", origin=f"{outlet} {day}")
        for outlet, day, title, body in case["reports"]
    ]
    return find([c for a in told for c in claims(a, lexicons())], lexicons())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['expect']}: {case['why']}")
def test_only_what_cannot_both_hold_is_a_dispute_and_only_what_moved_an_update(case: dict[str, Any]) -> None:
    found = findings(case)
    assert len(found.disputes) == (case["expect"] == "dispute"), [d.question for d in found.disputes]
    if case["expect"] != "dispute":
        assert len(found.updates) == (case["expect"] == "update"), [u.what for u in found.updates]
