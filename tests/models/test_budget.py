"""The budget: what is reserved, what is refused and in which order, and that no ceiling is ever crossed."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.errors import ConfigError
from briefing.models import ModelError, Reply, Request, Usage
from briefing.models.budget import Amount, Budget, Ledger, Price, price, require_prices
from briefing.models.gate import Gate, Limits
from briefing.models.litellm import LiteLlm
from briefing.models.replay import Replay
from briefing.models.scripted import Scripted


def asked(prompt="x" * 967, longest=1000):
    """With the default prompt, 1,000 tokens in at worst."""
    fields = {"system": "", "answer_schema": {}, "schema_name": "s", "deadline_s": 60.0, "answer_format": "plain"}
    return Request(prompt=prompt, max_output_tokens=longest, **fields)


class Priced:
    """A model with a price, which uses what it is told to."""

    name = "priced"
    host = "models.example"

    def __init__(self, answer, cost=None, requests=1):
        self.answer, self.price, self.most_requests = answer, cost, requests
        self.asked = []

    def key(self):
        return self.name

    def complete(self, request):
        self.asked.append(request)
        return Reply(text="{}", model=self.name, host=self.host, usage=self.answer(request))


ONE = Price(input=1, output=1)


def gate(budget, concurrency=16):
    ledger = Ledger(budget)
    return Gate(Limits(concurrency=concurrency, run_s=None), ledger=ledger), ledger


def tell(one, ledger, model, rank, calls):
    """One story; whether all its calls were made."""
    with ledger.turn(rank):
        try:
            for request in calls:
                one.call(model, request)
        except ModelError as error:
            return error.kind != "budget"
    return True


def told(budget, model, stories, worst, workers, heads=()):
    """Which of the stories were told, by rank, then which of the calls about all of them were made; what they used."""
    one, ledger = gate(budget)
    ledger.begin({rank: worst(ledger, calls) for rank, calls in enumerate(stories)})
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda n: tell(one, ledger, model, n, stories[n]), range(len(stories))))
    return [*found, *(headed(one, model, request) for request in heads)], ledger.used


def headed(one, model, request):
    """The overview or the topics, which belong to no story; whether its call was made."""
    try:
        one.call(model, request)
    except ModelError as error:
        return error.kind != "budget"
    return True


def sum_of(model):
    def worst(ledger, calls):
        found = Amount()
        for request in calls:
            found = found.plus(ledger.worst(model, request))
        return found

    return worst


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    cost=st.builds(Price, input=st.floats(0.01, 20), output=st.floats(0.01, 80)),
    share=st.sampled_from([0.5, 0.5, 0.1, 0.9]),
)
def test_no_ceiling_is_crossed_whatever_prices_sizes_and_delays_and_the_same_first_stories_are_told(seed, cost, share):
    chance = random.Random(seed)
    stories = [
        [asked("x" * chance.randint(50, 20_000), chance.randint(10, 3000)) for _ in range(chance.randint(1, 3))]
        for _ in range(20)
    ]
    heads = [asked("y" * chance.randint(50, 20_000), chance.randint(10, 3000)) for _ in range(2)]
    used = {
        id(r): (chance.randint(1, len(r.prompt)), chance.randint(0, r.max_output_tokens), chance.random() < 0.1)
        for calls in (*stories, heads)
        for r in calls
    }
    delays = {key: chance.random() / 500 for key in used}
    by_text = {(r.prompt, r.max_output_tokens): id(r) for calls in (*stories, heads) for r in calls}
    real, lock = [0.0], threading.Lock()

    def answer(request, wait=True):
        key = by_text[request.prompt, request.max_output_tokens]
        tokens_in, tokens_out, silent = used[key]
        if wait:
            time.sleep(delays[key])
        with lock:
            real[0] += cost.of(tokens_in, tokens_out)
        return Usage() if silent else Usage(tokens_in=tokens_in, tokens_out=tokens_out)

    estimate = sum(cost.of(i, o) for i, o, _ in used.values())
    budget = Budget(max_usd=share * estimate)
    model = Priced(answer, cost)
    found, spent = told(budget, model, stories, sum_of(model), 16, heads)
    assert real[0] <= budget.max_usd * (1 + 1e-9)
    assert spent.usd <= budget.max_usd + 1e-9
    assert found[:20] == sorted(found[:20], reverse=True)
    assert not all(found)
    alone = Priced(lambda request: answer(request, wait=False), cost)
    assert told(budget, alone, stories, sum_of(alone), 1)[0] == found[:20]


@pytest.mark.parametrize(
    ("budget", "calls"),
    [
        (Budget(max_calls=3), 3),
        (Budget(max_tokens=4000), 21),  # 2,000 at worst, 100 as used
        (Budget(max_usd=0.004), 21),
        (Budget(max_usd=0.0019), 0),
    ],
)
def test_each_ceiling_holds_by_what_was_used(budget, calls):
    model = Priced(lambda _: Usage(tokens_in=90, tokens_out=10, cost_usd=0.0001), ONE)
    found, _ = told(budget, model, [[asked()]] * 40, sum_of(model), 16)
    assert found == [True] * calls + [False] * (40 - calls)
    assert len(model.asked) == calls


@pytest.mark.parametrize(
    ("usage", "counted"),
    [
        (Usage(tokens_in=90, tokens_out=10, cost_usd=0.5), Amount(1, 100, 0.5)),
        (Usage(tokens_in=90, tokens_out=10), Amount(1, 100, 0.0001)),
        (Usage(), Amount(1, 2000, 0.002)),
        (Usage(requests=3), Amount(3, 2000, 0.002)),
        (Usage(tokens_in=90, requests=9), Amount(9, 18000, 0.018)),
        (Usage(cost_usd=0.0, requests=2), Amount(2, 0, 0.0)),
    ],
    ids=["reported", "priced by us", "unknown", "unknown after retries", "more than allowed", "not billed"],
)
def test_what_is_not_known_counts_with_its_worst_case(usage, counted):
    one, ledger = gate(Budget(max_usd=1.0))
    one.call(Priced(lambda _: usage, ONE, requests=5), asked())
    assert (ledger.used.calls, ledger.used.tokens) == (counted.calls, counted.tokens)
    assert ledger.used.usd == pytest.approx(counted.usd)


def test_a_fault_is_settled_with_what_it_used():
    def failing(_):
        raise ModelError("timeout", "no answer")

    one, ledger = gate(Budget(max_usd=1.0))
    with pytest.raises(ModelError, match="timeout"):
        one.call(Priced(failing, ONE), asked())
    assert ledger.used == Amount(1, 2000, pytest.approx(0.002))


def test_a_call_may_make_as_many_requests_as_there_is_room_for():
    one, _ = gate(Budget(max_calls=7))
    model = Priced(lambda _: Usage(tokens_in=1, cost_usd=0.0), requests=5)
    for _ in range(7):
        one.call(model, asked())
    assert [r.most_requests for r in model.asked] == [5, 5, 5, 4, 3, 2, 1]
    with pytest.raises(ModelError, match=r"budget: max_calls = 7 leaves no room"):
        one.call(model, asked())


def test_a_model_that_costs_nothing_is_asked_also_over_a_ceiling_in_dollars():
    one, _ = gate(Budget(max_usd=0.0))
    paid, local = Priced(lambda _: Usage(), ONE), Priced(lambda _: Usage(), Price(input=0, output=0))
    local.name = "local"
    with pytest.raises(ModelError, match="max_usd = 0"):
        one.call(paid, asked())
    assert one.call(local, asked()).text == "{}"


def test_once_a_story_is_refused_so_are_all_after_it_also_a_short_one():
    model = Priced(lambda _: Usage(tokens_in=900, tokens_out=900), ONE)
    stories = [[asked()], [asked(longest=9000)], [asked(longest=10)]]
    assert told(Budget(max_usd=0.005), model, stories, sum_of(model), 3)[0] == [True, False, False]


def test_a_story_does_not_wait_where_all_surely_fit():
    together = threading.Barrier(8, timeout=5)

    def answer(_):
        together.wait()
        return Usage(tokens_in=1, cost_usd=0.0)

    model = Priced(answer, ONE)
    assert all(told(Budget(max_usd=1.0), model, [[asked()]] * 8, sum_of(model), 8)[0])


def test_prices_are_those_given_then_those_listed_and_none_where_there_are_none():
    given = LiteLlm(name="openai/gpt-4o-mini", price=ONE)
    assert price(given) == ONE
    assert price(Scripted(answer=str)) == Price(input=0, output=0)
    assert price(Replay(folder=".", record=given)) == ONE
    assert price(LiteLlm(name="hosted_vllm/our-own")) is None


def test_a_listed_price_is_that_of_a_million_tokens():
    found = price(LiteLlm(name="openai/gpt-4o-mini"))
    assert found is not None
    assert 0.01 < found.input < found.output < 10


def test_a_ceiling_in_dollars_needs_a_price_for_each_model_and_no_other_does():
    unknown = LiteLlm(name="hosted_vllm/our-own")
    with pytest.raises(ConfigError, match=r"price of hosted_vllm/our-own is not known.*price = \{input"):
        require_prices(Budget(max_usd=1.0), [unknown, LiteLlm(name="openai/x", price=ONE)])
    require_prices(Budget(max_calls=1, max_tokens=9), [unknown])


def test_no_budget_is_no_ceiling():
    assert not Budget().bounded
    assert Budget(max_calls=0).bounded
