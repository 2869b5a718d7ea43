"""The gate: what a run may take, with a clock of our own."""

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.models import ModelError, Reply, Request, Usage
from briefing.models.gate import Gate, Limits, Meter

ASKED = Request(
    system="", prompt="x" * 35, answer_schema={}, schema_name="s", max_output_tokens=90, deadline_s=60
)  # estimated at 100 tokens


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


class Fake:
    """A model that gives, or raises, what it is told to."""

    host = "models.example"

    def __init__(self, *results, name="fake", host="models.example"):
        self.name, self.host = name, host
        self.results = list(results) or [reply()]
        self.requests = []

    def key(self):
        return self.name

    def complete(self, request):
        self.requests.append(request)
        result = self.results[min(len(self.requests), len(self.results)) - 1]
        if isinstance(result, Exception):
            raise result
        return result


def reply(tokens=(8, 2), cost=0.5, requests=1, **fields):
    usage = Usage(tokens_in=tokens[0], tokens_out=tokens[1], cost_usd=cost, requests=requests)
    return Reply(**{"text": "{}", "model": "fake", "host": "models.example", "usage": usage, **fields})


def fault(kind="server", scope="story", **usage):
    return ModelError(kind, "as told", scope, Usage(**usage))


def gate(clock=None, offline=False, **limits):
    clock = clock or Clock()
    return Gate(Limits(**limits), offline=offline, clock=clock, sleep=clock.sleep)


def kinds(one_gate, model, times):
    told = []
    for _ in range(times):
        try:
            one_gate.call(model, ASKED)
            told.append("ok")
        except ModelError as error:
            told.append(error.kind)
    return told


def test_five_failures_in_a_row_open_the_breaker():
    model = Fake(fault("server"), fault("timeout"), fault("connection"), fault("server"), fault("server"))
    assert kinds(gate(), model, 7)[4:] == ["server", "circuit-open", "circuit-open"]
    assert len(model.requests) == 5


def test_an_answer_or_a_fault_of_the_story_closes_the_row():
    model = Fake(*[fault("server")] * 4, reply(), *[fault("server")] * 4, fault("refusal"), *[fault("server")] * 9)
    assert kinds(gate(), model, 17).index("circuit-open") == 15


def test_a_fault_of_the_run_opens_it_at_once_and_is_named():
    one = gate()
    model = Fake(fault("auth", "run"))
    assert kinds(one, model, 3) == ["auth", "circuit-open", "circuit-open"]
    with pytest.raises(ModelError, match="auth: as told") as caught:
        one.call(model, ASKED)
    assert caught.value.scope == "run"
    assert caught.value.usage.requests == 0


def test_another_model_is_still_asked():
    one = gate()
    assert kinds(one, Fake(fault("auth", "run")), 2) == ["auth", "circuit-open"]
    assert kinds(one, Fake(name="second"), 1) == ["ok"]


