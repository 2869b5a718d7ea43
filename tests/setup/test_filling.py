"""The commented file with answers in it: it loads, says what was answered, and keeps its comments."""

import re
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing import config
from briefing.commands.setup import places
from briefing.commands.setup.filling import filled
from briefing.commands.sources.tables import Table
from briefing.sources.feeds import Feed
from briefing.sources.fetching.policy import fit

# TOML cannot write half of a surrogate pair.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
# What a settings file may hold must not look like a key, a token or a login.
TITLES = TEXTS.filter(lambda text: not config.looks_secret(text))


def comments(text: str) -> list[str]:
    """The lines of prose: what shows a setting may become one."""
    shows = r"#? ?(?:[a-z_]+ = .*|\[{1,2}[\w.]+\]{1,2})"
    return [line for line in text.splitlines() if line.startswith("#") and not re.fullmatch(shows, line)]


def loaded(text: str) -> config.Config:
    with TemporaryDirectory() as folder:
        path = Path(folder, "briefing.toml")
        path.write_text(text, encoding="utf-8")
        return config.load(path)


@given(title=TITLES, path=TITLES.filter(lambda text: "\0" not in text))
def test_whatever_is_answered_is_what_the_file_says_and_no_comment_is_lost(title: str, path: str) -> None:
    text = filled(config.starter(), {"": {"title": title}, "[[sources]]": {"path": path}}, ())
    assert tomllib.loads(text) == {"title": title, "sources": [{"path": path}]}
    assert comments(text) == comments(config.starter())


def test_every_table_that_is_answered_is_opened_and_no_other() -> None:
    text = filled(
        config.starter(),
        {
            "": {"timezone": "Europe/Oslo", "formats": ("md",)},
            "[web]": {"allow_private": ("intranet.example",)},
            "[model]": {"name": "ollama_chat/one", "options": {"num_ctx": 9000}},
            "[outputs.email]": {"sender": "desk@ellin.example"},
            "[[delivery]]": {"kind": "smtp", "to": ("anna@reader.example",), "host": "smtp.ellin.example", "port": 587},
        },
        [Table("feed", {"url": "https://gazette.example/feed.xml"})],
    )
    assert tomllib.loads(text) == {
        "timezone": "Europe/Oslo",
        "formats": ["md"],
        "web": {"allow_private": ["intranet.example"]},
        "model": {"name": "ollama_chat/one", "options": {"num_ctx": 9000}},
        "outputs": {"email": {"sender": "desk@ellin.example"}},
        "delivery": [{"kind": "smtp", "to": ["anna@reader.example"], "host": "smtp.ellin.example", "port": 587}],
        "sources": [{"kind": "feed", "url": "https://gazette.example/feed.xml"}],
    }
    assert loaded(text).model_fields_set >= {"timezone", "formats", "web", "outputs", "delivery", "sources"}
    assert comments(text) == comments(config.starter())


def test_a_key_that_the_file_does_not_show_stands_at_the_head_of_its_table() -> None:
    shown = "#a = 1\n[[sources]]\n\n#[web]\n# Contact.\n#contact = 'x'\n"
    text = filled(shown, {"[web]": {"new": 3}, "[[sources]]": {}}, ())
    assert text == "#a = 1\n[[sources]]\n\n[web]\nnew = 3\n# Contact.\n#contact = 'x'\n"


@pytest.mark.parametrize("table", places.listed(), ids=lambda table: table.fields["name"])
def test_every_feed_that_is_offered_has_an_address_of_its_own_and_loads(table: Table) -> None:
    (source,) = loaded(filled(config.starter(), {}, [table])).sources
    assert isinstance(source, Feed)
    assert fit(source.url) == source.url
    assert source.url.startswith("https://")
    assert [other for other in places.listed() if other.places & table.places] == [table]
