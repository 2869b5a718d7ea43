"""A model to compare: asked through the gate as in a run, and its answers counted.

asked = Asked("openai/gpt-4o-mini");  judge = roles.judge(asked.model, asked)
"""

from __future__ import annotations

import argparse
from collections import Counter

from briefing.models import Model, ModelError, Reply, Request
from briefing.models.gate import Gate, Limits
from briefing.models.litellm import LiteLlm

CONCURRENCY = 16


def arguments(parser: argparse.ArgumentParser, role: str) -> None:
    """Add the options that name a model for a role."""
    parser.add_argument("--model", metavar="NAME", help=f"measure with this model as the {role} too, by litellm's name")
    parser.add_argument("--api-base", metavar="URL", help="the model's server, where it is not the provider's own")


class Asked:
    """Calls a model from any thread; `faults` counts the calls without an answer by their kind."""

    def __init__(self, name: str, api_base: str | None = None) -> None:
        self.model = LiteLlm(name=name, api_base=api_base)
        self.gate = Gate(Limits(concurrency=CONCURRENCY, run_s=None))
        self.faults: Counter[str] = Counter()

    def __call__(self, model: Model, request: Request) -> Reply:
        """The model's reply. Raises ModelError."""
        try:
            return self.gate.call(model, request)
        except ModelError as error:
            self.faults[error.kind] += 1
            raise

    def __str__(self) -> str:
        meter = self.gate.meter
        cost = "unknown" if meter.cost_usd is None else f"{meter.cost_usd:.4f} USD"
        failed = ", ".join(f"{kind} {n}" for kind, n in sorted(self.faults.items())) or "none"
        return (
            f"{self.model.name}: {meter.calls} calls, tokens {meter.tokens_in} in, {meter.tokens_out} out, "
            f"cost {cost}; without an answer: {failed}"
        )
