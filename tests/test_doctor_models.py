"""`briefing doctor` asks each model one small question, through the real litellm, and names what is wrong with it."""

import json
from pathlib import Path

import pytest

from briefing.commands.doctor import examine
from briefing.models.budget import Price
from tests.building import SAMPLES
from tests.models.asking import KEY, QUIET, imported, key  # noqa: F401 (fixtures)
from tests.models.servers import (
    HTML,
    Got,
    Say,
    Server,
    anthropic,
    embeddings,
    error,
    gemini,
    ollama,
    openai,
    serving,
)

pytestmark = QUIET
PICK = '{"pick_7f": "red"}'
PROTOCOLS = {
    "openai": ("openai/gpt-4o-mini", "/v1", openai),
    "vllm": ("hosted_vllm/served", "/v1", openai),
    "anthropic": ("anthropic/claude-sonnet-4-5", "", anthropic),
    "gemini": ("gemini/gemini-2.5-flash", "/v1beta", gemini),
    "ollama": ("ollama_chat/qwen3", "", ollama),
}
ONE = 'name = "openai/gpt-4o-mini"\napi_base = "{base}/v1"\napi_key_env = "BRIEFING_TEST_KEY"\n'


def settings(folder: Path, model: str, more: str = "") -> Path:
    path = folder / "briefing.toml"
    path.write_text(
        f'timezone = "UTC"\n{more}\n[[sources]]\npath = "{SAMPLES / "lone"}"\n[model]\n{model}', encoding="utf-8"
    )
    return path


def run(path: Path, *, offline: bool = False, patience_s: float = 5.0) -> tuple[int, list[str]]:
    """The exit code, and the lines on models as they were said."""
    said: list[str] = []
    code = examine(path, said.append, offline=offline, patience_s=patience_s)
    assert KEY not in "\n".join(said)
    return code, [line for line in said if line[9:].startswith("model")]


def ask(folder: Path, *answers: Say, model: str = ONE, more: str = "") -> tuple[int, list[str], Server]:
    with serving(*answers) as server:
        code, lines = run(settings(folder, model.format(base=server.base), more))
    return code, lines, server


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_sound_model_of_each_protocol_is_asked_once_for_all_its_roles(protocol, tmp_path):
    name, path, body = PROTOCOLS[protocol]
    model = f'name = "{name}"\napi_base = "{{base}}{path}"\napi_key_env = "BRIEFING_TEST_KEY"\n'
    code, lines, server = ask(tmp_path, Say(body(PICK)), model=model)
    assert (code, len(server.asked)) == (0, 1)
    cost, told = lines
    assert "1 asked one small question each, 320 tokens at most, $0.00" in cost
    assert told.startswith(f"ok       model: {name} (story, overview, topics) at {server.host}, its key in")
    assert "BRIEFING_TEST_KEY goes there; answers in " in told
    assert "; keeps to the schema; " in told
    listed = {"openai", "anthropic", "gemini"}
    assert ("for a million tokens" in told) == (protocol in listed)
    assert ("price not known" in told) == (protocol not in listed)


def test_the_schema_is_sent_and_not_shown(tmp_path):
    _, _, server = ask(tmp_path, Say(openai(PICK)))
    (got,) = server.asked
    assert "pick_7f" not in json.dumps(got.body["messages"])
    assert "pick_7f" in json.dumps(got.body["response_format"])
    assert got.body["max_tokens"] <= 200


@pytest.mark.parametrize(
    "text", ["Red is a colour.", '{"answer": "red"}', '{"pick_7f": "blue"}', f"```json\n{PICK}\n```"]
)
def test_a_model_that_ignores_the_schema_is_a_warning(text, tmp_path):
    code, lines, _ = ask(tmp_path, Say(openai(text)))
    assert code == 0
    assert lines[-1].startswith("warning")
    assert "ignores the schema; more answers will be asked for twice" in lines[-1]


