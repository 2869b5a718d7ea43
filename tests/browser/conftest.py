"""One Chromium for all tests here; each test has a fresh profile in which any request is a failure."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from briefing.outputs.html import Html
from briefing.types import Briefing
from tests.browser import chromium


# Not for the session: while Playwright runs, no other test could start an event loop.
@pytest.fixture(scope="package")
def running() -> Iterator[Any]:
    if missing := chromium.missing():
        pytest.skip(missing)
    with chromium.browser() as browser:
        yield browser


@pytest.fixture
def visit(running: Any) -> Iterator[Callable[..., Any]]:
    """Open a file in a window of its own. Whatever the test did, the page asked for nothing and said no error."""
    contexts, opened, asked, said = [], set(), [], []

    def open_page(path: Path, place: str = "", **settings: Any) -> Any:
        context = running.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **settings}
        )
        contexts.append(context)
        opened.add(path.as_uri())
        context.route(
            "**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort()
        )
        tab = context.new_page()
        tab.set_default_timeout(5_000)
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(path.as_uri() + place)
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert [url for url in asked if url.split("#")[0] not in opened and not url.startswith("data:")] == []
    assert said == []


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[..., Path]:
    """Write the page of an edition to a file."""

    def write(briefing: Briefing, html: Html | None = None) -> Path:
        path = tmp_path / "briefing.html"
        path.write_text((html or Html()).render(briefing), encoding="utf-8")
        return path

    return write
