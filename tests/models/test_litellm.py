"""The real litellm against loopback servers: each provider's format, cost, hosts and secrets."""

import inspect
import subprocess
import sys

import pytest

from briefing.models.gate import Gate
from briefing.models.litellm import LiteLlm
from tests.models.asking import (  # noqa: F401 - fixtures
    KEY,
    PROVIDERS,
    QUIET,
    SCHEMA,
    TEXT,
    failed,
    imported,
    key,
    model,
    nothing_printed_and_no_secret_told,
    request,
)
from tests.models.servers import Say, anthropic, error, ollama, openai, serving

pytestmark = QUIET


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_request_is_answered_by_every_provider(provider):
    name, path, body, _ = PROVIDERS[provider]
    with serving(Say(body)) as server:
        reply = model(server, name, path).complete(request())
    assert reply.text == TEXT
    assert reply.host == server.host
    assert (reply.usage.tokens_in, reply.usage.tokens_out, reply.usage.requests) == (1000, 100, 1)
    assert reply.answer_format == "json_schema"
    assert reply.model.endswith(name.rpartition("/")[2])


@pytest.mark.parametrize(
    ("provider", "field"),
    [
        ("openai", lambda b: b["response_format"]["json_schema"]["schema"]),
        ("vllm", lambda b: b["response_format"]["json_schema"]["schema"]),
        ("anthropic", lambda b: (b.get("output_format") or b["output_config"]["format"])["schema"]),
        ("gemini", lambda b: b["generationConfig"]["response_json_schema"]),
        ("ollama", lambda b: b["format"]),
    ],
)
def test_every_provider_gets_the_schema_in_its_own_field(provider, field):
    name, path, body, end = PROVIDERS[provider]
    with serving(Say(body)) as server:
        model(server, name, path, seed=7).complete(request())
    (got,) = server.asked
    assert got.path == end
    sent = field(got.body)
    assert sent["properties"] == SCHEMA["properties"]
    assert sent["required"] == ["headline"]
    assert "a1.1 The ferry stops." in str(got.body)
    assert "You are an editor." in str(got.body)


def test_an_older_anthropic_model_gets_the_schema_as_a_forced_tool():
    block = {"type": "tool_use", "id": "t1", "name": "json_tool_call", "input": {"headline": "The ferry stops"}}
    body = {**anthropic(stop="tool_use"), "content": [block]}
    with serving(Say(body)) as server:
        reply = model(server, "anthropic/claude-3-haiku-20240307", "").complete(request())
    (got,) = server.got
    (tool,) = got.body["tools"]
    assert tool["input_schema"]["properties"] == SCHEMA["properties"]
    assert got.body["tool_choice"]["name"] == tool["name"]
    assert "The ferry stops" in reply.text


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_key_goes_in_a_header_and_limits_are_sent(provider):
    name, path, body, _ = PROVIDERS[provider]
    with serving(Say(body)) as server:
        model(server, name, path, max_output=200).complete(request())
    for got in server.got:
        assert KEY in str(got.headers)
        assert KEY not in got.path
        assert KEY not in str(got.body)
    assert "200" in str(server.asked[0].body)


def test_what_a_provider_does_not_know_is_left_out():
    """Anthropic has no seed, and a model that thinks takes no temperature."""
    with serving(Say(anthropic(TEXT)), Say(openai(TEXT))) as server:
        model(server, "anthropic/claude-sonnet-4-5", "", seed=7).complete(request())
        model(server, "openai/gpt-5-mini", seed=7, temperature=0.0).complete(request())
    assert "seed" not in server.got[0].body
    assert server.got[0].body["temperature"] == 0
    assert server.got[1].body["seed"] == 7
    assert "temperature" not in server.got[1].body


def test_options_are_passed_on():
    with serving(Say(ollama(TEXT))) as server:
        model(server, "ollama_chat/qwen3", "", options={"num_ctx": 16384}).complete(request())
    assert server.asked[0].body["options"]["num_ctx"] == 16384


def test_ollama_is_asked_once_for_an_answer_and_nothing_else_is_contacted():
    """litellm would ask the server about the model before every call."""
    with serving(Say(ollama(TEXT))) as server:
        llm = model(server, "ollama_chat/qwen3", "")
        llm.complete(request())
        llm.complete(request())
    assert len(server.asked) == 2
    assert [got.path for got in server.got] == ["/api/chat", "/api/chat"]


