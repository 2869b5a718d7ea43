"""`latest/` is the old or the new edition, whole, wherever a run dies; so are the other files of the archive."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from briefing.outputs import archive, folder
from briefing.outputs import json as edition_json
from briefing.outputs.archive import latest
from tests.outputs.edition import EMPTY, FULL
from tests.outputs.shelves import dated, put
from tests.outputs.test_folder import Died, dying_at

OLD, NEW = "2031-05-19", "2031-05-20"
PARTS = ("index.html", "feed.xml", "latest")


def shelf(out: Path, *days: str) -> Path:
    for day in days:
        put(out, dated(day), page=f"<!doctype html>the page of {day}")
    return out


def parts(out: Path) -> dict[str, dict[str, bytes]]:
    """What stands of each part, hidden files apart."""
    return {name: _content(out / name) for name in PARTS if (out / name).exists()}


def _content(path: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in (path.iterdir() if path.is_dir() else [path])}


def leftovers(out: Path) -> list[str]:
    return [p.name for p in out.iterdir() if p.name.endswith((".tmp", ".old"))]


@pytest.fixture
def _unsynced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture(params=["exchanged", "stepping aside"])
def exchange(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the system's exchange, and as where there is none."""
    if request.param == "stepping aside":
        monkeypatch.setattr(latest, "_exchanged", lambda *_: False)
    return str(request.param)


@pytest.mark.usefixtures("_unsynced")
def test_death_at_any_step_leaves_each_part_old_or_new(tmp_path: Path, exchange: str) -> None:
    before = parts_after(tmp_path / "before", OLD)
    after = parts_after(tmp_path / "after", OLD, NEW)
    step, died = 0, True
    while died:
        out = shelf(tmp_path / str(step), OLD)
        archive.update(out)
        shelf(out, NEW)
        died = False
        try:
            with dying_at(step):
                archive.update(out)
        except Died:
            died = True
        standing = parts(out)
        # Only where two names cannot be exchanged `latest` may be missing until `recover`.
        assert all(standing[n] in (before[n], after[n]) for n in PARTS if exchange == "exchanged" or n in standing)
        archive.recover(out)
        assert all(parts(out)[name] in (before[name], after[name]) for name in PARTS)
        assert leftovers(out) == []
        archive.update(out)
        assert parts(out) == after
        step += 1
    assert step > 20


def parts_after(out: Path, *days: str) -> dict[str, dict[str, bytes]]:
    archive.update(shelf(out, *days))
    return parts(out)


@pytest.mark.usefixtures("_unsynced")
def test_a_refused_exchange_leaves_the_old_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.update(shelf(tmp_path, OLD))
    before = parts(tmp_path)["latest"]
    real = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name.endswith(".tmp"):
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(latest, "_exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", refuse)
    (failure,) = archive.update(shelf(tmp_path, NEW))
    assert (Path(failure.item).name, failure.reason) == ("latest", "No space left on device")
    assert parts(tmp_path)["latest"] == before
    assert leftovers(tmp_path) == []


def test_two_folders_change_places_in_one_step(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not latest._exchanged(tmp_path / "one", tmp_path / "other"):
        pytest.skip("no renameat2 with RENAME_EXCHANGE on this system or file system")
    assert (tmp_path / "one" / "other").exists()
    assert not latest._exchanged(tmp_path / "one", tmp_path / "absent")


@pytest.mark.parametrize("strange", ["notes.txt", "a folder"])
def test_what_is_not_of_an_edition_is_neither_replaced_nor_removed(tmp_path: Path, strange: str) -> None:
    (tmp_path / "latest").mkdir()
    mine = tmp_path / "latest" / strange
    if strange == "a folder":
        (mine / "briefing.md").mkdir(parents=True)
    else:
        mine.write_text("mine")
    (failure,) = archive.update(shelf(tmp_path, NEW))
    assert f"{strange} is not of an edition" in failure.reason
    assert mine.exists()
    (tmp_path / NEW / "briefing.json").unlink()
    archive.update(tmp_path)
    assert mine.exists()


def test_a_link_or_file_called_latest_stays(tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(NEW)
    (failure,) = archive.update(shelf(tmp_path, NEW))
    assert failure.item == str(tmp_path / "latest")
    assert (tmp_path / "latest").is_symlink()
    assert not (tmp_path / NEW / "index.html").exists()


UPDATE = """
import itertools, pathlib, sys
from briefing.outputs import archive, folder
out, sources = pathlib.Path(sys.argv[1]), [pathlib.Path(name) for name in sys.argv[2:]]
editions = [{path.name: path.read_text("utf-8") for path in source.iterdir()} for source in sources]
folder.recover(out)
archive.recover(out)
print("ready", flush=True)
for files in itertools.cycle(editions):
    folder.publish(out, "2031-05-20", files)
    assert archive.update(out) == ()
"""


def test_kill_9_at_random_moments_leaves_each_part_whole(tmp_path: Path) -> None:
    """Before any repair the page and the feed end as they should, and `latest` is all of one edition."""
    moments = random.Random(5)
    sources = [
        put(tmp_path / name, briefing, page="<!doctype html>" + edition_json.Json().render(briefing))
        for name, briefing in (("full", dated(NEW)), ("empty", dated(NEW, EMPTY)))
    ]
    out = tmp_path / "out"
    archive.update(shelf(out, OLD))
    for _ in range(8):
        command = [sys.executable, "-c", UPDATE, *map(str, (out, *sources))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(moments.uniform(0, 0.3))
            child.kill()
        assert (out / "index.html").read_text().endswith("</html>\n")
        assert (out / "feed.xml").read_text().endswith("</feed>\n")
        standing = _content(out / "latest")
        assert {*standing} == {"briefing.html", "briefing.json", "evidence.json", "index.html"}
        assert standing["index.html"] == standing["briefing.html"]
        if NEW.encode() in standing["briefing.json"]:
            assert standing["briefing.html"] == b"<!doctype html>" + standing["briefing.json"]
        folder.recover(out)
        assert archive.update(out) == ()
        assert leftovers(out) == []
        if (out / NEW).exists():
            assert (out / "latest/briefing.json").read_bytes() == (out / NEW / "briefing.json").read_bytes()


def test_the_same_editions_give_the_same_archive(tmp_path: Path) -> None:
    assert parts_after(tmp_path / "a", OLD, NEW) == parts_after(tmp_path / "b", NEW, OLD)
    assert FULL.title in (tmp_path / "a" / "index.html").read_text()
