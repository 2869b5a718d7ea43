"""Addresses a reader may follow."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.outputs.escape import MAX_URL, domain, file_path, safe_url, text_fragment
from tests.outputs import hostile


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/x?y=1&z#w", "https://a.example/x?y=1&z#w"),
        ("HTTP://A.Example:8080/", "http://a.example:8080/"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://a.example/%C3%A4", "https://a.example/%C3%A4"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
        ('https://a.example/<">', "https://a.example/%3C%22%3E"),
    ],
)
def test_an_ordinary_address_is_kept(url, safe):
    assert safe_url(url) == safe


@pytest.mark.parametrize("url", [None, "", *hostile.ADDRESSES[:12], "https://a.example/" + "x" * MAX_URL])
def test_an_address_that_is_not_safe_is_no_link(url):
    assert safe_url(url) is None
    assert domain(url) == ""


@given(hostile.addresses | st.text().map(lambda text: f"https://{text}"))
def test_a_safe_address_is_plain_ascii_with_a_host_and_stays_itself(url):
    safe = safe_url(url)
    if safe is not None:
        assert safe.isascii()
        assert not set(safe) & set(' <>"\\`\n\t')
        assert urlsplit(safe).scheme in {"http", "https"}
        assert urlsplit(safe).hostname
        assert safe_url(safe) == safe or len(safe) > MAX_URL


def test_only_a_path_is_shown_as_a_path():
    assert file_path("notes/a.txt") == "notes/a.txt"
    assert file_path("javascript:alert(1)") == file_path("//evil.example") == file_path(None) == ""


def test_a_long_quote_is_found_by_its_ends():
    words = [f"w-{n}" for n in range(20)]
    found = text_fragment("https://a.example/#top", " ".join(words))
    start, _, end = found.removeprefix("https://a.example/#top:~:text=").partition(",")
    assert "-" not in start + end
    assert unquote(start).split() == words[:6]
    assert unquote(end).split() == words[-6:]


def test_a_fragment_never_makes_an_address_too_long():
    url = "https://a.example/" + "x" * (MAX_URL - 20)
    assert text_fragment(url, "some words") == url
