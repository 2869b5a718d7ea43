"""The real litellm against servers that fail: one test or more for each row of the fault table."""

import time

import pytest

from briefing.models import ModelError
from briefing.models.gate import Gate
from briefing.models.litellm import LiteLlm
from tests.models.asking import (  # noqa: F401 - fixtures
    KEY,
    PROVIDERS,
    QUIET,
    TEXT,
    failed,
    imported,
    key,
    model,
    nothing_printed_and_no_secret_told,
    request,
)
from tests.models.servers import HTML, JSON, Say, anthropic, error, gemini, ollama, openai, serving

pytestmark = QUIET


def test_l1_a_rate_limit_is_waited_out_as_long_as_the_server_asks():
    limited = Say(error("slow down", "rate_limit_exceeded"), 429, {**JSON, "retry-after": "1"})
    with serving(limited, Say(openai(TEXT))) as server:
        started = time.monotonic()
        reply = model(server).complete(request())
        assert time.monotonic() - started >= 1
    assert reply.text == TEXT
    assert reply.usage.requests == 2


def test_l1_three_rate_limits_are_enough():
    with serving(Say(error("slow down"), 429)) as server:
        fault = failed(model(server))
    assert (fault.kind, fault.scope, fault.usage.requests) == ("rate", "story", 3)
    assert len(server.got) == 3
    assert fault.usage.cost_usd == 0


def test_l1_a_wait_beyond_the_deadline_is_not_waited():
    limited = Say(error("slow down"), 429, {**JSON, "retry-after": "3600"})
    with serving(limited) as server:
        started = time.monotonic()
        fault = failed(model(server))
        assert time.monotonic() - started < 5
    assert fault.kind == "rate"
    assert "3600 s" in str(fault)
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("name", "path"), [(name, path) for name, path, _, _ in PROVIDERS.values()], ids=list(PROVIDERS)
)
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, error("You exceeded your current quota, check your plan and billing", "insufficient_quota"), "quota"),
        (401, error(f"Incorrect API key provided: {KEY}", "invalid_api_key"), "auth"),
        (401, error("rate_limit", "rate_limit"), "auth"),
        (403, error("not for you"), "auth"),
        (404, error("The model `gpt-9` does not exist", "model_not_found"), "not-found"),
        (402, error("Insufficient Balance"), "quota"),
    ],
)
def test_l2_what_no_further_call_can_cure_ends_the_run_at_once(name, path, status, body, kind):
    with serving(Say(body, status)) as server:
        gate, llm = Gate(), model(server, name, path)
        with pytest.raises(ModelError) as first:
            gate.call(llm, request())
        with pytest.raises(ModelError) as second:
            gate.call(llm, request())
    assert (first.value.kind, first.value.scope) == (kind, "run")
    assert (second.value.kind, second.value.scope) == ("circuit-open", "run")
    assert f"{kind}: " in str(second.value)
    assert len(server.asked) == 1
    assert KEY not in str(second.value)


def test_l2_a_key_that_is_not_set_is_told_by_its_name(monkeypatch):
    monkeypatch.delenv("BRIEFING_TEST_KEY")
    with serving(Say(openai(TEXT))) as server:
        fault = failed(model(server))
    assert (fault.kind, fault.scope) == ("auth", "run")
    assert "BRIEFING_TEST_KEY" in str(fault)
    assert server.got == []


@pytest.mark.parametrize("name", ["openai/gpt-4o-mini", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"])
def test_l2_no_key_at_all_is_known_before_anything_is_sent(name):
    fault = failed(LiteLlm(name=name))
    assert (fault.kind, fault.scope) == ("auth", "run")


def test_l2_a_provider_that_is_none():
    fault = failed(LiteLlm(name="nosuchprovider/x"))
    assert (fault.kind, fault.scope) == ("not-found", "run")


@pytest.mark.parametrize("status", [500, 502, 503, 529])
@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
def test_l3_a_failing_server_is_asked_again(provider, status):
    name, path, body, _ = PROVIDERS[provider]
    with serving(Say(b"<html>bad gateway</html>", status, HTML), Say(error("overloaded"), status), Say(body)) as server:
        reply = model(server, name, path).complete(request())
    assert reply.text == TEXT
    assert reply.usage.requests == 3


def test_l3_five_failing_calls_in_a_row_open_the_breaker():
    with serving(Say(error("boom"), 500)) as server:
        gate, llm = Gate(), model(server, attempts=1)
        kinds = []
        for _ in range(7):
            with pytest.raises(ModelError) as caught:
                gate.call(llm, request())
            kinds.append((caught.value.kind, caught.value.scope))
    assert kinds == [("server", "story")] * 5 + [("circuit-open", "run")] * 2
    assert len(server.got) == 5


@pytest.mark.parametrize("provider", PROVIDERS)
def test_l4_a_server_that_never_answers_is_left_at_the_deadline(provider):
    name, path, body, _ = PROVIDERS[provider]
    with serving(Say(body, before=30)) as server:
        started = time.monotonic()
        fault = failed(model(server, name, path), request(deadline_s=0.5))
        assert time.monotonic() - started < 3
    assert fault.kind == "timeout"
    assert fault.usage.cost_usd is None


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("part", ["headers", "body"])
def test_l4_a_byte_at_a_time_does_not_stretch_the_deadline(provider, part):
    name, path, body, _ = PROVIDERS[provider]
    with serving(Say(body, drip=part, pause=0.2)) as server:
        started = time.monotonic()
        fault = failed(model(server, name, path, timeout_s=0.7))
        assert time.monotonic() - started < 3
    assert fault.kind == "timeout"


def test_l4_a_port_where_nobody_listens():
    with serving(Say()) as server:
        pass
    fault = failed(model(server))
    assert fault.kind == "connection"
    assert fault.usage.requests == 3
    assert fault.usage.cost_usd == 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_l5_an_answer_that_breaks_off_is_asked_for_again(provider):
    name, path, body, _ = PROVIDERS[provider]
    with serving(Say(body, cut=True), Say(body)) as server:
        reply = model(server, name, path).complete(request())
    assert reply.text == TEXT
    assert reply.usage.requests == 2
    assert reply.usage.cost_usd is None


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "say",
    [Say(b"<html>Please log in</html>", headers=HTML), Say(b'{"id": "c1", "cho'), Say([]), Say(b"null")],
    ids=["html", "cut-json", "list", "null"],
)
def test_l6_what_is_no_answer_is_asked_for_once_more(provider, say):
    name, path, _, _ = PROVIDERS[provider]
    with serving(say) as server:
        fault = failed(model(server, name, path))
    assert fault.kind in {"invalid", "empty"}
    assert fault.scope == "story"
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "body",
    [
        {**openai(), "choices": []},
        {**openai(), "choices": None},
        {**openai(), "choices": [{"index": 0, "finish_reason": "stop"}]},
        openai(None),
        openai("  \n"),
        {**openai(), "usage": None, "choices": []},
    ],
    ids=["no-choices", "null-choices", "no-message", "null-content", "blank", "no-usage"],
)
@pytest.mark.parametrize("name", ["openai/gpt-4o-mini", "hosted_vllm/qwen3"])
def test_l6_an_answer_without_text_is_asked_for_once_more(name, body):
    with serving(Say(body)) as server:
        fault = failed(model(server, name))
    assert fault.kind in {"invalid", "empty"}
    assert len(server.asked) == 2


