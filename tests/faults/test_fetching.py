# ruff: noqa: N802 - a row's test has the name it has in the fault table
"""F1, F3, F7, F10, F11 and F15 of the fault table: what a server answers, and what the run then says of it.

The rows share one run over all their sites: each sets up its own, and reads its own part of what came of it.
"""

import socket
from typing import NamedTuple

import pytest

from tests.faults.runs import MOST_GROWTH_OF_BUILD, Morning, Town, feed
from tests.sources.newsroom import NOW
from tests.sources.servers import header_flood, long_header, redirect, reply

SETUPS = []
# The addresses of names: of the first, IPv6 is broken, as at many a home.
NAMES = {"dual.test": [["::1", "127.0.0.2"]], "far.test": [["127.0.0.250"]]}
CHALLENGE = (
    b"<html><head><title>Just a moment...</title></head><script src=/cdn-cgi/challenge-platform/x></script></html>"
)
NOWHERE = (
    "file:///etc/passwd",
    "ftp://127.0.0.1/feed",
    "javascript:alert(1)",
    "data:text/xml,<rss/>",
    "https:///feed",
    "http://[::1/",
)


def part(setup):
    SETUPS.append(setup)
    return setup


class Read(NamedTuple):
    town: Town
    morning: Morning
    settings: bytes


@pytest.fixture(scope="module")
def run(farm, certificates, tmp_path_factory):
    town = Town(farm, certificates, tmp_path_factory.mktemp("fetching"), GAZETTE_TOKEN="Bearer a-secret")
    for setup in SETUPS:
        setup(town)
    town.paper.write([*town.hosts(), *NAMES])
    settings = town.paper.config.read_bytes()
    return Read(town, town.paper.read(names=NAMES, unreachable=["127.0.0.250"]), settings)


@part
def moved_for_good(town):
    chain = {f"/{n}": redirect(f"/{n + 1}", (301, 308)[n % 2]) for n in range(4)}
    town.feed("F1 five hops", {**chain, "/4": redirect("/feed"), "/feed": feed("F1 five hops")}, "/0")
    new = town.site("F1 new", {"/feed": feed("F1 elsewhere")})
    town.feed("F1 elsewhere", {"/old": redirect(new.url("/feed"), 308)}, "/old")
    half = {"/a": redirect("/b", 301), "/b": redirect("/feed", 302), "/feed": feed("F1 half")}
    town.feed("F1 half", half, "/a")


def test_F01_what_moved_for_good_is_followed_and_suggested_and_the_settings_stay(run):
    town, morning, settings = run
    for name, place in (("F1 five hops", town.sites["F1 five hops"]), ("F1 elsewhere", town.sites["F1 new"])):
        assert morning[name].titles == [name]
        assert morning[name].health[0]["moved_to"] == place.url("/feed")
    assert morning["F1 half"].titles == ["F1 half"]
    assert morning["F1 half"].health[0]["moved_to"] is None
    assert town.paper.config.read_bytes() == settings
    assert morning.within()


@part
def redirected_without_end(town):
    town.feed("F3 circle", {"/a": redirect("/b"), "/b": redirect("/a")}, "/a")
    town.feed("F3 six hops", {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}, "/0")
    for number, place in enumerate(NOWHERE):
        town.feed(f"F3 nowhere {number}", {"/a": redirect(place, 302)}, "/a")
    other = town.site("F3 other", {"/feed": feed("F3 login")})
    town.feed("F3 login", {"/a": redirect(other.url("/feed"))}, "/a", headers_env={"Authorization": "GAZETTE_TOKEN"})


def test_F03_a_redirect_without_end_or_out_of_the_web_fails_its_source_and_a_login_stays_at_home(run):
    town, morning, _ = run
    assert morning["F3 circle"].failed("127.0.0.", "circle")
    assert town.asked("F3 circle") == ["/a", "/b"]
    assert morning["F3 six hops"].failed("more than 5 redirects")
    assert len(town.asked("F3 six hops")) == 6
    for number in range(len(NOWHERE)):
        assert morning[f"F3 nowhere {number}"].failed("redirects (302) nowhere")
    assert morning["F3 login"].titles == ["F3 login"]
    assert [r.headers.get("authorization") for r in town.sites["F3 login"].requests] == ["Bearer a-secret"]
    assert [r.headers.get("authorization") for r in town.sites["F3 other"].requests] == [None]
    assert morning.within()


@part
def refusals(town):
    town.feed("F7 login", reply(b"log in", 401))
    town.feed("F7 forbidden", reply(b"no", 403))
    town.feed("F7 header", reply(b"", 503, {"cf-mitigated": "challenge", "Retry-After": "5"}))
    town.feed("F7 page", reply(CHALLENGE, 403, {"Server": "cloudflare", "Content-Type": "text/html"}))
    town.feed("F7 law", reply(b"", 451))


