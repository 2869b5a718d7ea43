"""64 stories told by a model that takes two seconds: how close to the ideal, and our own CPU for each call.

    python -m benchmarks.asking [--stories 64] [--latency 2.0] [--concurrency 16]

The model is a loopback server behind the real litellm; the articles are made of invented words. Needs no data.
"""

from __future__ import annotations

import argparse
import functools
import json
import multiprocessing
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from briefing import workers
from briefing.analysts.asking import Asking
from briefing.analysts.extractive import Extractive
from briefing.analysts.llm import Llm
from briefing.cache import Cache
from briefing.models.gate import Gate, Limits
from briefing.models.litellm import LiteLlm, load
from briefing.pipeline import analyse_and_verify
from briefing.types import Article, Story
from tests.models.servers import Got, Say, openai, serving

_SENTENCE = re.compile(r"^(a1\.\d+) (.{30,200})$", re.MULTILINE)


def invented(number: int, rng: random.Random) -> Story:
    """A story of one article of twelve sentences about places that do not exist."""
    names = ["".join(rng.choice("bdfgklmnprstv") + rng.choice("aeiou") for _ in range(3)).title() for _ in range(12)]
    lines = [
        f"The council of {names[i]} said on Monday that {rng.randint(20, 900)} farms near {names[i - 1]} lost water."
        for i in range(12)
    ]
    article = Article.make(f"Wells fail near {names[0]}", "\n\n".join(lines), language="en", origin=f"o{number}")
    return Story(id=f"s{number}", articles=(article,))


def answer(got: Got) -> str:
    """The first two sentences of the prompt, cited."""
    prompt = "\n".join(str(message["content"]) for message in got.body["messages"])
    told = [{"text": text, "ids": [identity]} for identity, text in _SENTENCE.findall(prompt)[:2]]
    return json.dumps({"headline": told[0], "summary": told, "disputes": [], "updates": []})


def _serve(latency: float, pipe: Connection) -> None:
    with serving(lambda got: Say(openai(answer(got)), before=latency)) as server:
        pipe.send(server.base)
        pipe.recv()


@contextmanager
def served(latency: float) -> Iterator[str]:
    """The model's address; it runs in a process of its own, as a model does."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    child = spawn.Process(target=_serve, args=(latency, theirs))
    child.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        child.join()


def main() -> int:
    """Time the stories without a model, then with it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--stories", type=int, default=64)
    parser.add_argument("--latency", type=float, default=2.0)
    parser.add_argument("--concurrency", type=int, default=16)
    args = parser.parse_args()
    rng = random.Random(1)
    stories = [invented(n, rng) for n in range(args.stories)]
    analyse_and_verify(stories[0], Extractive())
    started = time.monotonic()
    for story in stories:
        analyse_and_verify(story, Extractive())
    without = time.monotonic() - started
    started = time.monotonic()
    load()
    imported = time.monotonic() - started
    with served(args.latency) as base, tempfile.TemporaryDirectory() as place:
        gate = Gate(Limits(concurrency=args.concurrency))
        model = LiteLlm(name="openai/gpt-4o-mini", api_base=f"{base}/v1")
        analyst = Llm(model=model, ask=Asking(gate, Cache(folder=Path(place))))
        started, cpu = time.monotonic(), time.process_time()
        with workers.opened("threads", args.concurrency) as mapped:
            told = list(mapped(functools.partial(analyse_and_verify, analyst=analyst), stories))
        took, cpu = time.monotonic() - started, time.process_time() - cpu
    failed = sum(t.failure is not None for t in told)
    ideal = -(-args.stories // args.concurrency) * args.latency
    print(f"stories {args.stories}, latency {args.latency} s, concurrency {args.concurrency}; failed {failed}")
    print(
        f"import of litellm {imported:.1f} s; without a model {without:.2f} s; ideal {ideal:.1f} s; took {took:.2f} s"
    )
    print(f"over the time without a model: {took - without:.2f} s = {(took - without) / ideal:.3f} of the ideal")
    each, bare = 1000 * cpu / args.stories, 1000 * without / args.stories
    print(f"CPU a story: {each:.1f} ms; without a model {bare:.1f} ms")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