def test_a_server_without_schemas_is_asked_in_a_weaker_format():
    def answer(got):
        if got.body.get("response_format", {}).get("type") == "json_schema":
            return Say(error("This model does not support response_format json_schema"), 400)
        return Say(openai(TEXT))

    with serving(answer) as server:
        reply = model(server).complete(request())
    assert reply.text == TEXT
    assert reply.answer_format == "json_object"
    assert reply.usage.requests == 2
    assert server.got[1].body["response_format"] == {"type": "json_object"}


def test_a_server_without_any_format_is_asked_plainly_and_only_once_in_vain_for_a_run():
    def answer(got):
        if "response_format" in got.body:
            return Say(error("response_format: extra fields not permitted"), 422)
        return Say(openai(TEXT))

    with serving(answer) as server:
        gate, llm = Gate(), model(server, "hosted_vllm/small", attempts=1)
        assert gate.call(llm, request()).answer_format == "plain"
        assert gate.call(llm, request()).answer_format == "plain"
    assert [got.body.get("response_format", {}).get("type") for got in server.got] == [
        "json_schema",
        "json_object",
        None,
        None,
    ]


# Cost, hosts, secrets


def test_the_cost_is_that_of_the_model_asked_for():
    """gpt-4o-mini: 0.15 and 0.60 USD a million tokens; 1,000 in and 100 out."""
    with serving(Say(openai(TEXT, "gpt-4"))) as server:
        assert model(server).complete(request()).usage.cost_usd == pytest.approx(0.00021)


@pytest.mark.parametrize("name", ["openai/some-unknown", "hosted_vllm/gpt-4o-mini", "ollama_chat/qwen3"])
def test_an_unknown_price_is_unknown(name):
    body = ollama(TEXT) if name.startswith("ollama") else openai(TEXT, "gpt-4o-mini")
    with serving(Say(body)) as server:
        llm = model(server, name, "" if name.startswith("ollama") else "/v1")
        assert llm.complete(request()).usage.cost_usd is None


def test_an_answer_without_usage_has_no_known_cost():
    with serving(Say({**openai(TEXT), "usage": None})) as server:
        assert model(server).complete(request()).usage.cost_usd is None


def test_a_base_of_yours_does_not_get_the_providers_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with serving(Say(openai(TEXT)), Say(openai(TEXT)), Say(anthropic(TEXT))) as server:
        LiteLlm(name="openai/local", api_base=server.base + "/v1").complete(request())
        LiteLlm(name="hosted_vllm/local", api_base=server.base + "/v1").complete(request())
        LiteLlm(name="anthropic/claude-sonnet-4-5", api_base=server.base).complete(request())
    assert len(server.got) == 3
    assert KEY not in str(server.got)


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai/gpt-4o-mini", "OPENAI_BASE_URL"),
        ("openai/gpt-4o-mini", "OPENAI_API_BASE"),
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_BASE_URL"),
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_BASE"),
        ("gemini/gemini-2.5-flash", "GEMINI_API_BASE"),
        ("groq/llama-3.3-70b-versatile", "GROQ_API_BASE"),
        ("mistral/mistral-small-latest", "MISTRAL_API_BASE"),
        ("deepseek/deepseek-chat", "DEEPSEEK_API_BASE"),
        ("openrouter/qwen/qwen3", "OPENROUTER_API_BASE"),
        ("together_ai/qwen/qwen3", "TOGETHER_AI_API_BASE"),
        ("xai/grok-4", "XAI_API_BASE"),
    ],
)
def test_no_variable_moves_the_text_to_another_host(monkeypatch, name, variable):
    """The network guard of the tests stands for the provider."""
    with serving(Say(openai(TEXT))) as server:
        monkeypatch.setenv(variable, server.base + "/v1")
        failed(LiteLlm(name=name, api_key_env="BRIEFING_TEST_KEY", attempts=1, timeout_s=5))
    assert server.got == []


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(provider, status):
    name, path, body, end = PROVIDERS[provider]
    with serving(Say(body)) as other, serving(Say(status=status, headers={"location": other.base + end})) as server:
        fault = failed(model(server, name, path))
    assert other.got == []
    assert (fault.kind, fault.scope) == ("not-found", "run")
    assert other.host in str(fault)


