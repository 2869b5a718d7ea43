"""Plugins from outside: the package beside these tests, installed as any other, and packages that are broken.

The wheel is put together here, as a build tool would have it from pyproject.toml, since the tests have no network;
pip installs it, and `briefing` runs in a process of its own.
"""

import base64
import csv
import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

PACKAGE = Path(__file__).with_name("plugin_package")
NOW = "2031-05-20T08:00:00Z"
LOG = """Ferry Alda stopped at Norrholm
The ferry Alda stopped at Norrholm on Monday after its engine failed. The harbour office said that the crossing stays
closed until Friday. Forty passengers waited on the pier for a bus.
--
An entry that was never written
--
Quay of Sennes to be rebuilt
The council of Sennes voted on Monday to rebuild the eastern quay. The works begin in June and end before winter, the
harbour office said. Nobody spoke against the plan.
"""
LOGBOOK = '[[sources]]\nkind = "logbook"\npath = "log.txt"\n'
FILES = '[[sources]]\npath = "articles"\n'


def wheel(folder: Path, project: Mapping[str, Any], files: Mapping[str, bytes]) -> Path:
    """A wheel of pure Python (PEP 427) in a folder."""
    name, version = project["name"].replace("-", "_"), project["version"]
    about = f"{name}-{version}.dist-info"
    doors = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
        for group, entries in project["entry-points"].items()
    )
    contents = {
        **files,
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n".encode(),
        f"{about}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/entry_points.txt": doors.encode(),
    }
    record = "".join(f"{place},{_digest(data)},{len(data)}\n" for place, data in contents.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for place, data in contents.items():
            archive.writestr(place, data)
        archive.writestr(f"{about}/RECORD", f"{record}{about}/RECORD,,\n")
    return path


def _digest(data: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def install(site: Path, *wheels: Path) -> None:
    command = ["install", "-q", "--no-deps", "--no-index", "--no-compile", "--target", str(site), *map(str, wheels)]
    done = subprocess.run([sys.executable, "-m", "pip", *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, and one of plugins that are broken in one way each."""
    folder = tmp_path_factory.mktemp("wheels")
    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    files = {p.relative_to(PACKAGE).as_posix(): p.read_bytes() for p in PACKAGE.glob("briefing_harbour/*.py")}
    broken = {
        "name": "briefing-broken",
        "version": "1",
        "entry-points": {
            "briefing.sources": {
                "absent": "briefing_broken.absent:Absent",
                "garbled": "briefing_broken.garbled:Garbled",
                "buggy": "briefing_broken.buggy:Buggy",
            },
            "briefing.analysts": {"stumbling": "briefing_broken.stumbling:Stumbling"},
        },
    }
    head = b"from briefing.errors import ItemError\nfrom briefing.types import Record\n"
    modules = {
        "absent": b"import no_such_library\n",
        "garbled": b"class Garbled(\n",
        "buggy": head + b"class Buggy(Record):\n    def read(self, now):\n        return 1 / 0\n",
        "stumbling": head
        + b"class Stumbling(Record):\n    def analyse(self, story):\n        raise ItemError('no words for this')\n",
    }
    sources = {f"briefing_broken/{name}.py": text for name, text in modules.items()}
    made = folder / "site"
    install(made, wheel(folder, project, files), wheel(folder, broken, {"briefing_broken/__init__.py": b"", **sources}))
    return made


class Ran(NamedTuple):
    code: int
    said: str
    edition: Path

    @property
    def briefing(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.edition / "briefing.json").read_text(encoding="utf-8"))
        return read


def build(folder: Path, settings: str, *sites: Path) -> Ran:
    """`briefing build` in a folder with a log and an article, in a process that finds what is installed in `sites`."""
    (folder / "articles").mkdir(exist_ok=True)
    (folder / "articles" / "tram.txt").write_text("Tram line 4 resumes\n\n" + "The tram ran again on Monday. " * 20)
    (folder / "log.txt").write_text(LOG, encoding="utf-8")
    (folder / "briefing.toml").write_text(settings, encoding="utf-8")
    found = {"PYTHONPATH": os.pathsep.join(map(str, sites))}
    command = [sys.executable, "-m", "briefing", "build", "--now", NOW, "--quiet"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **found}, capture_output=True, text=True, timeout=100, check=False
    )
    return Ran(done.returncode, done.stdout + done.stderr, folder / "briefings" / "2031-05-20")


def test_a_source_an_analyst_and_an_output_work_with_no_change_on_our_side(tmp_path: Path, site: Path):
    settings = (
        f'formats = ["md", "csv"]\n[analyst]\nkind = "leads"\nmost = 1\n[outputs.csv]\ndelimiter = ";"\n{LOGBOOK}'
    )
    ran = build(tmp_path, settings, site)
    assert ran.code == 3, ran.said
    assert "log.txt#2: an entry without a text" in ran.said
    stories = ran.briefing["stories"]
    assert {story["analysed_by"] for story in stories} == {"leads"}
    assert sorted(s["summary"][0]["text"] for s in stories) == [
        "The council of Sennes voted on Monday to rebuild the eastern quay.",
        "The ferry Alda stopped at Norrholm on Monday after its engine failed.",
    ]
    with (ran.edition / "briefing.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter=";"))
    assert rows[0] == ["headline", "outlets", "origins", "status"]
    assert sorted(rows[1:])[0] == ["Ferry Alda stopped at Norrholm", "1", "1", "new"]


def test_an_analyst_without_a_model_is_not_called_a_model(tmp_path: Path, site: Path):
    ran = build(tmp_path, f'[analyst]\nkind = "leads"\n{LOGBOOK}', site)
    assert ran.briefing["analyst"] == {"kind": "extractive", "model": "leads", "fallbacks_used": 0}
    text = (ran.edition / "briefing.md").read_text(encoding="utf-8")
    assert "Analyst: leads, from another package" in text
    assert "language model" not in text


def test_a_model_tells_stories_and_its_replies_are_kept(tmp_path: Path, site: Path):
    settings = f'[model]\nkind = "parrot"\nsentences = 1\noverview = "none"\ntopics = "none"\n{LOGBOOK}'
    first, second = (build(tmp_path, settings, site).briefing for _ in range(2))
    assert (first["run"]["calls"], second["run"]["calls"], second["run"]["cache_hits"]) == (2, 0, 2)
    for briefing in (first, second):
        assert {story["analysed_by"] for story in briefing["stories"]} == {"parrot"}
        assert [len(story["summary"]) for story in briefing["stories"]] == [1, 1]


def test_an_unknown_key_of_its_table_is_named_with_the_nearest(tmp_path: Path, site: Path):
    ran = build(tmp_path, LOGBOOK + 'sorce = "Harbour"\n[analyst]\nkind = "leads"\nmots = 2\n', site)
    assert ran.code == 2
    assert "sources[0].sorce: unknown key; did you mean 'source'?" in ran.said
    assert "analyst.mots: unknown key; did you mean 'most'?" in ran.said


def test_what_a_source_cannot_read_is_a_failure_and_the_others_go_on(tmp_path: Path, site: Path):
    ran = build(tmp_path, '[[sources]]\nkind = "logbook"\npath = "no log.txt"\n' + FILES, site)
    assert ran.code == 3
    (failure,) = ran.briefing["failures"]
    assert "the log cannot be read" in failure["reason"]
    assert len(ran.briefing["stories"]) == 1


def test_a_story_that_an_analyst_has_no_words_for_is_told_without_it(tmp_path: Path, site: Path):
    ran = build(tmp_path, '[analyst]\nkind = "stumbling"\n' + FILES, site)
    assert ran.code == 3
    assert "no words for this" in ran.said
    assert [story["analysed_by"] for story in ran.briefing["stories"]] == ["extractive"]


def test_a_bug_in_a_plugin_ends_the_run_and_names_its_module(tmp_path: Path, site: Path):
    ran = build(tmp_path, '[[sources]]\nkind = "buggy"\n' + FILES, site)
    assert ran.code == 1
    assert "briefing_broken/buggy.py" in ran.said
    assert ran.said.rstrip().endswith("ZeroDivisionError: division by zero")
    assert not ran.edition.exists()


@pytest.mark.parametrize(
    ("kind", "reason"), [("absent", "No module named 'no_such_library'"), ("garbled", "never closed")]
)
def test_what_cannot_be_imported_is_named_and_stops_only_who_uses_it(
    tmp_path: Path, site: Path, kind: str, reason: str
):
    assert build(tmp_path, FILES, site).code == 0
    ran = build(tmp_path, f'[[sources]]\nkind = "{kind}"\n', site)
    assert ran.code == 2
    assert f"sources[0].kind: kind '{kind}' of sources cannot be imported from briefing_broken.{kind}:" in ran.said
    assert reason in ran.said
    assert "Traceback" not in ran.said


def test_a_kind_that_a_package_has_in_common_with_us_is_refused_with_both_places(tmp_path: Path):
    project = {
        "name": "briefing-clash",
        "version": "1",
        "entry-points": {"briefing.sources": {"files": "briefing_clash:Files"}},
    }
    install(tmp_path / "site", wheel(tmp_path, project, {"briefing_clash.py": b""}))
    ran = build(tmp_path, FILES, tmp_path / "site")
    assert ran.code == 2
    assert "installed more than once: briefing.sources.files:Files, briefing_clash:Files" in ran.said


def test_the_page_on_plugins_shows_the_code_that_is_tested_here():
    page = (PACKAGE.parents[1] / "docs" / "plugins.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```(?:python|toml)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    code = "\n".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.[pt][yo]*")))
    assert len([part for part in shown if part in code]) == 5
    assert not [part for part in shown if "class " in part and part not in code]
