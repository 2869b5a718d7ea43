"""`briefing doctor`: each broken set-up is named in one line with its cure; a sound one is left in peace."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from briefing import lock
from briefing.cli import cli
from briefing.commands import doctor
from briefing.commands.online import NAME
from tests.building import SAMPLES
from tests.delivery.postoffice import Office, port_of_nobody, post_office
from tests.sources.servers import Farm, farm, reply

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Norrholm Post</title><link>https://post.example/</link>
<item><title>Ferry stops</title><link>https://post.example/1</link></item></channel></rss>"""
SETTINGS = """\
timezone = "Europe/Paris"
[web]
allow_private = ["127.0.0.1"]
interval_s = 0.0
retry_s = 0.0
[[sources]]
path = "articles"
"""
SENDER = '[outputs.email]\nsender = "desk@ellin.example"\n'
SMTP = '[[delivery]]\nkind = "smtp"\nhost = "127.0.0.1"\nto = ["anna@reader.example"]\n'
LOGIN = 'user_env = "MAIL_USER"\npassword_env = "MAIL_PASSWORD"\n'
PASSWORD = "pässword-of-anna"


class Place(NamedTuple):
    """A folder with settings and an article, and servers that end with the test."""

    home: Path
    stack: ExitStack

    def more(self, text: str) -> None:
        path = self.home / "briefing.toml"
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def office(self, **login: tuple[str, str]) -> Office:
        return self.stack.enter_context(post_office(**login))

    def site(self, status: int = 200, body: bytes = FEED) -> str:
        opened: Farm = self.stack.enter_context(farm())
        return opened.site({"/feed": reply(body, status)}).url("/feed")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAIL_USER", "anna")
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    shutil.copytree(SAMPLES / "lone", tmp_path / "articles")
    (tmp_path / "briefing.toml").write_text(SETTINGS, encoding="utf-8")
    with ExitStack() as stack:
        yield Place(tmp_path, stack)


