"""Asking the real litellm: what both modules of tests share, their fixtures too."""

import logging

import pytest

from briefing.models import ModelError, Request
from briefing.models.litellm import LiteLlm, load
from tests.models.servers import anthropic, gemini, ollama, openai

KEY = "sk-test-0123456789abcdef"
SCHEMA = {
    "type": "object",
    "properties": {"headline": {"type": "string"}},
    "required": ["headline"],
    "additionalProperties": False,
}
TEXT = '{"headline": "The ferry to Ostrova stops"}'


# litellm 1.106.2 and the libraries it loads.
QUIET = [
    # litellm hides it while it is imported; pytest forgets that after the test in which it was.
    pytest.mark.filterwarnings("ignore:Item .* on TypedDict class:UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pydantic.warnings.PydanticDeprecatedSince20"),
]


@pytest.fixture(autouse=True, scope="module")
def imported():
    """Once, so that no test's time holds the import."""
    load()


@pytest.fixture(autouse=True)
def key(monkeypatch):
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "OLLAMA_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BRIEFING_TEST_KEY", KEY)


@pytest.fixture(autouse=True)
def nothing_printed_and_no_secret_told(capfd, caplog):
    """After every test: stdout is ours, and no key stands in any log."""
    caplog.set_level(logging.DEBUG, logger="briefing")
    yield
    out, err = capfd.readouterr()
    assert out == ""
    assert KEY not in err + caplog.text


def request(deadline_s=10.0, **fields):
    asked = {"system": "You are an editor.", "prompt": "a1.1 The ferry stops.", "answer_schema": SCHEMA}
    return Request(**{**asked, "schema_name": "story", "max_output_tokens": 300, "deadline_s": deadline_s, **fields})


def model(server, name="openai/gpt-4o-mini", path="/v1", **fields):
    settings = {"api_key_env": "BRIEFING_TEST_KEY", "first_wait_s": 0.01, **fields}
    return LiteLlm(name=name, api_base=server.base + path, **settings)


def failed(llm, asked=None):
    with pytest.raises(ModelError) as caught:
        llm.complete(asked or request())
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)
    return caught.value


PROVIDERS = {
    "openai": ("openai/gpt-4o-mini", "/v1", openai(TEXT), "/v1/chat/completions"),
    "vllm": ("hosted_vllm/qwen3", "/v1", openai(TEXT, "qwen3"), "/v1/chat/completions"),
    "anthropic": ("anthropic/claude-sonnet-4-5", "", anthropic(TEXT), "/v1/messages"),
    "gemini": ("gemini/gemini-2.5-flash", "/v1beta", gemini(TEXT), "/v1beta/models/gemini-2.5-flash:generateContent"),
    "ollama": ("ollama_chat/qwen3", "", ollama(TEXT), "/api/chat"),
}
