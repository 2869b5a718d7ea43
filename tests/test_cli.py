"""The commands as a user runs them, in a process of their own: output, exit codes, what is left on disk."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

from briefing import lock
from briefing.commands.editions import verify_edition
from briefing.errors import EvidenceError
from briefing.outputs import json as edition_json
from tests.building import SAMPLES

NOW = "2031-05-20T08:00:00Z"
DAY = "2031-05-20"


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "briefing", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition of two sample folders, built once."""
    home = tmp_path_factory.mktemp("home")
    done = run("build", SAMPLES / "scrapes", SAMPLES / "dispute", "--now", NOW, cwd=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"briefings/{DAY}"
    return home / "briefings" / DAY


@pytest.fixture
def copied(edition: Path, tmp_path: Path) -> Path:
    """The edition in a folder of its own, to be tampered with."""
    folder = tmp_path / DAY
    folder.mkdir()
    for file in edition.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def test_help_loads_no_heavy_library():
    code = (
        "import sys\nfrom briefing.cli import cli\n"
        "for command in ([], ['build'], ['verify']):\n"
        "    try: cli.main([*command, '--help'], standalone_mode=False)\n"
        "    except SystemExit: pass\n"
        "heavy = {'litellm', 'numpy', 'scipy', 'sklearn', 'lxml', 'trafilatura', 'pydantic', 'jinja2', 'py3langid', 'rich'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert "HEAVY []" in done.stdout


def test_an_edition_holds_its_files_and_fits_its_schema(edition):
    assert sorted(p.name for p in edition.iterdir()) == [
        "briefing.html",
        "briefing.json",
        "briefing.md",
        "evidence.json",
    ]
    jsonschema.validate(json.loads((edition / "briefing.json").read_text(encoding="utf-8")), edition_json.schema())


def test_verify_passes_an_edition_and_finds_the_latest(edition):
    assert run("verify", edition, cwd=edition).returncode == 0
    assert run("verify", cwd=edition.parent.parent).returncode == 0


def assert_refused(folder: Path, citation: str) -> None:
    with pytest.raises(EvidenceError, match=re.escape(citation)) as caught:
        verify_edition(folder)
    assert caught.value.exit_code == 6


def test_verify_exits_6_and_names_the_citation(copied):
    path = copied / "evidence.json"
    path.write_text(path.read_text(encoding="utf-8").replace("minister", "sinister", 1), encoding="utf-8")
    done = run("verify", copied, cwd=copied)
    assert done.returncode == 6
    assert re.search(r"citation [0-9a-f]{16} sentence \d+", done.stderr)


def test_one_changed_character_of_any_quote_is_found(copied):
    path = copied / "briefing.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    for story in data["stories"]:
        sides = [p["statement"] for d in story["disputes"] for p in d["positions"]]
        steps = [p["statement"] for u in story["updates"] for p in u["steps"]]
        for citation in (c for s in (story["headline"], *story["summary"], *sides, *steps) for c in s["citations"]):
            kept = citation["quote"]
            citation["quote"] = kept[:-2] + ("x" if kept[-2] != "x" else "y") + kept[-1]
            path.write_text(json.dumps(data), encoding="utf-8")
            assert_refused(copied, f"citation {citation['article']} sentence {citation['sentence']} ")
            citation["quote"] = kept


def test_one_changed_character_of_any_text_is_found(copied):
    path = copied / "evidence.json"
    texts = json.loads(path.read_text(encoding="utf-8"))
    for identity, text in texts.items():
        for at in (0, len(text) // 2, len(text) - 1):
            path.write_text(json.dumps({**texts, identity: text[:at] + "~" + text[at + 1 :]}), encoding="utf-8")
            assert_refused(copied, f"citation {identity} sentence ")


@pytest.mark.parametrize("name", ["briefing.json", "evidence.json"])
@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", None], ids=["empty", "cut", "array", "bytes", "gone"]
)
def test_verify_names_a_damaged_file(copied, name, content):
    if content is None:
        (copied / name).unlink()
    else:
        (copied / name).write_bytes(content)
    done = run("verify", copied, cwd=copied)
    assert done.returncode in ({6} if content is not None or name == "evidence.json" else {2})
    assert "Traceback" not in done.stderr


def test_render_writes_the_outputs_again_as_they_were(copied):
    before = {n: (copied / n).read_text(encoding="utf-8") for n in ("briefing.md", "briefing.html")}
    (copied / "briefing.md").unlink()
    (copied / "briefing.html").write_text("gone", encoding="utf-8")
    done = run("render", copied, cwd=copied)
    assert done.returncode == 0, done.stderr
    assert {n: (copied / n).read_text(encoding="utf-8") for n in before} == before


def test_init_writes_a_file_that_builds_once_its_source_is_named(tmp_path):
    assert run("init", cwd=tmp_path).returncode == 0
    assert run("init", cwd=tmp_path).returncode == 2
    settings = tmp_path / "briefing.toml"
    text = settings.read_text(encoding="utf-8")
    (tmp_path / "articles").symlink_to(SAMPLES / "lone")
    settings.write_text(text + f'\n[[sources]]\npath = "{SAMPLES / "lone"}"\n', encoding="utf-8")
    done = run("build", "--now", NOW, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_page_furniture_is_learned_from_one_morning_to_the_next(tmp_path):
    lines = ("The harbour stays closed.", "A mill burned down on Monday.", "The ferry to Sennes came late again.")
    (tmp_path / "briefing.toml").write_text('[[sources]]\npath = "today"\nsource = "Pell Post"\n', encoding="utf-8")
    (tmp_path / "today").mkdir()
    for day, line in enumerate(lines, 20):
        told = f"{line} Families talked of it until night fell on day {line.split()[1]} of the week, neighbours said."
        text = f"Report on {line.split()[1]}\n\n{told}\n\nRead the Pell Post daily\n\nNobody was hurt there, {told}\n"
        (tmp_path / "today" / "article.txt").write_text(text, encoding="utf-8")
        assert run("build", "--now", f"2031-05-{day}T08:00:00Z", cwd=tmp_path).returncode == 0
    kept = [(tmp_path / "briefings" / f"2031-05-{day}" / "evidence.json").read_text() for day in (20, 21, 22)]
    assert ["Pell Post daily" in text for text in kept] == [True, True, False]


def test_a_second_edition_of_a_day_is_revision_2_and_keeps_the_first(tmp_path):
    for _ in range(2):
        assert run("build", SAMPLES / "lone", "--now", NOW, cwd=tmp_path).returncode == 0
    folder = tmp_path / "briefings" / DAY
    revisions = [
        json.loads((f / "briefing.json").read_text(encoding="utf-8"))["revision"] for f in (folder / ".r1", folder)
    ]
    assert revisions == [1, 2]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["build"], 2, "briefing init"),
        (["build", "nowhere"], 2, "nowhere: no such file"),
        (["build", "a.txt", "--now", "yesterday"], 2, "--now"),
        (["build", "a.txt", "--date", "21.6.2025"], 2, "--date"),
        (["build", "a.txt", "--format", "docx"], 2, "docx"),
        (["build", "a.txt", "--config", "none.toml"], 2, "none.toml: no such file"),
        (["build", "a.txt", "--out", "a.txt"], 2, "a.txt"),
        (["verify", "nowhere"], 2, "no edition"),
        (["build", "b.pdf"], 4, "b.pdf"),
        (["build", "a.txt", "b.pdf"], 3, "b.pdf"),
        (["build", "a.txt", "b.pdf", "--strict"], 4, "--strict"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_what_is_wrong_is_said_on_stderr_with_its_exit_code(arguments, code, says, tmp_path):
    (tmp_path / "a.txt").write_text("The council of Ostrel met on Monday and put off its vote. " * 12, encoding="utf-8")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    editions = list((tmp_path / "briefings").glob("????-??-??/briefing.json"))
    assert len(editions) == (1 if code == 3 else 0)


def test_quiet_prints_nothing_when_all_is_well(tmp_path):
    done = run("build", SAMPLES / "lone", "--now", NOW, "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_explain_lists_each_dropped_passage_with_its_reason(tmp_path):
    done = run("build", SAMPLES / "scrapes", "--now", NOW, "--explain", cwd=tmp_path)
    rows = [line.split("\t") for line in done.stdout.splitlines()[1:]]
    assert ["page-mark", "page-1.txt", "TT"] in rows
    assert any(reason == "comment-form" for reason, _, _ in rows)


def test_a_second_run_exits_75_and_names_the_holder(tmp_path):
    out = tmp_path / "briefings"
    out.mkdir()
    with lock.held(out):
        done = run("build", SAMPLES / "lone", "--now", NOW, cwd=tmp_path)
    assert done.returncode == 75
    assert str(os.getpid()) in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_so_and_leaves_no_edition(number, code, tmp_path):
    command = [sys.executable, "-m", "briefing", "build", str(SAMPLES), "--now", NOW]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        deadline = time.monotonic() + 30
        while not (tmp_path / "briefings" / lock.NAME).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        child.send_signal(number)
        child.communicate(timeout=30)
    assert child.returncode == code
    assert not (tmp_path / "briefings" / DAY).exists()
