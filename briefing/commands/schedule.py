"""`briefing schedule`: the text that has a machine build the briefing each day; nothing is installed.

    cron      a line for `crontab -e`
    systemd   a service and a timer of the user
    ci        a workflow of GitHub Actions

What is run has an empty environment, so all paths are absolute, and the variables that the settings name are read
from a file beside them.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import distribution
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from briefing import config as settings
from briefing.commands.variables import key_variable, models, named
from briefing.errors import ConfigError

Kind = Literal["cron", "systemd", "ci"]

_DEFAULT = Path("briefing.toml")
# Of the shell that asks: a run by schedule would miss them in silence.
_AROUND = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "BRIEFING_MODEL")
_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\\]")


class Job(NamedTuple):
    """What is to be run, and when.

    `program` is what starts `briefing`; `variables` are those that the settings name, `around` those set at present
    that a run depends on; `missing` is the next day on which the clocks leave the time out. For a workflow:
    `repository` is the folder of the checkout, `kept` those that a run leaves to the next, `requirement` what pip
    installs.
    """

    program: tuple[str, ...]
    settings: Path
    zone: str
    at: time
    send: bool = False
    variables: tuple[str, ...] = ()
    around: tuple[str, ...] = ()
    missing: date | None = None
    repository: Path = Path("/")
    kept: tuple[Path, ...] = ()
    cache: Path = Path("cache")
    requirement: str = "briefing"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The command after its program."""
        return "build", "--config", str(self.settings), "--quiet", *(["--send"] if self.send else [])

    @property
    def secrets(self) -> Path:
        """The file of variables."""
        return self.settings.with_suffix(".env")


def schedule(kind: Kind, config: Path | None, at: str, *, send: bool, today: date | None = None) -> str:
    """The text for a settings file. Raises ConfigError for a time that is none, or paths that cannot be written."""
    path = (config or _DEFAULT).absolute()
    loaded = settings.load(path)
    if send and not loaded.delivery:
        raise ConfigError(f"--send: {path} has no [[delivery]] table: nobody to send to")
    table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    wanted = (*named(table), *filter(None, map(key_variable, models(loaded))))
    moment = time_of_day(at)
    job = Job(
        program=_program(), settings=path, zone=loaded.timezone, at=moment, send=send,
        variables=tuple(dict.fromkeys(wanted)), around=_around(), repository=_repository(path.parent),
        missing=missing(ZoneInfo(loaded.timezone), moment, today or datetime.now(UTC).date()),
        kept=(loaded.out.absolute(), loaded.state.absolute()), cache=loaded.cache.absolute(),
        requirement=_requirement(),
    )  # fmt: skip
    return written(kind, job)


def written(kind: Kind, job: Job) -> str:
    """The text for a job. Raises ConfigError for a path that cannot stand in it."""
    for text in (*job.program, str(job.settings)):
        if _UNWRITABLE.search(text):
            raise ConfigError(f"{text!r}: a schedule cannot hold a backslash or a line break; move it elsewhere")
    return _leap(job) + _WRITERS[kind](job)


def missing(zone: ZoneInfo, at: time, today: date) -> date | None:
    """The first day of a year on which the clocks of a zone leave a time out."""
    days = (today + timedelta(days=n) for n in range(366))
    return next((d for d in days if datetime.combine(d, at, zone).astimezone(UTC).astimezone(zone).time() != at), None)


def _leap(job: Job) -> str:
    """A warning of a time that not every day has: cron then runs late or not at all, systemd not at all."""
    if not job.missing:
        return ""
    return (
        f"# {job.at:%H:%M} is a time that {job.missing} does not have in {job.zone}, and that may come twice in autumn:"
        " take another.\n# Nothing is lost where a run is left out, but the next edition covers two days.\n"
    )


