"""What the page on choosing a model shows can be run."""

import re
from pathlib import Path

from briefing import config
from briefing.cli import cli
from briefing.evaluation.cases import load
from briefing.evaluation.marks import FIGURES
from briefing.evaluation.prepare import prepared
from briefing.evaluation.trials import tried
from tests.evaluation.scripts import candidate, perfect

DOCS = Path(__file__).parent.parent.parent / "docs" / "choosing-a-model.md"
TEXT = DOCS.read_text(encoding="utf-8")
CASE, SETTINGS = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def test_the_case_shown_is_a_case_that_can_be_met(tmp_path):
    (tmp_path / "quarry.toml").write_text(CASE, encoding="utf-8")
    cases = prepared(load([tmp_path], shipped=False))
    (trial,) = tried(candidate("scripted", perfect, cases), cases)
    assert [m for m in trial.marks if not m.good] == []


def test_the_settings_shown_load(tmp_path):
    (tmp_path / "briefing.toml").write_text(SETTINGS, encoding="utf-8")
    assert config.load(tmp_path / "briefing.toml").budget.max_usd == 0.25


def test_every_option_shown_exists():
    known = {o for name in ("eval", "estimate") for p in cli.commands[name].params for o in p.opts}
    shown = {
        o
        for line in re.findall(r"^briefing (?:eval|estimate).*$", TEXT, re.MULTILINE)
        for o in re.findall(r"--[\w-]+", line)
    }
    assert shown <= known
    assert {o for p in cli.commands["eval"].params for o in p.opts} - shown <= {
        "--config",
        "--json",
        "--refresh",
        "--quiet",
    }


def test_every_figure_is_explained():
    rows = " ".join(re.findall(r"^\| ([^|]+) \|", TEXT, re.MULTILINE))
    for words in FIGURES.values():
        assert all(word in rows for word in re.findall(r"\w+", words)), words


def test_the_number_of_shipped_cases_is_told_right(shipped):
    readme = (DOCS.parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"{len(shipped)} small stories ship" in TEXT
    assert f"{len(shipped)} labelled stories in five languages ship" in readme
