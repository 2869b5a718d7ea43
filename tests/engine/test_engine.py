"""A real engine with random weights, asked through litellm: valid answers, nothing true, and faults that are real.

What a reply says differs from machine to machine, so every line here must hold for any reply.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from briefing import pipeline
from briefing.analysts.answer import parse
from briefing.analysts.asking import Asking
from briefing.analysts.llm import Ask, Llm, complete
from briefing.analysts.schema import answer_schema
from briefing.cache import Cache
from briefing.models import Model, ModelError, Reply, Request
from briefing.models.gate import Gate, Limits
from briefing.models.litellm import LiteLlm
from briefing.outputs import json as edition_json
from briefing.outputs.markdown import Markdown
from briefing.stages.verify import recheck
from briefing.types import Analysis, Briefing, Run
from tests.building import SAMPLES, order
from tests.engine.engine import NAME, Engine, write_model
from tests.models.asking import KEY, QUIET

# litellm hides this warning at its import; pytest forgets that after the test in which it was imported.
BUILT_LATE = pytest.mark.filterwarnings("ignore:Item .* on TypedDict class:UserWarning")
pytestmark = [*QUIET, BUILT_LATE, pytest.mark.timeout(60)]

# Six stories in English, two of them with conflicting sides, one with a toll that rises.
FOLDER = (SAMPLES / "lone" / "single-origin.json", SAMPLES / "dispute", SAMPLES / "toll", SAMPLES / "evening-post")
# Where nothing holds what is said against what is cited, three stories in forty keep a word of the model.
SEEDS = range(40)
MOST = 6_000


class Edition(NamedTuple):
    """A briefing, and what the engine said for it."""

    briefing: Briefing
    replies: tuple[Reply, ...]


def named(engine: Engine, **fields: Any) -> LiteLlm:
    """The adapter, for a model behind the engine."""
    usual = {
        "name": f"openai/{NAME}",
        "api_base": f"{engine.base}/v1",
        "api_key_env": "BRIEFING_TEST_KEY",
        "temperature": 1.0,
        "seed": 1,
        "max_output": MOST,
        "timeout_s": 40.0,
        "first_wait_s": 0.01,
    }
    return LiteLlm(**{**usual, **fields})


def request(**fields: Any) -> Request:
    """One question in the form of a story's."""
    usual = {
        "system": "You write one entry of a news briefing.",
        "prompt": "[a1.1] The ferry to Ostrova stops on Friday.",
        "answer_schema": answer_schema(("a1.0", "a1.1")),
        "schema_name": "briefing_answer",
        "max_output_tokens": MOST,
        "deadline_s": 30.0,
    }
    return Request(**{**usual, **fields})


def edition(ask: Ask, *models: Model, folder: tuple[Path, ...] = FOLDER, **fields: Any) -> Edition:
    """The edition of a folder told by a model, and by those to ask when it fails."""
    replies: list[Reply] = []

    def listening(model: Model, asked: Request) -> Reply:
        reply = ask(model, asked)
        replies.append(reply)
        return reply

    first, *others = models
    settings = {"max_output": MOST, "deadline_s": 40.0, **fields}
    llm = Llm(model=first, fallbacks=tuple(others), ask=listening, **settings)
    wanted = order(*folder)._replace(analyst=llm)
    if isinstance(ask, Asking):
        wanted = wanted._replace(spent=ask.spent)
    return Edition(pipeline.build(wanted).briefing, tuple(replies))


def asking(folder: Path, **limits: Any) -> Asking:
    """The cache and limits of a run."""
    return Asking(Gate(Limits(concurrency=1, **limits)), Cache(folder=folder))


def written(value: Any) -> Iterator[str]:
    """Every text of a reply that the model was free to choose."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from written(inner) if name not in {"ids", "kind"} else ()
    elif isinstance(value, list):
        for inner in value:
            yield from written(inner)
    elif isinstance(value, str):
        yield value


def nonsense(edition: Edition) -> set[str]:
    """What the model wrote, but for what is too short to be anyone's."""
    texts = {text.strip() for reply in edition.replies for text in written(json.loads(reply.text))}
    return {text for text in texts if len(text) >= 5}


