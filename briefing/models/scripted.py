"""A model whose replies are written beforehand: by a function in code, or in a TOML or JSON file.

    [[replies]]
    match = "ferry"            # the prompt holds it, or all of a list; without it every prompt matches
    schema_name = "story"      # only for requests of this schema
    answer = {headline = "…"}  # a value, sent as JSON; or `text`, sent as it stands
    error = "refusal"          # instead of either: the kind of a fault, with `scope`
    model = "other-1"          # the name it reports

The first entry that matches answers.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SkipValidation, ValidationError, model_validator

from briefing import plugins
from briefing.errors import ConfigError
from briefing.models import ModelError, Reply, Request, Scope, Usage
from briefing.plugins import Place
from briefing.types import Record

_FREE = Usage(cost_usd=0.0)

Answer = Callable[[Request], str | Reply]
"""Gives the reply to a request, or raises ModelError."""


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Entry(Record):
    """One written reply."""

    match: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    schema_name: str | None = None
    answer: Any = None
    text: str | None = None
    error: str | None = None
    scope: Scope = "story"
    model: str | None = None

    @model_validator(mode="after")
    def _one_of_three(self) -> Entry:
        if sum(value is not None for value in (self.answer, self.text, self.error)) != 1:
            raise ValueError("give one of answer, text and error")
        return self

    def suits(self, request: Request) -> bool:
        """Whether this entry answers a request."""
        prompt = f"{request.system}\n{request.prompt}"
        return self.schema_name in {None, request.schema_name} and all(part in prompt for part in self.match)

    def reply(self, name: str) -> Reply:
        """Answer. Raises ModelError where the entry is an error."""
        if self.error is not None:
            raise ModelError(self.error, "as scripted", self.scope, _FREE)
        text = json.dumps(self.answer, ensure_ascii=False) if self.text is None else self.text
        return Reply(text=text, model=self.model or name, host="", usage=_FREE)


class Script(Record):
    """The entries of a file, in their order."""

    replies: tuple[Entry, ...]


class Scripted(Record):
    """Answers from `path`, or in code from `answer`; sends nothing anywhere.

    With a function, `name` should change with what it answers, since it is all that `key()` tells of it.
    """

    name: str = Field("scripted", min_length=1)
    path: Place | None = None
    answer: SkipValidation[Answer] | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Scripted:
        if (self.path is None) == (self.answer is None):
            raise ValueError("give a path, or in code a function")
        if self.answer is not None and not callable(self.answer):
            raise ValueError("answer: only code can give one; name a file with path")
        return self

    @property
    def host(self) -> str:
        """None: it answers by itself."""
        return ""

    def key(self) -> str:
        """The name, and the hash of the file."""
        content = self.path.read_bytes() if self.path and self.path.is_file() else b""
        return json.dumps({"adapter": "scripted/1", "name": self.name, "sha256": hashlib.sha256(content).hexdigest()})

    def complete(self, request: Request) -> Reply:
        """Give the written reply. Raises ModelError as written or where none matches, ConfigError for a bad file."""
        if self.answer is not None:
            made = self.answer(request)
            return made if isinstance(made, Reply) else Reply(text=made, model=self.name, host="", usage=_FREE)
        for entry in self._script().replies:
            if entry.suits(request):
                return entry.reply(self.name)
        raise ModelError("not-found", f"no entry of {self.path} matches the request", usage=_FREE)

    def _script(self) -> Script:
        path = self.path
        assert path is not None  # noqa: S101 - the validator has seen to it
        try:
            text = path.read_text(encoding="utf-8-sig")
            values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
            return Script.model_validate(values)
        except ValidationError as error:
            raise ConfigError("\n".join(f"{path}: {fault}" for fault in plugins.problems(error, Script))) from error
        except OSError as error:
            raise ConfigError(f"{path}: could not be read ({error.strerror})") from error
        except (ValueError, RecursionError) as error:
            raise ConfigError(f"{path}: not {'JSON' if path.suffix == '.json' else 'TOML'}: {error}") from error
