"""What a status, a body and the names of exceptions are taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.models.classify import ALWAYS, Seen, fault, redacted, retry_after, switched, verdict

GEMINI_MINUTE = """{"error": {"code": 429, "message": "You exceeded your current quota, please check your plan",
 "details": [{"quotaId": "GenerateRequestsPerMinutePerProject"}, {"@type": "RetryInfo", "retryDelay": "34.5s"}]}}"""
GEMINI_DAY = GEMINI_MINUTE.replace("PerMinute", "PerDay")


def answered(status, body="", **headers):
    return fault(Seen(frozenset({"RateLimitError"}), status, body, headers))


@pytest.mark.parametrize(
    ("status", "body", "kind", "scope"),
    [
        (429, "slow down", "rate", "story"),
        (429, '{"error": {"code": "insufficient_quota"}}', "quota", "run"),
        (429, "You exceeded your current quota, please check your plan and billing details", "quota", "run"),
        (429, GEMINI_MINUTE, "rate", "story"),
        (429, GEMINI_DAY, "quota", "run"),
        (400, "Your credit balance is too low to access the Anthropic API", "quota", "run"),
        (402, "", "quota", "run"),
        (401, "", "auth", "run"),
        (403, "Country not supported", "auth", "run"),
        (400, "API key not valid. Please pass a valid API key.", "auth", "run"),
        (404, "", "not-found", "run"),
        (404, 'model "qwen9" not found, try pulling it first', "not-found", "run"),
        (400, "The model `x` has been decommissioned", "not-found", "run"),
        (400, "x is not a valid model ID: unknown model", "not-found", "run"),
        (404, "No endpoints found that can handle the requested parameters", "format", "story"),
        (400, "response_format.type must be text", "format", "story"),
        (500, "failed to parse grammar", "format", "story"),
        (400, "Invalid schema for response_format 'story'", "format", "story"),
        (413, "", "context", "story"),
        (400, "prompt is too long: 210000 tokens > 200000 maximum", "context", "story"),
        (400, "blocked by content_filter", "refusal", "story"),
        (400, "temperature must be 1", "invalid", "story"),
        (422, "", "invalid", "story"),
        (500, "", "server", "story"),
        (529, "Overloaded", "server", "story"),
        (408, "", "server", "story"),
        (307, "", "not-found", "run"),
    ],
)
def test_an_answer_is_classified_by_its_own_status_and_body(status, body, kind, scope):
    found = answered(status, body)
    assert (found.kind, found.scope) == (kind, scope)
    assert (found.attempts == ALWAYS) == (kind in {"rate", "server"})


@pytest.mark.parametrize(
    ("names", "text", "kind", "attempts", "billed"),
    [
        ({"Timeout", "APIConnectionError"}, "", "timeout", ALWAYS, True),
        ({"TimeoutError"}, "", "timeout", ALWAYS, True),
        ({"InternalServerError", "ConnectError", "ConnectionRefusedError"}, "refused", "connection", ALWAYS, False),
        ({"ConnectTimeout", "Timeout"}, "", "connection", ALWAYS, False),
        ({"InternalServerError", "ClientPayloadError"}, "", "connection", ALWAYS, True),
        ({"InternalServerError", "JSONDecodeError"}, "", "invalid", 2, True),
        ({"AttributeError"}, "no attribute", "invalid", 2, True),
        ({"InternalServerError"}, "Empty or invalid response from LLM endpoint", "invalid", 2, True),
        ({"APIConnectionError"}, "Connection error.", "connection", ALWAYS, True),
        ({"BadRequestError"}, "something about a parameter", "invalid", 1, True),
        ({"BadRequestError"}, "LLM Provider NOT provided", "not-found", 1, False),
        ({"AuthenticationError"}, "Missing key", "auth", 1, False),
        ({"ContextWindowExceededError", "BadRequestError"}, "", "context", 1, False),
        ({"SomethingNew"}, "", "invalid", 2, True),
    ],
)
def test_what_has_no_status_is_classified_by_the_names_of_its_causes(names, text, kind, attempts, billed):
    found = fault(Seen(frozenset(names), None, text))
    assert (found.kind, found.attempts, found.billed) == (kind, attempts, billed)


@given(
    st.frozensets(st.sampled_from(["Timeout", "KeyError", "ConnectError", "X"])),
    st.none() | st.integers(100, 599),
    st.text(),
    st.dictionaries(st.sampled_from(["retry-after", "date"]), st.text()),
)
def test_everything_is_classified_in_one_short_line(names, status, body, headers):
    found = fault(Seen(names, status, body, headers))
    assert len(found.message) <= 260
    assert "\n" not in found.message
    assert found.attempts >= 1
    assert found.after is None or found.after >= 0


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "2"}, "", 2),
        ({"retry-after": " 1.5 "}, "", 1.5),
        ({"retry-after": "0"}, "", 0),
        (
            {"retry-after": "Tue, 20 May 2031 08:01:00 GMT", "date": "Tue, 20 May 2031 08:00:00 GMT"},
            "",
            60,
        ),
        (
            {"retry-after": "Tue, 20 May 2031 07:00:00 GMT", "date": "Tue, 20 May 2031 08:00:00 GMT"},
            "",
            0,
        ),
        ({"retry-after": "Tue, 20 May 2031 08:01:00 GMT"}, "", None),
        ({"retry-after": "soon"}, "", None),
        ({"retry-after": "-5"}, "", None),
        ({}, GEMINI_MINUTE, 34.5),
        ({}, "", None),
    ],
)
def test_how_long_a_server_asks_to_wait(headers, body, seconds):
    assert retry_after(headers, body) == seconds


@pytest.mark.parametrize(
    ("finish", "refusal", "text", "kind"),
    [
        ("stop", None, "{}", None),
        ("tool_calls", None, "{}", None),
        (None, None, "{}", None),
        ("length", None, "{", "length"),
        ("length", None, None, "length"),
        ("content_filter", None, "{}", "refusal"),
        ("stop", "I cannot", None, "refusal"),
        ("stop", None, None, "empty"),
        ("stop", None, " \n", "empty"),
    ],
)
def test_the_end_of_an_answer_is_judged_before_its_text(finish, refusal, text, kind):
    found = verdict(finish, refusal, text)
    assert (found.kind if found else None) == kind


@pytest.mark.parametrize(
    ("asked", "reported", "other"),
    [
        ("openai/gpt-4o-mini", "gpt-4o-mini", False),
        ("openai/gpt-4o-mini", "gpt-4o-mini-2024-07-18", False),
        ("openai/gpt-4o", "gpt-4o-mini", True),
        ("openai/gpt-4o", "gpt-4o-mini-2024-07-18", True),
        ("ollama_chat/qwen3", "qwen3:latest", False),
        ("ollama_chat/qwen3", "ollama_chat/qwen3", False),
        ("openrouter/qwen/qwen3", "qwen/qwen3", False),
        ("openai/gpt-4o", "tiny-1", True),
    ],
)
def test_a_dated_version_is_no_other_model(asked, reported, other):
    assert switched(asked, reported) == other


@given(st.text(st.characters(exclude_characters="[]key"), min_size=8), st.text(), st.text())
def test_a_known_secret_is_never_left(secret, before, after):
    assert secret not in redacted(before + secret + after, frozenset({secret})).replace("[key]", "")


@pytest.mark.parametrize("text", ["asks a risky question", "the skate park", "at 10:30 http://x.example/a", "a bearer"])
def test_ordinary_words_are_left(text):
    assert redacted(text) == text
