"""`briefing estimate`, and a run that keeps to its budget: over the real pipeline, with a model that reports its use."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from contextlib import chdir
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefing import pipeline, workers
from briefing.analysts import writing
from briefing.analysts.asking import Asking
from briefing.analysts.estimates import Writers, expected, prepared, summed
from briefing.analysts.llm import Llm, complete
from briefing.analysts.tokens import count
from briefing.analysts.writing import Writing
from briefing.cache import Cache
from briefing.cli import cli
from briefing.models import Reply, Usage
from briefing.models.budget import Budget, Ledger, Price, sent
from briefing.models.gate import Gate, Limits
from briefing.outputs.markdown import Markdown
from briefing.types import Analysis
from tests.building import SAMPLES, order

NOW = "2031-05-20T08:00:00Z"
ENGLISH = tuple(SAMPLES / name for name in ("dispute", "toll", "copies", "days", "evening-post"))
PRICE = Price(input=0.15, output=0.6)
_SENTENCE = re.compile(r"^(?:\[)?(a\d+\.\d+)[^\n\] ]*(?: = a\d+\.\d+)*\]? ([^\n]{30,300})$", re.MULTILINE)


class Reporting:
    """A model that tells a story, a day and its topics by what it is shown, and reports the tokens it was really sent."""

    name = "example/one"
    host = "models.example"
    price = PRICE
    most_requests = 3

    def __init__(self):
        self.asked = []

    def key(self):
        return self.name

    def complete(self, request):
        self.asked.append(request)
        text = json.dumps(_answer(request), ensure_ascii=False)
        tokens_in, tokens_out = count(sent(request)), count(text)
        usage = Usage(tokens_in=tokens_in, tokens_out=tokens_out, cost_usd=PRICE.of(tokens_in, tokens_out))
        return Reply(text=text, model=self.name, host=self.host, usage=usage)

    def parts(self):
        """What it was asked for, and how often."""
        return Counter(request.schema_name for request in self.asked)


def _answer(request):
    if request.schema_name == "briefing_topics":
        topics = re.findall(r"^## (t\d+)\n(\w+)", request.prompt, re.MULTILINE)
        return {"names": [{"topic": topic, "name": word} for topic, word in topics]}
    found = _SENTENCE.findall(request.prompt)
    if request.schema_name == "briefing_overview":
        lines = [{"text": text, "ids": [identity]} for identity, text in found if identity.endswith(".0")]
        return {"lines": lines[:3]}
    summary = [{"text": text, "ids": [identity]} for identity, text in found if not identity.endswith(".0")][:2]
    return {"headline": summary[0], "summary": summary, "disputes": [], "updates": []}


def run(folder, model, budget=None, waiting=16):
    """An edition of articles that are all in its language, so that no answer in a source's words is repaired."""
    ledger = Ledger(budget) if budget else None
    asking = Asking(Gate(Limits(concurrency=16), ledger=ledger), Cache(folder=folder))
    llm, both = Llm(model=model, ask=asking), Writing((model,), asking)
    made = order(*ENGLISH)._replace(
        analyst=llm, spent=asking.spent, prepare=prepared(llm, asking, ledger, Writers(both, both)),
        composer=writing.composer(both), namer=writing.namer(both),
    )  # fmt: skip
    with workers.waiting(waiting) as asks:
        return pipeline.build(made, pipeline.Maps(asks=asks)).briefing


def before(model):
    """What stories, overview and topics are estimated to take, before anything is asked."""
    made = order(*ENGLISH)
    found = pipeline.gather(made)
    both = Writing((model,), complete)
    foresee = partial(pipeline.foreseen, made, found)
    known = expected(Llm(model=model), Writers(both, both), found.first, foresee, lambda _model, _request: None)
    return summed((*known.told, *known.heads))


def test_the_estimate_is_near_what_a_run_uses_and_its_calls_are_exact(tmp_path):
    model = Reporting()
    told, likely = run(tmp_path, model), before(model)
    assert likely.calls == told.run.calls == len(model.asked) > 3
    assert model.parts() == {"briefing_answer": len(told.stories), "briefing_overview": 1, "briefing_topics": 1}
    assert likely.tokens_in == pytest.approx(told.run.tokens_in, rel=0.05)
    assert told.run.tokens_out < likely.most_out
    assert told.run.cost_estimate_usd == pytest.approx(likely.usd)
    assert told.run.cost_usd < likely.most_usd


def test_what_is_cached_is_expected_to_cost_nothing(tmp_path):
    first = run(tmp_path, Reporting())
    again = run(tmp_path, Reporting())
    assert (again.run.calls, again.run.cost_usd, again.run.cost_estimate_usd) == (0, 0, 0)
    assert again.run.cache_hits == first.run.calls
    assert (again.overview, again.topics) == (first.overview, first.topics)