def test_a_server_that_takes_no_schema_is_a_warning(tmp_path):
    def plainly(got: Got) -> Say:
        refused = Say(error("response_format is not supported", "invalid_request_error"), 400)
        return refused if "response_format" in got.body else Say(openai("Red."))

    with serving(plainly) as server:
        code, lines = run(settings(tmp_path, ONE.format(base=server.base)))
    assert code == 0
    assert "ignores the schema (its server takes only plain)" in lines[-1]


FAULTS = {
    "wrong key": (
        Say(error("Incorrect API key", "invalid_api_key"), 401),
        "auth: ",
        "put a valid key into BRIEFING_TEST_KEY",
    ),
    "wrong model": (Say(error("no such model", "model_not_found"), 404), "not-found: ", "put `name` right"),
    "no credit": (Say(error("You exceeded your quota", "insufficient_quota"), 429), "quota: ", "add credit"),
    "too many": (Say(error("slow down", "rate_limit_exceeded"), 429), "rate: ", "[limits]"),
    "broken": (Say(error("oh"), 500), "server: ", "see whether `api_base` is the address of its API"),
    "no JSON": (Say(b"<html>Welcome</html>", headers=HTML), ": ", "see whether `api_base` is the address of its API"),
    "hangs": (Say(openai(PICK), before=60.0), "timeout: ", "see whether it is up"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_gives_one_line_with_its_cure(fault, tmp_path):
    answer, kind, cure = FAULTS[fault]
    with serving(answer) as server:
        patience = 0.5 if fault == "hangs" else 5.0
        code, lines = run(settings(tmp_path, ONE.format(base=server.base)), patience_s=patience)
    assert code == 2
    (told,) = (line for line in lines if line.startswith("fault"))
    assert kind in told
    assert cure in told
    assert server.host in told
    assert len(server.asked) == 1


def test_a_model_that_nobody_serves_is_a_fault_with_its_cure(tmp_path):
    with serving(Say()) as server:
        base = server.base
    code, lines = run(settings(tmp_path, ONE.format(base=base)))
    assert code == 2
    assert "connection: " in lines[-1]
    assert "start it, or put `api_base` right" in lines[-1]


def test_each_of_several_models_is_asked_once_and_an_embedding_too(tmp_path):
    more = 'judge = "openai/judging"\nchecker = "openai/gpt-4o-mini"\n[embedding]\nmodel = "openai/embed"\n'
    more += 'api_base = "{base}/v1"\napi_key_env = "BRIEFING_TEST_KEY"\n'

    def answer(got: Got) -> Say:
        return Say(embeddings([[0.5, 0.25, 1.0]]) if got.path.endswith("embeddings") else openai(PICK))

    with serving(answer) as server:
        code, lines = run(settings(tmp_path, (ONE + more).format(base=server.base)))
    assert code == 0
    assert len(server.asked) == 3
    told = "\n".join(lines)
    assert "openai/gpt-4o-mini (story, overview, topics, checker) at" in told
    assert "openai/judging (judge) at" in told
    assert "openai/embed (embedding) at" in told
    assert "3 numbers in a vector" in told
    assert "and 2 of unknown price" in lines[0]


def test_a_price_that_a_ceiling_needs_is_a_fault(tmp_path):
    own = ONE.replace("gpt-4o-mini", "our-own")
    code, lines, _ = ask(tmp_path, Say(openai(PICK)), model=own + "[budget]\nmax_usd = 1.0\n")
    assert (code, lines[-1][:5]) == (2, "fault")
    assert "price not known: give price = {input" in lines[-1]
    priced = own + "price = {{input = 1, output = 2.0}}\n[budget]\nmax_usd = 1.0\n"
    code, lines, _ = ask(tmp_path, Say(openai(PICK)), model=priced)
    assert code == 0
    assert f"${Price(input=1, output=2).input:g} in and $2 out for a million tokens" in lines[-1]


def test_offline_asks_no_model(tmp_path):
    with serving(Say(openai(PICK))) as server:
        code, lines = run(settings(tmp_path, ONE.format(base=server.base)), offline=True)
        assert server.got == []
    assert code == 0
    assert lines[-1].endswith("goes there; not asked")
