"""`briefing eval` as a user calls it: scripted models, recorded exchanges, no key and no network."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefing.cli import cli
from briefing.commands.evaluate import Options, evaluate
from briefing.errors import ConfigError
from briefing.evaluation.report import Evaluation
from tests.evaluation.scripts import DATA, script


class Here:
    """A folder with settings whose model answers from a file, and `briefing eval` over the plain cases in it."""

    def __init__(self, folder, cases):
        self.folder, self.cases = folder, cases
        self.config = folder / "briefing.toml"

    def settings(self, text="", changed=None, name="good"):
        script(self.folder / f"{name}.json", self.cases, changed)
        model = f'[model]\nkind = "scripted"\nname = "{name}"\npath = "{name}.json"\n'
        self.config.write_text(f"{model}{text}", encoding="utf-8")

    def run(self, **options):
        said = []
        given = {"cases": (DATA,), "own": True, "config": self.config, "quiet": True, **options}
        code = evaluate(Options(**given), said.append)
        return code, "\n".join(said)

    def found(self, **options) -> tuple[int, str, Evaluation]:
        code, said = self.run(json_file=self.folder / "found.json", **options)
        return code, said, Evaluation.model_validate_json((self.folder / "found.json").read_bytes())


@pytest.fixture
def here(tmp_path, plain):
    made = Here(tmp_path, plain)
    made.settings()
    return made


def shares(found, name):
    (one,) = (c for c in found.candidates if c.name == name)
    return {figure: share.share for figure, share in one.figures.items()}


def test_a_model_stands_beside_the_analyst_without_one(here):
    code, said, found = here.found()
    assert code == 0
    assert [c.name for c in found.candidates] == ["extractive", "good"]
    assert set(shares(found, "good").values()) == {1.0}
    assert re.search(r"^ +extractive +good$", said, re.MULTILINE)
    assert re.search(r"^what must be told +.*100 % \(44–100\) 3/3$", said, re.MULTILINE)


def test_without_any_model_the_shipped_cases_are_told_by_the_extractive_analyst(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BRIEFING_MODEL", raising=False)
    result = CliRunner().invoke(cli, ["eval", "--quiet", "--out", "found"])
    assert result.exit_code == 0, result.output
    assert "No model is asked" in result.output
    assert "what must be told" in result.output
    assert sorted(p.name for p in (tmp_path / "found").iterdir()) == ["evaluation.html", "evaluation.json"]


def test_a_fallback_is_a_candidate_of_its_own(here):
    here.settings(
        'fallbacks = [{kind = "scripted", name = "weak", path = "weak.json"}]\n',
    )
    script(here.folder / "weak.json", here.cases, {"eo-ponto": "no JSON"})
    _, said, found = here.found()
    assert [c.name for c in found.candidates] == ["extractive", "good", "weak"]
    assert shares(found, "good")["told"] == 1.0
    assert (shares(found, "weak")["told"], shares(found, "weak")["valid"]) == (0.5, 1 / 3)
    assert "weak: 1 × told without a model: invalid: the answer holds no JSON object" in said


def test_what_it_costs_is_said_before_anything_is_asked(here):
    here.settings("price = {input = 1.0, output = 2.0}\n".replace("price", "# price"))
    code, said = here.run(dry_run=True)
    assert code == 0
    assert re.search(r"^1\. good +2 +[\d,]+ +[\d,]+ +[\d,]+ +0\.0000 +0\.0000$", said, re.MULTILINE)
    assert "what must be told" not in said


def test_a_price_that_is_not_known_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(cli, ["eval", "--model", "openai/no-such-model", "--dry-run", "--quiet"])
    assert result.exit_code == 0, result.output
    assert "The price of the model is not known" in result.output


def test_a_ceiling_in_dollars_needs_the_price(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "briefing.toml").write_text("[budget]\nmax_usd = 1.0\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"budget\.max_usd: the price of openai/no-such-model is not known"):
        evaluate(Options(models=("openai/no-such-model",), quiet=True), print)


def test_the_budget_holds_over_all_candidates_and_what_it_left_out_is_said(here):
    here.settings('fallbacks = [{kind = "scripted", name = "other", path = "good.json"}]\n[budget]\nmax_calls = 3\n')
    code, said, found = here.found()
    assert sum(c.calls for c in found.candidates) <= 3
    assert [c.asked for c in found.candidates] == [2, 2, 1]
    assert "This is likely more than the budget allows (max_calls = 3)" in said
    assert "other: the budget allowed 1 of 2 cases; its figures are of these alone." in said
    assert code == 0


def test_replies_are_kept_and_asked_for_anew_only_when_told(here):
    here.run()
    _, said, found = here.found()
    assert "cached: costs nothing" in said
    assert "good: 2 replies were kept by an earlier run and cost nothing" in said
    assert (found.candidates[1].calls, found.candidates[1].kept) == (0, 2)
    assert here.found(refresh=True)[2].candidates[1].calls == 2


def test_a_model_that_tells_nothing_ends_in_exit_3(here):
    here.settings(changed={"eo-ponto": "{", "eo-fajro": "{"})
    code, _, found = here.found()
    assert code == 3
    assert shares(found, "good")["must"] == 0.0


def recorded(here):
    code, _, first = here.found(record=here.folder / "kept")
    assert code == 0
    return first


def test_a_recorded_comparison_is_repeated_without_settings_or_key(here):
    first = recorded(here)
    here.config.unlink()
    here.config = None
    _, said, again = here.found(replay=here.folder / "kept")
    assert [c.figures for c in again.candidates] == [c.figures for c in first.candidates]
    assert [c.name for c in again.candidates] == ["extractive", "good"]
    assert "Replayed from" in said


def test_what_is_recorded_is_asked_and_what_is_replayed_stays_out_of_the_cache(here):
    here.run()
    assert recorded(here).candidates[1].calls == 2
    shutil.rmtree(here.folder / "cache")
    here.run(replay=here.folder / "kept")
    assert not (here.folder / "cache").exists()


def test_a_replay_tells_tokens_dollars_and_seconds_as_they_were(here):
    recorded(here)
    for path in (here.folder / "kept" / "good").glob("*.json"):
        if path.name != "recording.json":
            exchange = json.loads(path.read_text("utf-8"))
            exchange["reply"]["usage"] = {"tokens_in": 1000, "tokens_out": 200, "cost_usd": 0.5, "requests": 1}
            path.write_text(json.dumps({**exchange, "seconds": 7.5}), encoding="utf-8")
    _, _, found = here.found(replay=here.folder / "kept")
    good = found.candidates[1]
    assert (good.tokens_in.mean, good.tokens_out.mean, good.usd.total, good.seconds.mean) == (1000, 200, 1.0, 7.5)


def test_an_exchange_that_is_missing_is_a_story_not_told(here):
    recorded(here)
    missing = next(p for p in sorted((here.folder / "kept" / "good").glob("*.json")) if p.name != "recording.json")
    missing.unlink()
    code, said, found = here.found(replay=here.folder / "kept")
    assert code == 0
    assert shares(found, "good")["told"] == 0.5
    assert f"not recorded in {here.folder / 'kept' / 'good'}"[:60] in said


@pytest.mark.parametrize("name", ["", "../good", "none"])
def test_a_folder_without_a_recording_is_named(name, here):
    with pytest.raises(ConfigError, match="holds no recording"):
        here.run(replay=here.folder, models=(name,) if name else ())


def test_the_name_of_a_model_leads_nowhere_else(here):
    here.settings(name="good")
    text = here.config.read_text("utf-8").replace('name = "good"', 'name = "../../up"')
    here.config.write_text(text, encoding="utf-8")
    here.run(record=here.folder / "a" / "b" / "kept")
    assert [p.name for p in (here.folder / "a" / "b" / "kept").iterdir()] == ["%2E%2E%2F%2E%2E%2Fup"]


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no /dev/null")
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"own": True, "cases": ()}, "--own: name a folder of cases with --cases"),
        ({"record": "a", "replay": "b"}, "--record and --replay: give one of the two"),
        ({"json_file": "/dev/null/found.json"}, "--json: /dev/null cannot be written in"),
        ({"out": "/dev/null/found"}, "--out: /dev/null/found cannot be written in"),
        ({"record": "/dev/null/kept"}, "--record: /dev/null/kept cannot be written in"),
    ],
)
def test_options_that_cannot_be_are_named(options, says, here):
    with pytest.raises(ConfigError, match=says):
        here.run(**options)


def test_two_models_of_one_name_are_refused(here):
    here.settings('fallbacks = [{kind = "scripted", name = "good", path = "other.json"}]\n')
    script(here.folder / "other.json", here.cases, {"eo-ponto": "no JSON"})
    with pytest.raises(ConfigError, match="good: stands twice among"):
        here.run()


def test_the_folder_of_one_recording_can_be_named_itself(here):
    first = recorded(here)
    _, _, again = here.found(replay=here.folder / "kept" / "good")
    assert [c.figures for c in again.candidates] == [c.figures for c in first.candidates]


def test_the_same_run_gives_the_same_figures(here):
    one, two = here.found()[2], here.found()[2]
    assert [c.figures for c in one.candidates] == [c.figures for c in two.candidates]
