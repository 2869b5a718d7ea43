"""Takes pictures of a page: wide, on a phone, dark, with a citation open, and as printed.

    python -m tests.browser.pictures FOLDER|FILE.html OUT [--width 600] [--cut 2400]

FOLDER is an edition (its briefing.html is taken) or holds an index.html. OUT gets <name>-desktop.png,
-phone.png, -dark.png, -open.png, -phone-open.png, -print.pdf and -print-<n>.png; with --width only one picture
of that width and a dark one, as for a mail. --cut splits pictures taller than so many pixels.
"""

import argparse
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tests.browser import chromium

A4 = {"width": "210mm", "height": "297mm"}
PRINTED_PAGES = 6


class View(NamedTuple):
    """How a page is looked at; `opened` with its second citation open."""

    name: str
    width: int
    scheme: str = "light"
    scale: int = 1
    opened: bool = False


VIEWS = (
    View("desktop", 1280),
    View("tablet", 820),
    View("phone", 390, scale=2),
    View("dark", 1280, "dark"),
    View("open", 1280, opened=True),
    View("phone-open", 390, scale=2, opened=True),
)


def main() -> None:
    options = _options()
    page = _page(options.page)
    views = VIEWS
    if options.width:
        views = (View("wide", options.width), View("wide-dark", options.width, "dark"))
    options.out.mkdir(parents=True, exist_ok=True)
    with chromium.browser() as browser:
        for view in views:
            _cut(_taken(browser, page, view, options.out), options.cut)
        if not options.width:
            _printed(browser, page, options.out)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=0)
    parser.add_argument("--cut", type=int, default=0)
    return parser.parse_args()


def _page(given: Path) -> Path:
    choices = [given] if given.is_file() else [given / "briefing.html", given / "index.html"]
    found = next((choice for choice in choices if choice.is_file()), None)
    if found is None:
        raise SystemExit(f"{given}: no page here")
    return found.resolve()


def _taken(browser: Any, page: Path, view: View, out: Path) -> Path:
    """A picture of the whole page, or of the window where a citation is open."""
    context = browser.new_context(
        viewport={"width": view.width, "height": 844 if view.width < 600 else 900},
        device_scale_factor=view.scale,
        color_scheme=view.scheme,
        java_script_enabled=False,
        offline=True,
    )
    tab = context.new_page()
    tab.goto(page.as_uri())
    if view.opened and tab.locator("button.cite").count() > 1:
        tab.locator("button.cite").nth(1).click()
    path = out / f"{page.stem}-{view.name}.png"
    tab.screenshot(path=path, full_page=not view.opened)
    context.close()
    _say(path)
    return path


def _printed(browser: Any, page: Path, out: Path) -> None:
    """The page as a PDF, and its first pages as pictures where pypdfium2 and Pillow are installed."""
    tab = browser.new_page()
    tab.goto(page.as_uri())
    path = out / f"{page.stem}-print.pdf"
    tab.pdf(path=path, prefer_css_page_size=True, print_background=False, **A4)
    _say(path)
    try:
        from PIL import Image  # noqa: F401
        from pypdfium2 import PdfDocument
    except ImportError:
        return
    with PdfDocument(path) as document:
        for number in range(min(len(document), PRINTED_PAGES)):
            target = out / f"{page.stem}-print-{number + 1}.png"
            document[number].render(scale=1.5).to_pil().save(target)
            _say(target)


def _say(path: Path) -> None:
    sys.stdout.write(f"{path}\n")


def _cut(path: Path, height: int) -> None:
    if not height:
        return
    from PIL import Image

    with Image.open(path) as whole:
        for number, top in enumerate(range(0, whole.height, height), 1):
            piece = whole.crop((0, top, whole.width, min(top + height, whole.height)))
            piece.save(path.with_name(f"{path.stem}-{number}.png"))


if __name__ == "__main__":
    main()
