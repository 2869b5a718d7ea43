"""The sources of the web, read as a run reads them: over loopback, with state and window."""

from contextlib import contextmanager

import pytest
from pydantic import ValidationError

from briefing.cache import Bodies
from briefing.sources.feeds import Feed, Opml
from briefing.sources.fetching.fetch import Fetcher
from briefing.sources.fetching.policy import Moment
from briefing.sources.web import Pages
from briefing.sources.window import Window
from briefing.state import State
from tests.sources.newsroom import HTML, NOW, QUICK, hours, item, page, pages, rss, told
from tests.sources.servers import conditional, farm, redirect, reply

DAY = Window(hours(24), NOW)


@pytest.fixture(scope="module")
def servers():
    with farm() as started:
        yield started


@pytest.fixture
def site(servers):
    return servers.site({}, "127.0.0.1")


@pytest.fixture
def run(tmp_path):
    """`run(source)`: its reading, in a run that remembers what the runs before it saw."""
    with State.transient() as state:
        bodies = Bodies(folder=tmp_path / "bodies")

        @contextmanager
        def opened(now, net, window, **manner):
            with Fetcher.opened(net, state, bodies, Moment(now, **manner), window) as web:
                yield web

        def read(source, now=NOW, window=DAY, net=QUICK, **manner):
            with opened(now, net, window, **manner) as web:
                return source.replace(web=web).read(now)

        yield read


def feed(site, *items, path="/feed.xml", title="The Sennes Gazette"):
    site.routes[path] = conditional(rss(*items, title=title), etag=f'"{hash(items)}"')
    return Feed(url=site.url(path))


def titles(reading):
    return [document.declared.title for document in reading.documents]


def reasons(reading):
    return [failure.reason for failure in reading.failures]


def asked(site):
    return [request.path for request in site.requests]


def test_full_texts_come_from_the_feed_and_no_page_is_asked_for(site, run):
    reading = run(feed(site, item("Pier closed", site.url("/pier"), hours(2), told("Pier closed") * 3, full=True)))
    (document,) = reading.documents
    assert document.media_type == "text/html"
    assert document.declared.source == "The Sennes Gazette"
    assert document.declared.published == "2031-05-20T04:00:00+00:00"
    assert asked(site) == ["/feed.xml"]


def test_a_summary_is_filled_from_the_linked_page(site, run):
    pages(site, {"/pier": "Pier closed"})
    reading = run(feed(site, item("Pier closed", site.url("/pier"), hours(2), "The pier is closed.")))
    assert "eleven men" in reading.documents[0].text
    assert asked(site) == ["/feed.xml", "/robots.txt", "/.well-known/tdmrep.json", "/pier"]


def test_only_what_lies_in_the_window_is_read(site, run):
    pages(site, {"/new": "New story", "/old": "Old story"})
    entries = (item("New story", site.url("/new"), hours(3)), item("Old story", site.url("/old"), hours(30)))
    reading = run(feed(site, *entries))
    assert titles(reading) == ["New story"]
    assert "/old" not in asked(site)
    assert (reading.health[0].entries, reading.health[0].taken) == (2, 1)


def test_without_a_window_everything_is_read(site, run):
    pages(site, {"/old": "Old story"})
    assert titles(run(feed(site, item("Old story", site.url("/old"), hours(900))), window=None)) == ["Old story"]


def test_an_old_article_dated_anew_is_not_news(site, run):
    """F22: what was seen before stays seen, whatever its date becomes."""
    long = told("Pier closed") * 2
    run(feed(site, item("Pier closed", site.url("/pier"), hours(40), long, full=True)), hours(38), None)
    again = run(feed(site, item("Pier closed", site.url("/pier"), hours(1), long, full=True)))
    moved = run(feed(site, item("Pier closed", site.url("/pier-2"), hours(1), long, full=True)))
    assert titles(again) == titles(moved) == []


def test_an_article_that_changed_since_is_news_again(site, run):
    first, second = told("Pier closed") * 2, told("Pier opens again") * 2
    run(feed(site, item("Pier closed", site.url("/pier"), hours(40), first, full=True)), hours(38), None)
    assert titles(run(feed(site, item("Pier", site.url("/pier"), hours(1), second, full=True)))) == ["Pier"]


