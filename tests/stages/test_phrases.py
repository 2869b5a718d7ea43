"""Whether a text speaks of something: whole words, their forms, names, capitals, scripts without spaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.languages.inflections import inflections
from briefing.lexicon import Inflection
from briefing.stages.interests.phrases import fault, lead, speaks
from briefing.types import Article


def says(phrase: str, title: str, language: str | None = "en", body: str = "Nothing more is known.") -> bool:
    article = Article.make(title, body, language=language)
    return speaks(phrase, lead(article, article.text, inflections().get(language or "", Inflection())))


@pytest.mark.parametrize(
    ("phrase", "title", "language"),
    [
        ("ferry", "Two Ferries out of service", "en"),
        ("ferries", "The FERRY’S captain speaks", "en"),
        ("Ellin harbour", "Fire in Ellin's harbours", "en"),
        ("anti-noise", "An anti noise rally", "en"),
        ("tax", "New taxes", "en"),
        ("Wells", "Wells opens its market", "en"),
        ("US", "A U.S. envoy in Ellin", "en"),
        ("WHO", "The WHO's report on fever", "en"),
        ("harbour*", "A harbourside walk", "en"),
        ("café", "Cafes stay open", "en"),
        ("Fähre", "Die Fähren stehen still", "de"),
        ("Hafen", "Häfen geschlossen", "de"),
        ("cheval", "Deux chevaux", "fr"),
        ("hôpital", "Incendie à l’hôpital", "fr"),
        ("luz", "Las luces de Ellin", "es"),
        ("ميناء", "إضراب في الميناء", "ar"),
        ("أسعار", "ارتفاع الاسعار", "ar"),
        ("عبارة", "العبّارات متوقفة", "ar"),
        ("港口", "埃林港口的渡轮停运", "zh"),
        ("フェリー", "島のフェリーが再開", "ja"),
        ("ท่าเรือ", "ไฟไหม้ท่าเรือเอลลิน", "th"),
        ("항구", "항구에서 화재", "ko"),
        ("हिन्दी", "यह हिन्दी है", "hi"),
        ("паром", "Паром снова ходит", "ru"),
        ("паром*", "Паромы стоят", "ru"),
    ],
)
def test_a_phrase_is_met(phrase, title, language):
    assert says(phrase, title, language)


@pytest.mark.parametrize(
    ("phrase", "title", "language"),
    [
        ("port", "Sport in Ellin", "en"),
        ("lot", "The lottery", "en"),
        ("university", "The universe", "en"),
        ("news", "A new bridge", "en"),
        ("Wells", "All is well", "en"),
        ("WHO", "Ask who is to pay", "en"),
        ("Ellin harbour", "The harbour of Ellin", "en"),
        ("ferry", "Two Ferries out of service", None),
        ("ميناء", "مينائي", "ar"),
        ("港口", "港的入口", "zh"),
        ("ガス", "カス", "ja"),
        ("паром", "Паромы стоят", "ru"),
    ],
)
def test_a_phrase_is_not_met(phrase, title, language):
    assert not says(phrase, title, language)


def test_only_the_title_and_the_first_sentences_are_looked_at():
    near, far = "The ferry sank at dawn. " + "It was old. " * 100, "It was old. " * 100 + "The ferry sank at dawn."
    assert says("ferry", "Loss at sea", body=near)
    assert not says("ferry", "Loss at sea", body=far)


def test_the_last_word_that_is_looked_at_is_whole():
    cut = "x" * 397 + " lottery"
    assert not says("lot", "Loss at sea", body=cut)
    assert says("lottery", "Loss at sea", body=cut)


@pytest.mark.parametrize("phrase", ["", " ", "*", "?!", "a*", "*ferry", "ferry -", "x" * 201])
def test_a_phrase_that_says_nothing_is_a_fault(phrase):
    assert fault(phrase)


@given(st.text(min_size=1, max_size=40), st.sampled_from(["en", "de", "ar", "zh", None]))
def test_every_sound_phrase_is_met_by_itself(phrase, language):
    if not fault(phrase):
        assert says(phrase, " ".join(phrase.replace("*", "").split()), language)


@given(st.text(max_size=60), st.text(max_size=20))
def test_no_text_and_no_phrase_make_it_fail(title, phrase):
    if not fault(phrase):
        assert says(phrase, title) == says(phrase, f" {title} ")
