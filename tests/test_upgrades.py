"""What earlier versions wrote is read, checked, rendered, compared with and not sent again; what later ones add is let be."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from briefing.cli import cli
from briefing.commands import editions
from briefing.commands.build import Options, build_edition
from briefing.commands.online import NAME
from briefing.commands.send import Options as Send
from briefing.commands.send import send_edition
from briefing.outputs import json as edition_json
from briefing.outputs import terminal
from briefing.outputs.folder import revisions
from briefing.state import MIGRATIONS, State
from tests.building import SAMPLES

DATA = Path(__file__).parent / "data" / "upgrades"
ALL = sorted(path.name for path in DATA.iterdir() if path.is_dir())
WITH_STATE = [name for name in ALL if (DATA / name / "state.sql").exists()]
DAY, NEXT = "2031-06-03", "2031-06-04"
NOW = datetime(2031, 6, 4, 6, tzinfo=UTC)


def stored(path: Path, name: str) -> Path:
    """The state file of a version, as it stood on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATA / name / "state.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    return path


@pytest.fixture(params=ALL)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder as a version left it: settings, edition, state."""
    name = request.param
    place = tmp_path / "briefings" / DAY
    place.mkdir(parents=True)
    for file in ("briefing.json", "evidence.json"):
        shutil.copy(DATA / name / file, place)
    if name in WITH_STATE:
        stored(tmp_path / "state" / NAME, name)
    (tmp_path / "articles").mkdir()
    for file in ("quarry-courier.md", "spill-observer.md"):
        shutil.copy(SAMPLES / "days" / "2" / file, tmp_path / "articles")
    (tmp_path / "briefing.toml").write_text(
        'title = "The Isenna in the morning"\n[outputs.email]\nsender = "desk@example.org"\n'
        '[[sources]]\npath = "articles"\n'
        '[[delivery]]\nkind = "sendmail"\nto = ["anna@example.org"]\ncommand = ["/bin/false"]\n',
        encoding="utf-8",
    )
    return tmp_path


def run(*command: object) -> str:
    done = CliRunner().invoke(cli, [str(part) for part in command], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_an_edition_of_an_earlier_version_is_checked_shown_and_rendered(home):
    place = home / "briefings" / DAY
    before = (place / "briefing.json").read_bytes()
    assert "all checks pass" in run("verify", place)
    assert "Brenna" in terminal.render(editions.read(place), 100, colour=False)
    run("render", place, "--config", home / "briefing.toml", "--format", "md,html,eml")
    for kind in ("md", "html", "eml"):
        assert "Brenna" in (place / f"briefing.{kind}").read_text(encoding="utf-8")
    assert (place / "briefing.json").read_bytes() == before
    assert "2031-06-03" in (home / "briefings" / "index.html").read_text(encoding="utf-8")


def test_the_next_edition_goes_on_from_it(home):
    assert build_edition(Options(config=home / "briefing.toml", now=NOW.isoformat(), quiet=True)) == 0
    edition = editions.read(home / "briefings" / NEXT)
    (quarry,) = (s for s in edition.stories if any("Brenna" in said.text for said in (s.headline, *s.summary)))
    assert quarry.status == "developing"
    assert [[step.value for step in u.steps] for u in quarry.updates] == [["four", "nine"]]
    assert quarry.id in {s.id for s in editions.read(home / "briefings" / DAY).stories}


def test_a_second_build_of_its_day_keeps_it_as_a_revision_and_an_article_of_it_can_be_forgotten(home):
    config = home / "briefing.toml"
    assert build_edition(Options(config=config, now=f"{DAY}T09:00:00Z", quiet=True)) == 0
    places = revisions(home / "briefings" / DAY)
    assert [editions.read(place).revision for place in places] == [2, 1]
    (gone,) = (i for i, e in editions.read(places[1]).articles.items() if e.source == "Radio Amaran")
    run("forget", gone, "--editions", "--config", config)
    for place in places:
        assert gone not in editions.read(place).articles
        assert "all checks pass" in run("verify", place)


@pytest.mark.parametrize("name", WITH_STATE)
def test_a_state_file_of_an_earlier_version_keeps_all_it_knew(tmp_path, name):
    path = stored(tmp_path / "state" / NAME, name)
    with closing(sqlite3.connect(path)) as connection:
        tables = [t for (t,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        rows = {t: connection.execute(f"SELECT * FROM {t}").fetchall() for t in tables}
        ((schema,),) = connection.execute("PRAGMA user_version")
    assert schema < len(MIGRATIONS)
    with State.opened(path) as state:
        assert state.edition_end(NEXT) == datetime(2031, 6, 3, 6, tzinfo=UTC)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        for table, before in rows.items():
            now = connection.execute(f"SELECT * FROM {table}").fetchall()
            seals = [[c[1] for c in connection.execute(f"PRAGMA table_info({table})")].index("seal")] * len(before)
            assert [row[:at] for row, at in zip(now, seals, strict=True)] == [
                r[:at] for r, at in zip(before, seals, strict=True)
            ]
    with State.opened(path) as state:
        # Its first run of this version counts what it knew as met, so nothing goes before its time.
        assert state.prune(datetime(2041, 1, 1, tzinfo=UTC), 180, ()) == len(rows["resource"]) + len(
            rows.get("delivery", ())
        )
        seen = state.first_seen(["url:new"], NOW)
        assert seen == {"url:new": NOW}


@pytest.mark.parametrize("name", [name for name in WITH_STATE if name != "feeds"])
def test_who_was_sent_an_edition_by_an_earlier_version_is_not_sent_it_again(tmp_path, name):
    place = tmp_path / "briefings" / DAY
    shutil.copytree(DATA / name, place, ignore=shutil.ignore_patterns("*.sql"))
    stored(tmp_path / "state" / NAME, name)
    config = tmp_path / "briefing.toml"
    config.write_text(
        '[outputs.email]\nsender = "desk@example.org"\n[[delivery]]\nkind = "sendmail"\nto = ["anna@example.org"]\n'
        'command = ["/bin/false"]\n',
        encoding="utf-8",
    )
    said: list[str] = []
    assert send_edition(Send(config=config, wanted=DAY), said.append, lambda: NOW) == 0
    assert said == ["sent      sendmail: anna@example.org  since 2026-12-01 05:49 UTC: taken by /tmp/mta"]


def later(name: str) -> str:
    """A file as a later version may write it: every object of it has a key more."""
    data = json.loads((DATA / name / "briefing.json").read_text(encoding="utf-8"))
    maps = {"articles", "why", "dropped"}

    def walk(value: Any, of: str = "") -> Any:
        if isinstance(value, dict):
            inner = {key: walk(one, key) for key, one in value.items()}
            return inner if of in maps else {**inner, "added_later": {"by": ["a", "later", "version"]}}
        return [walk(one) for one in value] if isinstance(value, list) else value

    return json.dumps(walk(data))


@pytest.mark.parametrize("name", ALL)
def test_keys_that_a_later_version_adds_anywhere_are_passed_over(name):
    evidence = (DATA / name / "evidence.json").read_text(encoding="utf-8")
    plain = edition_json.read((DATA / name / "briefing.json").read_text(encoding="utf-8"), evidence)
    assert later(name).count("added_later") > 20
    assert edition_json.read(later(name), evidence) == plain


def test_the_archive_lists_an_edition_of_a_later_version(tmp_path):
    from briefing.outputs import archive

    place = tmp_path / DAY
    place.mkdir()
    (place / "briefing.json").write_text(later("days"), encoding="utf-8")
    shutil.copy(DATA / "days" / "evidence.json", place)
    assert archive.update(tmp_path) == ()
    assert "2031-06-03" in (tmp_path / "index.html").read_text(encoding="utf-8")
