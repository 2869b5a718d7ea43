"""Any provider by way of litellm: the one module that imports it, in the first call and not before.

    complete ─┬─ attempt ── litellm.acompletion under a wall-clock deadline ── Reply
    embed     └─ Fault ── wait ── attempt …                                 └─ ModelError

litellm is taken for unreliable transport (measured, 1.106.2): its timeout let one byte a second run for
113 s, its retries hide the error and multiply with those of the SDK, it prints to stdout and loads any
`.env` above its own folder. So retries, deadline, formats and prices are handled here.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import importlib
import json
import logging
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Annotated, Any, NamedTuple
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, Field

from briefing.models import AnswerFormat, ModelError, Reply, Request, Usage
from briefing.models.budget import Price
from briefing.models.classify import Fault, Seen, fault, redacted, verdict
from briefing.types import Record

# Before the import: no price list and no header list from the network, no `.env` of whoever's folder it is.
_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",
}
# Given explicitly, since litellm would otherwise take a base from variables like OPENAI_BASE_URL, and the
# run record would name a host that received nothing. With one, Gemini's key also leaves the URL for a header.
_BASES = {
    "anthropic": "https://api.anthropic.com",
    "cerebras": "https://api.cerebras.ai/v1",
    "deepseek": "https://api.deepseek.com",
    "gemini": "https://generativelanguage.googleapis.com/v1beta",
    "groq": "https://api.groq.com/openai/v1",
    "mistral": "https://api.mistral.ai/v1",
    "ollama": "http://localhost:11434",
    "ollama_chat": "http://localhost:11434",
    "openai": "https://api.openai.com/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "together_ai": "https://api.together.ai/v1",
    "xai": "https://api.x.ai/v1",
}
# What the first call would import otherwise, 0.7 to 1 s, while its deadline runs.
_IMPORTED_LATE = ("openai.resources", "litellm.proxy._types")
_WEAKER: dict[AnswerFormat, AnswerFormat] = {"json_schema": "json_object", "json_object": "plain"}
_RESERVED = frozenset(
    {"model", "messages", "api_base", "base_url", "api_key", "temperature", "seed", "max_tokens",
     "max_completion_tokens", "timeout", "request_timeout", "max_retries", "num_retries", "retry_policy", "fallbacks",
     "context_window_fallback_dict", "response_format", "drop_params", "stream", "n", "mock_response", "caching",
     "callbacks", "success_callback", "failure_callback", "tools", "functions", "input", "dimensions",
     "encoding_format", "allowed_openai_params"}
)  # fmt: skip
# litellm's own task gets this long to end once cancelled, then it is left behind.
_GRACE_S = 0.5
_SECRET_NAMES = ("KEY", "TOKEN", "SECRET", "PASSWORD")


def _none_of_ours(options: dict[str, Any]) -> dict[str, Any]:
    taken = sorted(_RESERVED & options.keys())
    if taken:
        raise ValueError(f"cannot be set here: {', '.join(taken)}")
    return options


Name = Annotated[str, Field(pattern=r"^[\w.-]+/\S+$")]
Base = Annotated[str, Field(pattern=r"^https?://[^\s/]+")]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Options = Annotated[dict[str, str | int | float | bool], AfterValidator(_none_of_ours)]


class LiteLlm(Record):
    """A model by its litellm name, such as "openai/gpt-4o-mini" or "ollama_chat/qwen3".

    `api_key_env` names the variable that holds the key. Without it litellm looks for the provider's own
    variable, but never with an `api_base` of yours (Azure's excepted): a key goes only where you send it.
    `options` are passed on as they are, such as `num_ctx`, `reasoning_effort` or `api_version`.
    `timeout_s` limits a call with all its attempts, in wall-clock seconds. `price` stands in for litellm's own.
    """

    name: Name
    api_base: Base | None = None
    api_key_env: Variable | None = None
    temperature: float | None = Field(0.0, ge=0)
    seed: int | None = None
    max_output: int = Field(2000, ge=1)
    attempts: int = Field(3, ge=1, le=10)
    timeout_s: float = Field(90.0, gt=0)
    first_wait_s: float = Field(1.0, ge=0)
    options: Options = Field(default_factory=dict)
    price: Price | None = None

    @property
    def most_requests(self) -> int:
        """How many requests one call may make: its attempts, and one for each weaker format."""
        return self.attempts + len(_WEAKER)

    def listed_price(self) -> Price | None:
        """The price in litellm's table, which is imported for it; None where it does not hold the model."""
        listed = _listed(load(), self.name)
        if listed is None:
            return None
        free_out = 0.0 if listed.get("mode") == "embedding" else None
        taken, given = listed["input_cost_per_token"], listed.get("output_cost_per_token", free_out)
        return None if taken is None or given is None else Price(input=1e6 * float(taken), output=1e6 * float(given))

    @property
    def host(self) -> str:
        """The machine that is asked: name, and port where the base names one."""
        base = self.api_base or _BASES.get(self._provider)
        return _host(base) if base else self._provider

    @property
    def _provider(self) -> str:
        return self.name.partition("/")[0]

    def key(self) -> str:
        """Everything that shapes the answers, as canonical JSON; no secret."""
        shaping = self.model_dump(include={"name", "temperature", "seed", "max_output", "options"})
        base = redacted(self.api_base) if self.api_base else None
        return json.dumps({"adapter": "litellm/1", "api_base": base, **shaping}, sort_keys=True)

    def complete(self, request: Request) -> Reply:
        """Ask, again where that may help, until the deadline. Raises ModelError."""
        arguments = self._arguments(request)

        def call(form: AnswerFormat) -> _Call:
            return _Call("acompletion", arguments | _format(request, form), _text)

        return self._asked(call, request.answer_format, request.deadline_s, request.most_requests)

    def embed(self, texts: Sequence[str], dimensions: int | None, deadline_s: float, most: int | None = None) -> Reply:
        """The texts' vectors, as a JSON array of arrays; nothing about them is checked. Raises ModelError."""
        arguments = {
            **self._connection(),
            "input": list(texts),
            # Else the openai package asks for base64, which not every server of its protocol knows.
            "encoding_format": "float",
            # litellm would leave it out for any model but OpenAI's own.
            **({"dimensions": dimensions, "allowed_openai_params": ["dimensions"]} if dimensions else {}),
        }
        return self._asked(lambda _form: _Call("aembedding", arguments, _vectors), "plain", deadline_s, most)

    def _asked(
        self, call: Callable[[AnswerFormat], _Call], form: AnswerFormat, deadline_s: float, most: int | None
    ) -> Reply:
        backend = load()
        _make_known(backend, self.name)
        ends = time.monotonic() + min(deadline_s, self.timeout_s)
        spent, tries = _NOTHING, 0
        while True:
            result, used = _attempt(backend, self, call(form), ends)
            spent = _sum(spent, used)
            if isinstance(result, Reply):
                return result.replace(usage=spent, answer_format=form)
            if most is not None and (spent.requests >= most or spent.cost_usd != 0 or spent.tokens_in):
                raise self._error(result, spent)
            if result.kind == "format" and form in _WEAKER:
                form = _WEAKER[form]
                continue
            tries += 1
            wait = _wait(result, tries, self.first_wait_s)
            if tries >= min(self.attempts, result.attempts) or wait >= ends - time.monotonic():
                raise self._error(result, spent)
            time.sleep(wait)

    def _arguments(self, request: Request) -> dict[str, Any]:
        """Give all that is sent but for the format of the answer."""
        return {
            **self._connection(),
            "messages": [{"role": "system", "content": request.system}, {"role": "user", "content": request.prompt}],
            "temperature": self.temperature,
            "seed": self.seed,
            "max_tokens": min(request.max_output_tokens, self.max_output),
            "stream": False,
        }

    def _connection(self) -> dict[str, Any]:
        return {
            **self.options,
            "model": self.name,
            "api_base": self.api_base or _BASES.get(self._provider),
            "api_key": self._api_key(),
            # For this call only: what a provider does not know is left out, instead of an error.
            "drop_params": True,
            "max_retries": 0,
        }

    def _api_key(self) -> str | None:
        if self.api_key_env is None:
            return "none" if self.api_base and self._provider not in {"azure", "azure_ai"} else None
        key = os.environ.get(self.api_key_env, "").strip()
        if not key:
            raise ModelError("auth", f"the environment variable {self.api_key_env} is not set", "run", _NOTHING)
        return key

    def _error(self, failed: Fault, spent: Usage) -> ModelError:
        message = failed.message
        if failed.after is not None:
            message += f" (asks to wait {failed.after:.0f} s)"
        kind = "invalid" if failed.kind == "format" else failed.kind
        return ModelError(kind, f"{self.name} at {self.host}: {message}", failed.scope, spent)


class _Call(NamedTuple):
    """A function of litellm, all that it is given but the timeout, and what reads its answer."""

    function: str
    arguments: dict[str, Any]
    read: Callable[[Any], str | Fault]


_NOTHING = Usage(cost_usd=0.0, requests=0)


# `functools.cache` alone lets threads that come together each make one: two loops closed each other's connections.
_ONCE = threading.RLock()


def load() -> Any:
    """Import litellm, quietly: 4 to 9 s, once a process; may be called ahead, in a thread."""
    with _ONCE:
        return _imported()


@functools.cache
def _imported() -> Any:
    os.environ.update(_ENVIRONMENT)
    # By name, since a type checker that follows litellm's imports takes 24 s and 870 MB.
    backend: Any = importlib.import_module("litellm")
    backend.suppress_debug_info = True
    # For embeddings it takes `max_retries` 0 for none given, and a request became three.
    backend.DEFAULT_MAX_RETRIES = 0
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for name in _IMPORTED_LATE:
        with suppress(ImportError):
            importlib.import_module(name)
    _stay_on_the_host(backend)
    return backend


def _stay_on_the_host(backend: Any) -> None:
    """Have no redirect followed: measured, a 307 sent articles and Anthropic's key to a host no one had named."""
    handlers: Any = importlib.import_module("litellm.llms.custom_httpx.http_handler")
    handler = handlers.AsyncHTTPHandler
    handler.__init__ = functools.partialmethod(handler.__init__, follow_redirects=False)
    # What litellm hands to the openai package, whose own client follows redirects. The handler closes its
    # client when it is collected, so it has to stay.
    backend.briefing_handler = handler()
    backend.aclient_session = backend.briefing_handler.client


def _make_known(backend: Any, name: str) -> None:
    """Enter an Ollama model in litellm's table, without a price: of one that is not there it asks the server first.

    That request blocks the event loop, may go to another host than the answer's, and has no deadline of ours.
    """
    provider = name.partition("/")[0]
    if provider in {"ollama", "ollama_chat"}:
        backend.model_cost.setdefault(name, {"litellm_provider": provider, "mode": "chat"})


def _loop() -> asyncio.AbstractEventLoop:
    """One event loop in a thread of its own: litellm keeps a connection pool for each loop."""
    with _ONCE:
        return _running()


@functools.cache
def _running() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="briefing-models", daemon=True).start()
    atexit.register(_end, loop)
    return loop


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """At exit, leave no task and no connection behind for asyncio to complain of on stderr."""
    future = asyncio.run_coroutine_threadsafe(_ended(), loop)
    with suppress(TimeoutError):
        future.result(_GRACE_S)
    loop.call_soon_threadsafe(loop.stop)


