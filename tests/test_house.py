"""The house rules that a machine can count: sizes, one way of imports, no module that only some know."""

import ast
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from briefing import plugins

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "briefing").rglob("*.py"))
FUNCTIONS = [
    (path, node)
    for path in MODULES
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.FunctionDef)
]


def lines_of(node: ast.FunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_over_500_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


def test_no_function_is_over_50_lines_and_nine_in_ten_are_under_30():
    sizes = sorted(lines_of(node) for _, node in FUNCTIONS)
    assert sizes[-1] <= 50
    assert sizes[int(len(sizes) * 0.9)] < 30


def test_the_pure_stages_open_nothing():
    opening = [
        f"{path.name}:{node.lineno}"
        for path in MODULES
        if path.is_relative_to(ROOT / "briefing" / "stages")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "exec", "eval"}
    ]
    assert opening == []


@pytest.mark.parametrize("kind", ["sources", "analysts", "outputs"])
def test_every_built_in_enters_by_the_door(kind):
    for entry in entry_points(group=f"briefing.{kind}"):
        assert plugins.load(kind, entry.name)


def test_what_ships_is_named_in_the_build():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"] == {"prompts": "briefing/prompts"}


def test_the_lock_files_name_no_address():
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--hash=sha256:" in text
