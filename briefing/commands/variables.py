"""What the settings want from the environment: the variables they name, and the models that want a key."""

from __future__ import annotations

from collections.abc import Iterator

from briefing import plugins
from briefing.config import Config
from briefing.models.embedding import Embedding
from briefing.models.litellm import LiteLlm
from briefing.types import Record

# Providers whose key litellm looks for under the provider's name where the settings name no variable.
HOSTED = frozenset(
    ("anthropic", "cerebras", "deepseek", "gemini", "groq", "mistral", "openai", "openrouter", "together_ai", "xai")
)

# Run by Ollama on a machine of one's own; they want no key.
LOCAL = frozenset(("ollama", "ollama_chat"))


def named(settings: object) -> Iterator[str]:
    """The names under the keys that end in `_env`, anywhere in a table of the settings."""
    if isinstance(settings, dict):
        for key, inner in settings.items():
            yield from _names(inner) if str(key).endswith("_env") else named(inner)
    elif isinstance(settings, list):
        for inner in settings:
            yield from named(inner)


def models(config: Config) -> tuple[LiteLlm | Embedding, ...]:
    """The models that a run may ask, wherever they stand in the settings."""
    return tuple(_models(config))


def key_variable(model: LiteLlm | Embedding) -> str | None:
    """The variable that holds a model's key: the one set, else the provider's own; None where none is needed."""
    provider = model.name.partition("/")[0]
    own = f"{provider.upper()}_API_KEY" if provider in HOSTED and not model.api_base else None
    return model.api_key_env or own


def unknown_provider(provider: str) -> str:
    """Why a model of this provider would fail at the first story, or ""."""
    if provider in HOSTED | LOCAL:
        return ""
    from briefing.models.litellm import load

    # litellm's own list, which takes it seconds to give.
    known = [getattr(one, "value", one) for one in load().provider_list]
    near = plugins.suggestion(provider, known).partition(" (known")[0]
    cure = "; docs.litellm.ai/docs/providers lists the names"
    return "" if provider in known else f"unknown provider {provider!r}{near}{cure}"


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (str(name) for name in value)
    elif isinstance(value, dict):
        yield from (str(name) for name in value.values())


def _models(value: object) -> Iterator[LiteLlm | Embedding]:
    if isinstance(value, LiteLlm | Embedding):
        yield value
    elif isinstance(value, Record):
        for _, inner in value:
            yield from _models(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _models(inner)
