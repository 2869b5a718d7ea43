"""`briefing schedule`: the texts, and that what they say runs where there is no environment."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from briefing.commands import schedule as made
from briefing.commands.schedule import Job, schedule, written
from briefing.errors import ConfigError

HOME = Path("/home/anna/News 100%")
JOB = Job(
    program=("/home/anna/my tools/bin/briefing",),
    settings=HOME / "briefing.toml",
    zone="Europe/Paris",
    at=time(6, 30),
    send=True,
    variables=("OPENAI_API_KEY", "SMTP_PASSWORD"),
    around=("HTTPS_PROXY",),
    repository=HOME.parent,
    kept=(HOME / "briefings", HOME / "state"),
    cache=HOME / "cache",
    requirement="wheels/briefing-0.1.0-py3-none-any.whl",
)
STORY = (
    "The ferry to Norrholm stopped\n\nThe ferry to Norrholm stopped on Monday after its engine failed. The harbour office"
    " said that the crossing will stay closed until Friday. Forty passengers waited on the pier for a bus, and nobody was"
    " hurt. The council meets on Wednesday to talk about a second boat.\n"
)
# Asked only where articles of several languages meet.
KEYED = '[embedding]\nmodel = "hosted_vllm/none"\napi_base = "http://127.0.0.1:9"\napi_key_env = "MY_KEY"\n'
PLAIN = '[[sources]]\npath = "articles"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose name is hard to quote, with settings and an article; nothing of this shell matters."""
    for name in made._AROUND:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    folder = tmp_path / "Anna's News 100% $HOME"
    (folder / "articles").mkdir(parents=True)
    (folder / "articles" / "ferry.txt").write_text(STORY, encoding="utf-8")
    (folder / "briefing.toml").write_text(PLAIN, encoding="utf-8")
    return folder


def settings(home: Path, text: str) -> Path:
    path = home / "briefing.toml"
    path.write_text(text + PLAIN, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["cron", "systemd", "ci"])
def test_the_text_for_a_folder_with_spaces_and_a_percent_sign(kind: made.Kind, golden: Callable[[str, str], None]):
    golden(f"schedule.{kind}", written(kind, JOB))


def as_cron_reads(line: str) -> str:
    """The command of a crontab's line: five fields removed, an escaped "%" as it is, and no other."""
    command = line.split(" ", 5)[5]
    assert not re.search(r"(?<!\\)%", command)
    return command.replace("\\%", "%")


@pytest.mark.parametrize("read", [as_cron_reads, lambda line: line.split(" ", 5)[5]], ids=["cron", "busybox"])
def test_the_cron_line_builds_an_edition_without_an_environment_and_prints_nothing(home: Path, read):
    path = settings(home, KEYED)
    *_, line = schedule("cron", path, "07:00", send=False).splitlines()
    assert line.startswith("0 7 * * * set -a; . ")
    command = ["/usr/bin/env", "-i", "/bin/sh", "-c", read(line)]
    refused = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode != 0
    assert "briefing.env" in refused.stderr
    (home / "briefing.env").write_text("MY_KEY='a key'\n", encoding="utf-8")
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((home / "briefings").glob("2*/briefing.md"))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\\\x7f")))
def test_any_word_comes_through_cron_and_shell_as_it_was(word: str):
    quoted = made._cron_word(word)
    assert shlex.split(as_cron_reads(f"0 7 * * * {quoted}")) == shlex.split(quoted) == [word]