async def _ended() -> None:
    backend = load()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await backend.aclient_session.aclose()
    await backend.close_litellm_async_clients()


def _attempt(backend: Any, model: LiteLlm, call: _Call, ends: float) -> tuple[Reply | Fault, Usage]:
    left = max(0.0, ends - time.monotonic())
    future = asyncio.run_coroutine_threadsafe(_within(left, backend, call), _loop())
    try:
        # A second limit, for what blocks the loop itself or will not be cancelled.
        response = future.result(left + _GRACE_S)
        return _read(backend, model, call, response)
    except Exception as error:  # noqa: BLE001 - litellm raises AttributeError, KeyError and bare Exception too
        failed = fault(_seen(error))
    finally:
        future.cancel()
    failed = failed.replace(message=redacted(failed.message, _secrets(call.arguments)))
    return failed, Usage(cost_usd=None if failed.billed else 0.0)


async def _within(seconds: float, backend: Any, call: _Call) -> Any:
    async with asyncio.timeout(seconds):
        return await getattr(backend, call.function)(**call.arguments, timeout=seconds)


def _read(backend: Any, model: LiteLlm, call: _Call, response: Any) -> tuple[Reply | Fault, Usage]:
    usage = _usage(backend, model, getattr(response, "usage", None))
    text = call.read(response)
    if isinstance(text, Fault):
        return text, usage
    base = (getattr(response, "_hidden_params", None) or {}).get("api_base")
    host = _host(str(base)) if base else model.host
    return Reply(text=text, model=str(response.model or model.name), host=host or model.host), usage


