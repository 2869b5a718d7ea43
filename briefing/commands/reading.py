"""`briefing show` and `briefing open`: an edition to read, on the terminal or in the browser."""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from pathlib import Path

from briefing.commands import editions
from briefing.errors import ConfigError
from briefing.outputs import terminal
from briefing.outputs.archive.latest import LATEST, PAGE
from briefing.outputs.archive.summaries import is_day

PIPED_WIDTH = 80
READABLE_WIDTH = 100


def show_edition(wanted: str | None, out: Path, columns: int | None, *, colour: bool) -> str:
    """The edition as text; `columns` is the terminal's width, None where there is none.

    `wanted` as in `edition_folder`. Raises ConfigError if there is no edition, EvidenceError if it is damaged.
    """
    width = min(columns, READABLE_WIDTH) if columns else PIPED_WIDTH
    return terminal.render(editions.read(edition_folder(wanted, out)), width, colour=colour)


def open_edition(wanted: str | None, out: Path, opener: Callable[[str], bool] = webbrowser.open) -> Path:
    """Open the edition's page in the browser; returns the page. `wanted` as in `edition_folder`.

    Raises ConfigError if there is no edition, no page of it, or no browser.
    """
    place = edition_folder(wanted, out)
    page = place / PAGE
    if not page.is_file():
        raise ConfigError(f"{place}: no page here; `briefing render {place} --format html` writes one")
    if not opener(page.absolute().as_uri()):
        raise ConfigError(f"no browser could be started; open {page} yourself")
    return page


def edition_folder(wanted: str | None, out: Path) -> Path:
    """The folder of an edition: of a date or the latest in `out`, a folder given, or its latest.

    A date or "latest" is looked up in `out` first; what is not there may be a folder of that name.
    """
    if wanted is None or (wanted == LATEST and not (Path(wanted) / "briefing.json").exists()):
        return editions.latest(out)
    if is_day(wanted) and (out / wanted / "briefing.json").exists():
        return out / wanted
    if is_day(wanted) and not Path(wanted).exists():
        raise ConfigError(f"{out}: no edition of {wanted}; {_standing(out)}")
    if not Path(wanted).exists():
        raise ConfigError(f"{wanted}: no such folder, nor a date like 2025-06-21, nor `latest`")
    return editions.latest(Path(wanted))


def _standing(out: Path) -> str:
    """Which editions there are, in a few words."""
    days = sorted(path.parent.name for path in out.glob("????-??-??/briefing.json"))
    return f"there are {len(days)}, from {days[0]} to {days[-1]}" if days else "there is none yet"