def run(*arguments: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(cli, ["doctor", *arguments], standalone_mode=False)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output.splitlines()


def at(lines: list[str], level: str) -> list[str]:
    return [line for line in lines if line.startswith(level)]


def no_settings(place: Place) -> None:
    (place.home / "briefing.toml").unlink()


def unknown_key(place: Place) -> None:
    (place.home / "briefing.toml").write_text('titel = "News"\n' + SETTINGS, encoding="utf-8")


def no_toml(place: Place) -> None:
    (place.home / "briefing.toml").write_text("title = News\n", encoding="utf-8")


def unknown_zone(place: Place) -> None:
    (place.home / "briefing.toml").write_text(SETTINGS.replace("Paris", "Pari"), encoding="utf-8")


def no_sources(place: Place) -> None:
    (place.home / "briefing.toml").write_text('timezone = "UTC"\n', encoding="utf-8")


def no_articles(place: Place) -> None:
    shutil.rmtree(place.home / "articles")


def no_place(place: Place) -> None:
    (place.home / "briefings").write_text("a file", encoding="utf-8")


def no_key(place: Place) -> None:
    place.more('[model]\nname = "openai/gpt-4o-mini"\napi_key_env = "NO_SUCH_KEY"\n')


def no_provider(place: Place) -> None:
    place.more('[model]\nname = "opnai/gpt-4o-mini"\n')


def no_password(place: Place) -> None:
    place.more(SENDER + SMTP + LOGIN.replace("MAIL_PASSWORD", "NO_SUCH_PASSWORD"))


def no_sender(place: Place) -> None:
    place.more(SMTP)


def no_sendmail(place: Place) -> None:
    place.more(SENDER + '[[delivery]]\nkind = "sendmail"\nto = ["a@b.example"]\ncommand = ["no-such-mailer"]\n')


def damaged_state(place: Place) -> None:
    (place.home / "state").mkdir()
    (place.home / "state" / NAME).write_bytes(b"SQLite format 3\0" + b"no database" * 500)


def foreign_state(place: Place) -> None:
    (place.home / "state").mkdir()
    with sqlite3.connect(place.home / "state" / NAME) as other:
        other.execute("CREATE TABLE t (x)")
    other.close()


def missing_feed(place: Place) -> None:
    place.more(f'[[sources]]\nkind = "feed"\nurl = "{place.site(404)}"\n')


def feed_without_login(place: Place) -> None:
    place.more(f'[[sources]]\nkind = "feed"\nurl = "{place.site()}"\nheaders_env = {{X-Key = "NO_SUCH_TOKEN"}}\n')


def wrong_login(place: Place) -> None:
    port = place.office(login=("anna", "another")).port
    place.more(f'{SENDER}{SMTP}port = {port}\ntls = "none"\n{LOGIN}')


def no_mail_server(place: Place) -> None:
    place.more(f'{SENDER}{SMTP}port = {port_of_nobody()}\ntls = "none"\n')


def no_logo(place: Place) -> None:
    place.more('[outputs.html]\nlogo = "gone.png"\n')


BROKEN: dict[Callable[[Place], None], tuple[str, str]] = {
    no_settings: ("briefing.toml: no such file", "`briefing init` writes one"),
    unknown_key: ("titel: unknown key", "did you mean 'title'?"),
    no_toml: ("not TOML", "put it right there"),
    unknown_zone: ("unknown time zone 'Europe/Pari'", "did you mean 'Europe/Paris'?"),
    no_sources: ("names none", "`briefing sources add URL` adds one"),
    no_articles: ("articles: no such file or folder", "put `path` right in briefing.toml"),
    no_place: ("briefings is no folder", "name another place by `out`"),
    no_key: ("the environment variable NO_SUCH_KEY is not set", "set it"),
    no_provider: ("unknown provider 'opnai'", "did you mean 'openai'?"),
    no_password: ("the environment variable NO_SUCH_PASSWORD is not set", "set it"),
    no_sender: ("outputs.email.sender: missing", "mails need an address"),
    no_sendmail: ("no command no-such-mailer", "install it or name another"),
    damaged_state: ("is damaged", "Restore it from a backup, or move it away: mv "),
    foreign_state: ("is a database, but not a state file", "move it away: mv "),
    missing_feed: ("not found (404)", "put it right in briefing.toml, or remove it there"),
    feed_without_login: ("the environment variable NO_SUCH_TOKEN is not set", "set it"),
    wrong_login: ("does not take the login; it says 535", "the variables of the login right"),
    no_mail_server: ("refuses connections", "put host, port"),
    no_logo: ("outputs.html.logo", "put it right there"),
}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_set_up_is_named_in_one_line_with_its_cure(place: Place, broken: Callable[[Place], None]):
    broken(place)
    code, lines = run()
    (fault,) = at(lines, "fault")
    says, cure = BROKEN[broken]
    assert says in fault
    assert cure in fault
    assert code == 2
    assert PASSWORD not in "\n".join(lines)


def test_a_sound_set_up_is_asked_once_and_nothing_is_sent(place: Place):
    opened = place.stack.enter_context(farm())
    post = opened.site({"/feed": reply(FEED)})
    office = place.office(login=("anna", PASSWORD))
    place.more(f'[[sources]]\nkind = "feed"\nurl = "{post.url("/feed")}"\nfull_text = "feed"\n')
    place.more(f'{SENDER}{SMTP}port = {office.port}\ntls = "none"\n{LOGIN}')
    code, lines = run()
    assert (code, at(lines, "fault"), at(lines, "warning")) == (0, [], [])
    assert [request.path for request in post.requests].count("/feed") == 1
    assert office.accepted == []
    assert office.commands == ["AUTH PLAIN", "QUIT"]
    assert any("where it is 20" in line for line in lines)
    assert not (place.home / "briefings").exists()


def test_offline_asks_no_one_and_leaves_nothing_behind(place: Place):
    opened = place.stack.enter_context(farm())
    post = opened.site({"/feed": reply(FEED)})
    office = place.office()
    place.more(f'[[sources]]\nkind = "feed"\nurl = "{post.url("/feed")}"\n')
    place.more('[[sources]]\nkind = "imap"\nhost = "127.0.0.1"\nuser = "anna"\npassword_env = "MAIL_PASSWORD"\n')
    place.more(f'{SENDER}{SMTP}port = {office.port}\ntls = "none"\n')
    before = sorted(place.home.rglob("*"))
    code, lines = run("--offline")
    assert (code, at(lines, "fault")) == (0, [])
    assert sum("since offline" in line for line in lines) == 3
    assert (len(post.requests), office.connections) == (0, 0)
    assert sorted(place.home.rglob("*")) == before


def test_several_faults_are_told_together(place: Place):
    for broken in (damaged_state, missing_feed, no_key, no_sendmail):
        broken(place)
    code, lines = run()
    assert (code, len(at(lines, "fault"))) == (2, 4)
    assert lines[-1].endswith("4 at fault, 0 to think about")


@pytest.mark.parametrize(("free", "level", "code"), [(10e6, "fault", 2), (200e6, "warning", 0)])
def test_a_disk_without_room_is_told(place: Place, monkeypatch, free: float, level: str, code: int):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**12, 10**12, int(free)))
    found, lines = run("--offline")
    assert found == code
    assert [line.split()[1] for line in at(lines, level)] == ["out:", "cache:", "state:"]
    assert all("make room" in line for line in at(lines, level))


def test_a_folder_that_is_not_ours_is_told(place: Place, monkeypatch):
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: Path(path).name != place.home.name)
    code, lines = run("--offline")
    assert (code, len(at(lines, "fault"))) == (2, 3)
    assert all("cannot be written; make it yours" in line for line in at(lines, "fault"))


def test_a_run_that_goes_on_is_no_fault(place: Place):
    (place.home / "briefings").mkdir()
    with lock.held(place.home / "briefings"):
        code, lines = run("--offline")
    assert code == 0
    (warning,) = at(lines, "warning")
    assert "another run holds" in warning
    assert "wait for it, or end it" in warning


def test_a_models_own_variable_is_asked_for(place: Place, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    place.more('[model]\nname = "openai/gpt-4o-mini"\nfallbacks = ["ollama/qwen3"]\n')
    code, lines = run("--offline")
    assert code == 0
    (warning,) = at(lines, "warning")
    assert "OPENAI_API_KEY is not set" in warning
    assert any(
        "ollama/qwen3 (story, overview, topics) at localhost:11434, without a key; not asked" in line for line in lines
    )
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    _, lines = run("--offline")
    assert any("at api.openai.com, its key in OPENAI_API_KEY goes there; not asked" in line for line in lines)
    assert "a-key" not in "\n".join(lines)


def test_a_zone_that_was_not_chosen_is_told_where_it_matters(place: Place, monkeypatch):
    import time

    (place.home / "briefing.toml").write_text('[[sources]]\npath = "articles"\n', encoding="utf-8")
    for zone, warnings in (("Asia/Kathmandu", 1), ("UTC", 0)):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        _, lines = run("--offline")
        assert len([line for line in at(lines, "warning") if "set `timezone`" in line]) == warnings
    monkeypatch.undo()
    time.tzset()
