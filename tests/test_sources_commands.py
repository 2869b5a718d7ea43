"""`briefing sources`: what is added, imported, listed and tested, against sites on the loopback."""

import json
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from briefing import config
from briefing.cli import cli
from briefing.errors import BriefingError
from briefing.sources.web import Pages
from tests.sources.servers import Farm, Route, Site, farm, hang, redirect, reply

STORY = "The ferry to Norrholm stopped on Monday. The harbour office gave no reason, and the council met at noon. "
SETTINGS = """\
# My settings; keep this line.
title = "Port news"   # and this one

[web]
allow_private = ["127.0.0.1"]
interval_s = 0.0
retry_s = 0.0
"""
HTML = {"Content-Type": "text/html"}
Run = tuple[int, str]


@pytest.fixture(scope="module")
def servers() -> Iterator[Farm]:
    with farm() as opened:
        yield opened


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings, to work in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "briefing.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Run:
    """Exit code and all that is printed."""
    done = CliRunner().invoke(cli, arguments, standalone_mode=False)
    if isinstance(done.exception, BriefingError):
        return done.exception.exit_code, f"{done.output}{done.exception}"
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def rss(
    title: str = "Norrholm Post", days: int = 1, text: str = STORY * 30, link: str = "https://post.example/1"
) -> bytes:
    when = (datetime.now(UTC) - timedelta(days=days)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    date = f"<pubDate>{when}</pubDate>" if days >= 0 else ""
    return f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>{title}</title><link>https://post.example/</link><item><title>Ferry stops</title><link>{link}</link>
<guid>{link}</guid>{date}<content:encoded>{text}</content:encoded></item></channel></rss>""".encode()


def page(head: str = "", body: str = "") -> Route:
    html = f"<!DOCTYPE html><html><head><title>Norrholm Post</title>{head}</head><body>{body}</body></html>"
    return reply(html.encode(), headers=HTML)


def alternate(href: str, title: str) -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{href}" title="{title}">'


def site(servers: Farm, **routes: Route) -> Site:
    return servers.site(
        {"/" + path.replace("__", "/").replace("_xml", ".xml"): route for path, route in routes.items()}
    )


def settings() -> str:
    return Path("briefing.toml").read_text(encoding="utf-8")


def written() -> list[Mapping[str, object]]:
    return list(tomllib.loads(settings()).get("sources", []))


# add


def test_a_feed_is_added_and_what_stood_in_the_file_stays(servers: Farm) -> None:
    feed = site(servers, feed=reply(rss())).url("/feed")
    code, says = run("sources", "add", feed, "--section", "Ports")
    assert code == 0
    assert "Norrholm Post" in says
    assert "1 entry, newest" in says
    assert "(1 day ago), full texts" in says
    assert settings().startswith(SETTINGS)
    assert written() == [{"kind": "feed", "url": feed, "name": "Norrholm Post", "section": "Ports"}]


def test_a_page_leads_to_the_best_feed_it_names_and_the_others_are_told(servers: Farm) -> None:
    named = alternate("/comments/feed", "Comments") + alternate("/feed", "All") + alternate("/ports.xml", "Ports")
    post = site(servers, **{"": page(named)}, feed=reply(rss()), ports_xml=reply(rss()), comments__feed=reply(rss()))
    _, says = run("sources", "add", post.url("/"))
    assert [table["url"] for table in written()] == [post.url("/feed")]
    further = says.partition("further feeds")[2].splitlines()
    assert [line.split()[3] for line in further if "sources add" in line] == [
        post.url("/ports.xml"),
        post.url("/comments/feed"),
    ]


def test_a_named_feed_that_is_none_is_passed_over(servers: Farm) -> None:
    post = site(servers, **{"": page(alternate("/old", "Old") + alternate("/feed", "All"))}, feed=reply(rss()))
    run("sources", "add", post.url("/"))
    assert [table["url"] for table in written()] == [post.url("/feed")]


def test_usual_places_are_tried_where_a_page_names_no_feed(servers: Farm) -> None:
    post = site(servers, **{"": page()}, rss=reply(rss()))
    run("sources", "add", post.url("/"))
    assert [table["url"] for table in written()] == [post.url("/rss")]


def test_a_page_that_lists_articles_becomes_a_section(servers: Farm) -> None:
    links = "".join(
        f'<article><h2><a href="/2031/05/1{n}/the-council-of-ostrel-votes-on-pier-{n}.html">The council of Ostrel votes'
        f" on pier {n} today</a></h2><time datetime='2031-05-1{n}'>1{n} May</time></article>"
        for n in range(8)
    )
    post = site(servers, news=page(body=links))
    _, says = run("sources", "add", post.url("/news"))
    assert written() == [{"kind": "web", "sections": [post.url("/news")]}]
    assert "8 articles linked" in says
    assert isinstance(config.load(Path("briefing.toml")).sources[0], Pages)


def test_a_page_that_leads_nowhere_is_an_error_after_few_requests(servers: Farm) -> None:
    post = site(servers, **{"": page(body="<p>Welcome.</p>")})
    code, says = run("sources", "add", post.url("/"))
    assert code == 4
    assert "names no feed" in says
    assert settings() == SETTINGS
    assert len(post.requests) <= 7


def test_a_list_of_feeds_and_a_sitemap_get_tables_of_their_own(servers: Farm) -> None:
    opml = b'<opml version="2.0"><body><outline type="rss" xmlUrl="https://post.example/feed"/></body></opml>'
    sitemap = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://p.example/a</loc></url></urlset>'
    post = site(servers, list=reply(opml), map_xml=reply(sitemap))
    run("sources", "add", post.url("/list"))
    run("sources", "add", post.url("/map.xml"))
    assert written() == [
        {"kind": "opml", "url": post.url("/list")},
        {"kind": "web", "sitemaps": [post.url("/map.xml")]},
    ]


def test_what_is_there_already_is_neither_asked_nor_written_again(servers: Farm) -> None:
    post = site(servers, **{"": page(alternate("/feed", "All"))}, feed=reply(rss()))
    run("sources", "add", post.url("/feed"))
    before, asked = settings(), len(post.requests)
    code, says = run("sources", "add", post.url("/feed/#top"))
    assert (code, settings(), len(post.requests)) == (0, before, asked)
    assert "already" in says
    code, says = run("sources", "add", post.url("/"))
    assert (code, settings()) == (0, before)
    assert f"{post.url('/feed')}, which reads" in says


def test_a_feed_that_moved_for_good_is_added_where_it_went(servers: Farm) -> None:
    post = site(servers, old=redirect("/new"), new=reply(rss()))
    run("sources", "add", post.url("/old"))
    assert [table["url"] for table in written()] == [post.url("/new")]


@pytest.mark.parametrize(
    ("address", "code", "says"),
    [
        ("nowhere", 2, "neither an address"),
        ("feeds.opml", 2, "briefing sources import feeds.opml"),
        ("ftp://post.example/feed", 2, "neither an address"),
        ("http://10.0.0.1/feed", 4, "nothing was added"),
        ("https://user:secret@post.example/feed", 4, "user_env"),
    ],
)
def test_a_wrong_address_is_named(home: Path, address: str, code: int, says: str) -> None:
    (home / "feeds.opml").write_text("<opml/>", encoding="utf-8")
    found, words = run("sources", "add", address)
    assert found == code
    assert says in words
    assert settings() == SETTINGS


def test_a_title_cannot_write_settings_or_steer_the_terminal(servers: Farm) -> None:
    title = '"]\n[web]\nx = 1 # \u202e\u2028 &lt;b&gt; \\"'
    post = site(servers, feed=reply(rss(title=title)))
    _, says = run("sources", "add", post.url("/feed"))
    (table,) = written()
    assert isinstance(table["name"], str)
    assert "\n" not in table["name"]
    assert not {"\u202e", "\u2028", "\x1b"} & set(says + settings())
    assert config.load(Path("briefing.toml")).web.interval_s == 0.0


def test_a_broken_file_is_named_and_left(home: Path) -> None:
    for text, says in (("title = 'x", "not TOML"), ("titel = 'x'", "did you mean 'title'?")):
        (home / "briefing.toml").write_text(text, encoding="utf-8")
        code, words = run("sources", "add", "https://post.example/")
        assert code == 2
        assert says in words
        assert settings() == text


def test_a_folder_without_settings_stays_as_it_is_where_nothing_is_found(home: Path) -> None:
    (home / "briefing.toml").unlink()
    code, says = run("sources", "add", "http://127.0.0.1:9/feed")
    assert code == 4
    assert "allow_private" in says
    assert not list(home.iterdir())


# import

OPML = """<opml version="1.0"><body><outline text="Ports"><outline text="Norrholm Post" xmlUrl="https://post.example/feed"/>
<outline text="Post again" xmlUrl="https://www.post.example/feed/"/><outline text="Ostrel" xmlUrl="ostrel/feed.xml"/>
</outline><outline text="Bay & Sea" xmlUrl="https://bay.example/rss"></body></opml>"""


def test_a_readers_export_becomes_one_table_for_each_feed(home: Path) -> None:
    (home / "feeds.opml").write_text(OPML, encoding="utf-8")
    code, says = run("sources", "import", "feeds.opml")
    assert code == 0
    assert settings().startswith(SETTINGS)
    assert written() == [
        {"kind": "feed", "url": "https://post.example/feed", "name": "Norrholm Post", "section": "Ports"},
        {"kind": "feed", "url": "https://bay.example/rss", "name": "Bay & Sea"},
    ]
    assert "2 of 3 feeds added" in says
    assert "1 were there already" in says
    assert "not usable: ostrel/feed.xml: not an address of the web" in says


def test_a_first_import_begins_the_file_and_says_what_is_next(home: Path) -> None:
    (home / "briefing.toml").unlink()
    (home / "feeds.opml").write_text(OPML, encoding="utf-8")
    _, says = run("sources", "import", "feeds.opml")
    assert "2 of 3 feeds added to briefing.toml (new)" in says
    assert "briefing build" in says
    assert len(config.load(Path("briefing.toml")).sources) == 2


def test_a_second_import_changes_nothing(home: Path) -> None:
    (home / "feeds.opml").write_text(OPML, encoding="utf-8")
    run("sources", "import", "feeds.opml")
    before = settings()
    code, says = run("sources", "import", "feeds.opml")
    assert (code, settings()) == (0, before)
    assert "no feed added" in says


def test_a_plain_list_and_a_list_by_category_are_imported(home: Path) -> None:
    (home / "list.txt").write_text(
        "# mine\nhttps://post.example/feed\n\nhttps://bay.example/rss Bay\n", encoding="utf-8"
    )
    (home / "list.json").write_text(json.dumps({"Ports": {"feeds": ["https://ostrel.example/feed"]}}), encoding="utf-8")
    run("sources", "import", "list.txt")
    run("sources", "import", "list.json")
    assert [(table["url"], table.get("section")) for table in written()] == [
        ("https://post.example/feed", None),
        ("https://bay.example/rss", None),
        ("https://ostrel.example/feed", "Ports"),
    ]


def test_a_list_is_imported_from_its_address(servers: Farm) -> None:
    post = site(servers, list=reply(OPML.encode()))
    assert run("sources", "import", post.url("/list"))[0] == 0
    assert len(written()) == 2


def test_an_address_with_a_key_in_it_is_left_out_and_the_others_are_imported(home: Path) -> None:
    key = "https://post.example/feed?token=sk-abcdefghijklmnop1234"
    (home / "list.txt").write_text(f"{key}\nhttps://bay.example/rss\n", encoding="utf-8")
    _, says = run("sources", "import", "list.txt")
    assert [table["url"] for table in written()] == ["https://bay.example/rss"]
    assert "looks like a secret" in says
    assert "abcdefghijklmnop1234" not in says


@pytest.mark.parametrize(("text", "code"), [(None, 2), ("", 2), ("no address here", 2), ("<html></html>", 2)])
def test_what_is_no_list_is_named_and_changes_nothing(home: Path, text: str | None, code: int) -> None:
    if text is not None:
        (home / "list.txt").write_text(text, encoding="utf-8")
    found, says = run("sources", "import", "list.txt")
    assert found == code
    assert says.startswith("list.txt: ")
    assert settings() == SETTINGS


# list and test


def configured(*urls: str, more: str = "") -> None:
    found = "".join(f'\n[[sources]]\nkind = "feed"\nurl = "{url}"\n' for url in urls)
    Path("briefing.toml").write_text(SETTINGS + found + more, encoding="utf-8")


def test_each_source_is_tested_and_trouble_is_exit_3(servers: Farm) -> None:
    post = site(servers, feed=reply(rss()), empty=reply(rss().replace(b"item>", b"other>")), gone=reply(b"gone", 410))
    configured(*(post.url(path) for path in ("/feed", "/empty", "/gone", "/missing")))
    code, says = run("sources", "test")
    lines = says.splitlines()
    assert code == 3
    assert any(line.startswith("reached    Norrholm Post: 1 entry, newest") for line in lines)
    assert any(line.startswith("reached    Norrholm Post: no entries") for line in lines)
    assert any(line.startswith("dead") for line in lines)
    assert any(line.startswith("failed") for line in lines)
    assert "not found (404)" in says
    assert lines[-1] == "4 tested: 2 fine, 2 with trouble"


def test_all_well_is_exit_0_and_a_second_test_asks_again(servers: Farm) -> None:
    post = site(servers, feed=reply(rss()))
    configured(post.url("/feed"))
    assert run("sources", "test")[0] == 0
    asked = len(post.requests)
    assert run("sources", "test")[0] == 0
    assert len(post.requests) > asked


def test_a_dead_feed_is_not_asked_again(servers: Farm) -> None:
    post = site(servers, gone=reply(b"gone", 410))
    configured(post.url("/gone"))
    run("sources", "test")
    asked = len(post.requests)
    code, says = run("sources", "test")
    assert (code, len(post.requests)) == (3, asked)
    assert "not asked again" in says


def test_a_move_for_good_is_suggested_with_its_line_and_never_written(servers: Farm) -> None:
    post = site(servers, old=redirect("/new", 308), new=reply(rss()))
    configured(post.url("/old"))
    before = settings()
    code, says = run("sources", "test")
    line = before.splitlines().index(f'url = "{post.url("/old")}"') + 1
    assert f'in line {line} of briefing.toml, write "{post.url("/new")}"' in says
    assert (code, settings()) == (0, before)


def test_silence_is_told_in_days(servers: Farm) -> None:
    post = site(servers, feed=reply(rss(days=40)))
    configured(post.url("/feed"))
    assert "nothing new for 40 days" in run("sources", "test")[1]
    assert "silent for 40 days" in run("sources", "list")[1]


def test_a_page_that_robots_close_is_told_of_a_feed_of_summaries(servers: Farm) -> None:
    post = servers.site({"/robots.txt": reply(b"User-agent: *\nDisallow: /"), "/feed": reply(b"")})
    summary = rss(text="The ferry stopped.", link=post.url("/1")).replace(b"content:encoded", b"description")
    post.routes = {**post.routes, "/feed": reply(summary)}  # type: ignore[dict-item]
    configured(post.url("/feed"))
    code, says = run("sources", "test")
    assert code == 0
    assert "summaries" in says
    assert f"its newest page, {post.url('/1')}, cannot be read" in says
    assert "robots.txt" in says


def test_no_page_is_asked_for_where_the_feed_has_the_full_text(servers: Farm) -> None:
    post = servers.site({"/feed": reply(b"")})
    post.routes = {"/feed": reply(rss(link=post.url("/1")))}
    configured(post.url("/feed"))
    run("sources", "test")
    assert [request.path for request in post.requests] == ["/feed"]


def test_a_variable_that_is_not_set_is_named(servers: Farm) -> None:
    post = site(servers, feed=reply(rss()))
    configured(post.url("/feed"), more='headers_env = {X-Key = "NO_SUCH_VARIABLE"}\n')
    code, says = run("sources", "test")
    assert code == 3
    assert "NO_SUCH_VARIABLE is not set" in says
    assert not post.requests


def test_one_source_is_tested_by_name_or_address(servers: Farm) -> None:
    post = site(servers, feed=reply(rss()), other=reply(rss(title="Ostrel Daily")))
    configured(post.url("/feed"), post.url("/other"), more='name = "Ostrel"\n')
    assert "1 tested" in run("sources", "test", "ostrel")[1]
    assert run("sources", "test", post.url("/feed"))[1].splitlines()[0].startswith("reached    Norrholm Post")
    code, says = run("sources", "test", "ostrl")
    assert code == 2
    assert "did you mean 'Ostrel'?" in says


def test_folders_and_all_feeds_of_a_list_are_tested_too(servers: Farm, home: Path) -> None:
    post = site(servers, one=reply(rss("One")), two=reply(rss("Two")))
    (home / "feeds.txt").write_text(f"{post.url('/one')}\n{post.url('/two')}\n{post.url('/no')}\n", encoding="utf-8")
    (home / "articles").mkdir()
    (home / "articles" / "a.txt").write_text(STORY, encoding="utf-8")
    more = '\n[[sources]]\nkind = "opml"\npath = "feeds.txt"\n[[sources]]\npath = "articles"\n[[sources]]\nkind = "stdin"\n'
    configured(more=more)
    code, says = run("sources", "test")
    assert code == 3
    assert "articles: 1 articles" in says
    assert says.splitlines()[-1] == "4 tested: 3 fine, 1 with trouble"
    assert "2 reached, 1 failed" in run("sources", "list")[1]


def test_list_shows_what_is_known_in_columns_and_asks_nobody(servers: Farm, home: Path) -> None:
    post = site(servers, feed=reply(rss()), gone=reply(b"", 410))
    configured(
        post.url("/feed"),
        post.url("/gone"),
        more='name = "Old Post"\nsection = "Ports"\n[[sources]]\npath = "articles"\n',
    )
    assert all("never read" in line for line in run("sources", "list")[1].splitlines()[:2])
    assert not (home / "state").exists()
    run("sources", "test")
    asked = len(post.requests)
    one, two, three = run("sources", "list")[1].splitlines()
    today = datetime.now(UTC).date().isoformat()
    assert one.split() == ["feed", "-", post.url("/feed"), "-", "reached", today]
    assert two.startswith("feed   Old Post")
    assert f"Ports  dead since {today}" in two
    assert three.split()[0] == "files"
    assert three.endswith("no such file or folder")
    assert len(post.requests) == asked


def test_a_test_takes_nothing_from_the_next_edition_and_publishes_none(servers: Farm, home: Path) -> None:
    text = "".join(f"<p>The council of Ostrel met on pier {n} and put off its vote until the harbour office reports.</p>"
                   for n in range(12)).replace("<", "&lt;")  # fmt: skip
    post = site(servers, feed=reply(rss(days=-1, text=text)))
    configured(post.url("/feed"))
    assert run("sources", "test")[0] == 0
    assert not (home / "briefings").exists()
    code, says = run("build", "--format", "json")
    assert code == 0, says
    (edition,) = (home / "briefings").glob("2*/briefing.json")
    assert len(json.loads(edition.read_text(encoding="utf-8"))["articles"]) == 1


def test_settings_without_sources_say_how_to_add_one() -> None:
    assert run("sources", "list") == (0, "briefing.toml names no sources; `briefing sources add URL` adds one\n")
    assert run("sources", "test")[0] == 2


def test_an_interrupted_test_does_not_wait_for_slow_sites(servers: Farm) -> None:
    slow = [servers.site({"/feed": hang}) for _ in range(2)]
    configured(*(post.url("/feed") for post in slow))
    command = [sys.executable, "-m", "briefing", "sources", "test"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as child:
        deadline = time.monotonic() + 30
        while not any(post.requests for post in slow) and time.monotonic() < deadline:
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        _, says = child.communicate(timeout=15)
    assert (child.returncode, says.strip()) == (130, "briefing: interrupted")