def _cron(job: Job) -> str:
    words = " ".join(_cron_word(word) for word in (*job.program, *job.arguments))
    variables = (*job.variables, *job.around)
    reading = f"set -a; . {_cron_word(str(job.secrets))}; " if variables else ""
    return "\n".join(
        (
            f"# A briefing each day at {job.at:%H:%M}, {job.zone}. To install: `crontab -e`, these lines at its end.",
            "# Cron mails what is printed, and --quiet prints nothing when all is well: add MAILTO=you@example.org.",
            "# Debian's, Ubuntu's and macOS's cron ignore CRON_TZ and go by the machine's zone: where that is another,",
            "# write its hour, or take `briefing schedule systemd`.",
            *_about(variables, job.secrets),
            f"CRON_TZ={job.zone}",
            f"{job.at.minute} {job.at.hour} * * * {reading}exec {words}",
            "",
        )
    )


def _systemd(job: Job) -> str:
    unit, variables = _unit(job.settings), (*job.variables, *job.around)
    program, *rest = job.program
    words = (_unit_word(program), *(_unit_word(word).replace("$", "$$") for word in (*rest, *job.arguments)))
    reading = [f"EnvironmentFile={str(job.secrets).replace('%', '%%')}"] if variables else []
    return "\n".join(
        (
            f"# A briefing each day at {job.at:%H:%M}, {job.zone}.",
            "# To install: save the two parts under the names above them, then",
            f"#   systemctl --user daemon-reload && systemctl --user enable --now {unit}.timer",
            "#   loginctl enable-linger     # also while you are not logged in",
            f"# A failed run stands in `systemctl --user --failed`, its reasons in `journalctl --user -u {unit}`.",
            *_about(variables, job.secrets),
            "",
            f"# ~/.config/systemd/user/{unit}.service",
            "[Unit]",
            f"Description=Daily briefing by {str(job.settings).replace('%', '%%')}",
            "",
            "[Service]",
            "Type=oneshot",
            *reading,
            f"ExecStart={' '.join(words)}",
            "",
            f"# ~/.config/systemd/user/{unit}.timer",
            "[Unit]",
            f"Description=Daily briefing at {job.at:%H:%M}",
            "",
            "[Timer]",
            f"OnCalendar=*-*-* {job.at:%H:%M}:00 {job.zone}",
            "RandomizedDelaySec=120",
            "Persistent=true",
            "",
            "[Install]",
            "WantedBy=timers.target",
            "",
        )
    )


def _ci(job: Job) -> str:
    place = _inside(job.settings, job)
    kept = " ".join(shlex.quote(_inside(folder, job)) for folder in job.kept)
    build = shlex.join(["briefing", *job._replace(settings=Path(place)).arguments])
    secrets = [f"          {name}: ${{{{ secrets.{name} }}}}" for name in job.variables]
    wanted = [f"# Add under Settings > Secrets and variables > Actions: {', '.join(job.variables)}"] if secrets else []
    wheel = [_WHEEL] if job.requirement.endswith(".whl") else []
    return "\n".join(
        (
            f"# A briefing each day at {job.at:%H:%M}, {job.zone}, by GitHub Actions. To install: save as",
            f"# .github/workflows/{_unit(job.settings)}.yml in the repository of {job.settings.name}, and commit it.",
            "# Keep the repository private: editions quote articles, and the state names who was sent what.",
            *wanted,
            *_CI_HEAD,
            f'    - cron: "{job.at.minute} {job.at.hour} * * *"',
            f'      timezone: "{job.zone}"',
            *_CI_JOB,
            f"          path: {json.dumps(_inside(job.cache, job), ensure_ascii=False)}",
            *_CI_CACHE,
            *wheel,
            "        run: |",
            f"          pip install {shlex.quote(job.requirement)}",
            "      - name: Build",
            *(["        env:", *secrets] if secrets else []),
            "        run: |",
            f"          {build}",
            "      - name: Keep the edition, and the state from which the next one begins",
            "        if: ${{ !cancelled() }}",
            "        run: |",
            f"          mkdir -p -- {kept}",
            f"          git add --force -- {kept}",
            *_CI_PUSH,
            "",
        )
    )  # fmt: skip


