"""A hosted model, by litellm and a server on loopback that speaks its provider's protocol: what it used is told."""

import pytest
from click.testing import CliRunner

from briefing.cli import cli
from briefing.evaluation.report import Evaluation
from briefing.models import Request
from tests.evaluation.scripts import DATA, asked_about, perfect
from tests.models.asking import QUIET
from tests.models.servers import Got, Say, error, openai, serving

pytestmark = QUIET
USED = (1000, 100)
# litellm's price of openai/gpt-4o-mini, for a million tokens.
USD = (1000 * 0.15 + 100 * 0.6) / 1e6


def answering(cases):
    def answer(got: Got) -> Say:
        user = got.body["messages"][-1]["content"]
        request = Request(system="", prompt=user, answer_schema={}, schema_name="", max_output_tokens=1, deadline_s=1)
        return Say(openai(perfect(asked_about(request, cases), request)), before=0.05)

    return answer


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOME_KEY", "sk-not-a-real-key-0123456789")

    def ran(*options, code=0) -> tuple[str, Evaluation]:
        result = CliRunner().invoke(cli, ["eval", "--cases", str(DATA), "--own", "--json", "found.json", *options])
        assert result.exit_code == code, result.output
        return result.output, Evaluation.model_validate_json((tmp_path / "found.json").read_bytes())

    def settings(base: str) -> None:
        text = f'[model]\nname = "openai/gpt-4o-mini"\napi_base = "{base}/v1"\napi_key_env = "SOME_KEY"\nattempts = 1\n'
        (tmp_path / "briefing.toml").write_text(text, encoding="utf-8")

    return settings, ran


def test_tokens_dollars_and_seconds_are_those_of_the_calls_and_of_their_replay(run, plain, tmp_path):
    settings, ran = run
    with serving(answering(plain)) as server:
        settings(server.base)
        said, found = ran("--record", "kept")
        assert len(server.asked) == len(plain)
    one = found.candidates[1]
    assert {share.share for share in one.figures.values()} == {1.0}
    assert (one.tokens_in.mean, one.tokens_out.mean) == USED
    assert one.usd.total == pytest.approx(2 * USD)
    assert one.seconds.mean >= 0.05
    assert "openai/gpt-4o-mini" in said
    (tmp_path / "briefing.toml").unlink()
    _, again = ran("--replay", "kept")
    assert again.candidates[1].figures == one.figures
    assert (again.candidates[1].tokens_in, again.candidates[1].usd) == (one.tokens_in, one.usd)
    assert again.candidates[1].seconds.mean == pytest.approx(one.seconds.mean, abs=0.05)


def test_a_bad_key_is_said_once_and_ends_in_exit_3(run):
    settings, ran = run
    with serving(Say(error("Incorrect API key provided", "invalid_api_key"), 401)) as server:
        settings(server.base)
        said, found = ran(code=3)
    assert found.candidates[1].figures["told"].share == 0.0
    assert "× told without a model: " in said
    assert "sk-not" not in said
    assert found.candidates[0].figures["must"].share > 0
