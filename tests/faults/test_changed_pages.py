"""A page that says something else than when it was cited is asked for again, and the next edition says so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from briefing.commands import editions
from briefing.commands.build import Options, build_edition
from briefing.types import Briefing
from tests.sources.newsroom import HTML, item, page, rss, swapped
from tests.sources.servers import Farm, Route, conditional, reply

DAYS = [datetime(2031, 6, day, 6, tzinfo=UTC) for day in (3, 4, 5)]
TOLD = (
    "<p>The new bridge over the Sel in Karmund cost 310 million crowns, the city said on Monday.</p>",
    "<p>It carries two tram tracks, a road of four lanes and a path for walkers along its northern side.</p>",
    "<p>The mayor opened it with a walk across, followed by some two thousand people from both banks.</p>",
    "<p>Trams are to run every six minutes from the first of July, according to the transport office.</p>",
)
TITLE = "Karmund opens its new bridge over the Sel"


class Press:
    """A paper on loopback: its feed and its pages, which a test may change, and the mornings built of it."""

    def __init__(self, farm: Farm, folder: Path) -> None:
        self.routes: dict[str, Route] = {}
        self.site, self.folder = farm.site(swapped(self.routes), "127.0.0.4"), folder
        self.routes["/robots.txt"] = reply(b"")
        self.feed("/bridge", TITLE)
        self.show("/bridge", *TOLD)

    def feed(self, path: str, title: str) -> None:
        entry = item(title, self.site.url(path), DAYS[0].replace(hour=5), "The bridge is open.")
        self.routes["/feed"] = reply(rss(entry), headers={"Content-Type": "application/rss+xml"})

    def show(self, path: str, *paragraphs: str, etag: str = '"one"') -> None:
        self.routes[path] = conditional(page(TITLE, "".join(paragraphs)), etag=etag, headers=HTML)

    def build(self, day: int, more: str = "", **options: object) -> Briefing:
        config = self.folder / "briefing.toml"
        net = '[web]\nallow_private = ["127.0.0.4"]\ninterval_s = 0\nretry_s = 0.05\n' + more
        source = f'[[sources]]\nkind = "feed"\nurl = "{self.site.url("/feed")}"\n'
        config.write_text(f'formats = ["md", "html", "eml"]\n{net}\n{source}', encoding="utf-8")
        now = DAYS[day - 1].isoformat()
        assert build_edition(Options(config=config, now=now, quiet=True, **options)) == 0
        return editions.read(self.folder / "briefings" / now[:10])

    def asked(self, path: str) -> int:
        return sum(request.path == path for request in self.site.requests)

    def text(self, day: int, kind: str = "md") -> str:
        path = self.folder / "briefings" / DAYS[day - 1].date().isoformat() / f"briefing.{kind}"
        return path.read_text(encoding="utf-8")


@pytest.fixture
def press(farm: Farm, tmp_path: Path) -> Press:
    return Press(farm, tmp_path)


def test_a_cited_sentence_that_is_gone_is_named_with_its_words_and_proven(press):
    cited = press.build(1)
    assert "310 million" in "".join(s.text for s in cited.statements())
    press.show("/bridge", TOLD[0].replace("310", "130"), *TOLD[1:], etag='"two"')
    (change,) = press.build(2).changed
    assert (change.extent, change.edition) == ("cited", "2031-06-03")
    assert [s.text for s in change.gone] == [
        "The new bridge over the Sel in Karmund cost 310 million crowns, the city said on Monday."
    ]
    for kind in ("md", "html", "eml"):
        assert "Changed since it was cited" in press.text(2, kind).replace("=\n", "")
    assert "cost 310 million crowns" in press.text(2)
    assert "all checks pass" in editions.verify_edition(press.folder / "briefings" / "2031-06-04")


def test_what_was_said_once_is_not_said_again_but_a_second_build_of_the_day_says_it_too(press):
    press.build(1)
    press.show("/bridge", TOLD[0].replace("310", "130"), *TOLD[1:], etag='"two"')
    first, second = press.build(2), press.build(2)
    assert first.changed == second.changed != ()
    assert press.build(3).changed == ()


def test_a_page_that_answers_unchanged_costs_one_conditional_request(press):
    press.build(1)
    before = press.asked("/bridge")
    assert press.build(2).changed == ()
    assert press.asked("/bridge") == before + 1
    assert press.site.requests[-1].headers["if-none-match"] == '"one"'


def test_markup_and_additions_are_no_change_and_a_sentence_nobody_cited_is_one_line_at_the_foot(press):
    first = press.build(1)
    press.show("/bridge", *(p.replace("the", "<i>the</i>") for p in TOLD), "<p>More is to follow.</p>", etag='"two"')
    assert press.build(2).changed == ()
    cited = {c.quote for s in first.statements() for c in s.citations}
    (bare,) = [p for p in TOLD if not any(q in p for q in cited)][:1]
    press.show("/bridge", *(p for p in TOLD if p != bare), etag='"three"')
    edition = press.build(2, more="revisit_s = 0\n")
    assert [(c.extent, c.gone) for c in edition.changed] == [("other", ())]
    assert "Changed since they were cited, with every cited sentence still there: " in press.text(2)
    assert "**Corrections**" not in press.text(2)


def test_another_text_at_the_address_and_none_at_all_are_told_apart(press):
    press.build(1)
    press.show(
        "/bridge",
        *(f"<p>{n} sheep were sold at the Karmund fair on day {n}, the wardens said.</p>" * 3 for n in range(5)),
        etag='"x"',
    )
    assert [c.extent for c in press.build(2).changed] == ["rewritten"]
    del press.routes["/bridge"]
    assert [c.extent for c in press.build(2, more="revisit_s = 0\n").changed] == ["missing"]
    assert "No longer at the address where they were cited: " in press.text(2)


def test_a_page_in_trouble_says_nothing_and_degrades_nothing(press):
    press.build(1)
    press.routes["/bridge"] = reply(b"", 503)
    assert press.build(2).changed == ()


def test_a_correction_note_on_a_cited_page_leads_the_edition(press):
    press.build(1)
    note = "<p>Correction: An earlier version of this article said the bridge cost 310 million crowns. It cost 130 million crowns.</p>"
    press.show("/bridge", TOLD[0].replace("310", "130"), *TOLD[1:], note, etag='"two"')
    edition = press.build(2)
    assert [("130 million" in s.text or "310 million" in s.text) for s in edition.corrections] == [True]
    assert "310 million" in edition.corrections[0].citations[1].quote
    assert edition.changed == ()
    assert "all checks pass" in editions.verify_edition(press.folder / "briefings" / "2031-06-04")


def test_nothing_is_asked_where_it_is_turned_off_offline_or_closed_by_robots(press):
    press.build(1)
    press.show("/bridge", *TOLD[1:], etag='"two"')
    before = press.asked("/bridge")
    assert press.build(2, more="recheck = 0\n").changed == ()
    assert press.build(2, offline=True).changed == ()
    press.routes["/robots.txt"] = reply(b"User-agent: *\nDisallow: /bridge")
    assert press.build(3, more="robots_s = 0\n").changed == ()
    assert press.asked("/bridge") == before
