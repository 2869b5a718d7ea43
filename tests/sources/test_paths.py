"""What URLs say of the pages behind them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.sources.formats.paths import day, weight

ARTICLES = [
    "https://a.example/2026/03/12/council-votes-on-tram-line/",
    "https://a.example/politics/council-votes-on-tram-line-41822",
    "https://a.example/story.php?id=4711",
    "https://a.example/story.php?4711",
    "https://a.example/?p=4711",
    "https://a.example/news/articles/c4gxr3k9q1do",
    "https://a.example/politik/hafen-a-123456.html",
    "https://a.example/politics/archive/2026/03/the-harbour/123/",
    "https://a.example/tv/2026/mar/12/the-last-of-the-lamplighters-review",
    "https://a.example/interview-with-the-author-of-the-year/",
    "https://a.example/%D0%BC%D0%BE%D1%81%D1%82-%D1%87%D0%B5%D1%80%D0%B5%D0%B7-%D1%80%D0%B5%D0%BA%D1%83-%D0%B7%D0%B0%D0%BA%D1%80%D1%8B%D1%82/",
]
SECTIONS = ["https://a.example/politics", "https://a.example/news/world", "https://a.example/en/world-politics/"]
ELSEWHERE = [
    "https://a.example/",
    "https://a.example/tag/tram-line-of-the-north-side",
    "https://a.example/author/mira-holt/",
    "https://a.example/category/politics/page/2/",
    "https://a.example/2026/03/12/",
    "https://a.example/news/2026-03",
    "https://a.example/news?page=3",
    "https://a.example/?s=tram",
    "https://a.example/video/2026/03/12/the-debate-on-the-tram-line/",
    "https://a.example/minutes-of-the-council-of-the-bay.pdf",
    "https://shop.a.example/mug-with-the-harbour-bridge-41822",
    "https://a.example/login.php",
    "https://a.example/spring-tide-on-the-bay-gallery/",
    "https://a.example/datenschutz.html",
]


@pytest.mark.parametrize("url", ARTICLES)
def test_articles_weigh(url):
    assert (weight(url) or 0) > 0


@pytest.mark.parametrize("url", SECTIONS)
def test_sections_weigh_nothing(url):
    assert (weight(url) or 0) < 0


@pytest.mark.parametrize("url", ELSEWHERE)
def test_lists_services_and_media_lead_elsewhere(url):
    assert weight(url) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.example/2026/03/12/x", "2026-03-12"),
        ("https://a.example/2026/3/2/x", "2026-03-02"),
        ("https://a.example/x-y-20260312.html", "2026-03-12"),
        ("https://a.example/x/2026-03-12-y", "2026-03-12"),
        ("https://a.example/2026/0312/x", "2026-03-12"),
        ("https://a.example/2026/02/31/x", None),
        ("https://a.example/x-19600130/", None),
        ("https://a.example/x-2026123/", None),
        ("https://a.example/2026/03/x", None),
    ],
)
def test_a_path_names_a_day_or_none(url, expected):
    assert day(url) == expected


@given(st.text(max_size=80).map("https://a.example/{}".format))
def test_any_path_can_be_weighed(url):
    found = weight(url)
    assert found is None or -3 <= found <= 9
    assert day(url) is None or len(day(url) or "") == 10
