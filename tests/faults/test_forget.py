"""`briefing forget`: nothing of an article or a source is left where it was asked to go, and it is not read again."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefing.cache import Cache, address
from briefing.commands import editions
from briefing.commands.build import Options, build_edition
from briefing.commands.forget import Options as Forget
from briefing.commands.forget import forget
from briefing.commands.online import NAME
from briefing.commands.sources.listing import list_sources
from briefing.errors import ConfigError, EvidenceError
from briefing.outputs import folder
from briefing.state import State
from briefing.types import Briefing
from tests.sources.newsroom import item, page, rss, swapped
from tests.sources.servers import Farm, Route, reply

DAYS = [datetime(2031, 6, day, 6, tzinfo=UTC) for day in (3, 4)]
XML = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
FIRE = "Fire destroys the timber yard of Alder Bay"
COURIER = (
    "<p>A fire destroyed the timber yard of Alder Bay on Monday, and three people were killed, the fire service said.</p>"
    "<p>Smoke drifted over the harbour of Alder Bay until the evening, when the fire in the saw hall was put out.</p>"
    "<p>The Courier's own reporter saw lorries carry burnt planks away from the timber yard through the night.</p>"
)
RADIO = (
    "<p>The timber yard of Alder Bay burned down on Monday, and the fire killed four people, the police said.</p>"
    "<p>The fire in Alder Bay began in the saw hall of the timber yard, according to the police of the district.</p>"
    "<p>Two boats of the fire service pumped water from the harbour on the burning timber yard all afternoon.</p>"
)
FAIR = (
    "<p>The wool fair of Karmund opened on Monday with four hundred sheep, a hundred fewer than the year before.</p>"
    "<p>Shepherds from the upper valley said that the late snow had kept their flocks from the market this time.</p>"
    "<p>The fair ends on Friday with the judging of rams in the old market hall beside the river in Karmund.</p>"
)


class Press:
    """Two papers on loopback, each with a feed, and the mornings built of them."""

    def __init__(self, farm: Farm, place: Path) -> None:
        self.routes: dict[str, Route] = {"/robots.txt": reply(b"")}
        self.courier = farm.site(swapped(self.routes), "127.0.0.4")
        self.radio = farm.site(swapped(self.routes), "127.0.0.5")
        self.place = place
        for path, title, text in (("/fire", FIRE, COURIER), ("/blaze", "Timber yard burns in Alder Bay", RADIO)):
            self.routes[path] = reply(page(title, text), headers=HTML)
        self.routes["/fair"] = reply(page("Karmund wool fair opens with fewer sheep", FAIR), headers=HTML)
        when = DAYS[0].replace(hour=4)
        courier = [
            item(
                FIRE,
                self.courier.url("/fire"),
                when,
                "A fire in Alder Bay destroyed the timber yard on Monday, and people died.",
            )
        ]
        courier += [item("Karmund wool fair opens with fewer sheep", self.courier.url("/fair"), when, "Sheep.")]
        radio = [item("Timber yard burns in Alder Bay", self.radio.url("/blaze"), when, "Fire.")]
        self.routes["/courier"] = reply(rss(*courier, title="Amaran Courier"), headers=XML)
        self.routes["/radio"] = reply(rss(*radio, title="Radio Amaran"), headers=XML)
        self.config = place / "briefing.toml"
        tables = [
            f'[[sources]]\nkind = "feed"\nname = "{name}"\nsource = "{name}"\nurl = "{url}"\n'
            for name, url in (
                ("Amaran Courier", self.courier.url("/courier")),
                ("Radio Amaran", self.radio.url("/radio")),
            )
        ]
        net = '[web]\nallow_private = ["127.0.0.4", "127.0.0.5"]\ninterval_s = 0\nretry_s = 0.05\n'
        self.config.write_text('formats = ["md", "html", "eml"]\n' + net + "\n".join(tables), encoding="utf-8")

    @property
    def fire(self) -> str:
        return self.courier.url("/fire")

    def build(self, day: int = 1, code: int = 0) -> Briefing:
        now = DAYS[day - 1].isoformat()
        assert build_edition(Options(config=self.config, now=now, quiet=True)) == code
        return editions.read(self.out / now[:10])

    @property
    def out(self) -> Path:
        return self.place / "briefings"

    def forget(self, what: str | None, **options: bool) -> list[str]:
        said: list[str] = []
        forget(Forget(what=what, config=self.config, **options), said.append)
        return said

    def holding(self, words: str) -> list[str]:
        """The files below the folder, packed or not, in which these words stand."""
        import gzip

        found = []
        for path in sorted(self.place.rglob("*")):
            if path.is_file() and path != self.config:
                data = path.read_bytes()
                data = gzip.decompress(data) if path.suffix == ".gz" else data
                if words.encode() in data:
                    found.append(path.relative_to(self.place).as_posix())
        return found


@pytest.fixture
def press(farm: Farm, tmp_path: Path) -> Press:
    return Press(farm, tmp_path)


WORDS = "Smoke drifted over the harbour of Alder Bay"


def test_an_article_leaves_state_cache_and_where_asked_every_edition_and_revision(press):
    press.build()
    press.build()
    assert any("latest" in place for place in press.holding(WORDS))
    assert any(".r1" in place for place in press.holding(WORDS))
    said = press.forget(press.fire, editions=True)
    assert said[0] == f"forgotten: {press.fire} (1 article)"
    assert press.holding(WORDS) == press.holding(FIRE) == []
    edition = editions.read(press.out / "2031-06-03")
    assert "removed-on-request" in {p for w in edition.withheld for p in w.problems}
    assert {w.text for w in edition.withheld if "removed-on-request" in w.problems} == {"…"}
    assert press.fire not in {e.url for e in edition.articles.values()}
    assert "Reason: removed on request" in (press.out / "2031-06-03" / "briefing.md").read_text(encoding="utf-8")
    for place in folder.revisions(press.out / "2031-06-03"):
        assert "all checks pass" in editions.verify_edition(place)
    with State.opened(press.place / "state" / NAME) as state:
        assert state.resource(press.fire) is None


def test_what_is_forgotten_is_not_read_again_nor_its_words_taken_from_the_feed(press):
    press.build()
    before = sum(request.path == "/fire" for request in press.courier.requests)
    press.forget(press.fire, editions=True)
    edition = press.build()
    assert sum(request.path == "/fire" for request in press.courier.requests) == before
    assert press.fire not in {e.url for e in edition.articles.values()}
    # The feed that lists it is read for the others; it alone still has the title.
    assert {place.partition("/")[0] for place in press.holding(FIRE)} <= {"cache"}
    assert [e.url for e in edition.articles.values() if "Karmund" in e.title] == [press.courier.url("/fair")]


def test_without_editions_they_stay_and_the_next_one_tells_nothing_on(press):
    press.build()
    said = press.forget(press.fire)
    assert said[-1] == "editions: 2031-06-03 still hold it; --editions takes it out of them"
    assert "briefings/2031-06-03/evidence.json" in press.holding(WORDS)
    second = press.build(2)
    assert press.fire not in {e.url for e in second.articles.values()}
    assert WORDS not in json.dumps(second.model_dump(mode="json"))


def test_a_dry_run_says_what_would_go_and_changes_nothing(press):
    press.build()

    def stamps() -> dict[str, bytes]:
        return {str(p): p.read_bytes() for p in press.place.rglob("*") if p.is_file() and NAME not in p.name}

    before = stamps()
    dry = press.forget(press.fire, editions=True, dry_run=True)
    assert stamps() == before
    assert press.forget(None) == ["nothing is forgotten"]
    done = press.forget(press.fire, editions=True)
    assert dry[0].startswith("would be forgotten")
    assert dry[1:] == done[1:]


@pytest.mark.parametrize("named", ["Amaran Courier", "amaran courier", "127.0.0.4", "the feed"])
def test_a_source_is_forgotten_by_its_name_its_host_or_its_feed(press, named, capsys):
    press.build()
    press.forget(press.courier.url("/courier") if named == "the feed" else named, editions=True)
    edition = editions.read(press.out / "2031-06-03")
    assert {e.source for e in edition.articles.values()} == {"Radio Amaran"}
    asked = len(press.courier.requests)
    assert {e.source for e in press.build().articles.values()} == {"Radio Amaran"}
    assert len(press.courier.requests) == asked
    assert "forgotten" in "".join(line for line in list_sources(press.config) if "Courier" in line)
    assert press.holding("four hundred sheep") == []
    assert capsys.readouterr().out == ""
    assert build_edition(Options(config=press.config, now=DAYS[0].isoformat())) == 0
    assert "Amaran Courier: forgotten, so it is not read" in capsys.readouterr().err


def test_an_article_is_forgotten_by_its_id_with_its_address(press):
    edition = press.build()
    (identity,) = (i for i, e in edition.articles.items() if e.url == press.fire)
    press.forget(identity, editions=True)
    assert press.holding(WORDS) == []
    assert press.fire not in {e.url for e in press.build().articles.values()}


def test_taken_back_it_is_read_again(press):
    press.build()
    press.forget(press.fire, editions=True)
    assert [line.partition("  ")[2] for line in press.forget(None)] == [press.fire]
    press.forget(press.fire, undo=True)
    assert press.forget(None) == ["nothing is forgotten"]
    assert press.fire in {e.url for e in press.build().articles.values()}
    with pytest.raises(ConfigError, match="is not forgotten"):
        press.forget(press.fire, undo=True)


def test_a_name_that_nothing_is_known_by_is_refused_with_those_that_are(press):
    press.build()
    with pytest.raises(ConfigError, match="known are Amaran Courier, Radio Amaran"):
        press.forget("Amaran Curier")
    assert press.forget(None) == ["nothing is forgotten"]


class Interruption:
    """Lets so many steps of the writing pass, then ends the run as a Ctrl-C does."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def over(self, real):
        def step(*args, **kwargs):
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
            return real(*args, **kwargs)

        return step


