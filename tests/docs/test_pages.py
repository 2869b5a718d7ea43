"""The pages under docs/: they are built without a warning, and what is made of the code is made of this code."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from briefing import config
from briefing.cli import cli
from briefing.stages.checks import CHECKS
from docs import reference
from tests.docs.blocks import ALL, PAGES, ROOT

# Those of the README are loaded by tests.test_readme.
SETTINGS = [
    block for block in ALL if block.kind == "toml" and block.page != "README.md" and not block.noted("not settings")
]
# `briefing …` in the running text; what stands in capitals or brackets is to be filled in.
INLINE = sorted({
    found.strip() for path in PAGES for found in re.findall(r"(?<!`)`(?:\*/\d+[ *]+)?(briefing [a-z][^`\n]*)`(?!`)",
                                                           path.read_text(encoding="utf-8"))
})  # fmt: skip


def test_the_pages_are_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", str(tmp_path / "cache")]
    done = subprocess.run(
        [*command, str(ROOT / "docs"), str(tmp_path / "html")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    built = {path.stem for path in (tmp_path / "html").glob("*.html")}
    assert {path.stem for path in (ROOT / "docs").glob("*.md")} <= built


@pytest.mark.parametrize("name", reference.PAGES)
def test_what_is_made_of_the_code_is_up_to_date(name: str, request: pytest.FixtureRequest) -> None:
    made, path = reference.PAGES[name](), ROOT / "docs" / name
    if request.config.getoption("--update-golden"):
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made, "stale: `python -m docs.reference` writes it anew"


@pytest.mark.parametrize("table", reference.tables(), ids=lambda table: table.head)
def test_every_setting_says_what_it_does(table: reference.Table) -> None:
    assert [key for key in reference.keys(table) if not reference.description(table, key)] == []


def test_every_kind_of_source_and_model_is_in_the_reference() -> None:
    heads = {table.head for table in reference.tables()}
    assert {f'[[sources]], kind = "{name}"' for name in reference.shipped("sources")} <= heads
    # litellm is the kind of [model] itself, and scripted one for tests.
    models = set(reference.shipped("models")) - {"litellm", "scripted"}
    assert {f'[model], kind = "{name}"' for name in models} <= heads


def test_the_page_on_evidence_has_every_check_as_it_is() -> None:
    page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `([a-z-]+)` \| (withheld|marked) \|", page, re.MULTILINE)
    assert shown == [(check.fault, "withheld" if check.withholds else "marked") for check in CHECKS]


@pytest.mark.parametrize("block", SETTINGS, ids=lambda block: block.name)
def test_settings_that_are_shown_are_settings_that_load(block, tmp_path: Path) -> None:
    (tmp_path / "exchanges").mkdir()
    path = tmp_path / "briefing.toml"
    path.write_text(block.text, encoding="utf-8")
    config.load(path)


@pytest.mark.parametrize("line", INLINE)
def test_commands_in_the_running_text_are_commands_with_these_options(line: str) -> None:
    words = shlex.split(re.sub("[…,]", " ", line))[1:]
    command: click.Command = cli
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, line
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
    assert [word for word in words if word.startswith("--") and word not in known] == []
