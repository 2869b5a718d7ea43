"""What `[keep]` bounds: pages, replies, editions and state are removed when they are old, and never what is needed."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from briefing.cache import Bodies, Cache, address
from briefing.cli import cli
from briefing.commands import editions
from briefing.commands.build import Options, build_edition
from briefing.commands.keeping import Removed, tidy
from briefing.commands.online import NAME
from briefing.config import Config, Keep
from briefing.outputs import folder
from briefing.state import Resource, State
from tests.building import SAMPLES

NOW = datetime(2031, 6, 30, 6, tzinfo=UTC)
DAY = timedelta(days=1)
DISK_S = 2_000_000_000.0


def settings(place: Path, **keep: object) -> Config:
    return Config().replace(
        out=place / "out", cache=place / "cache", state=place / "state", keep=Keep().replace(**keep)
    )


def tidied(config: Config, day: str, now: datetime, disk_s: float | None = None) -> Removed:
    """What a build removes, on the state of the settings."""
    with State.opened(config.state / NAME) as state:
        return tidy(config, day, now, state, disk_s)


def dated(back: int) -> str:
    return (NOW - back * DAY).date().isoformat()


def shelved(config: Config, *back: int) -> None:
    for days in back:
        folder.publish(config.out, dated(days), {"briefing.json": "{}", "evidence.json": "{}"})


def standing(config: Config) -> list[str]:
    return sorted(path.name for path in config.out.iterdir())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path


def test_editions_stay_for_ever_unless_a_number_of_days_is_set(out):
    shelved(settings(out), *range(20))
    assert tidied(settings(out), dated(0), NOW) == Removed()
    removed = tidied(settings(out, editions=10), dated(0), NOW)
    assert removed.editions == tuple(dated(days) for days in range(19, 10, -1))
    assert removed.said() == "9 editions"
    assert standing(settings(out)) == [dated(days) for days in range(10, -1, -1)]


def test_the_last_five_before_an_edition_stay_however_old_they_are(out):
    config = settings(out, editions=1)
    shelved(config, 0, 300, 301, 302, 303, 304, 305, 306)
    tidied(config, dated(0), NOW)
    assert standing(config) == [dated(days) for days in (304, 303, 302, 301, 300, 0)]


@given(
    st.sets(st.integers(0, 40), max_size=15),
    st.integers(1, 20),
    st.integers(0, 40),
)
def test_of_any_shelf_what_is_young_or_needed_or_of_another_day_stays(tmp_path_factory, days, kept, built):
    config = settings(tmp_path_factory.mktemp("shelf"), editions=kept)
    config.out.mkdir()
    shelved(config, *days)
    gone = set(tidied(config, dated(built), NOW).editions)
    before = sorted((dated(d) for d in days if d > built), reverse=True)
    assert gone == {day for day in before[editions.REMEMBERED :] if day < dated(built + kept)}
    assert standing(config) == sorted({dated(d) for d in days} - gone)


def test_a_date_before_which_no_calendar_reaches_removes_nothing(out):
    config = settings(out, editions=10**7)
    shelved(config, *range(10))
    assert tidied(config, dated(0), NOW).editions == ()


def test_a_removal_that_was_interrupted_is_finished_by_the_next_run(out):
    config = settings(out)
    shelved(config, 3)
    (config.out / dated(3)).rename(config.out / f".briefing-{dated(3)}-0123456789ab.tmp")
    folder.recover(config.out)
    assert standing(config) == []


def aged(shelf: Bodies | Cache, path: Path, days: float) -> None:
    os.utime(path, (DISK_S - days * 86400,) * 2)


def test_pages_and_replies_go_by_their_last_use_then_by_size(out):
    config = settings(out, bodies_days=30, replies_days=5, bodies_mb=1, replies_mb=1)
    bodies, replies = Bodies(folder=config.cache / "bodies"), Cache(folder=config.cache / "replies")
    for n, days in enumerate((1, 29, 31)):
        key = bodies.put(os.urandom(400_000) + bytes([n]))
        aged(bodies, bodies.folder / key[:2] / f"{key[2:]}.gz", days)
    for days in (1, 6):
        key = address(days)
        replies.put(key, f"reply {days}")
        aged(replies, replies.folder / key[:2] / f"{key[2:]}.json", days)
    removed = tidied(config, dated(0), NOW, disk_s=DISK_S)
    assert (removed.bodies.entries, removed.replies.entries) == (1, 1)
    assert replies.get(address(1)) == "reply 1"
    for _ in range(2):
        bodies.put(os.urandom(400_000))
    assert tidied(config, dated(0), NOW, disk_s=DISK_S).bodies.entries == 2
    assert bodies.stats().bytes <= 1_000_000


def test_what_still_stands_in_a_list_is_never_forgotten_and_so_never_news_again(out):
    config = settings(out, state_days=30)
    for back in (200, 100, 50, 20):
        with State.opened(config.state / NAME) as state:
            state.first_seen(["url:listed", f"url:once-{back}"], NOW - back * DAY)
        tidied(config, dated(back), NOW - back * DAY)
    with State.opened(config.state / NAME) as state:
        assert state.first_seen(["url:listed"], NOW)["url:listed"] == NOW - 200 * DAY
        found = state.first_seen([f"url:once-{back}" for back in (200, 100, 50, 20)], NOW)
    assert [key for key, at in found.items() if at == NOW] == ["url:once-200", "url:once-100"]


def test_addresses_not_asked_for_long_go_and_those_that_never_answered_stay(out):
    config = settings(out, state_days=30)
    with State.opened(config.state / NAME) as state:
        state.remember(Resource(url="https://a.example/old", checked=NOW - 31 * DAY))
        state.remember(Resource(url="https://a.example/fresh", checked=NOW - 29 * DAY))
        state.remember(Resource(url="https://a.example/never", failures=3, fault="no answer"))
        state.published(dated(100), 1, None, NOW - 100 * DAY)
    assert tidied(config, dated(0), NOW).said() == "1 row of the state file"
    with State.opened(config.state / NAME) as state:
        kept = [state.resource(f"https://a.example/{name}") is not None for name in ("old", "fresh", "never")]
        assert kept == [False, True, True]
        assert state.edition_end(dated(0)) == NOW - 100 * DAY


def test_deliveries_go_with_the_edition_they_were_of_and_open_ones_never(out):
    from briefing.outputs.delivery.outbox import Entry
    from briefing.outputs.delivery.sentlog import SentLog

    config = settings(out, state_days=30)
    shelved(config, 60)
    days = {60: "stands", 61: "removed", 62: "open"}
    with State.opened(config.state / NAME) as state:
        log = SentLog(state, "Briefing")
        for back in days:
            entry = Entry(
                title="Briefing", day=dated(back), channel="mail", recipient="anna@example.org", revision=1,
                state="sent", open=back == 62, digest="0" * 64, since=NOW, at=NOW,
            )  # fmt: skip
            log.put([entry])
    assert tidied(config, dated(0), NOW).rows == 1
    with State.opened(config.state / NAME) as state:
        log = SentLog(state, "Briefing")
        assert {back: bool([e for e in log.entries(dated(back), NOW) if e.day == dated(back)]) for back in days} == {
            60: True, 61: False, 62: True,
        }  # fmt: skip


def build(place: Path, day: date, text: str = "", quiet: bool = False) -> int:
    config = place / "briefing.toml"
    config.write_text(f'formats = ["md"]\n{text}\n[[sources]]\npath = "{SAMPLES / "lone"}"\n', encoding="utf-8")
    return build_edition(Options(config=config, now=f"{day.isoformat()}T06:00:00Z", quiet=quiet))


def test_a_build_removes_what_is_old_says_so_and_the_archive_follows(tmp_path, capsys):
    days = [date(2031, 6, 1) + timedelta(days=n) for n in range(8)]
    assert [build(tmp_path, day, quiet=True) for day in days[:7]] == [0] * 7
    assert build(tmp_path, days[7], "[keep]\neditions = 3") == 0
    assert "removed, as [keep] says: 2 editions" in capsys.readouterr().err
    out = tmp_path / "briefings"
    assert sorted(p.name for p in out.glob("2031-*")) == [d.isoformat() for d in days[2:]]
    assert "2031-06-02" not in (out / "index.html").read_text(encoding="utf-8")
    assert "2031-06-02" not in (out / "feed.xml").read_text(encoding="utf-8")
    assert build(tmp_path, days[7] + DAY, "[keep]\neditions = 3", quiet=True) == 0
    assert capsys.readouterr() == ("", "")


def test_cache_prune_removes_all_that_keep_no_longer_wants(tmp_path):
    days = [date(2020, 6, 1) + timedelta(days=n) for n in range(7)]
    assert [build(tmp_path, day, quiet=True) for day in days] == [0] * 7
    text = (tmp_path / "briefing.toml").read_text(encoding="utf-8")
    (tmp_path / "briefing.toml").write_text(text.replace("[[sources]]", "[keep]\neditions = 30\n[[sources]]"))
    command = ["cache", "prune", "--config", str(tmp_path / "briefing.toml")]
    first, second = (CliRunner().invoke(cli, command, catch_exceptions=False).output for _ in range(2))
    assert first.startswith("removed: 2 editions")
    assert second == "nothing to remove\n"