def interrupted(press: Press, monkeypatch: pytest.MonkeyPatch, steps: int) -> bool:
    """Forget the fire, ended after so many steps; whether it was ended at all."""
    ending = Interruption(steps)
    with monkeypatch.context() as patch:
        for name in ("_rename", "_write_file"):
            patch.setattr(folder, name, ending.over(getattr(folder, name)))
        patch.setattr(folder.shutil, "rmtree", ending.over(shutil.rmtree))
        try:
            press.forget(press.fire, editions=True)
        except KeyboardInterrupt:
            return True
    return False


def test_a_removal_that_ends_anywhere_in_the_writing_is_finished_by_another(press, monkeypatch):
    for day in (1, 1, 2):
        press.build(day)
    whole = press.place.with_name("whole")
    shutil.copytree(press.place, whole)
    steps = 0
    while interrupted(press, monkeypatch, steps):
        press.forget(press.fire, editions=True)
        assert press.holding(WORDS) == []
        for place in (p for day in ("2031-06-03", "2031-06-04") for p in folder.revisions(press.out / day)):
            editions.read(place)
        assert not [p for p in press.out.iterdir() if p.name.startswith(".briefing-")]
        shutil.rmtree(press.place)
        shutil.copytree(whole, press.place)
        steps += 5
    assert steps > 10


