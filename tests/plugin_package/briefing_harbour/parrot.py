"""A model: it repeats the first sentences that it is given."""

from __future__ import annotations

import json
import re

from briefing.models import ModelError, Reply, Request, Usage
from briefing.types import Record

# "a1.2 The ferry stopped." The title is sentence 0 of an article.
_SENTENCE = re.compile(r"^(a\d+\.[1-9]\d*) (.+)$", re.MULTILINE)


class Parrot(Record):
    """`sentences` of them."""

    name: str = "parrot"
    sentences: int = 2

    @property
    def host(self) -> str:
        """The machine that is sent the text: none."""
        return ""

    def key(self) -> str:
        """All that shapes the answer: replies are kept under it."""
        return json.dumps({"adapter": "parrot/1", "sentences": self.sentences})

    def complete(self, request: Request) -> Reply:
        """An answer by the schema of the request. Raises ModelError, which has the story told without a model."""
        found = _SENTENCE.findall(request.prompt)
        if not found:
            raise ModelError("invalid", "no numbered sentence in the prompt")
        said = [{"text": text, "ids": [name]} for name, text in found[: self.sentences]]
        answer = {"headline": said[0], "summary": said, "disputes": [], "updates": []}
        return Reply(text=json.dumps(answer), model=self.name, host=self.host, usage=Usage(cost_usd=0.0))