def test_F07_a_refusal_is_said_so_and_taken_without_a_second_try_or_a_disguise(run):
    town, morning, _ = run
    words = {
        "login": "login (401)",
        "forbidden": "refuses us (403)",
        "law": "legal",
        "header": "browser",
        "page": "browser",
    }
    for name, said in words.items():
        assert morning[f"F7 {name}"].failed(said)
        (request,) = town.sites[f"F7 {name}"].requests
        assert request.headers["user-agent"].startswith("briefing/")
    assert morning.within()


@part
def unreachable(town):
    town.paper.take("F10 unknown", "http://nowhere.test/feed")
    town.paper.take("F10 refused", f"http://127.0.0.1:{closed_port()}/feed")
    town.paper.take("F10 unreachable", "http://far.test/feed")
    site = town.farm.site({"/feed": feed("F10 dual")}, "127.0.0.2")
    town.sites["F10 dual"] = site
    town.paper.take("F10 dual", site.url("/feed", host="dual.test"))


def test_F10_without_an_answer_it_is_the_sources_fault_and_without_any_that_of_the_network(run, certificates, tmp_path):
    """With all of them down: "network?" once, exit 4, no edition, and no model is asked."""
    _, morning, _ = run
    assert morning["F10 unknown"].failed("nowhere.test is not a known name")
    assert morning["F10 refused"].failed("127.0.0.1 refused the connection")
    assert morning["F10 unreachable"].failed("far.test could not be reached")
    assert {morning[f"F10 {kind}"].outcome for kind in ("unknown", "refused", "unreachable")} == {"unreachable"}
    assert morning["F10 dual"].titles == ["F10 dual"]
    model = run.town.site("model", reply(b"{}"))
    town = Town(run.town.farm, certificates, tmp_path, OPENAI_API_KEY="none")
    for name in ("unknown.test", "nowhere.test"):
        town.paper.take(name, f"http://{name}/feed")
    town.paper.take("refused", f"http://127.0.0.1:{closed_port()}/feed")
    (tmp_path / "own.txt").write_text("", encoding="utf-8")
    asking = f'[analyst]\nkind = "llm"\nmodel = {{ name = "openai/any", api_base = "{model.url("/v1")}" }}'
    town.paper.write(["127.0.0.1"], asking)
    built = town.paper.build()
    assert built.code == 4
    assert built.stderr.count("network?") == 1
    assert all(f"{name}: " in built.stderr for name in ("unknown.test", "nowhere.test", "refused"))
    assert not (tmp_path / "briefings" / NOW.date().isoformat()).exists()
    assert model.accepted == 0
    assert built.within(growth=MOST_GROWTH_OF_BUILD)
    assert morning.within()


@part
def certified(town):
    certificates = town.certificates
    for number, kind in enumerate(("expired", "wrong_host", "self_signed"), 1):
        site = town.farm.site({"/feed": feed(kind)}, f"127.0.0.{number}", tls=getattr(certificates, kind))
        town.sites[f"F11 {kind}"] = site
        town.paper.take(f"F11 {kind}", site.url("/feed"))
    good = town.farm.site({"/feed": feed("F11 good")}, "127.0.0.1", tls=certificates.good)
    town.paper.take("F11 good", good.url("/feed"))
    meant = town.farm.site({"/feed": feed("F11 meant")}, "127.0.0.1", tls=certificates.self_signed)
    town.paper.take("F11 meant", meant.url("/feed"), insecure=True)


def test_F11_a_bad_certificate_is_refused_unless_its_own_source_says_insecure_which_is_then_reported(run):
    town, morning, _ = run
    for kind, words in (("expired", "expired"), ("wrong_host", "another"), ("self_signed", "signed by itself")):
        assert morning[f"F11 {kind}"].failed(words, "`insecure = true`")
        assert town.sites[f"F11 {kind}"].requests == []
    assert morning["F11 good"].titles == ["F11 good"]
    assert "insecure" not in morning["F11 good"].note
    assert morning["F11 meant"].titles == ["F11 meant"]
    assert "insecure" in morning["F11 meant"].note
    assert morning.within()


@part
def flooding(town):
    town.feed("F15 many", header_flood(1000))
    town.feed("F15 endless", header_flood())
    town.feed("F15 long", long_header(200_000))


def test_F15_a_flood_of_headers_is_named(run):
    _, morning, _ = run
    for kind in ("many", "endless", "long"):
        assert morning[f"F15 {kind}"].failed("headers")
    assert morning.within()


def closed_port():
    """A port that nobody listens at."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]
