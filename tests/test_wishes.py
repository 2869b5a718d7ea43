"""Wishes of a settings file, from the sources to the edition."""

from pathlib import Path

from briefing.commands import editions
from briefing.commands.build import Options, build_edition
from briefing.types import Briefing

SETTINGS = """
interests = ["ferries"]
sections = [{ name = "Stone", words = ["quarry"] }]
[mute]
outlets = ["Daily Spark"]
[[sources]]
path = "gazette"
source = "The Gazette"
section = "World"
[[sources]]
path = "spark"
source = "Daily Spark"
[[sources]]
path = "radio"
source = "Harbour Radio"
weight = 8.0
"""


ARTICLES = {
    "gazette": "Ferry to Sennes stops\n\nThe ferry to Sennes stopped on Monday after its crew fell ill, the line said. "
    "Passengers slept in the church hall of Calder, where the priest cooked fish soup for them.",
    "spark": "Baker wins the lottery\n\nA baker in Ostrel won nine million crowns and keeps his shop, his wife said. "
    "He means to buy a second oven and a holiday by the sea for both of his apprentices.",
    "radio": "Quarry at Brenna shuts\n\nThe slate quarry at Brenna shut for a week after a wall gave way, its owner said. "
    "Nobody was hurt; geologists will look at the northern face before work goes on there.",
}


def built(folder: Path) -> Briefing:
    for place, text in ARTICLES.items():
        (folder / place).mkdir()
        (folder / place / "a.txt").write_text(text, encoding="utf-8")
    (folder / "briefing.toml").write_text(SETTINGS, encoding="utf-8")
    now = "2031-06-03T06:00:00Z"
    assert build_edition(Options(config=folder / "briefing.toml", now=now, quiet=True, formats="md")) == 0
    return editions.read(folder / "briefings" / "2031-06-03")


def test_a_build_keeps_to_them(tmp_path):
    made = built(tmp_path)
    assert [(t.name, len(t.stories)) for t in made.topics] == [("Stone", 1), ("World", 1)]
    by_name = {topic.name: story for topic in made.topics for story in made.stories if story.id in topic.stories}
    assert (by_name["World"].interests, by_name["World"].why["interest"]) == (("ferries",), 1.0)
    assert by_name["Stone"].why["weight"] == 3.0
    assert [untold.muted for untold in made.more] == ["outlet: Daily Spark"]
    assert "all checks pass" in editions.verify_edition(tmp_path / "briefings")
