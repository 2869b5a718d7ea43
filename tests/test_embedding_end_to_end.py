"""`briefing build` with an embedding model, by the command, against a loopback server and the real litellm."""

import json
import os
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefing.cli import cli
from tests.models.asking import QUIET
from tests.models.bilingual import ALL, BAKERY_EN, DAM_DE, FERRY_DE, FERRY_EN, understanding
from tests.models.servers import Got, Say, embeddings, error, openai, serving
from tests.test_models_end_to_end import telling

pytestmark = QUIET
KEY = "sk-not-a-real-key-0123456789"
EDITION = Path("briefings", "2031-03-07")


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "articles", ALL)
    return tmp_path


def write(folder, articles):
    folder.mkdir(exist_ok=True)
    for number, one in enumerate(articles):
        head = f"---\ntitle: {json.dumps(one.title, ensure_ascii=False)}\ndate: {one.published}\nsource: {one.source}\nlanguage: {one.language}\n---\n\n"
        (folder / f"{number}.md").write_text(f"{head}{one.body}\n", encoding="utf-8")


def settings(folder, server, more="", source="", embedding=""):
    (folder / "briefing.toml").write_text(
        f'[[sources]]\npath = "articles"\n{source}\n{more}\n[embedding]\nmodel = "openai/embed-1"\n'
        f'api_base = "{server.base}/v1"\napi_key_env = "A_KEY"\nfirst_wait_s = 0.01\n{embedding}\n',
        encoding="utf-8",
    )


def build(folder, *arguments, **environment):
    keyless = {name: None for name in os.environ if name.endswith("_API_KEY")}
    with chdir(folder):
        done = CliRunner().invoke(
            cli, ["build", "--now", "2031-03-07T08:00:00Z", *arguments], env={**keyless, "A_KEY": KEY, **environment}
        )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert KEY not in done.stdout + done.stderr
    assert not [p for p in folder.rglob("*") if p.is_file() and KEY in p.read_text(encoding="utf-8", errors="replace")]
    return done


def edition(folder):
    return json.loads((folder / EDITION / "briefing.json").read_text(encoding="utf-8"))


def stories(folder):
    """Titles by story."""
    told = edition(folder)
    titles = {i: a["title"] for i, a in told["articles"].items()}
    return {frozenset(titles[i] for i in story["articles"]) for story in (*told["stories"], *told["more"])}


JOINED = {frozenset({FERRY_EN.title, FERRY_DE.title}), frozenset({BAKERY_EN.title}), frozenset({DAM_DE.title})}
APART = {frozenset({one.title}) for one in ALL}


def test_reports_of_one_event_in_two_languages_become_one_story(folder):
    with serving(understanding) as server:
        settings(folder, server)
        done = build(folder)
    assert done.exit_code == 0, done.stderr
    assert stories(folder) == JOINED
    run = edition(folder)["run"]
    assert (run["calls"], run["tokens_in"], run["hosts"]) == (1, 40, [server.host])
    assert f"Text was sent to: {server.host}." in (folder / EDITION / "briefing.md").read_text(encoding="utf-8")


def test_without_the_table_they_stay_two(folder):
    (folder / "briefing.toml").write_text('[[sources]]\npath = "articles"\n')
    assert build(folder).exit_code == 0
    assert stories(folder) == APART
    assert edition(folder)["run"]["hosts"] == []


def test_a_second_run_makes_no_call_and_gives_the_same_also_offline(folder):
    with serving(understanding) as server:
        settings(folder, server)
        build(folder)
        first = edition(folder)
        for arguments in ((), ("--offline",)):
            assert build(folder, *arguments).exit_code == 0
            again = edition(folder)
            assert (again["run"]["calls"], again["run"]["cache_hits"], again["run"]["hosts"]) == (0, 4, [])
            assert again["stories"] == first["stories"]
        assert len(server.got) == 1


def test_a_changed_article_asks_for_itself_alone(folder):
    with serving(understanding) as server:
        settings(folder, server)
        build(folder)
        changed = folder / "articles" / "2.md"
        changed.write_text(changed.read_text(encoding="utf-8").replace("overnight", "on Thursday"), encoding="utf-8")
        build(folder)
    first, second = (got.body["input"] for got in server.got)
    assert len(first) == 4
    assert len(second) == 1
    assert "on Thursday" in second[0]


def test_private_articles_are_not_sent(folder):
    write(folder / "private", [FERRY_DE])
    (folder / "articles" / "1.md").unlink()
    with serving(understanding) as server:
        settings(folder, server, source='[[sources]]\npath = "private"\nllm = "never"')
        assert build(folder).exit_code == 0
    assert stories(folder) == APART
    assert sorted(text.partition("\n")[0] for text in server.got[0].body["input"]) == sorted(
        [FERRY_EN.title, BAKERY_EN.title, DAM_DE.title]
    )
    assert "Nebel" not in json.dumps(server.got[0].body, ensure_ascii=False)


def test_one_language_asks_nothing(folder):
    for number in (1, 3):
        (folder / "articles" / f"{number}.md").unlink()
    with serving(understanding) as server:
        settings(folder, server)
        assert build(folder).exit_code == 0
    assert server.got == []


FAULTS = {
    "500s": Say(error("boom"), 500),
    "a bad key": Say(error(f"Incorrect API key provided: {KEY}"), 401),
    "too few": Say(embeddings([[0.5] * 4])),
    "NaN": Say(embeddings([[float("nan")] * 4] * 4)),
    "no JSON": Say(b"<html>hello</html>"),
    "silence": Say(before=30),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_gives_the_briefing_without_it_and_is_said(fault, folder):
    with serving(FAULTS[fault]) as server:
        settings(folder, server, embedding="timeout_s = 0.5")
        done = build(folder)
    assert done.exit_code == 3
    (failure,) = edition(folder)["failures"]
    assert (failure["stage"], failure["item"]) == ("cluster", "openai/embed-1")
    assert failure["reason"].startswith("stories were not compared across languages: ")
    assert stories(folder) == APART
    assert "openai/embed-1" in done.stderr


def test_offline_without_kept_vectors_nothing_is_sent_and_it_is_said(folder):
    with serving(understanding) as server:
        settings(folder, server)
        assert build(folder, "--offline").exit_code == 3
    assert server.got == []
    assert "offline" in edition(folder)["failures"][0]["reason"]


def test_a_key_that_is_not_set_is_told_by_its_name(folder):
    with serving(understanding) as server:
        settings(folder, server)
        done = build(folder, A_KEY="")
    assert (done.exit_code, server.got) == (3, [])
    assert "A_KEY" in done.stderr


def test_it_works_beside_a_model_that_writes_behind_one_gate(folder):
    def answer(got: Got) -> Say:
        return understanding(got) if got.path.endswith("/embeddings") else Say(openai(telling(got)))

    with serving(answer) as server:
        model = f'[model]\nname = "openai/gpt-4o-mini"\napi_base = "{server.base}/v1"\napi_key_env = "A_KEY"\n'
        settings(folder, server, more=model, embedding="batch = 2")
        done = build(folder)
        assert done.exit_code == 0, done.stderr
        run = edition(folder)["run"]
        asked = len(server.got)
        assert run["calls"] == asked
        assert sum(got.path.endswith("/embeddings") for got in server.got) == 2
        build(folder)
        assert (len(server.got), edition(folder)["run"]["cache_hits"]) == (asked, asked - 2 + 4)
    assert stories(folder) == JOINED
