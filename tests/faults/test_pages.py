# ruff: noqa: N802 - a row's test has the name it has in the fault table
"""F18, F24 and F26 of the fault table: what becomes of articles whose bytes, owner or wall keeps them from us.

They share a reading of the sources, which says what it cost, and a whole `briefing build`, which says what the
reader is told.
"""

from typing import Any, NamedTuple

import pytest

from tests.faults.runs import MOST_GROWTH_OF_BUILD, XML, Morning, Town, article
from tests.sources.newsroom import HTML, hours, item, page, rss, told
from tests.sources.servers import redirect, reply

SETUPS = []
# Long enough to stand for itself where the page may not be read.
WORDS = "The eastern pier of Sennes stays closed for two weeks, the harbour office said on Monday in the town hall."


def part(setup):
    SETUPS.append(setup)
    return setup


class Run(NamedTuple):
    town: Town
    morning: Morning
    built: Morning
    edition: dict[str, Any]

    @property
    def titles(self):
        articles = self.edition["articles"].values()
        return {one["title"] for article in articles for one in (article, *article["copies"])}

    def failure(self, item):
        """The one failure of the edition whose item begins so."""
        (failure,) = (f for f in self.edition["failures"] if f["item"].startswith(item))
        return failure


@pytest.fixture(scope="module")
def run(farm, certificates, tmp_path_factory):
    town = Town(farm, certificates, tmp_path_factory.mktemp("pages"))
    for setup in SETUPS:
        setup(town)
    town.paper.write(town.hosts(), 'state = "of the build"\ncache = "of it too"')
    built = town.paper.build()
    edition = town.paper.edition()
    asked = {name: [*site.requests] for name, site in town.sites.items()}
    town.paper.write(town.hosts())
    morning = town.paper.read()
    for name, site in town.sites.items():
        site.requests[:] = asked[name]
    return Run(town, morning, built, edition)


def listing(town, name, routes, *entries):
    """A site that is read under `name`: its feed has entries as (title, path, summary)."""
    site = town.feed(name, routes)
    items = [item(title, site.url(path), hours(2), summary) for title, path, summary in entries]
    site.routes["/feed"] = reply(rss(*items, title=f"The {name} Gazette"), headers=XML)
    return site


def encoded(title, codec, declared):
    """A feed in an encoding, which calls itself so or otherwise."""
    body = rss(item(title, f"https://sennes.example/{title.split()[0]}", hours(1), told(title) * 3, True)).decode()
    return body.replace('version="1.0"', f'version="1.0"{declared}', 1).encode(codec)


FEEDS = {
    "declared": ("Café fermé à Sennes", "cp1252", ' encoding="windows-1252"', "text/xml"),
    "by header alone": ("Порт Сеннеса закрыт", "cp1251", "", "text/xml; charset=windows-1251"),
    "lying header": ("Über die Brücke", "utf-8", "", "text/xml; charset=iso-8859-1"),
    "lying document": ("Étroit chenal", "utf-8", ' encoding="windows-1251"', "text/xml"),
    "mark": ("Κλειστό λιμάνι", "utf-16", "", "text/xml"),
    "mark of utf-8": ("Łódź portowa", "utf-8-sig", ' encoding="iso-8859-1"', "text/xml"),
}


@part
def charsets(town):
    for name, (title, codec, declared, media_type) in FEEDS.items():
        town.feed(f"F18 {name}", reply(encoded(title, codec, declared), headers={"Content-Type": media_type}))
    lost = page("Lost letters", told("Lost letters") * 2).replace(b"e", "\ufffd".encode())
    mixed = page("Mixed bytes", told("Über die Brücke") * 2).replace("ü".encode(), b"\xfc")
    routes = {"/lost": reply(lost, headers=HTML), "/mixed": reply(mixed, headers=HTML)}
    listing(town, "F18 pages", routes, ("Lost letters", "/lost", "Short."), ("Mixed bytes", "/mixed", "Short."))
    broken = item("Broken feed", "https://sennes.example/broken", hours(1), "\ufffdn\ufffd w\ufffdrd" * 50, True)
    town.feed("F18 broken", reply(rss(broken), headers=XML), full_text="feed")


def test_F18_an_encoding_is_found_whatever_is_said_of_it_and_what_stays_unreadable_is_dropped(run):
    for name, (title, *_) in FEEDS.items():
        assert run.morning[f"F18 {name}"].titles == [title]
        assert title in run.titles
    assert "Lost letters" not in run.titles
    assert "wrong encoding" in run.failure("Lost letters (")["reason"]
    assert "Broken feed" not in run.titles
    assert "unreadable" in run.morning["F18 broken"].note
    assert "\ufffd" not in str(run.edition["articles"])
    assert run.morning.within()


