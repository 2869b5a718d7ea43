"""370 real messages, many of them made to break a reader, where BRIEFING_DATA names the folder that holds them."""

import os
import tarfile
import time
from pathlib import Path

import pytest

from briefing.sources.mail import Mail
from briefing.stages.clean import clean
from briefing.types import Document, Failure
from tests.sources.newsroom import NOW

ARCHIVE = Path(os.environ["BRIEFING_DATA"]) / "mail" / "eml.tar.gz"


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, list[Document | Failure]]:
    """What each message gave; none of them takes long."""
    folder = tmp_path_factory.mktemp("mail")
    results: dict[str, list[Document | Failure]] = {}
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            if member.isfile():
                path = folder / "one.eml"
                path.write_bytes(archive.extractfile(member).read())
                started = time.process_time()
                reading = Mail(path=path).read(NOW)
                assert time.process_time() - started < 10
                results[member.name] = [*reading.documents, *reading.failures]
    return results


def test_every_message_gives_text_or_a_named_error(found):
    assert len(found) == 370
    assert all(found.values())
    with_text = [name for name, results in found.items() if any(isinstance(one, Document) for one in results)]
    assert len(with_text) >= 345


def test_what_has_no_text_says_why(found):
    known = (
        "title and link only",
        "no text in it, only ",
        "a report on the delivery",
        "not a message",
        "encrypted",
        "chrome-only",
    )
    reasons = [one.reason for results in found.values() for one in results if isinstance(one, Failure)]
    assert [reason for reason in reasons if not reason.startswith(known)] == []


def test_newsletters_are_split_and_most_items_have_a_link(found):
    split = [[one for one in results if isinstance(one, Document)] for results in found.values() if len(results) > 1]
    items = [item for items in split for item in items]
    assert len(split) >= 90
    assert len(items) >= 700
    assert sum(item.declared.url is not None for item in items) >= 0.8 * len(items)
    assert all(item.private for item in items)


def test_the_articles_are_sound(found):
    documents = [one for results in found.values() for one in results if isinstance(one, Document)]
    cleaned = clean(documents)
    assert len(cleaned.articles) >= 0.9 * len(documents)
    assert not [failure for failure in cleaned.failures if failure.degrades]
