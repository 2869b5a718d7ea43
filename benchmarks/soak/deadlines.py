"""A model's server that hangs, or sends a byte a second: the full deadline of a call holds.

    python -m benchmarks.soak.deadlines [--seconds 90]

The tests do the same with deadlines below two seconds.
"""

from __future__ import annotations

import argparse
import sys
import time

from briefing.models import ModelError, Request
from briefing.models.litellm import LiteLlm, load
from tests.models.servers import Say, openai, serving

# What a call may take beyond its deadline: the loop's own turn and the thread's start.
_GRACE_S = 3.0
FAULTS = {
    "hangs before the headers": Say(openai(), before=10_000),
    "a byte a second in the headers": Say(openai(), headers={"x-pad": "x" * 500}, drip="headers", pause=1.0),
    "a byte a second in the body": Say(openai("x" * 500), drip="body", pause=1.0),
}


def main() -> int:
    """Ask each server once, and print how long it took to give up."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=90.0)
    seconds = parser.parse_args().seconds
    load()
    late = 0
    for name, say in FAULTS.items():
        with serving(say) as server:
            model = LiteLlm(name="openai/gpt-4o-mini", api_base=f"{server.base}/v1", timeout_s=seconds, attempts=1)
            request = Request(
                system="s", prompt="p", answer_schema={}, schema_name="story", max_output_tokens=9, deadline_s=seconds
            )
            started = time.monotonic()
            try:
                model.complete(request)
                kind = "answered"
            except ModelError as error:
                kind = error.kind
            took = time.monotonic() - started
        late += took > seconds + _GRACE_S
        print(f"{name}: {kind} after {took:.1f} s of {seconds:g}")
    return int(late > 0)


if __name__ == "__main__":
    sys.exit(main())
