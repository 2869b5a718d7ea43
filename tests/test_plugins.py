"""The doors: found by name, made from a table, refused with a suggestion."""

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pytest

from briefing import plugins
from briefing.errors import ConfigError
from briefing.sources.files import Files
from briefing.types import Record


class Inner(Record):
    depth: int = 1


class Toy(Record):
    """A stranger's plugin."""

    path: plugins.Place
    names: tuple[str, ...] = ()
    count: int = 1
    inner: Inner = Inner()
    listed: tuple[Inner, ...] = ()


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entry points as other packages would bring them."""
    values = {
        "toy": f"{__name__}:Toy",
        "gone": "briefing.no_such_module:Gone",
        "nameless": "briefing.types:NoSuchRecord",
        "function": "briefing.plugins:names",
    }
    found = EntryPoints(EntryPoint(name, value, "briefing.sources") for name, value in values.items())
    twice = EntryPoints(
        [EntryPoint("twice", f"{__name__}:Toy", "briefing.sources"), EntryPoint("twice", "x:Y", "briefing.sources")]
    )
    monkeypatch.setattr(plugins, "entry_points", lambda **chosen: EntryPoints((*found, *twice)).select(**chosen))


def test_built_ins_enter_by_the_door_of_strangers() -> None:
    assert plugins.load("sources", "files") is Files
    assert "files" in plugins.names("sources")
    assert "extractive" in plugins.names("analysts")


def test_unknown_name_is_refused_with_the_nearest_and_all_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"unknown kind 'file' of sources; did you mean 'files'\? \(known: .*files"):
        plugins.load("sources", "file")


@pytest.mark.usefixtures("strangers")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone", "cannot be imported from briefing.no_such_module:Gone: No module named"),
        ("nameless", "cannot be imported"),
        ("function", "is not a briefing.types.Record"),
        ("twice", "is installed more than once"),
    ],
)
def test_broken_plugin_is_refused_with_its_reason(name: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        plugins.load("sources", name)


@pytest.mark.usefixtures("strangers")
def test_table_is_the_constructor_call() -> None:
    made = plugins.make("sources", {"kind": "toy", "path": "x", "names": ["a"], "inner": {"depth": 2}})
    assert made == Toy(path=Path("x"), names=("a",), inner=Inner(depth=2))


@pytest.mark.usefixtures("strangers")
@pytest.mark.parametrize(
    ("table", "line"),
    [
        ({}, "sources[0].kind: should name one of"),
        ({"kind": 3}, "sources[0].kind: should name one of"),
        ({"kind": "toi"}, "sources[0].kind: unknown kind 'toi' of sources; did you mean 'toy'?"),
        ({"kind": "toy"}, "sources[0].path: missing"),
        ({"kind": "toy", "path": "x", "cuont": 1}, "sources[0].cuont: unknown key; did you mean 'count'?"),
        ({"kind": "toy", "path": "x", "count": "5"}, "sources[0].count: should be a valid integer, not '5'"),
        ({"kind": "toy", "path": "x", "names": "a"}, "sources[0].names: should be a valid array, not 'a'"),
        ({"kind": "toy", "path": "x", "names": [1]}, "sources[0].names[0]: should be a valid string, not 1"),
        (
            {"kind": "toy", "path": "x", "inner": {"dept": 1}},
            "sources[0].inner.dept: unknown key; did you mean 'depth'?",
        ),
        (
            {"kind": "toy", "path": "x", "listed": [{}, {"dept": 1}]},
            "sources[0].listed[1].dept: unknown key; did you mean 'depth'?",
        ),
        ({"kind": "toy", "path": "x\0"}, "sources[0].path: a path cannot hold a NUL character"),
    ],
)
def test_fault_in_a_table_is_named_with_its_path(table: dict[str, object], line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plugins.make("sources", table, "sources[0]")
    assert line in str(caught.value)


@pytest.mark.usefixtures("strangers")
def test_all_faults_of_a_table_are_listed() -> None:
    with pytest.raises(ConfigError) as caught:
        plugins.make("sources", {"kind": "toy", "count": "x", "nmaes": []})
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.usefixtures("strangers")
def test_paths_are_relative_to_the_root_if_there_is_one(tmp_path: Path) -> None:
    assert plugins.make("sources", {"kind": "toy", "path": "x"}, root=tmp_path) == Toy(path=tmp_path / "x")
    assert plugins.make("sources", {"kind": "toy", "path": "/x"}, root=tmp_path) == Toy(path=Path("/x"))
    assert plugins.make("sources", {"kind": "toy", "path": "~"}, root=tmp_path) == Toy(path=Path.home())


def test_files_have_the_shape_of_a_source() -> None:
    assert isinstance(Files(path=Path("x")), plugins.Source)