def test_l6_the_second_answer_is_taken():
    with serving(Say(openai(None)), Say(openai(TEXT))) as server:
        reply = model(server).complete(request())
    assert reply.text == TEXT
    assert (reply.usage.tokens_in, reply.usage.requests) == (2000, 2)


REFUSALS = {
    "openai": ("openai/gpt-4o-mini", "/v1", openai(None, refusal="I cannot help with that.")),
    "openai-filter": ("openai/gpt-4o-mini", "/v1", openai("", finish="content_filter")),
    "vllm": ("hosted_vllm/qwen3", "/v1", openai(None, refusal="I cannot help with that.")),
    "anthropic": ("anthropic/claude-sonnet-4-5", "", anthropic("", stop="refusal")),
    "gemini": ("gemini/gemini-2.5-flash", "/v1beta", gemini("", finish="SAFETY")),
    "gemini-prompt": (
        "gemini/gemini-2.5-flash",
        "/v1beta",
        {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}},
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_l7_a_refusal_is_not_asked_again(case):
    name, path, body = REFUSALS[case]
    with serving(Say(body)) as server:
        fault = failed(model(server, name, path))
    assert (fault.kind, fault.scope) == ("refusal", "story")
    assert len(server.got) == 1


def test_l7_a_refusal_by_status():
    with serving(Say(error("rejected by our safety system", "content_policy_violation"), 400)) as server:
        assert failed(model(server)).kind == "refusal"
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("name", "path", "body"),
    [
        ("openai/gpt-4o-mini", "/v1", openai('{"headline": "The fer', finish="length")),
        ("hosted_vllm/qwen3", "/v1", openai('{"headline": "The fer', finish="length")),
        ("anthropic/claude-sonnet-4-5", "", anthropic('{"headline": "The fer', stop="max_tokens")),
        ("gemini/gemini-2.5-flash", "/v1beta", gemini("", finish="MAX_TOKENS")),
        ("ollama_chat/qwen3", "", ollama('{"headline": "The fer', reason="length")),
    ],
    ids=list(PROVIDERS),
)
def test_l8_an_answer_cut_at_its_limit_is_told_apart_and_not_asked_for_again(name, path, body):
    with serving(Say(body)) as server:
        fault = failed(model(server, name, path))
    assert (fault.kind, fault.scope) == ("length", "story")
    assert len(server.asked) == 1
    assert fault.usage.tokens_out == 100


@pytest.mark.parametrize("text", ["```json\n{}\n```", "Sure! {}", '{"$defs": {}}', "not JSON"])
def test_l9_the_adapter_hands_on_text_as_it_is(text):
    """Parsing, repair and fallback are the analyst's."""
    with serving(Say(openai(text))) as server:
        assert model(server).complete(request()).text == text


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "The input token count (1300000) exceeds the maximum number of tokens allowed (1048576).",
        "the request exceeds the available context size, try increasing it",
    ],
)
def test_l15_a_context_too_long_is_the_storys_own_fault(provider, message):
    name, path, _, _ = PROVIDERS[provider]
    with serving(Say(error(message), 400)) as server:
        fault = failed(model(server, name, path))
    assert (fault.kind, fault.scope) == ("context", "story")
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("name", "path", "body"),
    [
        ("openai/gpt-4o-mini", "/v1", openai(TEXT, "tiny-1")),
        ("hosted_vllm/qwen3", "/v1", openai(TEXT, "tiny-1")),
        ("anthropic/claude-sonnet-4-5", "", anthropic(TEXT, "tiny-1")),
        ("gemini/gemini-2.5-flash", "/v1beta", gemini(TEXT, "tiny-1")),
    ],
)
def test_l17_the_reply_names_the_model_that_says_it_wrote_it(name, path, body):
    with serving(Say(body)) as server:
        reply = model(server, name, path).complete(request())
    assert reply.model.endswith("tiny-1")