def without_withheld(briefing: Briefing) -> str:
    """All that is told, as text."""
    told = briefing.replace(withheld=(), run=Run())
    return json.dumps(told.model_dump(mode="json"), ensure_ascii=False)


def foreign(analysis: Analysis) -> list[str]:
    """The statements that are not sentences of the sources."""
    return [s.text for s in analysis.statements() if s.text != " ".join(c.quote for c in s.citations)]


def reasons(briefing: Briefing) -> list[str]:
    """Why stories were told without a model."""
    return [f.reason for f in briefing.failures if f.stage == "analyse"]


@pytest.fixture(scope="module")
def nonsensical(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """An edition of six stories for which the model said nothing true."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIEFING_TEST_KEY", KEY)
        return edition(asking(tmp_path_factory.mktemp("cache")), named(engine))


def test_the_same_seed_gives_the_same_small_file(model_file: Path, tmp_path: Path) -> None:
    write_model(tmp_path / "again.gguf")
    assert (tmp_path / "again.gguf").read_bytes() == model_file.read_bytes()
    assert model_file.stat().st_size < 200_000


@pytest.mark.parametrize("provider", ["openai", "hosted_vllm"])
def test_the_engine_keeps_to_the_schema(engine: Engine, provider: str) -> None:
    asked = request()
    reply = named(engine, name=f"{provider}/{NAME}").complete(asked)
    answer = parse(reply.text)
    assert {i for said in (answer.headline, *answer.summary) for i in said.ids} <= {"a1.0", "a1.1"}
    assert reply.answer_format == "json_schema"
    assert (reply.model, reply.host) == (NAME, engine.host)
    assert reply.usage.requests == 1
    assert reply.usage.tokens_in > len(asked.system) + len(asked.prompt)
    assert reply.usage.tokens_out > 0
    assert reply.usage.cost_usd is None


def test_without_a_schema_the_answer_has_another_shape(engine: Engine) -> None:
    reply = named(engine).complete(request(answer_format="json_object"))
    with pytest.raises(ModelError) as caught:
        parse(reply.text)
    assert caught.value.kind == "invalid"


def test_every_reply_is_valid(nonsensical: Edition) -> None:
    assert len(nonsensical.replies) >= len(nonsensical.briefing.stories) == 6
    for reply in nonsensical.replies:
        parse(reply.text)
    assert len(nonsense(nonsensical)) > len(nonsensical.replies)


def test_every_statement_is_a_sentence_of_the_sources(nonsensical: Edition) -> None:
    assert [text for story in nonsensical.briefing.stories for text in foreign(story)] == []


def test_no_name_question_or_label_of_the_model_is_told(nonsensical: Edition) -> None:
    told = without_withheld(nonsensical.briefing)
    assert [text for text in nonsense(nonsensical) if json.dumps(text, ensure_ascii=False)[1:-1] in told] == []


def test_every_story_falls_back_and_says_so(nonsensical: Edition) -> None:
    briefing = nonsensical.briefing
    assert {s.analysed_by for s in briefing.stories} == {"extractive"}
    assert all(s.summary for s in briefing.stories)
    assert len(reasons(briefing)) == len(briefing.stories) == briefing.analyst.fallbacks_used
    assert all(reason.startswith("told without a model: ") for reason in reasons(briefing))
    assert Markdown().render(briefing).count("told without a model") >= 1


def test_the_stories_are_told_as_without_a_model(nonsensical: Edition) -> None:
    plain = pipeline.build(order(*FOLDER)).briefing
    assert nonsensical.briefing.stories == plain.stories


def test_of_forty_answers_on_one_story_nothing_is_told(engine: Engine) -> None:
    editions = [edition(complete, named(engine, seed=seed), folder=FOLDER[:1]) for seed in SEEDS]
    stories = [story for each in editions for story in each.briefing.stories]
    assert {text for story in stories for text in foreign(story)} == set()
    assert Counter(story.analysed_by for story in stories) == {"extractive": len(SEEDS)}


def test_the_run_names_the_engine_and_what_it_read(nonsensical: Edition, engine: Engine) -> None:
    run = nonsensical.briefing.run
    assert run.hosts == (engine.host,)
    assert run.calls == len(nonsensical.replies)
    assert run.tokens_in > 1_000 * run.calls
    assert run.cost_usd is None


def test_the_edition_reads_back_and_verifies(nonsensical: Edition) -> None:
    briefing = nonsensical.briefing
    assert recheck(briefing) == ()
    assert edition_json.read(edition_json.Json().render(briefing), edition_json.evidence(briefing)) == briefing


def test_an_answer_cut_at_its_length_is_told_without_a_model(engine: Engine, tmp_path: Path) -> None:
    cut = named(engine, max_output=40)
    with pytest.raises(ModelError) as caught:
        cut.complete(request())
    assert (caught.value.kind, caught.value.scope, caught.value.usage.requests) == ("length", "story", 1)
    assert caught.value.usage.tokens_out == 40
    ask = asking(tmp_path)
    briefing = edition(ask, cut, folder=FOLDER[:2]).briefing
    assert len(reasons(briefing)) == len(briefing.stories) == 3
    assert all("length: " in reason for reason in reasons(briefing))
    # Each story once more with half of its sentences.
    assert ask.spent().calls == 2 * len(briefing.stories)
    assert recheck(briefing) == ()


def test_a_prompt_longer_than_the_context_is_told_without_a_model(small_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        named(small_engine).complete(request(prompt="The ferry stops. " * 200))
    assert (caught.value.kind, caught.value.scope, caught.value.usage.requests) == ("context", "story", 1)
    ask = asking(tmp_path)
    briefing = edition(ask, named(small_engine), folder=FOLDER[:2]).briefing
    assert len(reasons(briefing)) == len(briefing.stories) == 3
    assert all("context: " in reason for reason in reasons(briefing))
    assert ask.spent().calls == 2 * len(briefing.stories)
    assert recheck(briefing) == ()


def test_where_the_prompt_is_too_long_for_one_model_the_next_is_asked(
    small_engine: Engine, engine: Engine, tmp_path: Path
) -> None:
    told = edition(asking(tmp_path), named(small_engine), named(engine), folder=FOLDER[:1])
    assert {reply.host for reply in told.replies} == {engine.host}
    assert told.briefing.run.hosts == tuple(sorted((engine.host, small_engine.host)))
    assert all("context: " in reason for reason in reasons(told.briefing))


def test_an_engine_killed_while_it_answers_is_a_broken_connection(own_engine: Engine) -> None:
    string = {"type": "string", "minLength": 900, "maxLength": 1_000}
    long = {"type": "array", "items": string, "minItems": 40, "maxItems": 50}
    slow = request(answer_schema=long, max_output_tokens=60_000)
    timer = threading.Timer(0.5, own_engine.kill)
    timer.start()
    with pytest.raises(ModelError) as caught:
        named(own_engine, max_output=60_000).complete(slow)
    timer.join()
    assert (caught.value.kind, caught.value.scope) == ("connection", "story")
    # What the first attempt had cost when it broke off is not known.
    assert caught.value.usage.cost_usd is None
    assert caught.value.usage.requests > 1


def test_an_engine_killed_in_the_middle_of_a_run_leaves_a_whole_briefing(own_engine: Engine, tmp_path: Path) -> None:
    ask = asking(tmp_path, failures=2)
    answered: list[Request] = []

    def until_killed(model: Model, asked: Request) -> Reply:
        if len(answered) == 2:
            own_engine.kill()
        reply = ask(model, asked)
        answered.append(asked)
        return reply

    briefing = edition(until_killed, named(own_engine)).briefing
    assert len(answered) == 2
    assert len(briefing.stories) == 6
    kinds = Counter(reason.split(": ")[1] for reason in reasons(briefing))
    assert kinds["connection"] == 2
    # One or two stories came before it, as the first answer was asked for again or not.
    assert 2 <= kinds["circuit-open"] <= 3
    assert KEY not in str(briefing)
    assert recheck(briefing) == ()
