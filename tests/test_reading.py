"""`briefing show` and `briefing open`: which edition is meant, and what is said where there is none."""

from pathlib import Path

import pytest

from briefing.commands.reading import edition_folder, open_edition, show_edition
from briefing.errors import ConfigError, EvidenceError
from briefing.outputs import archive
from tests.outputs.edition import FULL
from tests.outputs.shelves import dated, put


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two editions with their archive, in the working folder's `briefings`."""
    monkeypatch.chdir(tmp_path)
    made = Path("briefings")
    for day in ("2031-05-19", "2031-05-20"):
        put(made, dated(day))
    archive.update(made)
    return made


@pytest.mark.parametrize(
    ("wanted", "day"),
    [
        (None, "2031-05-20"),
        ("latest", "2031-05-20"),
        ("2031-05-19", "2031-05-19"),
        ("briefings", "2031-05-20"),
        ("briefings/2031-05-19", "2031-05-19"),
        ("briefings/latest", "latest"),
    ],
)
def test_the_edition_meant(out, wanted, day):
    assert edition_folder(wanted, out) == out / day


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("2031-05-18", "no edition of 2031-05-18; there are 2, from 2031-05-19 to 2031-05-20"),
        ("2031-02-30", "no such folder, nor a date"),
        ("yesterday", "no such folder, nor a date like 2025-06-21, nor `latest`"),
    ],
)
def test_an_edition_that_is_not_there(out, wanted, said):
    with pytest.raises(ConfigError, match=said):
        edition_folder(wanted, out)


def test_no_edition_at_all(tmp_path):
    with pytest.raises(ConfigError, match="no edition here"):
        show_edition(None, tmp_path, None, colour=False)
    with pytest.raises(ConfigError, match="there is none yet"):
        show_edition("2031-05-18", tmp_path, None, colour=False)


def test_show_gives_the_edition_at_the_width_of_the_terminal_to_a_point(out):
    piped, narrow, wide = (show_edition(None, out, columns, colour=False) for columns in (None, 40, 500))
    assert piped.startswith(f"{FULL.title}\nTuesday 20 May 2031\n")
    prose = [[line for line in text.split("\n") if "://" not in line] for text in (piped, narrow, wide)]
    assert [max(map(len, lines)) <= limit for lines, limit in zip(prose, (80, 40, 100), strict=True)] == [True] * 3
    assert "\x1b[" in show_edition("latest", out, 80, colour=True)


def test_a_damaged_edition_is_not_shown(out):
    evidence = out / "2031-05-20" / "evidence.json"
    evidence.write_text(evidence.read_text(encoding="utf-8").replace("ferry", "fairy"), encoding="utf-8")
    with pytest.raises(EvidenceError):
        show_edition(None, out, None, colour=False)
    assert show_edition("2031-05-19", out, None, colour=False)


def test_open_hands_the_page_to_the_browser(out):
    asked = []
    assert open_edition("2031-05-19", out, lambda url: not asked.append(url)) == out / "2031-05-19" / "briefing.html"
    assert asked == [(Path.cwd() / "briefings/2031-05-19/briefing.html").as_uri()]
    assert asked[0].startswith("file:///")


def test_open_says_what_to_do_without_a_browser_or_a_page(out):
    with pytest.raises(ConfigError, match=r"no browser could be started; open briefings/2031-05-20/briefing\.html"):
        open_edition(None, out, lambda _: False)
    (out / "2031-05-20" / "briefing.html").unlink()
    with pytest.raises(ConfigError, match="briefing render briefings/2031-05-20 --format html"):
        open_edition(None, out, lambda _: True)