def test_a_page_that_is_years_older_than_its_feed_says_is_left_out_and_named(site, run):
    head = '<meta property="article:published_time" content="2023-02-01T08:00:00Z">'
    site.routes["/pier"] = reply(page("Pier closed", told("Pier closed"), head), headers=HTML)
    reading = run(feed(site, item("Pier closed", site.url("/pier"), hours(2))))
    assert titles(reading) == []
    assert "first published 2023-02-01" in reasons(reading)[0]
    assert not reading.failures[0].degrades


def test_a_page_closed_by_robots_leaves_the_feeds_own_words(site, run):
    """F24: the entry is still good for what the feed says."""
    site.routes["/robots.txt"] = reply(b"User-agent: briefing\nDisallow: /closed")
    words = "The eastern pier of Sennes stays closed for two weeks, the harbour office said on Monday."
    open_entry = item("Short", site.url("/closed/2"), hours(2), "Closed.")
    reading = run(feed(site, item("Pier closed", site.url("/closed/1"), hours(1), words), open_entry))
    assert [d.text for d in reading.documents] == [words]
    assert reasons(reading)[0].startswith("title and link only: 127.0.0.1: its robots.txt")
    assert reading.failures[0].item == f"Short ({site.url('/closed/2')})"
    assert not any(failure.degrades for failure in reading.failures)
    assert "2 pages closed to us" in reading.health[0].note
    assert not any(path.startswith("/closed") for path in asked(site))


def test_a_page_that_fails_leaves_the_feeds_own_words_and_is_told(site, run):
    site.routes["/pier"] = reply(b"", 500)
    words = "The eastern pier of Sennes stays closed for two weeks, the harbour office said on Monday."
    reading = run(feed(site, item("Pier closed", site.url("/pier"), hours(1), words)))
    assert [d.text for d in reading.documents] == [words]
    assert "the feed's own words stand in" in reasons(reading)[0]
    assert reading.failures[0].degrades


def test_a_feed_that_turned_into_a_page_leaves_the_stored_copy(site, run):
    """F20: an error page with status 200 takes nothing away."""
    source = feed(site, item("Pier closed", site.url("/pier"), hours(1), told("Pier closed") * 3, full=True))
    run(source, hours(0.5), Window(hours(25), hours(0.5)))
    site.routes["/feed.xml"] = reply(b"<html><title>Down for maintenance</title></html>", headers=HTML)
    reading = run(source)
    assert titles(reading) == ["Pier closed"]
    assert reading.health[0].outcome == "kept"
    assert "an HTML page" in reasons(reading)[0]


def test_the_limit_takes_the_newest_and_says_what_it_left(site, run):
    entries = [item(f"Story {n}", site.url(f"/{n}"), hours(n), told(f"Story {n}") * 3, full=True) for n in (3, 1, 2)]
    reading = run(feed(site, *entries).replace(limit=2))
    assert sorted(titles(reading)) == ["Story 1", "Story 2"]
    assert reading.health[0].note == "1 more not taken (limit 2)"


def test_a_feed_silent_for_long_and_one_that_moved_are_said_so(site, run):
    site.routes["/old.xml"] = redirect(site.url("/feed.xml"), 301)
    feed(site, item("Pier closed", site.url("/pier"), hours(24 * 30), told("Pier closed") * 3, full=True))
    health = run(Feed(url=site.url("/old.xml"))).health[0]
    assert health.silent_days == 30
    assert health.moved_to == site.url("/feed.xml")


def test_an_opml_list_reads_its_feeds_side_by_side_under_their_sections(site, run, tmp_path):
    long = told("Pier closed") * 3
    feed(site, item("Pier closed", site.url("/a"), hours(1), long, full=True), path="/a.xml")
    feed(site, item("Tram voted", site.url("/b"), hours(1), told("Tram voted") * 3, full=True), path="/b.xml")
    outlines = "".join(f'<outline text="{n}" xmlUrl="{site.url(f"/{n}.xml")}"/>' for n in ("a", "b", "gone"))
    (tmp_path / "list.opml").write_text(f'<opml><body><outline text="Coast">{outlines}</outline></body></opml>')
    reading = run(Opml(path=tmp_path / "list.opml", weight=2.0))
    assert sorted(titles(reading)) == ["Pier closed", "Tram voted"]
    assert {(d.declared.section, d.declared.weight) for d in reading.documents} == {("Coast", 2.0)}
    assert [h.outcome for h in sorted(reading.health, key=lambda h: h.source)] == ["reached", "reached", "failed"]


def test_an_opml_file_that_is_missing_is_a_failure(run, tmp_path):
    assert "cannot be read" in reasons(run(Opml(path=tmp_path / "none.opml")))[0]


