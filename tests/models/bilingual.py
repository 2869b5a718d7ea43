"""An embedding that understands a few words of English and German, and articles about invented events in both."""

from __future__ import annotations

import re

from briefing.types import Article
from tests.models.servers import Got, Say, embeddings

CONCEPTS = (
    "ferry fähre", "ran-aground grundgelaufen aground grund", "fog nebel", "passengers fahrgäste", "captain kapitän",
    "radar", "lifeboats rettungsboote", "bakery bäckerei", "fire feuer brand", "police polizei", "oven ofen",
    "flour mehl", "dam staudamm", "reservoir stausee", "crack riss", "engineers ingenieure", "valley tal",
    "evacuated evakuiert", "ship schiff", "harbour hafen",
)  # fmt: skip
_PLACE = {word: place for place, words in enumerate(CONCEPTS) for word in words.split()}


def meaning(text: str) -> list[float]:
    """How often each concept is named, over a floor such as real models have."""
    vector = [0.2] * len(CONCEPTS)
    for word in re.findall(r"\w+", text.lower()):
        if word in _PLACE:
            vector[_PLACE[word]] += 1.0
    return vector


def understanding(got: Got) -> Say:
    """An OpenAI server with that embedding."""
    return Say(embeddings([meaning(text) for text in got.body["input"]]))


def article(title: str, body: str, language: str, day: str = "2031-03-06", **fields: object) -> Article:
    return Article.make(title, body, language=language, published=day, **fields)


FERRY_EN = article(
    "Ferry runs aground in fog off Norrholm",
    "The ferry ran aground in thick fog. All passengers were taken off in lifeboats, the captain said. The radar "
    "of the ferry had failed.",
    "en",
    source="Norvale Courier",
)
FERRY_DE = article(
    "Fähre läuft bei Nebel vor Norrholm auf Grund",
    "Die Fähre lief im dichten Nebel auf Grund. Alle Fahrgäste kamen in Rettungsboote, sagte der Kapitän. Das "
    "Radar der Fähre war ausgefallen.",
    "de",
    source="Hafenbote",
)
BAKERY_EN = article(
    "Fire destroys old bakery in Arden",
    "A fire that began in the oven destroyed the bakery overnight, police said. Flour made the fire spread.",
    "en",
    source="Norvale Courier",
)
DAM_DE = article(
    "Riss im Staudamm: Tal wird evakuiert",
    "Ingenieure fanden einen Riss im Staudamm. Das Tal unter dem Stausee wurde evakuiert, sagte die Polizei.",
    "de",
    source="Hafenbote",
)
ALL = (FERRY_EN, FERRY_DE, BAKERY_EN, DAM_DE)
