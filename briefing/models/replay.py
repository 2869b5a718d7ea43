"""Recorded exchanges: ask a real model once, rebuild the briefing later without a key.

    [model]                          FOLDER/recording.json   whose answers these are
    kind = "replay"                  FOLDER/<sha256>.json    one request and its reply or fault
    folder = "recording"
    [model.record]                   only while recording: the model that is really asked
    kind = "litellm"
    name = "openai/gpt-4o-mini"

The files hold what was sent and what came back, so treat them like the articles. Keys are not among it.
"""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from briefing import plugins
from briefing.cache import address, write
from briefing.errors import ConfigError
from briefing.models import Model, ModelError, Reply, Request, Scope, Usage
from briefing.plugins import Place
from briefing.types import Record

_ABOUT = "recording.json"
_NOT_ASKED = Usage(cost_usd=0.0, requests=0)


def _made(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, dict):
        return value
    try:
        return plugins.make("models", {"kind": "litellm", **value}, "", (info.context or {}).get("root"))
    except ConfigError as error:
        raise ValueError(str(error)) from error


class About(Record):
    """Whose answers a folder holds."""

    name: str
    key: str


class Fault(Record):
    """A recorded ModelError."""

    kind: str
    message: str
    scope: Scope


class Exchange(Record):
    """One request as sent, with its reply or fault, and the seconds until it came."""

    system: str
    prompt: str
    answer_schema: dict[str, Any]
    reply: Reply | None = None
    fault: Fault | None = None
    seconds: float | None = None


class Replay(Record):
    """Answers from the exchanges in `folder`; with `record` it asks that model, and writes them."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    folder: Place = Field(description="Where the exchanges are kept, one file each.")
    record: Annotated[Model | None, BeforeValidator(_made)] = Field(
        None, description="A table like [model]: that model is asked, and what it says is kept. Without it, nobody is."
    )

    @property
    def name(self) -> str:
        """The name of the model that was recorded."""
        return self.record.name if self.record else self._about().name

    @property
    def host(self) -> str:
        """The host of the model that is recorded; none when replaying."""
        return str(getattr(self.record, "host", self.record.name)) if self.record else ""

    def key(self) -> str:
        """The key of the model that was recorded, so that a replay rebuilds the same briefing."""
        return self.record.key() if self.record else self._about().key

    def complete(self, request: Request) -> Reply:
        """Give the recorded reply, or have one made and record it.

        Raises ModelError as recorded or where there is no such exchange, ConfigError for an unusable folder.
        """
        return self._recorded(request, self.record) if self.record else self._replayed(request)

    def exchange(self, request: Request) -> Exchange:
        """What was recorded of a request. Raises ModelError where there is no such exchange."""
        path = self.folder / _file(request)
        try:
            return Exchange.model_validate_json(path.read_bytes())
        except FileNotFoundError as error:
            raise ModelError("not-found", f"not recorded in {self.folder}: {path.name}", usage=_NOT_ASKED) from error
        except (OSError, ValidationError) as error:
            raise ModelError("invalid", f"{path} cannot be read as an exchange", usage=_NOT_ASKED) from error

    def _replayed(self, request: Request) -> Reply:
        exchange = self.exchange(request)
        if exchange.fault:
            raise ModelError(exchange.fault.kind, exchange.fault.message, exchange.fault.scope, _NOT_ASKED)
        if exchange.reply is None:
            raise ModelError("invalid", f"{self.folder / _file(request)} holds no reply", usage=_NOT_ASKED)
        return exchange.reply.replace(host="", usage=_NOT_ASKED)

    def _recorded(self, request: Request, model: Model) -> Reply:
        self._write(_ABOUT, About(name=model.name, key=model.key()))
        sent = {"system": request.system, "prompt": request.prompt, "answer_schema": request.answer_schema}
        started = time.monotonic()
        try:
            reply = model.complete(request)
        except ModelError as error:
            message = str(error).removeprefix(f"{error.kind}: ")
            fault = Fault(kind=error.kind, message=message, scope=error.scope)
            self._write(_file(request), Exchange(**sent, fault=fault))
            raise
        self._write(_file(request), Exchange(**sent, reply=reply, seconds=round(time.monotonic() - started, 3)))
        return reply

    def _write(self, name: str, record: Record) -> None:
        # ASCII, since a reply may hold lone surrogates.
        text = json.dumps(record.model_dump(), ensure_ascii=True, indent=1, sort_keys=True) + "\n"
        try:
            write(self.folder / name, text)
        except OSError as error:
            raise ConfigError(f"{self.folder}: cannot be written ({error.strerror})") from error

    def _about(self) -> About:
        try:
            return About.model_validate_json((self.folder / _ABOUT).read_bytes())
        except (OSError, ValidationError) as error:
            raise ConfigError(f"{self.folder}: holds no recording; make one with [model.record]") from error


def _file(request: Request) -> str:
    """Name an exchange by what was asked; deadlines and formats are the transport's own."""
    asked = request.model_dump(include={"system", "prompt", "answer_schema", "schema_name", "max_output_tokens"})
    return f"{address(asked)}.json"
