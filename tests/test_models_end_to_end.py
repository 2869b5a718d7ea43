"""`briefing build` with a model, by the command: each protocol, the cache, fallbacks, what stays private.

The servers speak the providers' protocols on loopback; litellm and everything before it are the real ones.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from briefing.cli import cli
from briefing.errors import BriefingError
from tests.building import SAMPLES
from tests.models.asking import QUIET
from tests.models.servers import Got, Say, anthropic, error, gemini, ollama, openai, serving

pytestmark = QUIET
NOW = "2031-05-20T08:00:00Z"
EDITION = Path("briefings", "2031-05-20")
KEY = "sk-not-a-real-key-0123456789"
# Two-sentence runs of the prompt: an id, and what stands behind it.
_SENTENCE = re.compile(r"^(?:\[)?(a\d+\.\d+)[^\n\] ]*(?: = a\d+\.\d+)*\]? ([^\n]{30,300})$", re.MULTILINE)
PROTOCOLS = {
    "openai": ("openai/gpt-4o-mini", "/v1", openai, lambda b: b["response_format"]["json_schema"]["schema"]),
    "vllm": ("hosted_vllm/served", "/v1", openai, lambda b: b["response_format"]["json_schema"]["schema"]),
    "anthropic": (
        "anthropic/claude-sonnet-4-5", "", anthropic,
        lambda b: (b.get("output_format") or b["output_config"]["format"])["schema"],
    ),
    "gemini": ("gemini/gemini-2.5-flash", "/v1beta", gemini, lambda b: b["generationConfig"]["response_json_schema"]),
    "ollama": ("ollama_chat/qwen3", "", ollama, lambda b: b["format"]),
}  # fmt: skip


def prompt_of(got: Got) -> str:
    """Everything the model was told, whatever the protocol."""
    texts: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
        elif isinstance(value, str):
            texts.append(value)

    walk(got.body)
    return "\n".join(texts)


def telling(got: Got) -> str:
    """An honest answer: the first long sentences of the prompt, each in words of its own opening, with its id.

    A topic is called by the first word of its first headline. What holds no sentences gets an empty answer.
    """
    topics = re.findall(r"^## (t\d+)\n(\w+)", prompt_of(got), re.MULTILINE)
    if topics:
        return json.dumps({"names": [{"topic": topic, "name": word} for topic, word in topics]})
    sentences = [(i, s) for i, s in _SENTENCE.findall(prompt_of(got)) if not i.endswith(".0")][:2]
    if not sentences:
        return "{}"
    summary = [{"text": f"Reported: {text}", "ids": [identity]} for identity, text in sentences]
    if "Write `lines`" in prompt_of(got):
        return json.dumps({"lines": summary})
    return json.dumps({"headline": summary[0], "summary": summary, "disputes": [], "updates": []})


def stories_among(asked: list[Got]) -> list[Got]:
    """The requests for a story, and not for all of them."""
    return [got for got in asked if "Write `names`" not in prompt_of(got) and "Write `lines`" not in prompt_of(got)]


def asked_of(told: dict[str, Any]) -> int:
    """How many calls an edition takes: one a story, and one each for the topics and the overview where it has them."""
    return len(told["stories"]) + (len(told["topics"]) > 1) + (len(told["stories"]) > 3)


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def build(folder: Path, *arguments: str, **environment: str) -> Done:
    """The command in this process, so that litellm is imported once for all tests."""
    keyless = {name: None for name in os.environ if name.endswith("_API_KEY")}
    with chdir(folder):
        done = CliRunner().invoke(
            cli, ["build", "--now", NOW, *arguments], env={**keyless, "A_KEY": KEY, **environment}
        )
    if isinstance(done.exception, BriefingError):
        return Done(done.exception.exit_code, done.stdout, f"{done.stderr}{done.exception}")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def settings(folder: Path, name: str, base: str, more: str = "", source: str = "") -> None:
    (folder / "briefing.toml").write_text(
        f'formats = ["md", "html", "json"]\n{more}\n[[sources]]\npath = "{SAMPLES / "dispute"}"\n{source}\n'
        f'[model]\nname = "{name}"\napi_base = "{base}"\napi_key_env = "A_KEY"\nfirst_wait_s = 0.05\ntimeout_s = 20.0\n',
        encoding="utf-8",
    )


def edition(folder: Path) -> dict[str, Any]:
    return json.loads((folder / EDITION / "briefing.json").read_text(encoding="utf-8"))


def assert_no_secret(folder: Path, done: Done) -> None:
    assert KEY not in done.stdout + done.stderr
    assert [
        p for p in folder.rglob("*") if p.is_file() and KEY in p.read_text(encoding="utf-8", errors="replace")
    ] == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_same_settings_with_another_name_give_a_briefing_from_each_provider(protocol, tmp_path):
    name, path, body, field = PROTOCOLS[protocol]
    with serving(lambda got: Say(body(telling(got)))) as server:
        settings(tmp_path, name, server.base + path)
        done = build(tmp_path)
    assert done.returncode == 0, done.stderr
    assert {"headline", "summary", "disputes", "updates"} == set(field(server.asked[0].body)["properties"])
    told = edition(tmp_path)
    assert told["analyst"]["kind"] == "llm"
    assert all(s["headline"]["text"].startswith("Reported: ") for s in told["stories"])
    assert told["run"]["hosts"] == [server.host]
    assert told["run"]["calls"] == len(server.asked) == asked_of(told)
    assert_no_secret(tmp_path, done)


def test_a_server_without_any_schema_support_gives_a_briefing_too(tmp_path):
    def plainly(got: Got) -> Say:
        if "response_format" in got.body:
            return Say(error("response_format is not supported", "invalid_request_error"), 400)
        return Say(openai(f"Here it is:\n```json\n{telling(got)}\n```"))

    with serving(plainly) as server:
        settings(tmp_path, "openai/small", f"{server.base}/v1")
        done = build(tmp_path)
    assert done.returncode == 0, done.stderr
    assert all(s["analysed_by"] == "openai/small" or "gpt" in s["analysed_by"] for s in edition(tmp_path)["stories"])


def test_a_second_run_asks_nothing_and_gives_the_same(tmp_path):
    with serving(lambda got: Say(openai(telling(got)))) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1")
        first = build(tmp_path)
        asked = len(server.asked)
        second = build(tmp_path)
        assert len(server.asked) == asked
        offline = build(tmp_path, "--offline")
        assert len(server.asked) == asked
        build(tmp_path, "--refresh")
        assert len(server.asked) == 2 * asked
    assert (first.returncode, second.returncode, offline.returncode) == (0, 0, 0)
    once, twice = (json.loads((tmp_path / EDITION / r / "briefing.json").read_text("utf-8")) for r in (".r1", ".r2"))
    assert twice["run"]["calls"] == 0
    assert twice["run"]["cache_hits"] == asked
    assert {k: v for k, v in once.items() if k not in {"run", "revision"}} == {
        k: v for k, v in twice.items() if k not in {"run", "revision"}
    }


def test_one_changed_article_asks_for_its_story_only(tmp_path):
    articles = tmp_path / "articles"
    articles.mkdir()
    for name in ("old-ferry-undated.txt", "single-origin.json"):
        (articles / name).write_bytes((SAMPLES / "lone" / name).read_bytes())
    with serving(lambda got: Say(openai(telling(got)))) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1")
        text = (tmp_path / "briefing.toml").read_text(encoding="utf-8").replace(str(SAMPLES / "dispute"), "articles")
        (tmp_path / "briefing.toml").write_text(text, encoding="utf-8")
        build(tmp_path)
        assert len(stories_among(server.asked)) == 2
        changed = articles / "old-ferry-undated.txt"
        changed.write_text(
            changed.read_text(encoding="utf-8") + "\n\nThe harbour office will hold its inquiry in August.\n",
            encoding="utf-8",
        )
        build(tmp_path)
        assert len(stories_among(server.asked)) == 3


def test_without_a_connection_or_a_kept_reply_every_story_is_told_without_the_model(tmp_path):
    with serving(Say(openai())) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1")
        done = build(tmp_path, "--offline")
        assert server.got == []
    assert done.returncode == 3
    told = edition(tmp_path)
    assert {s["analysed_by"] for s in told["stories"]} == {"extractive"}
    assert all("offline" in f["reason"] for f in told["failures"])


def test_private_text_reaches_no_model(tmp_path):
    with serving(lambda got: Say(openai(telling(got)))) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1", source='llm = "never"')
        done = build(tmp_path)
        assert server.got == []
    assert done.returncode == 3
    assert edition(tmp_path)["run"]["hosts"] == []


@pytest.mark.parametrize("by", ["option", "variable"])
def test_another_model_by_option_or_variable(by, tmp_path):
    with serving(lambda got: Say(openai(telling(got), model="other"))) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1")
        done = (
            build(tmp_path, "--model", "openai/other")
            if by == "option"
            else build(tmp_path, BRIEFING_MODEL="openai/other")
        )
        assert {got.body["model"] for got in server.asked} == {"other"}
    assert done.returncode == 0, done.stderr


def test_no_model_by_option(tmp_path):
    settings(tmp_path, "openai/gpt-4o-mini", "http://127.0.0.1:9/v1")
    assert build(tmp_path, "--model", "none").returncode == 0
    assert edition(tmp_path)["analyst"]["kind"] == "extractive"


def test_a_key_and_an_address_do_not_go_to_another_provider(tmp_path):
    with serving(Say(openai())) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1")
        done = build(tmp_path, "--model", "hosted_vllm/other", "--offline")
        assert server.got == []
    assert done.returncode == 3


def test_a_fallback_writes_what_the_first_model_could_not(tmp_path):
    with (
        serving(Say(error("no", "invalid_api_key"), 401)) as refusing,
        serving(lambda got: Say(ollama(telling(got)))) as local,
    ):
        settings(tmp_path, "openai/gpt-4o-mini", f"{refusing.base}/v1")
        text = (tmp_path / "briefing.toml").read_text(encoding="utf-8")
        fallback = f'fallbacks = [{{name = "ollama_chat/qwen3", api_base = "{local.base}"}}]\n'
        (tmp_path / "briefing.toml").write_text(text + fallback, encoding="utf-8")
        done = build(tmp_path)
    told = edition(tmp_path)
    assert done.returncode == 0, done.stderr
    assert {s["analysed_by"] for s in told["stories"]} == {"ollama_chat/qwen3"}
    assert told["analyst"]["fallbacks_used"] == len(told["stories"])
    assert_no_secret(tmp_path, done)


def test_a_missing_key_is_said_and_the_briefing_is_made_without_the_model(tmp_path):
    with serving(Say(openai())) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1")
        done = build(tmp_path, A_KEY="")
        assert server.got == []
    assert done.returncode in {2, 3}
    assert "A_KEY" in done.stderr


def test_the_cache_can_be_shown_and_pruned(tmp_path):
    with serving(lambda got: Say(openai(telling(got)))) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1")
        build(tmp_path)
    command = [sys.executable, "-m", "briefing", "cache"]
    shown = subprocess.run(
        [*command, "--config", "briefing.toml"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert f"{len(server.asked)} replies" in shown.stdout
    pruned = [*command, "prune", "--max-mb", "0", "--config", "briefing.toml"]
    assert (
        f"removed: 0 pages, {len(server.asked)} replies"
        in subprocess.run(pruned, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    )


def test_a_recorded_briefing_is_rebuilt_without_the_model(tmp_path):
    head = f'[[sources]]\npath = "{SAMPLES / "dispute"}"\n[model]\nkind = "replay"\nfolder = "exchanges"\n'
    with serving(lambda got: Say(openai(telling(got)))) as server:
        record = f'[model.record]\nname = "openai/gpt-4o-mini"\napi_base = "{server.base}/v1"\napi_key_env = "A_KEY"\n'
        (tmp_path / "briefing.toml").write_text(head + record, encoding="utf-8")
        assert build(tmp_path).returncode == 0
        recorded = edition(tmp_path)
        asked = len(server.asked)
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "briefing.toml").write_text(head, encoding="utf-8")
    done = build(tmp_path, "--offline", A_KEY="")
    assert done.returncode == 0, done.stderr
    assert edition(tmp_path)["stories"] == recorded["stories"]
    assert edition(tmp_path)["analyst"] == recorded["analyst"]
    assert asked == asked_of(recorded)
    assert_no_secret(tmp_path, done)


def test_a_judge_in_the_settings_is_asked_by_the_same_way_and_what_it_withholds_is_listed(tmp_path):
    def answer(got: Got) -> Say:
        judged = "briefing_support" in json.dumps(got.body)
        return Say(openai('{"answer": "not supported"}' if judged else telling(got)))

    with serving(answer) as server:
        settings(tmp_path, "openai/gpt-4o-mini", f"{server.base}/v1")
        with (tmp_path / "briefing.toml").open("a", encoding="utf-8") as file:
            file.write('[model.judge]\nname = "openai/judging"\n')
        assert build(tmp_path).returncode == 3
        told = edition(tmp_path)
    asked = {got.body["model"] for got in server.asked}
    assert asked == {"gpt-4o-mini", "judging"}
    assert told["run"]["calls"] == len(server.asked)
    assert told["run"]["hosts"] == [server.base.removeprefix("http://")]
    assert "judged-unsupported" in {problem for kept in told["withheld"] for problem in kept["problems"]}
    assert all(story["analysed_by"] == "extractive" for story in told["stories"])