def _text(response: Any) -> str | Fault:
    """Judge an answer by how it ended, before anything parses it."""
    choice = response.choices[0]
    # litellm moves a refusal here, and leaves the content None.
    refusal = (getattr(choice.message, "provider_specific_fields", None) or {}).get("refusal")
    text = choice.message.content
    # A lone surrogate, which JSON can spell, is no text that can be stored.
    return verdict(choice.finish_reason, refusal, text) or text.encode("utf-8", "replace").decode("utf-8")


def _vectors(response: Any) -> str:
    """In the order of the texts, which servers need not keep."""
    return json.dumps([item["embedding"] for item in sorted(response.data, key=lambda item: int(item["index"]))])


def _format(request: Request, form: AnswerFormat) -> dict[str, Any]:
    if form == "plain":
        return {}
    if form == "json_object":
        return {"response_format": {"type": "json_object"}}
    schema = {"name": request.schema_name, "schema": request.answer_schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def _wait(failed: Fault, tries: int, first_s: float) -> float:
    """Full jitter over a doubling interval; on top of what the server asks for, so that callers spread."""
    interval = first_s if failed.after is not None else first_s * 2 ** (tries - 1)
    return (failed.after or 0.0) + random.uniform(0, interval)  # noqa: S311 - spreads load, hides nothing


def _usage(backend: Any, model: LiteLlm, reported: Any) -> Usage:
    tokens_in = int(getattr(reported, "prompt_tokens", 0) or 0)
    tokens_out = int(getattr(reported, "completion_tokens", 0) or 0)
    cost = _cost(backend, model.name, reported) if tokens_in else None
    if model.price and tokens_in:
        cost = model.price.of(tokens_in, tokens_out)
    return Usage(tokens_in=tokens_in, tokens_out=tokens_out, cost_usd=cost)


def _cost(backend: Any, name: str, reported: Any) -> float | None:
    """Price by the model that was asked for, in USD; None where litellm's table does not hold it.

    Looked up first: for a name that is not in the table litellm may ask a server for its price, or say 0.
    """
    if _listed(backend, name) is None:
        return None
    provider, _, bare = name.partition("/")
    prices = backend.cost_per_token(model=bare, custom_llm_provider=provider, usage_object=reported)
    return float(sum(prices))


def _listed(backend: Any, name: str) -> dict[str, Any] | None:
    """What litellm's table says of a model, if that has a price."""
    provider, _, bare = name.partition("/")
    listed: dict[str, Any] | None = backend.model_cost.get(name) or backend.model_cost.get(bare)
    known = listed and listed.get("litellm_provider") == provider and "input_cost_per_token" in listed
    return listed if known else None


def _sum(one: Usage, other: Usage) -> Usage:
    known = one.cost_usd is not None and other.cost_usd is not None
    return Usage(
        tokens_in=one.tokens_in + other.tokens_in,
        tokens_out=one.tokens_out + other.tokens_out,
        cost_usd=(one.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        requests=one.requests + other.requests,
    )


def _seen(error: BaseException) -> Seen:
    """Look through an exception's causes for the answer the server really gave."""
    links = tuple(_causes(error))
    answers = [link.response for link in links if type(link).__name__.endswith("HTTPStatusError")]
    names = frozenset(name.__name__ for link in links for name in type(link).__mro__)
    if not answers:
        return Seen(names, None, str(error))
    answer = answers[-1]
    headers = {**_headers(getattr(error, "litellm_response_headers", None)), **_headers(answer.headers)}
    return Seen(names, int(answer.status_code), _body(answer) or str(error), headers)


def _causes(error: BaseException) -> Iterator[Any]:
    link: BaseException | None = error
    for _ in range(20):
        if link is None:
            return
        yield link
        link = link.__cause__ or link.__context__


def _headers(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in dict(headers or {}).items()}


def _body(answer: Any) -> str:
    try:
        return str(answer.text)
    except (RuntimeError, ValueError):  # httpx: a body that was never read
        return ""


def _secrets(arguments: dict[str, Any]) -> frozenset[str]:
    """Give the values that may stand in an error message: the key used, and whatever the environment calls a secret."""
    named = {value for name, value in os.environ.items() if name.upper().endswith(_SECRET_NAMES)}
    values = {value for value in (*named, arguments["api_key"] or "") if len(value) >= 8}
    return frozenset(values | {quote(value, safe="") for value in values})


def _host(base: str) -> str:
    return urlsplit(base).netloc.rpartition("@")[2]
