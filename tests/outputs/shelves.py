"""Folders of editions, written without the pipeline."""

import re
from pathlib import Path

from briefing.outputs import json as edition_json
from briefing.outputs.wording import reason
from briefing.outputs.words import words_of
from briefing.text import one_line
from briefing.types import Analysis, Briefing
from tests.outputs.edition import FULL


def dated(date: str, briefing: Briefing = FULL) -> Briefing:
    """An edition as of another day."""
    return briefing.replace(date=date, generated_at=f"{date}T06:00:00Z")


def put(out: Path, briefing: Briefing, date: str = "", page: str | None = "<!doctype html>the page") -> Path:
    """Write an edition into OUT, under its date or another name; `page` None leaves the page out."""
    place = out / (date or briefing.date)
    place.mkdir(parents=True, exist_ok=True)
    (place / "briefing.json").write_text(edition_json.Json().render(briefing), encoding="utf-8")
    (place / "evidence.json").write_text(edition_json.evidence(briefing), encoding="utf-8")
    if page is not None:
        (place / "briefing.html").write_text(page, encoding="utf-8")
    return place


def read_order(briefing: Briefing) -> list[Analysis]:
    """The stories as the page tells them: by topic."""
    stories = {story.id: story for story in briefing.stories}
    return [stories.pop(name) for topic in briefing.topics for name in topic.stories] + list(stories.values())


def marked(text: str) -> str:
    """A headline of `hostile.edition` as a list shows it: with its mark, which is the same text as a problem."""
    written = one_line(re.sub("[\ud800-\udfff]", "\ufffd", text))
    return " ".join(one_line(f"{written or 'untitled'} ⚠ {reason(words_of('en'), written)}").split())
