"""The way to a page: redirects, leave by robots.txt and tdmrep.json at each hop, and politeness to hosts."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from briefing.sources.fetching.exchange import Access, Want
from tests.sources.fetching import HOSTS, NOW, OPTED_OUT, PAGE, QUICK, get, paths, runs, trouble
from tests.sources.servers import closed, conditional, hang, in_turn, redirect, reply


@pytest.fixture
def run(tmp_path, environment):
    with runs(tmp_path) as opened:
        yield opened


def test_a_chain_of_permanent_moves_is_told_and_remembered(run, farm):
    site = farm.site({"/a": redirect("/b", 301), "/b": redirect("/c", 308), "/c": conditional(b"text")})
    with run() as web:
        fetched = get(web, site.url("/a"))
    assert (fetched.url, fetched.final, fetched.moved_to) == (site.url("/a"), site.url("/c"), site.url("/c"))
    with run() as web:
        again = get(web, site.url("/a"))
    assert (again.how, again.moved_to) == ("unchanged", site.url("/c"))
    assert [r.headers.get("if-none-match") for r in site.requests] == [None] * 5 + ['"v1"']


@pytest.mark.parametrize("statuses", [(301, 302), (302, 301), (303, 308), (308, 307)])
def test_a_chain_with_a_move_for_a_while_is_none_for_good(run, farm, statuses):
    first, second = statuses
    site = farm.site({"/a": redirect("/b", first), "/b": redirect("/c", second), "/c": reply(b"text")})
    with run() as web:
        fetched = get(web, site.url("/a"))
    assert (fetched.final, fetched.moved_to) == (site.url("/c"), None)


def test_five_redirects_are_followed_and_not_six(run, farm):
    site = farm.site({**{f"/{n}": redirect(f"/{n + 1}", 302) for n in range(6)}, "/6": reply(b"text")})
    with run() as web:
        assert get(web, site.url("/1")).final == site.url("/6")
        error = trouble(web, site.url("/0"))
    assert error.fault == "redirect"
    assert "more than 5" in str(error)


@pytest.mark.parametrize("location", ["/a", "/b", "file:///etc/passwd", "gopher://127.0.0.1/", ""])
def test_circles_and_ways_out_of_the_web_are_errors(run, farm, location):
    site = farm.site({"/a": redirect("/b"), "/b": redirect(location)})
    with run() as web:
        assert trouble(web, site.url("/a")).fault == "redirect"
    assert len(site.requests) == 2


def test_a_redirect_to_a_private_address_is_refused_at_its_hop(run, farm):
    inside = farm.site({"/": reply(b"secret")}, "127.0.0.2")
    site = farm.site({"/a": redirect(f"http://127.0.0.2:{inside.port}/"), "/b": redirect("http://127.0.0.2/")})
    with run(net=QUICK.replace(allow_private=(f"127.0.0.1:{site.port}",))) as web:
        assert trouble(web, site.url("/a")).fault == "address"
        assert trouble(web, site.url("/b")).fault == "private"
        assert trouble(web, inside.url("/")).fault == "private"
    assert inside.accepted == 0


def test_a_login_does_not_leave_its_origin(run, farm):
    other = farm.site({"/x": reply(b"text")})
    site = farm.site({"/feed": redirect("/b", 302), "/b": redirect(other.url("/x"), 302)})
    access = Access(home=site.url("/feed"), headers=(("Authorization", "Basic cGVuOnNlY3JldA=="),))
    with run() as web:
        get(web, site.url("/feed"), access=access)
    assert [r.headers.get("authorization") for r in site.requests] == ["Basic cGVuOnNlY3JldA=="] * 2
    assert "authorization" not in other.requests[0].headers


def test_an_unverified_certificate_is_taken_from_the_source_that_says_so_alone(run, farm, certificates):
    other = farm.site({"/x": reply(b"text")}, tls=certificates.self_signed)
    routes = {"/feed": reply(b"text"), "/away": redirect(other.url("/x"))}
    site = farm.site(routes, tls=certificates.self_signed)
    access = Access(home=site.url("/feed"), insecure=True)
    with run() as web:
        assert trouble(web, site.url("/feed")).fault == "tls"
        assert get(web, site.url("/feed"), access=access).body == b"text"
        assert trouble(web, site.url("/away"), access=access).fault == "tls"
    assert other.requests == []


# What a site asks of us.


def test_robots_txt_is_asked_once_for_a_site_and_obeyed(run, farm):
    rules = reply(b"User-agent: briefing\nDisallow: /private\n", after_s=0.1)
    site = farm.site({"/robots.txt": rules, "/a": PAGE, "/b": PAGE, "/private": PAGE})

    async def all_of(web):
        wants = [Want(url=site.url(path), role="page") for path in ("/a", "/private", "/b")]
        return await asyncio.gather(*map(web.fetch, wants), return_exceptions=True)

    for _ in range(2):
        with run() as web:
            first, error, second = web.run(all_of(web))
        assert (first.how, second.how, error.fault) == ("fetched", "fetched", "robots")
        assert "127.0.0.1" in str(error)
    assert sorted(paths(site)) == ["/.well-known/tdmrep.json", "/a", "/a", "/b", "/b", "/robots.txt"]


def test_what_the_user_named_himself_is_fetched_without_asking_for_leave(run, farm):
    site = farm.site({"/robots.txt": reply(b"User-agent: *\nDisallow: /"), "/feed": reply(OPTED_OUT)})
    with run() as web:
        assert get(web, site.url("/feed"), "feed").body == OPTED_OUT
        assert get(web, site.url("/feed"), "list").body == OPTED_OUT
        assert trouble(web, site.url("/feed?page"), "page").fault == "robots"
    assert paths(site) == ["/feed", "/robots.txt"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_where_there_is_no_robots_txt_all_is_allowed_and_that_is_remembered(run, farm, status):
    site = farm.site({"/robots.txt": reply(b"User-agent: *\nDisallow: /", status), "/a": PAGE})
    for hours in (0, 23, 25):
        with run(NOW + timedelta(hours=hours)) as web:
            assert get(web, site.url("/a"), "page").how == "fetched"
    assert paths(site).count("/robots.txt") == 2


@pytest.mark.parametrize(
    ("route", "fault"),
    [(reply(b"", 500), "robots"), (reply(b"", 429), "robots"), (closed, "network"), (hang, "timeout")],
)
def test_a_site_whose_robots_txt_cannot_be_had_is_closed_for_the_run(run, farm, route, fault):
    site = farm.site({"/robots.txt": route, "/a": PAGE, "/b": PAGE})
    with run(net=QUICK.replace(deadline_s=0.2)) as web:
        for path in ("/a", "/b"):
            error = trouble(web, site.url(path), "page")
            assert error.fault == fault
            assert "robots.txt" in str(error)
    assert set(paths(site)) == {"/robots.txt"}
    assert len(site.requests) <= 2


def test_a_known_robots_txt_holds_while_a_new_one_cannot_be_had(run, farm):
    rules = in_turn(reply(b"User-agent: *\nDisallow: /private"), reply(b"", 500))
    site = farm.site({"/robots.txt": rules, "/a": PAGE, "/private": PAGE})
    for days in (0, 2):
        with run(NOW + timedelta(days=days)) as web:
            assert get(web, site.url("/a"), "page").how == "fetched"
            assert trouble(web, site.url("/private"), "page").fault == "robots"


def test_an_emptied_robots_txt_opens_the_site(run, farm):
    site = farm.site({"/robots.txt": in_turn(reply(b"User-agent: *\nDisallow: /"), reply(b"")), "/a": PAGE})
    with run() as web:
        assert trouble(web, site.url("/a"), "page").fault == "robots"
    with run(NOW + timedelta(days=2)) as web:
        assert get(web, site.url("/a"), "page").how == "fetched"


def test_each_hop_of_a_page_asks_its_own_site_for_leave(run, farm):
    other = farm.site({"/robots.txt": reply(b"User-agent: *\nDisallow: /"), "/x": PAGE})
    site = farm.site({"/a": redirect(other.url("/x"), 302)})
    with run() as web:
        assert trouble(web, site.url("/a"), "page").fault == "robots"
    assert paths(other) == ["/robots.txt"]


def test_a_crawl_delay_slows_the_site_down_and_no_other(run, farm):
    site = farm.site({"/robots.txt": reply(b"User-agent: *\nCrawl-delay: 0.2"), "/a": PAGE})
    other = farm.site({"/a": PAGE}, "127.0.0.2")
    with run() as web:
        get(web, site.url("/a"), "page")
        get(web, other.url("/a"), "page")
    arrivals = [request.at for request in site.requests]
    assert min(b - a for a, b in pairwise(arrivals)) >= 0.2
    assert other.requests[-1].at - other.requests[0].at < 0.2


def test_a_tdmrep_file_closes_what_it_names(run, farm):
    rules = b'[{"location": "/open", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]'
    site = farm.site({"/.well-known/tdmrep.json": reply(rules), "/open": PAGE, "/a": PAGE})
    with run() as web:
        assert get(web, site.url("/open"), "page").how == "fetched"
        assert trouble(web, site.url("/a"), "page").fault == "reserved"
    assert paths(site) == ["/robots.txt", "/.well-known/tdmrep.json", "/open"]


@pytest.mark.parametrize("route", [reply(b"", 500), reply(b"<html>", 200), reply(b"", 200), closed])
def test_a_tdmrep_file_that_is_none_closes_nothing(run, farm, route):
    site = farm.site({"/.well-known/tdmrep.json": route, "/a": PAGE})
    with run() as web:
        assert get(web, site.url("/a"), "page").how == "fetched"


@pytest.mark.parametrize(
    "route",
    [
        reply(OPTED_OUT),
        reply(b"<p>Text</p>", headers={"TDM-Reservation": "1"}),
        reply(b"x", headers={"X-Robots-Tag": "noai"}),
    ],
)
def test_a_page_that_opts_out_is_not_kept_and_a_day_not_asked_again(run, farm, route):
    site = farm.site({"/a": route, "/robots.txt": reply(b"")})
    for hours in (0, 23):
        with run(NOW + timedelta(hours=hours)) as web:
            assert trouble(web, site.url("/a"), "page").fault == "reserved"
    assert paths(site).count("/a") == 1
    assert run.state.resource(site.url("/a")).body is None
    assert run.bodies.stats().entries == 1  # robots.txt and tdmrep.json, both empty
    with run(NOW + timedelta(hours=25)) as web:
        trouble(web, site.url("/a"), "page")
    assert paths(site).count("/a") == 2


def test_a_page_on_a_port_that_nobody_named_is_not_asked_nor_its_robots_txt(run, farm):
    site = farm.site(PAGE)
    with run(net=QUICK.replace(allow_private=())) as web:
        assert trouble(web, site.url("/a"), "page").fault == "address"
    assert site.accepted == 0


# Politeness.


def test_four_hosts_of_fifty_pages_are_read_politely_and_the_second_time_cost_no_body(run, farm):
    interval_s = 0.02
    net = QUICK.replace(interval_s=interval_s)
    rules = reply(b"User-agent: *\nDisallow: /closed")
    sites = []
    for host in HOSTS:
        routes = {f"/{n}": conditional(b"<p>Page %d" % n) for n in range(50)}
        sites.append(farm.site({"/robots.txt": rules, **routes}, host))

    async def all_of(web):
        wants = [Want(url=site.url(f"/{n}"), role="page") for n in range(50) for site in sites]
        return await asyncio.gather(*map(web.fetch, wants))

    for how, requests in (("fetched", 52), ("unchanged", 50)):
        for site in sites:
            site.requests.clear()
        with run(net=net) as web:
            assert {page.how for page in web.run(all_of(web))} == {how}
        for site in sites:
            arrivals = [request.at for request in site.requests]
            assert len(arrivals) == requests
            assert min(b - a for a, b in pairwise(arrivals)) >= interval_s
            assert site.most_open == 1
