"""The fetcher against loopback servers: what it asks again, what it remembers, and what it gives when it fails."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from datetime import timedelta
from email.utils import format_datetime

import pytest

from briefing.errors import StateError
from briefing.sources.fetching.exchange import Access, Want, Web
from tests.sources.fetching import NOW, QUICK, get, paths, runs, trouble
from tests.sources.servers import closed, conditional, drip_body, hang, in_turn, redirect, reply


@pytest.fixture
def run(tmp_path, environment):
    with runs(tmp_path) as opened:
        yield opened


def test_a_fetcher_is_the_web_that_sources_are_given(run):
    with run() as web:
        assert isinstance(web, Web)
        assert (web.now, web.settings, web.window) == (NOW, QUICK, None)


# What comes, and what is asked again.


def test_a_body_comes_with_what_the_server_said_of_it(run, farm):
    body = "<p>Überfahrt</p>".encode("latin-1")
    site = farm.site({"/feed": reply(body, headers={"Content-Type": "Text/HTML; charset=ISO-8859-1"})})
    with run() as web:
        fetched = get(web, site.url("/feed#part"))
    assert (fetched.body, fetched.media_type, fetched.charset) == (body, "text/html", "iso-8859-1")
    assert (fetched.url, fetched.final, fetched.how) == (site.url("/feed"), site.url("/feed"), "fetched")
    assert (fetched.as_of, fetched.moved_to, fetched.fault) == (NOW, None, "")


def test_the_second_run_asks_by_the_validators_and_gets_the_stored_body(run, farm):
    route = in_turn(
        reply(b"text", headers={"ETag": 'W/"a b"', "Last-Modified": "yesterday"}),
        reply(b"", 304, {"Last-Modified": "today"}),
        reply(b"", 304),
    )
    site = farm.site({"/feed": route})
    for day in range(3):
        with run(NOW + timedelta(days=day)) as web:
            fetched = get(web, site.url("/feed"))
    assert (fetched.body, fetched.how, fetched.as_of) == (b"text", "unchanged", NOW)
    assert [r.headers.get("if-none-match") for r in site.requests] == [None, 'W/"a b"', 'W/"a b"']
    assert [r.headers.get("if-modified-since") for r in site.requests] == [None, "yesterday", "today"]


def test_without_the_stored_body_the_whole_is_asked_for(run, farm):
    site = farm.site({"/feed": conditional(b"text")})
    with run() as web:
        get(web, site.url("/feed"))
    run.bodies.prune(0)
    with run() as web:
        assert get(web, site.url("/feed")).how == "fetched"
    assert "if-none-match" not in site.requests[1].headers


def test_a_body_removed_while_the_server_confirms_it_is_asked_for_again(run, farm):
    async def confirming(exchange):
        if "if-none-match" in exchange.request.headers:
            run.bodies.prune(0)
        await conditional(b"text")(exchange)

    site = farm.site({"/feed": confirming})
    for how in ("fetched", "fetched"):
        with run() as web:
            assert (get(web, site.url("/feed")).how, get(web, site.url("/feed")).body) == (how, b"text")
    assert len(site.requests) == 3


def test_a_young_copy_is_not_asked_for_again_unless_refreshed(run, farm):
    site = farm.site({"/feed": conditional(b"text")})
    net = QUICK.replace(revisit_s=3600)
    with run(net=net) as web:
        get(web, site.url("/feed"))
    with run(NOW + timedelta(minutes=59), net=net) as web:
        fetched = get(web, site.url("/feed"))
    assert (fetched.how, fetched.body, fetched.as_of, len(site.requests)) == ("fresh", b"text", NOW, 1)
    with run(NOW + timedelta(minutes=59), net=net, refresh=True) as web:
        assert get(web, site.url("/feed")).how == "unchanged"
    with run(NOW + timedelta(hours=3), net=net) as web:
        assert get(web, site.url("/feed")).how == "unchanged"


def test_one_url_is_one_exchange_of_a_run_whoever_asks(run, farm):
    site = farm.site({"/a": reply(b"text", after_s=0.1), "/missing": reply(b"", 404), "/robots.txt": reply(b"")})
    access = Access(home=farm.site({}).url("/feed"), headers=(("X-Key", "k"),))

    async def all_of(web, path):
        wants = [Want(url=site.url(path), role="page", access=one) for one in (Access(), access) * 5]
        return await asyncio.gather(*map(web.fetch, wants), return_exceptions=True)

    with run(refresh=True) as web:
        together = web.run(all_of(web, "/a"))
        afterwards = get(web, site.url("/a"), "page")
        missing = web.run(all_of(web, "/missing"))
        assert trouble(web, site.url("/missing"), "page").fault == "missing"
    assert {(one.how, one.body) for one in (*together, afterwards)} == {("fetched", b"text")}
    assert {one.fault for one in missing} == {"missing"}
    assert sorted(paths(site)) == ["/.well-known/tdmrep.json", "/a", "/missing", "/robots.txt"]


def test_what_cannot_be_stored_is_given_all_the_same(run, farm):
    run.bodies.folder.write_text("not a folder", encoding="utf-8")
    site = farm.site({"/feed": conditional(b"text")})
    for _ in range(2):
        with run() as web:
            assert [get(web, site.url("/feed")).body for _ in range(2)] == [b"text"] * 2
    assert [r.headers.get("if-none-match") for r in site.requests] == [None, None]


def test_offline_nothing_is_asked_and_what_is_stored_stands_in(run, farm):
    site = farm.site({"/feed": reply(b"text")})
    with run() as web:
        get(web, site.url("/feed"))
    with run(NOW + timedelta(days=9), offline=True) as web:
        fetched = get(web, site.url("/feed"))
        assert trouble(web, site.url("/other")).fault == "offline"
        assert trouble(web, site.url("/other"), "page").fault == "offline"
    assert (fetched.how, fetched.body, fetched.as_of) == ("kept", b"text", NOW)
    assert "offline" in fetched.fault
    assert site.accepted == 1


def test_the_user_agent_says_who_we_are_and_whom_to_write_to(run, farm):
    site = farm.site({"/feed": reply(b"text")})
    with run(net=QUICK.replace(contact="desk@gazette.test")) as web:
        get(web, site.url("/feed"))
    agent = site.requests[0].headers["user-agent"]
    assert agent.startswith("briefing/")
    assert agent.endswith(" (desk@gazette.test)")
    assert "cookie" not in site.requests[0].headers


# What goes wrong.


def test_what_is_missing_is_an_error_and_after_three_runs_a_question(run, farm):
    site = farm.site({})
    asked = []
    for _ in range(3):
        with run() as web:
            error = trouble(web, site.url("/feed"))
            assert error.fault == "missing"
            asked.append("gone?" in str(error))
    assert asked == [False, False, True]
    assert run.state.resource(site.url("/feed")).failures == 3


def test_what_is_gone_is_not_asked_again_unless_refreshed(run, farm):
    site = farm.site({"/feed": in_turn(reply(b"", 410), reply(b"text"))})
    for _ in range(2):
        with run() as web:
            error = trouble(web, site.url("/feed"))
            assert error.fault == "gone"
            assert "remove it" in str(error)
    assert len(site.requests) == 1
    with run(refresh=True) as web:
        assert get(web, site.url("/feed")).body == b"text"
    with run() as web:
        assert get(web, site.url("/feed")).body == b"text"


@pytest.mark.parametrize(("status", "headers"), [(401, {}), (403, {}), (451, {}), (503, {"cf-mitigated": "challenge"})])
def test_a_refusal_is_taken_at_once_and_no_stored_copy_hides_it(run, farm, status, headers):
    site = farm.site({"/feed": in_turn(reply(b"text"), reply(b"no", status, headers))})
    with run() as web:
        get(web, site.url("/feed"))
    with run() as web:
        assert trouble(web, site.url("/feed")).fault == "refused"
    assert len(site.requests) == 2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("value", ["600", format_datetime(NOW + timedelta(minutes=10), usegmt=True)])
def test_who_asks_us_to_wait_is_left_alone_until_then(run, farm, status, value):
    route = in_turn(reply(b"text"), reply(b"", status, {"Retry-After": value}), reply(b"new"))
    site = farm.site({"/feed": route, "/other": reply(b"", status, {"Retry-After": value})})
    with run() as web:
        get(web, site.url("/feed"))
    for minutes in (0, 9):
        with run(NOW + timedelta(minutes=minutes), refresh=True) as web:
            fetched = get(web, site.url("/feed"))
            assert (fetched.how, fetched.body, fetched.as_of) == ("kept", b"text", NOW)
            assert "wait until 2026-11-20 06:10 UTC" in fetched.fault
    assert len(site.requests) == 2
    with run() as web:
        assert trouble(web, site.url("/other")).fault == "limited"
    with run(NOW + timedelta(minutes=11)) as web:
        assert get(web, site.url("/feed")).body == b"new"
    assert run.state.resource(site.url("/feed")).not_before is None


def test_a_server_in_trouble_is_asked_once_more(run, farm):
    site = farm.site({"/feed": in_turn(reply(b"", 500), reply(b"text")), "/drop": in_turn(closed, reply(b"text"))})
    with run() as web:
        assert get(web, site.url("/feed")).how == "fetched"
        assert get(web, site.url("/drop")).how == "fetched"
    assert paths(site) == ["/feed"] * 2 + ["/drop"] * 2


def test_there_is_one_second_try_whatever_the_hops(run, farm):
    routes = {"/a": in_turn(reply(b"", 500), redirect("/b")), "/b": in_turn(reply(b"", 500), reply(b"text"))}
    site = farm.site(routes)
    with run() as web:
        assert trouble(web, site.url("/a")).fault == "server"
    assert paths(site) == ["/a", "/a", "/b"]


@pytest.mark.parametrize("route", [reply(b"", 502), closed], ids=["502", "closed"])
def test_after_the_second_try_the_stored_copy_stands_in_or_it_is_an_error(run, farm, route):
    site = farm.site({"/feed": in_turn(reply(b"text"), route), "/other": route})
    with run() as web:
        get(web, site.url("/feed"))
    with run(NOW + timedelta(days=1)) as web:
        fetched = get(web, site.url("/feed"))
        assert trouble(web, site.url("/other")).fault in {"server", "network"}
    assert (fetched.how, fetched.body, fetched.as_of) == ("kept", b"text", NOW)
    assert "127.0.0.1" in fetched.fault
    assert paths(site) == ["/feed"] * 3 + ["/other"] * 2


def test_what_failed_is_asked_again_however_young_the_copy(run, farm):
    site = farm.site({"/feed": in_turn(reply(b"text"), reply(b"", 500), reply(b"", 500), reply(b"new"))})
    net = QUICK.replace(revisit_s=3600)
    with run(net=net) as web:
        get(web, site.url("/feed"))
    with run(NOW + timedelta(hours=2), net=net) as web:
        assert get(web, site.url("/feed")).how == "kept"
    with run(NOW + timedelta(hours=2), net=net) as web:
        assert get(web, site.url("/feed")).body == b"new"


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_an_empty_answer_does_not_replace_the_stored_copy(run, farm, body):
    site = farm.site({"/feed": in_turn(conditional(b"text"), reply(body)), "/other": reply(body)})
    with run() as web:
        get(web, site.url("/feed"))
    with run() as web:
        fetched = get(web, site.url("/feed"))
        assert "empty" in str(trouble(web, site.url("/other")))
    assert (fetched.how, fetched.body) == ("kept", b"text")
    assert "empty" in fetched.fault
    with run() as web:
        get(web, site.url("/feed"))
    assert site.requests[-1].headers["if-none-match"] == '"v1"'


def test_an_unsound_body_does_not_replace_the_stored_copy_but_is_given_where_there_is_none(run, farm):
    def no_feed(body, media_type):
        return "no feed came, but a login page" if b"log in" in body and media_type == "text/html" else ""

    login = reply(b"<p>Please log in", headers={"Content-Type": "text/html", "ETag": '"login"'})
    site = farm.site({"/feed": in_turn(reply(b"<rss>"), login), "/other": login})
    with run() as web:
        get(web, site.url("/feed"), unsound=no_feed)
    with run() as web:
        fetched = get(web, site.url("/feed"), unsound=no_feed)
        other = get(web, site.url("/other"), unsound=no_feed)
    assert (fetched.how, fetched.body, other.how, other.body) == ("kept", b"<rss>", "fetched", b"<p>Please log in")
    assert "login page" in fetched.fault
    assert run.state.resource(site.url("/other")).etag is None
    assert "login page" in run.state.resource(site.url("/other")).fault


def test_the_deadline_covers_all_hops_and_the_second_try(run, farm):
    net = QUICK.replace(deadline_s=0.5, retry_s=0.3)
    site = farm.site(
        {
            **{f"/{n}": reply(b"", 302, {"Location": f"/{n + 1}"}, after_s=0.2) for n in range(5)},
            "/error": reply(b"", 500, after_s=0.4),
            "/drip": drip_body(0.02),
        }
    )
    with run(net=net) as web:
        for path in ("/0", "/error", "/drip"):
            started = time.monotonic()
            assert trouble(web, site.url(path)).fault in {"timeout", "server"}
            assert time.monotonic() - started < 1.0


def test_waiting_for_a_turn_is_not_counted_against_the_deadline(run, farm):
    site = farm.site(reply(b"text", after_s=0.05))
    with run(net=QUICK.replace(deadline_s=1, interval_s=0.3)) as web:

        async def all_of():
            return await asyncio.gather(*(web.fetch(Want(url=site.url(f"/{n}"), role="feed")) for n in range(5)))

        assert [fetched.how for fetched in web.run(all_of())] == ["fetched"] * 5


def test_a_site_that_does_not_answer_is_not_waited_for_page_after_page(run, farm):
    hanging, other = farm.site(hang), farm.site(reply(b"text"))
    with run(net=QUICK.replace(deadline_s=0.2)) as web:

        async def all_of():
            urls = [hanging.url(f"/{n}") for n in range(30)]
            tasks = [web.fetch(Want(url=url, role="feed")) for url in (*urls, other.url("/feed"))]
            return await asyncio.gather(*tasks, return_exceptions=True)

        started = time.monotonic()
        *errors, fetched = web.run(all_of())
    assert time.monotonic() - started < 2
    assert {error.fault for error in errors} == {"timeout"}
    assert len(hanging.requests) == 3
    assert fetched.body == b"text"


def test_a_bug_is_raised_and_not_taken_for_trouble_of_the_web(run, farm):
    site = farm.site(reply(b"text"))

    def wrong(_body, _media_type):
        raise ZeroDivisionError("a bug")

    with run() as web:
        with pytest.raises(ZeroDivisionError, match="a bug"):
            get(web, site.url("/feed"), unsound=wrong)
        assert get(web, site.url("/other")).body == b"text"


def test_a_state_that_fails_is_raised(run, farm, monkeypatch):
    site = farm.site(reply(b"text"))

    def full(_resource):
        raise StateError("run.state.sqlite3: its disk is full")

    monkeypatch.setattr(run.state, "remember", full)
    with run() as web, pytest.raises(StateError, match="full"):
        get(web, site.url("/feed"))


def test_the_body_is_stored_before_the_row_that_names_it(run, farm, monkeypatch):
    site = farm.site(reply(b"text"))
    stored, remember = [], run.state.remember

    def watched(resource):
        stored.append(run.bodies.get(resource.body))
        remember(resource)

    monkeypatch.setattr(run.state, "remember", watched)
    with run() as web:
        get(web, site.url("/feed"))
    assert stored == [b"text"]


# The thread and its end.


def test_sources_in_several_threads_share_one_fetcher(run, farm):
    site = farm.site(reply(b"text", after_s=0.05))
    found = []
    with run() as web:
        threads = [threading.Thread(target=lambda: found.append(get(web, site.url("/feed")).body)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [b"text"] * 8
    assert len(site.requests) == 1


def test_an_interrupt_ends_a_run_that_waits(run, farm):
    """As a signal handler would: KeyboardInterrupt in the waiting thread."""
    site = farm.site(hang)
    waiting = threading.get_ident()
    started = time.monotonic()

    def interrupt():
        while not site.requests:
            time.sleep(0.01)
        signal.pthread_kill(waiting, signal.SIGINT)

    cancelled = threading.Event()

    async def work(web):
        try:
            await web.fetch(Want(url=site.url("/feed"), role="feed"))
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with run(net=QUICK.replace(deadline_s=60)) as web:
        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            web.run(work(web))
        thread.join()
        assert cancelled.wait(1)
    assert time.monotonic() - started < 5
    assert not any(thread.name == "fetcher" for thread in threading.enumerate())


def test_closing_ends_what_still_runs_and_who_waits_for_it(run, farm):
    site = farm.site(hang)
    ended = []

    def wait(web):
        with pytest.raises(CancelledError):
            get(web, site.url("/feed"))
        ended.append(time.monotonic())

    with run(net=QUICK.replace(deadline_s=60)) as web:
        thread = threading.Thread(target=wait, args=(web,))
        thread.start()
        while not site.requests:
            time.sleep(0.01)
        started = time.monotonic()
    thread.join(5)
    assert ended[0] - started < 5


def test_who_gives_up_does_not_end_it_for_the_others(run, farm):
    site = farm.site(reply(b"text", after_s=0.2))

    async def two(web):
        want = Want(url=site.url("/feed"), role="feed")
        impatient, patient = asyncio.create_task(web.fetch(want)), asyncio.create_task(web.fetch(want))
        await asyncio.sleep(0.05)
        impatient.cancel()
        return await patient

    with run() as web:
        assert web.run(two(web)).body == b"text"


def test_running_on_the_loop_itself_or_after_its_end_is_a_bug_that_is_named(run):
    async def nothing():
        return 1

    async def nested(web):
        return web.run(nothing())

    with run() as web:
        assert web.run(nothing()) == 1
        with pytest.raises(RuntimeError, match="loop"):
            web.run(nested(web))
    with pytest.raises(RuntimeError, match="loop"):
        web.run(nothing())


def test_the_settings_cost_no_heavy_import():
    code = "import sys, briefing.sources.fetching.fetch; print([m for m in ('aiohttp', 'lxml') if m in sys.modules])"
    found = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
