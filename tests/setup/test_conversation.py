"""`briefing init` on a terminal: several ways through the questions, each to settings that build, or to nothing at all."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefing import config
from briefing.analysts.llm import Llm
from briefing.commands.init import initialise
from briefing.commands.setup import places
from briefing.config import Config
from briefing.errors import ConfigError
from briefing.outputs.delivery.carriers import Smtp
from briefing.sources.feeds import Feed, Opml
from briefing.sources.files import Files
from tests.building import SAMPLES
from tests.delivery.postoffice import post_office
from tests.models.servers import Say, ollama, serving
from tests.sources.newsroom import item, rss, told
from tests.sources.servers import Farm, farm, reply
from tests.terminal import CTRL_C, CTRL_D, Terminal, terminal
from tests.test_models_end_to_end import telling

# Some of these start the command several times.
_PATIENCE_S = 250
pytestmark = pytest.mark.timeout(2 * _PATIENCE_S)
KEY = "sk-not-a-real-key-0123456789"
# Asked for once the settings know them.
INTERESTS = ["Words that matter"] if "interests" in Config.model_fields else []
QUESTIONS = [
    "Title",
    *INTERESTS,
    "Source",
    "Another",
    "Model",
    "Send it by mail",
    "Formats",
    "Time zone",
    "Time of day",
]


@pytest.fixture(scope="module")
def servers() -> Iterator[Farm]:
    with farm() as opened:
        yield opened


def feed(title: str) -> bytes:
    return rss(
        item("Ferry to Norrholm stops", "https://post.example/1", None, told("The ferry") * 8, full=True), title=title
    )


def with_articles(folder: Path) -> Path:
    shutil.copytree(SAMPLES / "lone", folder / "articles")
    return folder


def through(shown: Terminal, **answers: str) -> int:
    """Answer what is named by the first word of its question, and press Enter for all else."""
    for question in QUESTIONS:
        if question == "Time of day":
            shown.answer(question, answers.get("Time", ""))
        else:
            shown.answer(question, answers.get(question.partition(" ")[0], ""))
        if question == "Model" and question in answers:
            shown.answer("variable that holds its key")
            shown.answer("Language")
    return shown.ended()


def titled(shown: Terminal, title: str = "") -> None:
    """Answer the first questions."""
    shown.answer("Title", title)
    for question in INTERESTS:
        shown.answer(question, "harbours, ferries")


def build(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "briefing", "build", *arguments]
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", **environment}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_S, check=False, env=environment
    )


def settings(folder: Path) -> Config:
    return config.load(folder / "briefing.toml")


def text(folder: Path) -> str:
    return (folder / "briefing.toml").read_text(encoding="utf-8")


def test_enter_for_every_question_gives_settings_that_build(tmp_path: Path) -> None:
    with terminal(with_articles(tmp_path), "init", TZ="Europe/Oslo") as shown:
        assert through(shown) == 0, shown.text
    assert settings(tmp_path) == Config(
        out=tmp_path / "briefings", cache=tmp_path / "cache", state=tmp_path / "state", timezone="Europe/Oslo",
        sources=(Files(path=tmp_path / "articles"),),
    )  # fmt: skip
    assert "briefing schedule --at 07:00" in shown.text
    done = build(tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "briefings" / "latest" / "briefing.html").exists()


def test_without_a_folder_of_articles_the_first_feeds_of_the_list_are_offered(tmp_path: Path) -> None:
    with terminal(tmp_path, "init") as shown:
        assert through(shown) == 0, shown.text
    found = [source.url for source in settings(tmp_path).sources if isinstance(source, Feed)]
    assert found == [table.fields["url"] for table in places.listed()[:3]]


def test_a_site_and_an_opml_file_give_settings_that_build(tmp_path: Path, servers: Farm) -> None:
    named = '<link rel="alternate" type="application/rss+xml" href="/feed">'
    html = {"Content-Type": "text/html"}
    page = f"<!DOCTYPE html><html><head><title>Post</title>{named}</head><body></body></html>".encode()
    post = servers.site({"/": reply(page, headers=html), "/feed": reply(feed("Norrholm Post"))})
    host = post.url("/").split("/")[2]
    outline = f'<outline type="rss" text="Ports" xmlUrl="{post.url("/ports")}"/>'
    (tmp_path / "mine.opml").write_text(f'<opml version="2.0"><body>{outline}</body></opml>', encoding="utf-8")
    with terminal(tmp_path, "init", NO_PROXY="127.0.0.1") as shown:
        titled(shown, "Norrholm at seven")
        shown.answer("Source", post.url("/"))
        shown.answer(f"Is {host} meant, and to be read all the same?", "y")
        shown.answer("Another", "mine.opml")
        for question in QUESTIONS[QUESTIONS.index("Another") : -1]:
            shown.answer(question)
        shown.answer("Time of day", "6:30")
        assert shown.ended() == 0, shown.text
    assert "taken: Norrholm Post: 1 entry" in shown.text
    assert "taken: 1 feeds listed in mine.opml" in shown.text
    assert "briefing schedule --at 06:30" in shown.text
    loaded = settings(tmp_path)
    assert [type(source) for source in loaded.sources] == [Feed, Opml]
    assert loaded.web.allow_private == (host,)
    assert len(getattr(loaded, "interests", ())) == 2 * len(INTERESTS)
    post.routes["/ports"] = reply(feed("Norrholm Ports"))
    done = build(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Norrholm at seven" in (tmp_path / "briefings" / "latest" / "briefing.md").read_text(encoding="utf-8")


def test_a_model_and_a_mail_give_settings_that_build_and_send(tmp_path: Path) -> None:
    with_articles(tmp_path)
    with (
        serving(lambda got: Say(ollama(telling(got)))) as model,
        post_office() as office,
        terminal(tmp_path, "init") as shown,
    ):
        titled(shown)
        shown.answer("Source")
        shown.answer("Another")
        shown.answer("Model", "local")
        shown.answer("Its name")
        shown.answer("Address of its server", model.base)
        shown.answer("Language", "en")
        shown.answer("Send it by mail", "Anna <anna@reader.example>, bob@reader.example")
        shown.answer("Sender", "desk@ellin.example")
        shown.answer("Its mail server", "127.0.0.1")
        shown.answer("Port", str(office.port))
        for question in QUESTIONS[QUESTIONS.index("Formats") :]:
            shown.answer(question)
        assert shown.ended() == 0, shown.text
        assert "briefing schedule --at 07:00 --send" in shown.text
        loaded = settings(tmp_path)
        assert isinstance(loaded.analyst, Llm)
        assert (loaded.analyst.name, loaded.analyst.model.options) == ("ollama_chat/qwen3:8b", {"num_ctx": 16384})
        assert isinstance(loaded.delivery[0], Smtp)
        done = build(tmp_path, "--send")
        assert done.returncode == 0, done.stderr + done.stdout
        assert model.asked
        assert {mail.recipient for mail in office.accepted} == {"anna@reader.example", "bob@reader.example"}


def test_a_wrong_answer_is_explained_and_asked_again_and_leaves_no_trace(tmp_path: Path) -> None:
    with_articles(tmp_path)
    with terminal(tmp_path, "init", OPENAI_API_KEY="", SMTP_USER="", SMTP_PASSWORD="") as shown:
        shown.answer("Title", "x" * 201)
        shown.answer("Title", KEY)
        titled(shown)
        shown.answer("Source", "artikles")
        shown.answer("Source", "0")
        shown.answer("Source")
        shown.answer("Another", "2")
        shown.answer("Another", "2, 4")
        shown.answer("Another")
        shown.answer("Model", "gpt-4o")
        shown.answer("Model", "openai/gpt-4o-mini")
        shown.answer("variable that holds its key", KEY)
        shown.answer("variable that holds its key", "the key")
        shown.answer("variable that holds its key")
        shown.answer("Language", "English")
        shown.answer("Language", "de")
        shown.answer("Send it by mail", "anna at reader.example")
        shown.answer("Send it by mail", "anna@reader.example")
        shown.answer("Sender")
        shown.answer("Its mail server", "smtp server")
        shown.answer("Its mail server")
        shown.answer("Port", "smtp")
        shown.answer("Port")
        shown.answer("login's user", "anna@reader.example")
        shown.answer("login's user")
        shown.answer("its password")
        shown.answer("Formats", "pdf")
        shown.answer("Formats", "html")
        shown.answer("Time zone", "Europe/Olso")
        shown.answer("Time zone", "Europe/Oslo")
        shown.answer("Time of day", "7 am")
        shown.answer("Time of day")
        assert shown.ended() == 0, shown.text
    for says in (
        "at most 200 characters",
        "artikles is no file or folder here",
        "the list has no 0; its numbers are 1 to",
        "'gpt-4o' is no name like openai/gpt-4o-mini",
        "that looks like a key or a login",
        "that is no name of a variable",
        "'English' is no tag of a language",
        "not one mail address: 'anna at reader.example'",
        "'smtp server' is no name of a server",
        "'smtp' is no port",
        "unknown format 'pdf'",
        "did you mean 'Europe/Oslo'?",
        "'7 am' is no time of day",
    ):
        assert re.search(f"Error: .*{re.escape(says)}", shown.text), says
    assert "set OPENAI_API_KEY, SMTP_USER, SMTP_PASSWORD in your environment" in shown.text
    assert KEY not in text(tmp_path)
    loaded = settings(tmp_path)
    assert (loaded.language, loaded.timezone, loaded.formats) == ("de", "Europe/Oslo", ("html", "json"))
    assert [getattr(source, "name", None) for source in loaded.sources[1:]] == [
        "BBC News, world",
        "France 24, in English",
    ]


@pytest.mark.parametrize(("last", "keys"), [("Title", CTRL_D), ("Another", CTRL_C), ("Time of day", CTRL_C)])
def test_broken_off_at_any_question_nothing_is_written(tmp_path: Path, last: str, keys: bytes) -> None:
    before = set(with_articles(tmp_path).rglob("*"))
    with terminal(tmp_path, "init") as shown:
        for question in QUESTIONS[: QUESTIONS.index(last)]:
            shown.answer(question)
        shown.wait(last)
        assert shown.ended(keys) == 130
    assert set(tmp_path.rglob("*")) == before


def test_settings_that_are_there_are_kept_unless_a_new_file_is_wanted(tmp_path: Path) -> None:
    with_articles(tmp_path)
    path = tmp_path / "briefing.toml"
    path.write_text('title = "Mine"\n', encoding="utf-8")
    with terminal(tmp_path, "init") as shown:
        shown.answer("briefing.toml exists already")
        assert shown.ended() == 2
    assert path.read_text(encoding="utf-8") == 'title = "Mine"\n'
    with terminal(tmp_path, "init") as shown:
        shown.answer("briefing.toml exists already", "y")
        assert through(shown, Title="Another") == 0, shown.text
    assert settings(tmp_path).title == "Another"
    assert (tmp_path / "briefing.toml.old").read_text(encoding="utf-8") == 'title = "Mine"\n'


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_asked(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ConfigError, match="cannot be written"):
        list(initialise(tmp_path / "briefing.toml", talk=True))


def test_with_yes_nothing_is_asked_on_a_terminal_either(tmp_path: Path) -> None:
    with terminal(tmp_path, "init", "--yes") as shown:
        assert shown.ended() == 0
    assert text(tmp_path) == config.starter()
    assert tomllib.loads(text(tmp_path))["sources"] == [{"path": "articles"}]