_CI_HEAD = ("name: briefing", "on:", "  workflow_dispatch:", "  schedule:")
_CI_JOB = (
    "permissions:",
    "  contents: write",
    "concurrency: briefing",
    "jobs:",
    "  build:",
    "    runs-on: ubuntu-latest",
    "    timeout-minutes: 60",
    "    steps:",
    "      - uses: actions/checkout@v4",
    "      - uses: actions/setup-python@v5",
    "        with:",
    '          python-version: "3.12"',
    "      - uses: actions/cache@v4",
    "        with:",
)
_CI_CACHE = (
    "          key: briefing-${{ github.run_id }}",
    "          restore-keys: briefing-",
    "      - name: Install",
)
_WHEEL = "        # `pip wheel --no-deps -w wheels .` in a clone of briefing makes it; commit it."
_CI_PUSH = (
    "          git config user.name briefing",
    "          git config user.email briefing@localhost",
    "          git diff --cached --quiet || git commit --quiet -m 'Briefing'",
    "          git push --quiet",
)
_WRITERS: dict[Kind, Callable[[Job], str]] = {"cron": _cron, "systemd": _systemd, "ci": _ci}


def _about(variables: tuple[str, ...], file: Path) -> list[str]:
    """Which variables are wanted, and where they belong."""
    if not variables:
        return []
    return [
        "# A run has none of your shell's variables. Make a file for your eyes only, out of version control:",
        f"#   install -m 600 /dev/null {shlex.quote(str(file))}",
        "# and write these into it, a line for each, like NAME='value':",
        *(f"#   {name}" for name in variables),
    ]


def _cron_word(text: str) -> str:
    """A word for the shell, in which cron takes no "%" for a line's end."""
    # Escaped outside the quotes: whether or not cron removes the backslash, the shell then reads the same.
    quoted = shlex.quote(text)
    return quoted.replace("%", "'\\%'" if quoted.startswith("'") else "\\%")


def _unit_word(text: str) -> str:
    escaped = text.replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _unit(path: Path) -> str:
    """The name of the units: that of the settings file, marked as ours."""
    stem = re.sub(r"[^A-Za-z0-9-]+", "-", path.stem).strip("-")
    return stem if stem.startswith("briefing") else f"briefing-{stem}".rstrip("-")


def _inside(path: Path, job: Job) -> str:
    """A path as seen from the repository. Raises ConfigError for one outside."""
    try:
        return path.relative_to(job.repository).as_posix()
    except ValueError as error:
        raise ConfigError(f"{path}: lies outside the repository {job.repository}; a workflow cannot keep it") from error


def _program() -> tuple[str, ...]:
    # Not resolved: a virtual environment is known by the link to its interpreter.
    python = Path(sys.executable).absolute()
    command = python.with_name("briefing")
    return (str(command),) if command.is_file() else (str(python), "-m", "briefing")


def time_of_day(text: str) -> time:
    """A time of day like 07:00. Raises ConfigError for another text."""
    try:
        return datetime.strptime(text, "%H:%M").time()
    except ValueError as error:
        raise ConfigError(f"--at: {text!r} is no time of day like 07:00") from error


def _around() -> tuple[str, ...]:
    return tuple(name for upper in _AROUND for name in (upper, upper.lower()) if os.environ.get(name))


def _repository(folder: Path) -> Path:
    """The folder that holds `.git`; where there is none, this one."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)


def _requirement() -> str:
    """Where this installation came from (PEP 610) if that is a repository, else a wheel to be put beside the settings.

    Never the bare name: an index may have another package of it.
    """
    ours = distribution("briefing")
    origin = json.loads(ours.read_text("direct_url.json") or "{}")
    if vcs := origin.get("vcs_info"):
        return f"briefing @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"
    return f"wheels/briefing-{ours.version}-py3-none-any.whl"