def test_a_list_names_one_place(tmp_path):
    with pytest.raises(ValidationError, match="either a path or a url"):
        Opml(path=tmp_path / "a.opml", url="https://a.example/feeds.opml")


def test_a_login_goes_to_the_host_of_the_source_alone(servers, site, run, monkeypatch):
    """F3: neither the pages of other hosts nor a redirect to one sees it."""
    monkeypatch.setenv("GAZETTE_TOKEN", "Bearer a-secret")
    other = servers.site({}, "127.0.0.2")
    pages(other, {"/pier": "Pier closed"})
    pages(site, {"/tram": "Tram voted"})
    entries = (item("Pier closed", other.url("/pier"), hours(1)), item("Tram voted", site.url("/tram"), hours(1)))
    run(feed(site, *entries).replace(headers_env={"Authorization": "GAZETTE_TOKEN"}))
    assert {r.headers.get("authorization") for r in site.requests} == {"Bearer a-secret"}
    assert [r.headers.get("authorization") for r in other.requests] == [None] * 3


def test_a_variable_that_is_not_set_is_a_failure_that_names_it(site, run):
    reading = run(feed(site).replace(headers_env={"Authorization": "NO_SUCH_VARIABLE"}))
    assert reasons(reading) == ["the environment variable NO_SUCH_VARIABLE is not set; set it, or remove it here"]
    assert asked(site) == []


def test_a_section_page_gives_the_articles_it_links(site, run):
    linked = {"/2031/05/19/pier-of-sennes-closed.html": "Pier of Sennes closed for two weeks",
              "/2031/05/19/tram-vote-in-marrow.html": "Council of Marrow votes for a new tram"}  # fmt: skip
    pages(site, linked)
    cards = "".join(f"<article><h3><a href='{path}'>{title}</a></h3></article>" for path, title in linked.items())
    nav = "<nav><a href='/sport/'>Sport</a><a href='/login'>Log in to your account here</a></nav>"
    site.routes["/news/"] = reply(f"<html><body>{nav}<main>{cards}</main></body></html>".encode(), headers=HTML)
    reading = run(Pages(sections=(site.url("/news/"),)))
    assert sorted(titles(reading)) == sorted(linked.values())
    assert (
        titles(
            run(
                Pages(sections=(site.url("/news/"),)),
                NOW.replace(day=22),
                Window(NOW.replace(day=21), NOW.replace(day=22)),
            )
        )
        == []
    )


def test_a_news_sitemap_gives_what_is_new_in_it(site, run):
    pages(site, {"/pier": "Pier closed"})
    entry = (
        f"<url><loc>{site.url('/pier')}</loc><n:news><n:publication_date>{hours(2).isoformat()}</n:publication_date>"
        "<n:title>Pier closed</n:title></n:news></url>"
    )
    old = f"<url><loc>{site.url('/old')}</loc><lastmod>2030-01-01</lastmod></url>"
    spaces = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    site.routes["/news.xml"] = reply(f"<urlset {spaces}>{entry}{old}</urlset>".encode())
    assert titles(run(Pages(sitemaps=(site.url("/news.xml"),)))) == ["Pier closed"]


def test_a_single_address_is_read_once_and_a_feed_there_is_read_as_one(site, run):
    pages(site, {"/pier": "Pier closed"})
    source = Pages(urls=(site.url("/pier"),), section="Coast", weight=0.5)
    tomorrow = NOW.replace(day=21)
    assert [(d.declared.section, d.declared.weight) for d in run(source).documents] == [("Coast", 0.5)]
    assert len(run(source, tomorrow, Window(NOW.replace(hour=7), tomorrow)).documents) == 0
    there = feed(site, item("Tram voted", site.url("/tram"), hours(1), told("Tram voted") * 3, full=True))
    assert titles(run(Pages(urls=(there.url,)), window=None)) == ["Tram voted"]


def test_without_a_run_a_source_says_what_it_needs(site):
    from briefing.pipeline import read

    (failure,) = read((Feed(url=site.url("/feed.xml")),), NOW).failures
    assert "run it by `briefing build`" in failure.reason


def test_a_private_source_keeps_its_text_from_models(site, run):
    long = told("Pier closed") * 3
    reading = run(feed(site, item("Pier closed", site.url("/a"), hours(1), long, full=True)).replace(llm="never"))
    assert all(document.private for document in reading.documents)