def units(text: str) -> dict[str, str]:
    """The parts of the printed text by their file names."""
    parts = re.split(r"^# ~/\.config/systemd/user/(\S+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_units_say_what_is_run_and_when(home: Path):
    path = settings(home, f'timezone = "Asia/Kathmandu"\n{KEYED}')
    parsed = {}
    for name, text in units(schedule("systemd", path, "06:05", send=False)).items():
        parsed[name] = configparser.RawConfigParser(strict=True)
        parsed[name].read_string(text)
    timer, service = parsed["briefing.timer"], parsed["briefing.service"]
    assert timer["Timer"]["OnCalendar"] == "*-*-* 06:05:00 Asia/Kathmandu"
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Timer"]["RandomizedDelaySec"] == "120"
    assert timer["Install"]["WantedBy"] == "timers.target"
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["EnvironmentFile"] == str(home / "briefing.env").replace("%", "%%")
    program, *arguments = shlex.split(service["Service"]["ExecStart"].replace("%%", "%").replace("$$", "$"))
    assert Path(program) == Path(sys.executable).with_name("briefing")
    assert arguments == ["build", "--config", str(path), "--quiet"]


def test_systemd_finds_nothing_wrong_with_the_units(home: Path, tmp_path: Path):
    """Where systemd is; elsewhere only that no line is broken."""
    path = settings(home, 'timezone = "Europe/Paris"\n')
    files = []
    for name, text in units(schedule("systemd", path, "07:00", send=False)).items():
        files.append(tmp_path / name)
        files[-1].write_text(text, encoding="utf-8")
        assert all(re.match(r"\[\w+\]$|\w+=\S|$", line) for line in text.splitlines())
    assert [file.name for file in files] == ["briefing.service", "briefing.timer"]
    if tool := shutil.which("systemd-analyze"):
        done = subprocess.run([tool, "verify", *files], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, [line for line in done.stderr.splitlines() if "briefing" in line]) == (0, [])


@pytest.mark.parametrize(
    ("zone", "at", "warned"),
    [("Europe/Paris", "02:30", True), ("Europe/Paris", "07:00", False), ("UTC", "02:30", False)],
)
def test_a_time_that_a_day_does_not_have_is_warned_of(home: Path, zone: str, at: str, warned: bool):
    path = settings(home, f'timezone = "{zone}"\n')
    for kind in ("cron", "systemd", "ci"):
        text = schedule(kind, path, at, send=False, today=date(2031, 1, 1))
        assert ("02:30 is a time that 2031-03-30 does not have in Europe/Paris" in text) is warned
        assert all(line.startswith("#") for line in text.splitlines()[:2])


def test_systemd_keeps_to_the_clock_on_the_wall_when_it_is_put_forward():
    """Where systemd is: seven in Paris, which is another hour of UTC from the last Sunday of March on."""
    if tool := shutil.which("systemd-analyze"):
        timer = units(written("systemd", JOB))["briefing.timer"]
        (calendar,) = re.findall(r"^OnCalendar=(.*)$", timer, re.MULTILINE)
        command = [tool, "calendar", "--iterations=2", "--base-time=2031-03-29 00:00:00 UTC", calendar]
        said = subprocess.run(command, env={"TZ": "UTC"}, capture_output=True, text=True, timeout=60, check=True).stdout
        assert re.findall(r"2031-03-\d\d \S+ UTC", said) == ["2031-03-29 05:30:00 UTC", "2031-03-30 04:30:00 UTC"]


def test_the_workflow_knows_places_within_its_repository_and_keeps_the_state(home: Path):
    (home.parent / ".git").mkdir()
    path = settings(home, 'timezone = "Europe/Paris"\n')
    flow = yaml.load(schedule("ci", path, "07:00", send=False), Loader=yaml.BaseLoader)
    assert flow["on"]["schedule"] == [{"cron": "0 7 * * *", "timezone": "Europe/Paris"}]
    *_, cache, install, build, keep = flow["jobs"]["build"]["steps"]
    assert cache["with"]["path"] == f"{home.name}/cache"
    assert shlex.split(build["run"]) == ["briefing", "build", "--config", f"{home.name}/briefing.toml", "--quiet"]
    assert "env" not in build
    assert shlex.split(keep["run"].splitlines()[1])[4:] == [f"{home.name}/briefings", f"{home.name}/state"]
    for step in (install, build, keep):
        subprocess.run(["/bin/sh", "-n"], input=step["run"], text=True, timeout=10, check=True)
    assert shlex.split(install["run"])[2] != "briefing"


def test_every_variable_that_the_settings_name_is_listed_once(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    path = settings(
        home,
        '[model]\nname = "anthropic/claude"\nfallbacks = ["openai/gpt-4o-mini", "ollama/qwen3"]\n'
        '[[delivery]]\nkind = "smtp"\nto = ["a@b.example"]\nhost = "mx.example"\nuser_env = "U"\npassword_env = "P"\n'
        '[[delivery]]\nkind = "apprise"\nurl_env = ["CHAT", "P"]\n'
        '[[sources]]\nkind = "feed"\nurl = "https://gazette.example/feed"\nheaders_env = {X-Key = "FEED_KEY"}\n',
    )
    text = schedule("cron", path, "07:00", send=True)
    wanted = ["U", "P", "CHAT", "FEED_KEY", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "https_proxy"]
    assert re.findall(r"^#   (\w+)$", text, re.MULTILINE) == wanted
    assert text.rstrip().endswith("--quiet --send")
    assert "proxy" not in schedule("ci", path, "07:00", send=True)


def test_settings_by_another_name_have_units_of_their_own(home: Path):
    path = (home / "briefing.toml").rename(home / "ports & mills.toml")
    assert "/briefing-ports-mills.timer\n" in schedule("systemd", path, "07:00", send=False)


def test_nothing_is_written(home: Path):
    before = sorted(home.rglob("*"))
    for kind in ("cron", "systemd", "ci"):
        schedule(kind, home / "briefing.toml", "07:00", send=False)
    assert sorted(home.rglob("*")) == before


@pytest.mark.parametrize("at", ["25:00", "7", "", "07:00:30", "noon"])
def test_a_time_that_is_none_is_refused(home: Path, at: str):
    with pytest.raises(ConfigError, match="no time of day like 07:00"):
        schedule("cron", home / "briefing.toml", at, send=False)


def test_what_cannot_be_scheduled_is_refused(home: Path):
    with pytest.raises(ConfigError, match=r"no \[\[delivery\]\] table"):
        schedule("cron", home / "briefing.toml", "07:00", send=True)
    with pytest.raises(ConfigError, match="backslash or a line break"):
        written("systemd", JOB._replace(settings=Path("/home/anna\n* * * * * reboot/briefing.toml")))
    with pytest.raises(ConfigError, match="outside the repository"):
        written("ci", JOB._replace(kept=(Path("/var/briefings"),)))
