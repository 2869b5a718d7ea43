"""Real feeds and lists of feeds, good and broken, where BRIEFING_DATA names the folder that holds them."""

import json
import os
import re
import time
from html import unescape
from pathlib import Path

import pytest

from benchmarks.feeds import Outcome, bodies, found_in, outcomes
from briefing.sources.formats import opml
from briefing.sources.formats.urls import canonical
from tests.sources.test_syndication import assert_sound

FOLDER = Path(os.environ["BRIEFING_DATA"]) / "feeds"


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    return list(outcomes(FOLDER))


def test_every_file_gives_a_feed_or_a_named_error_and_none_takes_long(found):
    assert len(found) == 2927
    assert all(bool(outcome.feed) != bool(outcome.error) for outcome in found)
    assert max(outcome.seconds for outcome in found) < 10


def test_the_entries_of_every_well_formed_file_are_all_there(found):
    refused = "declares entities"
    checked = [o for o in found if o.counted is not None and not o.error.startswith(refused)]
    assert len(checked) > 2500
    assert [(o.name, found_in(o), o.counted) for o in checked if found_in(o) != o.counted] == []


def test_all_files_but_a_few_agree_even_with_what_is_only_called_an_entry(found):
    """Entries within entries' own histories, and lists of an article's contents, are called items too."""
    checked = [o for o in found if o.counted is not None]
    assert sum(found_in(o) != o.named for o in checked) <= 10


def test_only_what_is_no_feed_is_refused(found):
    refused = [o for o in found if o.error]
    assert len(refused) < 25
    known = r"not a feed: |empty: |binary \(|declares entities"
    assert [o.error for o in refused if not re.match(known, o.error)] == []


def test_what_comes_out_of_them_is_sound(found):
    for outcome in found:
        if outcome.feed:
            assert_sound(outcome.feed)


def test_every_list_is_imported_with_each_address_written_in_it():
    lists = dict(bodies(FOLDER / "opml.tar.gz"))
    assert len(lists) == 119
    for name, body in lists.items():
        written = re.findall(r'xmlUrl\s*=\s*"([^"]+)"', body.decode("utf-8"))
        expected = {canonical(unescape(url)) for url in written}
        assert {canonical(outline.url) for outline in opml.parse(body)} == expected, name


def test_ten_thousand_feeds_are_imported_as_a_list_under_their_categories():
    body = (FOLDER / "kite_feeds.json").read_bytes()
    started = time.perf_counter()
    found = opml.parse(body)
    assert time.perf_counter() - started < 5
    categories = json.loads(body)
    assert sum(len(category["feeds"]) for category in categories.values()) == 10_104
    first: dict[str, str] = {}
    for name, category in categories.items():
        for url in category["feeds"]:
            first.setdefault(canonical(url if "://" in url else f"https://{url}"), " ".join(name.split()))
    assert {canonical(outline.url): outline.section for outline in found} == first