def test_replies_go_where_they_were_asked_of_it_or_do_not_say_of_what(press):
    edition = press.build()
    identity, other = (
        {e.url: i for i, e in edition.articles.items()}[u] for u in (press.fire, press.radio.url("/blaze"))
    )
    cache = Cache(folder=press.place / "cache" / "replies")
    for name, of in (("fire", (identity, other)), ("other", (other,)), ("old", ())):
        cache.put(address(name), f"reply {name}", of)
    assert "2 replies" in press.forget(press.fire)[2]
    assert [cache.get(address(name)) for name in ("fire", "other", "old")] == [None, "reply other", None]


def test_where_no_edition_is_left_to_say_which_article_it_was_every_reply_goes(press):
    press.build()
    shutil.rmtree(press.out / "2031-06-03")
    cache = Cache(folder=press.place / "cache" / "replies")
    cache.put(address("one"), "reply", ("0123456789abcdef",))
    assert "0 replies" in press.forget("https://never-read.example/a")[2]
    assert "1 reply" in press.forget(press.fire)[2]


def test_an_edition_too_damaged_to_search_is_named_and_the_others_are_done(press):
    press.build()
    press.build(2)
    (press.out / "2031-06-04" / "briefing.json").write_text("{", encoding="utf-8")
    with pytest.raises(EvidenceError, match="2031-06-04"):
        press.forget(press.fire, editions=True)
    assert [p for p in press.holding(WORDS) if "2031-06-03" in p] == []
