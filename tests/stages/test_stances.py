"""How articles stand to claims, and which claims of a story stand disputed. All places and people are invented."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.lexicon import StanceWords
from briefing.stages.claims import claims
from briefing.stages.stances import Conflict, conflicts, read_claim, stance
from briefing.text import fold
from briefing.types import Article

EN = lexicons()["en"]

PLAIN = "Wild bear swims across Ostrel harbour"
BEAR = "A wild bear swam across Ostrel harbour on Sunday morning. Fishermen threw it bread. It climbed out at the mole."
TUNNEL = "Lisk tunnel will open in March"
MAYOR = "Mayor Ivo Brandt sells his yacht to pay school dinners"

AGREES = [
    (PLAIN, BEAR),
    (PLAIN, "Ostrel harbour had a visitor on Sunday: a wild bear. The animal swims well, the pilot who met it said."),
    (PLAIN, f"{BEAR} The harbour office confirmed that the wild bear left town by the north road."),
    (
        PLAIN,
        "This is not a hoax: a wild bear did swim across Ostrel harbour on Sunday. We stood on the quay and saw it.",
    ),
    (TUNNEL, "The Lisk tunnel opens in March. The transport ministry announced the day on Friday."),
    (MAYOR, "Ivo Brandt has sold his yacht. The mayor will pay the school dinners of Halvik from it until the summer."),
    # A claim that refutes, and an article that refutes too.
    (
        "No, a bear did not swim across Ostrel harbour",
        "The film of a bear in Ostrel harbour is fake. It was made for a zoo in Pereto. No bear swam across the harbour.",
    ),
    (
        "Ostrel harbour bear video is a hoax",
        "The video of a bear in Ostrel harbour was staged by two students. “It was a prank,” one of them said.",
    ),
    (
        "Lisk tunnel will not open in March",
        "The Lisk tunnel will not open in March after all. Pumps are missing, the transport ministry said.",
    ),
    (
        "Mayor Brandt denies selling yacht",
        "Mayor Ivo Brandt has denied selling his yacht. There is no truth in the story, his office said on Monday.",
    ),
    (
        "Sorry, Ivo Brandt still has his yacht",
        "The tale of Ivo Brandt and his yacht is untrue. He never sold it, and the site that said so is a satirical one.",
    ),
]

DISAGREES = [
    (PLAIN, "The story of the wild bear in Ostrel harbour is a hoax. The film was made in a zoo in Pereto."),
    (PLAIN, "A film of a wild bear that swims across Ostrel harbour is fake, the harbour office said on Monday."),
    (PLAIN, "No bear swam across Ostrel harbour. What the film shows is a large dog, the harbour office said."),
    (PLAIN, "It isn't true that a wild bear swims across Ostrel harbour. The story began on a satirical website."),
    (
        PLAIN,
        "There is no evidence that a wild bear swam across Ostrel harbour, the coastguard said. The film was doctored.",
    ),
    (
        PLAIN,
        "A wild bear in Ostrel harbour? Nonsense. The story was made up by a bored clerk, who has apologised for it.",
    ),
    (TUNNEL, "The Lisk tunnel will not open in March, the transport ministry said. Two pumps failed their tests."),
    (TUNNEL, "The opening of the Lisk tunnel in March has been called off. No new day was named."),
    (
        TUNNEL,
        "The transport ministry denied that the Lisk tunnel will open in March. Reports of an opening were untrue.",
    ),
    (MAYOR, "Ivo Brandt did not sell his yacht to pay school dinners. The mayor never owned one, the town hall said."),
    (
        MAYOR,
        "A story about mayor Ivo Brandt and his yacht is pure fiction. It was published by the Halvik Goose, a satirical paper.",
    ),
    (
        MAYOR,
        "Correction: we wrote that mayor Ivo Brandt sold his yacht for school dinners. That was wrong; we have retracted the story.",
    ),
    # Satire taken for news.
    (
        "Orlenza to tax umbrellas",
        "Several outlets fell for a satirical article that said Orlenza would tax umbrellas. The article is a spoof and no "
        "such tax is planned.",
    ),
    # A reversal.
    (
        "Singer Alda Renn joins Tolmira tour",
        "Alda Renn has pulled out of the Tolmira tour. The singer will no longer join it, her manager said.",
    ),
    (
        "Karmund club signs keeper Joss Veld",
        "Joss Veld has changed his mind. The keeper walked away from Karmund, and the club will look for another.",
    ),
    (
        "Factory in Qarash to hire 900 welders",
        "The Qarash factory scrapped its plan to hire 900 welders. It will hire no welders this year.",
    ),
    # Whom the claim is about.
    (
        "Bodies in Sel quarry are those of missing climbers",
        "The bodies found in the Sel quarry are not those of the missing climbers, tests have shown.",
    ),
    (
        "Patient in Belqar has grey fever",
        "The patient in Belqar does not have grey fever, the hospital said. He was sent home.",
    ),
    # A claim that refutes, and articles that tell what it refutes as fact.
    (
        "No bear swam across Ostrel harbour",
        "A wild bear swam across Ostrel harbour. Fishermen threw it bread on the quay.",
    ),
    (
        "Harbour bear is a hoax, says Ostrel council",
        f"{BEAR} Children ran along the quay of the harbour to see the bear.",
    ),
]

DISCUSSES = [
    (
        PLAIN,
        "A wild bear reportedly swam across Ostrel harbour. The claim could not be verified, and it is unclear who filmed it.",
    ),
    (
        PLAIN,
        "Rumours of a wild bear in Ostrel harbour spread on Sunday. The film has not been confirmed, and may have been old.",
    ),
    (
        PLAIN,
        "A film purportedly showing a wild bear in Ostrel harbour is said to be real. It is unclear when it was made.",
    ),
    (
        MAYOR,
        "Mayor Ivo Brandt has allegedly sold his yacht to pay school dinners, according to reports. He may have needed money.",
    ),
    (
        TUNNEL,
        "The Lisk tunnel could possibly open in March, but there is no official day, and it is unclear if pumps arrived.",
    ),
    # Whatever the article: the claim itself leaves it open.
    ("Did a bear swim across Ostrel harbour?", BEAR),
    ("Bear reportedly swims across Ostrel harbour", BEAR),
    ("Bear 'swims across harbour' in Ostrel", BEAR),
    ("Ostrel bear may have swum across harbour", "The story of the bear in Ostrel harbour is a hoax."),
    (
        "Minister Falk accused of taking ham from growers",
        "Minister Falk denied taking ham from growers. Falk called it a lie.",
    ),
    ("Fears grow of grey fever in Belqar", "The hospital in Belqar has a patient with grey fever. A ward was closed."),
]

UNRELATED = [
    (PLAIN, "Karmund's bank cut its key rate to 4 percent. Mortgages will be cheaper before the summer is out."),
    (TUNNEL, "Nine goats won prizes at the fair in Pereto, where the rain held off until the evening."),
    (MAYOR, ""),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "body"), AGREES)
def test_bearing_out_a_claim_agrees(claim, body):
    assert stance(claim, body, EN).kind == "agrees"


@pytest.mark.parametrize(("claim", "body"), DISAGREES)
def test_refuting_a_claim_disagrees(claim, body):
    assert stance(claim, body, EN).kind == "disagrees"


@pytest.mark.parametrize(("claim", "body"), DISCUSSES)
def test_passing_on_or_leaving_open_discusses(claim, body):
    assert stance(claim, body, EN).kind == "discusses"


@pytest.mark.parametrize(("claim", "body"), UNRELATED)
def test_another_subject_is_unrelated(claim, body):
    assert stance(claim, body, EN).kind == "unrelated"


@pytest.mark.parametrize(
    ("claim", "polarity"),
    [
        (PLAIN, 1),
        ("Bear in Ostrel harbour is not a hoax", 1),
        ("Council debunks harbour bear", -1),
        ("Alda Renn quits Tolmira tour", -1),
        ("Nope, no bear in Ostrel", -1),
        ("Is the harbour bear real?", 0),
        ("Report: bear seen in Ostrel", 0),
        ("Bear 'seen in harbour'", 0),
        ("Ostrel's bear finds Ivo's boat", 1),
    ],
)
def test_a_claim_is_plain_open_or_refuting(claim, polarity):
    assert read_claim(claim, EN).polarity == polarity


def test_the_first_span_of_a_refutation_is_the_refuting_sentence():
    body = "A film went round on Sunday. The wild bear in Ostrel harbour is a hoax. The weather stayed fine."
    article = Article.make("Films of the week", body, language="en")
    found = stance(PLAIN, article, EN)
    assert article.text[found.spans[0].start : found.spans[0].end] == "The wild bear in Ostrel harbour is a hoax."


def test_a_later_correction_at_the_foot_of_an_article_counts():
    body = f"{BEAR} Update: the story was a hoax, and the wild bear in the harbour film was doctored. We were fooled."
    assert stance(PLAIN, body, EN).kind == "disagrees"


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_two_texts_give_a_stance_with_spans_inside_the_text(claim, body):
    article = Article.make("", body, language="en")
    found = stance(claim, article, EN)
    assert 0 <= found.strength <= 1
    assert all(0 <= span.start < span.end <= len(article.text) for span in found.spans)


def test_every_stance_phrase_is_folded_as_it_is_looked_up():
    listed = [phrase for name in StanceWords.model_fields for phrase in getattr(EN.stances, name)]
    assert [p for p in listed if fold(p) != p or " ".join(p.split()) != p] == []


def article(title: str, body: str, source: str, language: str = "en") -> Article:
    return Article.make(title, body, source=source, origin=source, language=language)


def disputed(*articles: Article) -> list[Conflict]:
    return conflicts([c for a in articles for c in claims(a, lexicons())], lexicons())


HERALD = article(PLAIN, BEAR, "Herald")
COURIER = article(
    "Harbour bear was a zoo animal",
    "The story that a wild bear swam across Ostrel harbour is a hoax, the harbour office said. The film is from a zoo.",
    "Courier",
)


def test_a_report_and_its_refutation_are_a_conflict_with_a_sentence_on_each_side():
    (found,) = disputed(HERALD, COURIER)
    assert {c.article.source for c in found.affirming} == {"Herald"}
    assert [c.text.partition(" is ")[2] for c in found.refuting] == ["a hoax, the harbour office said."]


def test_articles_that_bear_out_the_claim_stand_on_its_side():
    observer = article("Wild bear swims over Ostrel harbour", f"Ostrel had a guest. {BEAR}", "Observer")
    (found,) = disputed(HERALD, COURIER, observer)
    assert {c.article.source for c in found.affirming} == {"Herald", "Observer"}


def test_conflicts_do_not_depend_on_the_order_of_the_claims():
    told = [c for a in (HERALD, COURIER) for c in claims(a, lexicons())]
    assert conflicts(random.Random(3).sample(told, len(told)), lexicons()) == conflicts(told, lexicons())


def test_one_origin_does_not_contradict_itself():
    same = COURIER.replace(origin="Herald")
    assert disputed(HERALD, same) == []


@pytest.mark.parametrize(
    "body",
    [
        "A wild bear swam across Ostrel harbour. A man in a fake fur coat waved at it from the mole.",
        "A wild bear swam across Ostrel harbour. The council rejected a plan for a fence.",
        "A wild bear swam across Ostrel harbour. Nobody was hurt, and no boat was lost.",
        "Did a wild bear swim across Ostrel harbour, or was it a hoax?",
        "No less than one wild bear swims across Ostrel harbour each year.",
    ],
)
def test_refuting_words_about_something_else_are_no_conflict(body):
    assert disputed(HERALD, article("Bear in the harbour", body, "Courier")) == []


def test_a_language_without_word_lists_has_no_conflicts():
    assert disputed(HERALD.replace(language="xx"), COURIER.replace(language="xx")) == []