def test_calls_waiting_for_a_slot_are_refused_once_the_breaker_opens():
    class Slow(Fake):
        def complete(self, request):
            time.sleep(0.1)
            return super().complete(request)

    one, model = Gate(Limits(concurrency=1)), Slow(fault("quota", "run"))
    threads = [threading.Thread(target=kinds, args=(one, model, 1)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(model.requests) == 1


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_calls_at_once_than_allowed(concurrency):
    lock, running, most = threading.Lock(), 0, 0

    class Slow(Fake):
        def complete(self, request):
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.03)
            with lock:
                running -= 1
            return reply()

    one = Gate(Limits(concurrency=concurrency))
    threads = [threading.Thread(target=one.call, args=(Slow(), ASKED)) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == concurrency
    assert one.meter.calls == 9


def test_a_bug_in_a_model_frees_its_slot():
    one, model = gate(concurrency=1), Fake(ZeroDivisionError(), reply())
    with pytest.raises(ZeroDivisionError):
        one.call(model, ASKED)
    assert one.call(model, ASKED).text == "{}"


class Timed(Fake):
    """Notes when it was asked."""

    def __init__(self, clock, **fields):
        super().__init__(**fields)
        self.clock, self.at = clock, []

    def complete(self, request):
        self.at.append(self.clock())
        return super().complete(request)


@given(limit=st.integers(1, 7), calls=st.integers(1, 25))
def test_no_minute_holds_more_requests_than_allowed(limit, calls):
    clock = Clock()
    model = Timed(clock)
    kinds(gate(clock, requests_per_minute=limit, run_s=None), model, calls)
    assert len(model.at) == calls
    for start in model.at:
        assert sum(start <= at < start + 60 for at in model.at) <= limit
    assert clock() - 1000 <= 60 * ((calls - 1) // limit)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_no_minute_holds_more_tokens_than_allowed_but_for_a_single_larger_call(used):
    clock = Clock()
    model = Timed(clock)
    model.results = [reply((tokens, 0)) for tokens in used]
    kinds(gate(clock, tokens_per_minute=250, run_s=None), model, len(used))
    assert len(model.at) == len(used)
    for number, start in enumerate(model.at):
        before = sum(t for t, at in zip(used[:number], model.at, strict=False) if start - 60 < at <= start)
        assert before + 100 <= 250 or before == 0


def test_a_request_larger_than_the_limit_goes_alone():
    clock = Clock()
    one = gate(clock, tokens_per_minute=50)
    assert kinds(one, Fake(), 2) == ["ok", "ok"]
    assert clock() == 1060


def test_a_wait_that_the_run_has_no_time_for_is_not_waited():
    clock = Clock()
    assert kinds(gate(clock, requests_per_minute=1, run_s=30), Fake(), 2) == ["ok", "timeout"]
    assert clock() == 1000


def test_after_the_runs_deadline_no_model_is_asked():
    clock = Clock()
    one, model = gate(clock, run_s=30), Fake()
    clock.now += 20
    one.call(model, ASKED)
    assert model.requests[0].deadline_s == 10
    clock.now += 10
    with pytest.raises(ModelError) as caught:
        one.call(model, ASKED)
    assert (caught.value.kind, caught.value.scope) == ("timeout", "run")
    assert len(model.requests) == 1


def test_offline_only_a_model_that_sends_nothing_is_asked():
    one = gate(offline=True)
    away, here = Fake(), Fake(reply(host=""), name="here", host="")
    assert kinds(one, away, 1) == ["offline"]
    assert away.requests == []
    assert kinds(one, here, 1) == ["ok"]
    assert one.meter.hosts == ()


def test_a_weaker_format_is_remembered_for_that_model():
    one = gate()
    weak, strong = Fake(reply(answer_format="plain")), Fake(name="strong")
    for model in (weak, strong, weak, strong):
        one.call(model, ASKED)
    assert [asked.answer_format for asked in weak.requests] == ["json_schema", "plain"]
    assert [asked.answer_format for asked in strong.requests] == ["json_schema", "json_schema"]


def test_the_meter_adds_up_also_what_failed():
    one = gate()
    model = Fake(reply(), fault("length", tokens_in=5, tokens_out=3, cost_usd=0.25, requests=2), fault("auth", "run"))
    kinds(one, model, 2)
    assert one.meter == Meter(calls=2, requests=3, tokens_in=13, tokens_out=5, cost_usd=0.75, hosts=("models.example",))


def test_nothing_used_costs_nothing_and_one_unknown_cost_makes_the_sum_unknown():
    one = gate()
    assert one.meter.cost_usd == 0
    kinds(one, Fake(reply(), reply(cost=None), reply()), 3)
    assert one.meter.cost_usd is None


def test_a_refused_call_is_not_metered():
    one, model = gate(), Fake(fault("auth", "run", cost_usd=0.0))
    kinds(one, model, 4)
    assert one.meter.calls == 1
    assert one.meter.cost_usd == 0


def test_a_host_counts_as_told_unless_nothing_was_sent():
    one = gate()
    kinds(one, Fake(fault("auth", "run", cost_usd=0.0, requests=0)), 1)
    assert one.meter.hosts == ()
    kinds(one, Fake(fault("timeout"), name="b", host="slow.example"), 1)
    assert one.meter.hosts == ("slow.example",)