ROBOTS, TDMREP = "/robots.txt", "/.well-known/tdmrep.json"
# What a site has beside its pages, what its pages carry, and the words it is reported in.
CLOSED = {
    "robots": ({ROBOTS: reply(b"User-agent: briefing\nDisallow: /closed")}, {}, "", "robots.txt"),
    "all robots": ({ROBOTS: reply(b"User-agent: *\nDisallow: /")}, {}, "", "robots.txt"),
    "robots away": ({ROBOTS: reply(b"", 503)}, {}, "", "robots.txt"),
    "tdmrep": ({TDMREP: reply(b'[{"location": "/closed/*", "tdm-reservation": 1}]')}, {}, "", "tdmrep.json"),
    "header": ({}, {"tdm-reservation": "1"}, "", "text and data mining"),
    "noai": ({}, {"X-Robots-Tag": "noai"}, "", "text and data mining"),
    "meta": ({}, {}, '<meta name="tdm-reservation" content="1">', "text and data mining"),
}


@part
def closed_pages(town):
    for kind, (beside, headers, head, _) in CLOSED.items():
        route = reply(page("Closed page", told("Closed page") * 2, head), headers={**HTML, **headers})
        entries = ((f"F24 {kind} telling", "/closed/1", WORDS), (f"F24 {kind} short", "/closed/2", "Closed."))
        listing(town, f"F24 {kind}", {"/closed/1": route, "/closed/2": route, **beside}, *entries)


def test_F24_a_page_closed_to_programs_is_not_fetched_and_its_entry_still_stands(run):
    for kind, (beside, _, _, words) in CLOSED.items():
        name = f"F24 {kind}"
        assert f"{name} telling" in run.titles
        assert f"{name} short" not in run.titles
        failure = run.failure(f"{name} short (http://")
        assert failure["reason"].startswith("title and link only: ")
        assert words in failure["reason"]
        assert not failure["degrades"]
        assert "2 pages closed to us" in run.morning[name].note
        assert not (beside and any(path.startswith("/closed") for path in run.town.asked(name)))
    assert "Closed page" not in run.titles
    notes = [health["note"] for health in run.edition["run"]["sources"]]
    assert sum("2 pages closed to us" in note for note in notes) == len(CLOSED)
    assert run.morning.within()


STUBS = {
    "consent": "<p>We value your privacy</p><p>We and our 840 partners keep information on your device.</p><p>Accept all</p>",
    "paywall": f"<p>{WORDS}</p><p>Subscribe now to read the full story.</p>",
    "script": "<p>Please enable JavaScript to read this page.</p>",
    "not free": f"<p>{WORDS}</p><p>{WORDS.replace('pier', 'quay')}</p>",
    "empty": "<div id=app></div>",
}
NOT_FREE = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "x", "isAccessibleForFree": false}</script>'


@part
def walls(town):
    for kind, text in STUBS.items():
        title = f"F26 {kind}"
        routes = {"/stub": reply(page(title, text, NOT_FREE if kind == "not free" else ""), headers=HTML)}
        listing(town, title, routes, (title, "/stub", WORDS.replace("pier", kind)))
    routes = {
        "/wall": redirect("/consent?back=/wall", 302),
        "/consent": article("Before you continue", STUBS["consent"]),
    }
    listing(town, "F26 redirect", routes, ("F26 redirect", "/wall", "Short."))
    listing(town, "F26 free", {"/free": article("F26 free", told("Free pier") * 2)}, ("F26 free", "/free", "Short."))


def test_F26_of_a_page_behind_a_wall_title_and_link_are_named_and_it_is_no_article(run):
    for kind in (*STUBS, "redirect"):
        title, place = f"F26 {kind}", run.town.sites[f"F26 {kind}"]
        assert title not in run.titles
        link = place.url("/wall" if kind == "redirect" else "/stub")
        (failure,) = (f for f in run.edition["failures"] if link in f["item"] and f["title"] == title)
        assert not failure["degrades"]
    assert "F26 free" in run.titles
    assert run.morning.within()


def test_what_is_wrong_with_single_articles_leaves_an_edition_that_says_so(run):
    """Unreadable letters are a fault of the run (exit 3); closed pages and walls alone would be none."""
    assert run.built.code == 3
    degrading = {f["item"].partition(" (")[0] for f in run.edition["failures"] if f["degrades"]}
    assert degrading == {"Lost letters"}
    assert run.built.within(growth=MOST_GROWTH_OF_BUILD)
