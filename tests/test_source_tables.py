"""Tables written into a settings file: the text that stood there stays, and what comes out loads."""

import threading
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing import config
from briefing.commands.sources import tables
from briefing.commands.sources.tables import Table
from briefing.errors import ConfigError
from briefing.sources.feeds import Feed

SETTINGS = 'title = "Port news"   # my title\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A settings file."""
    path = tmp_path / "briefing.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


@given(st.text())
def test_any_text_comes_back_from_a_quoted_string(text: str) -> None:
    quoted = tables.quoted(text)
    assert quoted.isprintable()
    assert tomllib.loads(f"a = {quoted}")["a"] == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def feed(url: str = "https://post.example/feed") -> Table:
    return Table("feed", {"url": url, "name": 'The "Post"'})


def test_sources_that_stand_as_an_array_cannot_be_added_to(path: Path) -> None:
    text = 'sources = [{path = "articles"}]\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"\[\[sources\]\] tables"):
        tables.append(path, [feed()])
    assert path.read_text(encoding="utf-8") == text
    assert [file.name for file in path.parent.iterdir()] == ["briefing.toml"]


@pytest.mark.parametrize("text", [b"\xef\xbb\xbftitle = 'x'\r\n", b"title = 'x'", b"[web]\ncontact = 'a'  # b", b""])
def test_bytes_that_stood_there_stay(path: Path, text: bytes) -> None:
    path.write_bytes(text)
    path.chmod(0o640)
    tables.append(path, [feed()])
    after = path.read_bytes()
    assert after.startswith(text)
    assert (after.count(b"\r\n") == after.count(b"\n")) == (b"\r\n" in text)
    assert path.stat().st_mode & 0o777 == 0o640
    (source,) = config.load(path).sources
    assert isinstance(source, Feed)
    assert source.name == 'The "Post"'


def test_a_link_stays_a_link(path: Path) -> None:
    (path.parent / "dotfiles").mkdir()
    target = path.rename(path.parent / "dotfiles" / "port.toml")
    path.symlink_to(target)
    tables.append(path, [feed()])
    assert path.is_symlink()
    assert "post.example" in target.read_text(encoding="utf-8")


def test_a_file_that_is_not_there_is_begun(path: Path) -> None:
    path = path.parent / "new" / "briefing.toml"
    assert tables.append(path, [feed()]).added == 1
    loaded = config.load(path)
    assert len(loaded.sources) == 1
    assert loaded.out == path.parent / "briefings"


def test_what_somebody_else_writes_in_the_meantime_is_not_lost(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = config.load

    def edited(loaded: Path) -> config.Config:
        if loaded != path:
            path.write_text(SETTINGS + "max_stories = 3\n", encoding="utf-8")
        return real(loaded)

    monkeypatch.setattr(config, "load", edited)
    with pytest.raises(ConfigError, match="changed in the meantime"):
        tables.append(path, [feed()])
    assert "max_stories" in path.read_text(encoding="utf-8")


def test_commands_at_the_same_time_lose_no_table(path: Path) -> None:
    def append(number: int) -> None:
        tables.append(path, [feed(f"https://post.example/{number}")])

    threads = [threading.Thread(target=append, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(config.load(path).sources) == 8
