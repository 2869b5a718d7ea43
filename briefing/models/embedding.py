"""Vectors of texts by an embedding model: through the run's cache, then through its gate.

    texts ── kept? ── batches ── gate ── Embedding.complete ── checked ── kept ── vectors

Behind the gate an embedding model is a model like any other: the prompt is a JSON array of texts, the reply
a JSON array of vectors. Texts are kept one by one, so that a changed article asks for itself alone.
"""

from __future__ import annotations

import base64
import json
import math
import struct
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import Field

from briefing.cache import Cache, address
from briefing.models import ModelError, Reply, Request
from briefing.models.budget import Price
from briefing.models.classify import redacted
from briefing.models.gate import Gate
from briefing.models.litellm import Base, LiteLlm, Name, Options, Variable
from briefing.types import Map, Record

_VERSION = 1

Vector = Sequence[float]


class Embedding(Record):
    """An embedding model by its litellm name, such as "openai/text-embedding-3-small" or "ollama/bge-m3".

    `threshold` is the least cosine of two stories that are one, which depends on the model. `prefix` stands before
    every text, where a model was trained with one ("query: "). `batch` texts go in one request. `dimensions` is
    asked for where given, and must come. The rest is as with a model that writes.
    """

    model: Name
    threshold: float = Field(0.8, gt=0, le=1)
    prefix: str = Field("", max_length=1000)
    dimensions: int | None = Field(None, ge=1)
    batch: int = Field(64, ge=1, le=2048)
    api_base: Base | None = None
    api_key_env: Variable | None = None
    attempts: int = Field(3, ge=1, le=10)
    timeout_s: float = Field(60.0, gt=0)
    first_wait_s: float = Field(1.0, ge=0)
    options: Options = Field(default_factory=dict)
    price: Price | None = None

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model

    @property
    def host(self) -> str:
        """The machine that is sent the texts."""
        return self._server().host

    def key(self) -> str:
        """Everything that shapes the vectors, as canonical JSON; no secret."""
        shaping = self.model_dump(include={"model", "prefix", "dimensions", "options"})
        base = redacted(self.api_base) if self.api_base else None
        return json.dumps({"adapter": "embedding/1", "api_base": base, **shaping}, sort_keys=True)

    def complete(self, request: Request) -> Reply:
        """Ask for the vectors of a JSON array of texts, again where that may help. Raises ModelError."""
        texts = [self.prefix + text for text in json.loads(request.prompt)]
        return self._server().embed(texts, self.dimensions, request.deadline_s, request.most_requests)

    @property
    def most_requests(self) -> int:
        """How many requests one call may make."""
        return self._server().most_requests

    def listed_price(self) -> Price | None:
        """The price in litellm's table; None where it does not hold the model."""
        return self._server().listed_price()

    def _server(self) -> LiteLlm:
        shared = {"api_base", "api_key_env", "attempts", "timeout_s", "first_wait_s", "options", "price"}
        return LiteLlm(name=self.model, **self.model_dump(include=shared))


class Embedder:
    """Gives vectors within a run. `hits` counts the texts whose vectors were kept; `refresh` asks for them again."""

    def __init__(self, settings: Embedding, gate: Gate, cache: Cache, refresh: bool = False) -> None:
        self.settings = settings
        self.hits = 0
        self._gate, self._cache, self._refresh = gate, cache, refresh

    def __call__(self, texts: Sequence[str], map: Map = map) -> tuple[Vector, ...]:  # noqa: A002
        """The texts' vectors in their order, all of one length; `map` asks for several batches at once.

        Raises ModelError where one is missing: vectors of some texts only would make some stories strangers.
        """
        distinct = tuple(dict.fromkeys(texts))
        found = {} if self._refresh else {text: kept for text in distinct if (kept := self._kept(text)) is not None}
        self.hits += len(found)
        missing = [text for text in distinct if text not in found]
        step = self.settings.batch
        for asked in map(self._asked, [missing[i : i + step] for i in range(0, len(missing), step)]):
            found |= asked
        self._require_one_length(found.values())
        return tuple(found[text] for text in texts)

    def _asked(self, texts: list[str]) -> dict[str, Vector]:
        request = Request(
            system="",
            prompt=json.dumps(texts, ensure_ascii=False),
            answer_schema={},
            schema_name="embedding",
            max_output_tokens=0,
            deadline_s=self.settings.timeout_s,
            answer_format="plain",
        )
        reply = self._gate.call(self.settings, request)
        vectors = dict(zip(texts, self._read(reply, len(texts)), strict=True))
        for text, vector in vectors.items():
            self._cache.put(self._address(text), base64.b64encode(_packed(vector)).decode("ascii"))
        return vectors

    def _read(self, reply: Reply, count: int) -> list[Vector]:
        rows = json.loads(reply.text)
        if len(rows) != count:
            raise self._invalid(f"{len(rows)} vectors for {count} texts", reply)
        for row in rows:
            if not _sound(row):
                raise self._invalid("a vector that is no list of finite numbers", reply)
            if len(row) != (self.settings.dimensions or len(row)):
                raise self._invalid(
                    f"vectors of {len(row)} numbers; `dimensions` asks for {self.settings.dimensions}", reply
                )
        return [_unpacked(_packed(row)) for row in rows]

    def _invalid(self, fault: str, reply: Reply) -> ModelError:
        return ModelError("invalid", f"{self.settings.name} at {reply.host} gave {fault}", usage=reply.usage)

    def _require_one_length(self, vectors: Iterable[Vector]) -> None:
        lengths = sorted({len(vector) for vector in vectors})
        if len(lengths) > 1:
            told = " and of ".join(map(str, lengths))
            again = "is another model behind that name than before? `--refresh` asks for all of them again"
            raise ModelError("invalid", f"{self.settings.name} gave vectors of {told} numbers; {again}")

    def _kept(self, text: str) -> Vector | None:
        kept = self._cache.get(self._address(text))
        try:
            return None if kept is None else _unpacked(base64.b64decode(kept, validate=True))
        except (ValueError, struct.error):
            return None

    def _address(self, text: str) -> str:
        return address([_VERSION, self.settings.key(), text])


def _sound(row: Any) -> bool:
    """Whether a row is a vector of numbers that a 32-bit float can hold."""
    return (
        isinstance(row, list)
        and bool(row)
        and all(isinstance(value, int | float) and math.isfinite(value) and abs(value) < 1e38 for value in row)
    )


def _packed(vector: Vector) -> bytes:
    """The vector as 32-bit floats, little-endian: a quarter of its JSON."""
    return struct.pack(f"<{len(vector)}f", *vector)


def _unpacked(data: bytes) -> Vector:
    # As an array, since a tuple of Python's floats is eight times as large.
    return array("f", struct.unpack(f"<{len(data) // 4}f", data))
