"""What the answers of `briefing init` mean: sources, and the plain ones."""

import shutil
from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path

import pytest

from briefing.commands.setup import asking, places
from briefing.config import Config
from briefing.errors import BriefingError, ConfigError, NothingProducedError
from briefing.sources.fetching.exchange import Net
from tests.building import SAMPLES
from tests.sources.letters import mail
from tests.sources.servers import Farm, farm, reply


@pytest.fixture(scope="module")
def servers() -> Iterator[Farm]:
    with farm() as opened:
        yield opened


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(answer: str, folder: Path = Path(), settings: Config | None = None) -> list[tuple[str, object]]:
    """Kind and place of each table."""
    tables = places.found(answer, folder, settings or Config()).tables
    return [(table.kind, table.fields.get("path") or table.fields.get("url")) for table in tables]


@pytest.mark.parametrize("answer", ["2, 1", "2 1", "2,1,2", " 2 ,1"])
def test_numbers_mean_feeds_of_the_list_in_their_order(answer: str) -> None:
    assert found(answer) == [("feed", places.listed()[1].fields["url"]), ("feed", places.listed()[0].fields["url"])]


def test_all_means_the_whole_list() -> None:
    assert len(found("all")) == len(places.listed())


def test_what_lies_here_is_known_by_what_it_is(home: Path) -> None:
    shutil.copytree(SAMPLES / "lone", home / "articles")
    (home / "page.html").write_text("<p>One.</p>", encoding="utf-8")
    (home / "letters").mkdir()
    (home / "letters" / "one.eml").write_bytes(mail("Good morning."))
    outlines = '<outline text="A" xmlUrl="https://a.example/feed"/><outline text="B" xmlUrl="ftp://b.example/feed"/>'
    (home / "mine.xml").write_text(f'<opml version="2.0"><body>{outlines}</body></opml>', encoding="utf-8")
    assert found("articles") == [("files", "articles")]
    assert found("page.html") == [("files", "page.html")]
    assert found("letters") == [("mail", "letters")]
    assert found("mine.xml") == [("opml", "mine.xml")]
    assert places.found("mine.xml", home, Config()).says == "1 feeds listed in mine.xml, and 1 that cannot be used"


def test_a_path_is_written_as_the_settings_in_another_folder_need_it(home: Path) -> None:
    for folder in ("desk/articles", "elsewhere"):
        (home / folder).mkdir(parents=True)
    assert found("desk/articles", home / "desk") == [("files", "articles")]
    assert found("elsewhere", home / "desk") == [("files", str(home / "elsewhere"))]


def test_a_feed_in_a_private_network_wants_leave_and_is_then_read(servers: Farm) -> None:
    feed = b'<rss version="2.0"><channel><title>Post</title><item><title>One</title></item></channel></rss>'
    address = servers.site({"/feed": reply(feed)}).url("/feed")
    with pytest.raises(places.PrivateError, match="is not a public address") as refused:
        found(address)
    assert refused.value.host == address.split("/")[2]
    assert found(address, settings=Config(web=Net(allow_private=(refused.value.host,)))) == [("feed", address)]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("artikles", "no file or folder here"),
        (",", "no file or folder here"),
        ("0", "the list has no 0; its numbers are 1 to"),
        ("1, 99", "the list has no 99"),
        ("empty.opml", "nothing was imported"),
        ("dead.opml", "no feed in it that can be used: .* by hand"),
        ("gopher://gazette.example", "neither an address"),
    ],
)
def test_an_answer_that_means_nothing_says_what_is_wrong(home: Path, answer: str, says: str) -> None:
    (home / "empty.opml").write_text("<opml><body/></opml>", encoding="utf-8")
    (home / "dead.opml").write_text(
        '<opml><body><outline xmlUrl="https://a.example/feed?key=sk-abcdefghijklmnop1234"/></body></opml>',
        encoding="utf-8",
    )
    with pytest.raises((ConfigError, NothingProducedError), match=says):
        found(answer)


@pytest.mark.parametrize(
    ("understood", "answer", "meant"),
    [
        (asking.words, "none", ()),
        (asking.words, " ferries,, harbours ,ferries", ("ferries", "harbours")),
        (asking.formats, "md,eml", ("md", "eml", "json")),
        (asking.moment, "6:05", time(6, 5)),
        (asking.variable, "none", ""),
        (asking.variable, "OPENAI_API_KEY", "OPENAI_API_KEY"),
        (asking.recipients, "nobody", ()),
        (asking.recipients, "a@b.example, Anna <a@b.example>, c@d.example", ("Anna <a@b.example>", "c@d.example")),
        (asking.port, "587", 587),
        (asking.base, "none", ""),
        (asking.base, "http://localhost:8000/v1", "http://localhost:8000/v1"),
    ],
)
def test_an_answer_is_understood(understood: Callable[[str], object], answer: str, meant: object) -> None:
    assert understood(answer) == meant


@pytest.mark.parametrize(
    ("understood", "answer"),
    [
        (asking.variable, "a9f8e7d6c5b4a3928170"),
        (asking.variable, "my key"),
        (asking.recipients, "a@b.example, nobody"),
        (asking.recipients, ",".join(f"r{number}@b.example" for number in range(51))),
        (asking.port, "0"),
        (asking.port, "²"),
        (asking.base, "localhost:11434"),
        (asking.host, "smtp server"),
        (asking.language, "German"),
        (asking.zone, "Mars"),
        (asking.title, ""),
        (asking.moment, "24:00"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(understood: Callable[[str], object], answer: str) -> None:
    with pytest.raises(BriefingError):
        understood(answer)


def test_a_variable_that_is_set_may_have_any_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("my_key", "x")
    assert asking.variable("my_key") == "my_key"