@pytest.mark.parametrize("waiting", [1, 16])
def test_the_last_stories_go_without_the_model_and_are_named_in_rank_order(waiting, tmp_path):
    model = Reporting()
    ceiling = before(model).usd / 2
    told = run(tmp_path, model, Budget(max_usd=ceiling), waiting)
    assert told.run.cost_usd <= ceiling
    stories = ranked(told.stories)
    by = [story.analysed_by for story in stories]
    wrote = by.count(model.name)
    assert by == [model.name] * wrote + ["extractive"] * (len(by) - wrote)
    assert 0 < wrote < len(by)
    over = [f for f in told.failures if f.stage == "analyse"]
    assert len(over) == len(by) - wrote
    assert not any(f.degrades for f in told.failures)
    assert all("told without a model: budget: max_usd = " in f.reason for f in over)
    assert [told.articles[s.articles[0]].title for s in stories[wrote:]] == [f.item for f in over]
    page = Markdown().render(told)
    assert "Told without the model, over the budget: " in page
    assert "Recognised as no article" not in page or over[0].item not in page.partition("Recognised as no article")[2]


def ranked(stories: Sequence[Analysis]) -> list[Analysis]:
    """The stories in the order in which they are told: that disputes lift some is known only afterwards."""
    return sorted(stories, key=lambda s: (-round(s.score - s.why.get("dispute", 0.0), 4), s.id))


@pytest.mark.parametrize("share", [0.0, 0.9, 1.1])
def test_whatever_the_ceiling_a_whole_run_keeps_to_it_and_names_what_it_left_in_order(share, whole, tmp_path):
    model = Reporting()
    ceiling = share * whole
    told = run(tmp_path, model, Budget(max_usd=ceiling))
    assert told.run.cost_usd <= ceiling + 1e-9
    named = [f.item for f in told.failures if not f.degrades and f.stage in ("analyse", "overview", "topics")]
    titles = [told.articles[s.articles[0]].title for s in ranked(told.stories) if s.analysed_by == "extractive"]
    without = [part for part in ("overview", "topics") if not model.parts()[f"briefing_{part}"]]
    assert named == [*titles, *without]
    assert len(told.overview) > 1


@pytest.fixture(scope="module")
def whole():
    """What a whole run is estimated to cost, in US dollars."""
    return before(Reporting()).usd


def command(folder: Path, *arguments: str):
    with chdir(folder):
        return CliRunner().invoke(cli, [*arguments, "--now", NOW, "--quiet"])


def settings(folder: Path, *budget: str) -> None:
    table = "\n".join(("[budget]", *budget)) if budget else ""
    (folder / "briefing.toml").write_text(
        f'[[sources]]\npath = "{SAMPLES / "dispute"}"\n[model]\nname = "hosted_vllm/x"\n'
        f'api_base = "http://127.0.0.1:9/v1"\n{table}\n',
        encoding="utf-8",
    )


def test_the_command_prints_a_row_for_each_story_and_writes_nothing(tmp_path):
    settings(tmp_path)
    text = (tmp_path / "briefing.toml").read_text(encoding="utf-8")
    (tmp_path / "briefing.toml").write_text(text + "price = {input = 1, output = 2.0}\n", encoding="utf-8")
    done = command(tmp_path, "estimate")
    assert done.exit_code == 0, done.output
    head, *rows = done.stdout.splitlines()
    assert re.split(r"  +", head) == [
        "story",
        "calls",
        "tokens in",
        "out likely",
        "out at most",
        "USD likely",
        "at most",
    ]
    assert rows[0].startswith("1. ")
    total = next(row for row in rows if row.startswith("total"))
    assert len(rows) > 2
    assert float(total.split()[-2]) > 0
    assert [path.name for path in tmp_path.iterdir()] == ["briefing.toml"]


def test_an_unknown_price_is_said_and_never_nothing(tmp_path):
    settings(tmp_path)
    shown = command(tmp_path, "estimate").stdout
    assert "not known" in next(row for row in shown.splitlines() if row.startswith("total"))
    assert "price = {input" in shown
    assert "0.0000" not in shown


def test_a_ceiling_in_dollars_with_an_unknown_price_is_a_fault_of_the_settings(tmp_path):
    settings(tmp_path, "max_usd = 0.1")
    done = command(tmp_path, "build")
    assert done.exit_code != 0
    assert "the price of hosted_vllm/x is not known" in str(done.exception)
    assert not list((tmp_path / "briefings").glob("*/briefing.json"))


def test_without_a_model_there_is_nothing_to_estimate(tmp_path):
    done = command(tmp_path, "estimate", str(SAMPLES / "dispute"))
    assert done.exit_code == 0
    assert "No model is asked" in done.stdout


def test_a_budget_of_nothing_asks_for_nothing_and_is_no_fault(tmp_path):
    settings(tmp_path, "max_calls = 0")
    done = command(tmp_path, "build")
    assert done.exit_code == 0, done.output
    (found,) = (tmp_path / "briefings").glob("2031-05-20/briefing.json")
    told = json.loads(found.read_text(encoding="utf-8"))
    assert {s["analysed_by"] for s in told["stories"]} == {"extractive"}
    assert told["run"]["calls"] == 0
    assert command(tmp_path, "build", "--strict").exit_code == 0