@pytest.mark.parametrize(
    "message",
    [
        f"bad key {KEY}",
        "bad key sk-proj-another0123456789",
        "bad header Authorization: Bearer abcdefgh12345678",
        "no route to https://user:pa55word@proxy.example/v1",
        "GET /v1?key=abcdefgh12345678 failed",
    ],
)
def test_no_secret_is_in_an_error(message):
    with serving(Say(error(message), 400)) as server:
        told = str(failed(model(server)))
    for secret in (KEY, "another0123456789", "abcdefgh12345678", "pa55word"):
        assert secret not in told


def test_a_key_that_litellm_finds_itself_is_not_told_either(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "plainword-without-a-shape")
    with serving(Say(error("bad key plainword-without-a-shape"), 401)) as server:
        told = str(failed(LiteLlm(name="openai/x", api_base=server.base + "/v1")))
    assert "plainword" not in told


# The record


def test_the_key_holds_what_shapes_answers_and_no_secret():
    llm = LiteLlm(name="openai/x", api_base="https://user:pa55word@models.example/v1", api_key_env="SOME_KEY")
    assert "pa55word" not in llm.key()
    for change in (
        {"name": "openai/y"},
        {"api_base": "https://other.example/v1"},
        {"temperature": None},
        {"seed": 1},
        {"max_output": 10},
        {"options": {"num_ctx": 1}},
    ):
        assert llm.replace(**change).key() != llm.key()
    for change in ({"api_key_env": None}, {"attempts": 1}, {"timeout_s": 1.0}, {"first_wait_s": 0.5}):
        assert llm.replace(**change).key() == llm.key()


@pytest.mark.parametrize(
    ("name", "base", "host"),
    [
        ("openai/x", None, "api.openai.com"),
        ("anthropic/x", None, "api.anthropic.com"),
        ("gemini/x", None, "generativelanguage.googleapis.com"),
        ("ollama_chat/x", None, "localhost:11434"),
        ("bedrock/x", None, "bedrock"),
        ("azure/x", "https://u:p@acme.openai.azure.com/", "acme.openai.azure.com"),
        ("hosted_vllm/x", "http://[::1]:8000/v1", "[::1]:8000"),
    ],
)
def test_the_host_is_known_without_a_call(name, base, host):
    assert LiteLlm(name=name, api_base=base).host == host


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "gpt-4o"},
        {"api_base": "models.example/v1"},
        {"api_key_env": "sk-0123456789"},
        {"timeout_s": 0},
        {"attempts": 0},
        {"options": {"num_retries": 3}},
        {"options": {"api_key": "x"}},
        {"no_such": 1},
    ],
)
def test_settings_that_cannot_work_are_refused(fields):
    with pytest.raises(ValueError, match=next(iter(fields))):
        LiteLlm(**{"name": "openai/x", **fields})


OUTSIDE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from briefing.models.litellm import LiteLlm
from briefing.models import Request, ModelError
llm = LiteLlm(name="openai/gpt-4o-mini", api_base=sys.argv[1], first_wait_s=0.01)
llm.key(), llm.host
assert "litellm" not in sys.modules and "openai" not in sys.modules
asked = Request(system="s", prompt="p", answer_schema={}, schema_name="n", max_output_tokens=5, deadline_s=20)
with ThreadPoolExecutor(12) as threads:
    replies = list(threads.map(llm.complete, [asked] * 12))
assert sum(reply.usage.requests for reply in replies) == 12
try:
    llm.complete(asked)
except ModelError as error:
    print(error.kind, file=sys.stderr)
"""


def test_a_process_imports_litellm_with_its_first_calls_at_once_prints_nothing_and_ends(tmp_path):
    """Also with a `.env` about that would send the text elsewhere, and without the network."""
    (tmp_path / ".env").write_text("OPENAI_BASE_URL=http://127.0.0.1:1/\n")
    with serving(*[Say(openai(TEXT), before=0.2)] * 12, Say(error("boom"), 500)) as server:
        command = [sys.executable, "-c", inspect.cleandoc(OUTSIDE), server.base + "/v1"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "server\n", 0)
    assert len(server.got) == 15
