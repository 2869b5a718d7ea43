"""One outlet is counted once, however many of its feeds are read, and one article once."""

from hypothesis import given
from hypothesis import strategies as st

from briefing.sources.naming import once, one_name
from briefing.types import Declared, Document


def page(url: str, source: str | None = None, text: str = "text", path: str | None = None) -> Document:
    declared = Declared(url=url, source=source)
    return Document(item=url, text=text, media_type="text/html", declared=declared, path=path)


def names(*documents: Document) -> list[str | None]:
    return [document.declared.source for document in one_name(documents)]


def test_feeds_of_one_site_share_the_words_their_names_begin_with():
    world = page("https://www.gazette.example/1", "The Gazette - World")
    trade = page("https://gazette.example/2", "The Gazette | Business")
    assert names(world, trade) == ["The Gazette", "The Gazette"]


def test_half_a_word_is_no_name():
    assert names(page("https://a.example/1", "Harbour News"), page("https://a.example/2", "Harborne Post")) == [
        "Harbour News",
        "Harborne Post",
    ]


def test_two_names_of_one_host_without_a_common_beginning_stay_two_outlets():
    assert names(
        page("https://pages.example/x/1", "Sennes Diary"), page("https://pages.example/y/1", "Quay Notes")
    ) == [
        "Sennes Diary",
        "Quay Notes",
    ]


def test_a_name_alone_stays_as_it_is():
    assert names(page("https://a.example/1", "A - World"), page("https://b.example/1", "A - Trade")) == [
        "A - World",
        "A - Trade",
    ]


def test_an_article_of_two_feeds_is_read_once_and_the_longer_text_stays():
    short = page("http://www.gazette.example/pier?utm_source=rss", text="A barge struck.")
    long = page("https://gazette.example/pier", text="A barge struck the pier on Monday.")
    assert once([short, long]) == once([long, short]) == (long,)


def test_files_of_one_address_all_stay_since_they_may_be_revisions():
    files = [page("https://gazette.example/pier", text=t, path=f"{t}.html") for t in ("one", "two")]
    assert list(once(files)) == files


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.text(max_size=3))))
def test_the_order_does_not_matter(found):
    pages = [page(f"https://{host}.example/{path}", text=text) for host, path, text in found]
    assert sorted(once(pages), key=repr) == sorted(once(pages[::-1]), key=repr)
    assert len(once(pages)) == len({(host, path) for host, path, _ in found})
