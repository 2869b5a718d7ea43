"""The shipped word lists hold together: what is looked up folded stands folded, and no list fights another."""

import tomllib
from importlib.resources import files

import pytest
from pydantic import ValidationError

from briefing.languages import lexicons
from briefing.lexicon import DateWords, Lexicon
from briefing.text import fold

EN = lexicons()["en"]
WORD_LISTS = [name for name, field in Lexicon.model_fields.items() if field.annotation == frozenset[str]]
MAPPINGS = ["numbers", "scales", "measures", "variants"]


def every_word() -> list[str]:
    listed = [word for name in WORD_LISTS for word in getattr(EN, name)]
    phrases = [
        *EN.minimum,
        *EN.maximum,
        *EN.denial_verbs,
        *EN.denial_predicates,
        *EN.not_denials,
        *EN.differing_phrases,
    ]
    phrases += [*EN.attribution_phrases, *(part for pair in EN.quoting for part in pair if part)]
    return [
        *listed,
        *(word for phrase in phrases for word in phrase.split()),
        *(w for m in MAPPINGS for w in getattr(EN, m)),
    ]


def test_every_entry_is_folded_as_it_is_looked_up() -> None:
    assert [word for word in every_word() if fold(word) != word] == []


@pytest.mark.parametrize("name", [*WORD_LISTS, *MAPPINGS, "minimum", "maximum", "denial_verbs", "denial_predicates"])
def test_no_list_is_empty(name: str) -> None:
    assert getattr(EN, name)


def test_words_of_dates_are_folded_and_every_form_has_its_words() -> None:
    """A form with a slot that no word fills would never be met."""
    listed = {name: getattr(EN.dates, name) for name in DateWords.model_fields if name != "capitals"}
    assert [name for name, words in listed.items() if not words] == []
    words = [w for name, found in listed.items() if "forms" not in name for w in found]
    assert [word for word in words if fold(word) != word] == []


def test_an_unknown_or_missing_list_is_an_error() -> None:
    fields = {name: getattr(EN, name) for name in Lexicon.model_fields}
    with pytest.raises(ValidationError):
        Lexicon.model_validate(fields | {"adjectives": frozenset({"red"})})
    with pytest.raises(ValidationError):
        Lexicon.model_validate({k: v for k, v in fields.items() if k != "stopwords"})


def test_a_verb_reports_always_or_only_beside_what_is_said() -> None:
    assert EN.reporting_verbs & EN.weak_verbs == frozenset()
    assert EN.weak_verbs & EN.figure_verbs == frozenset()


def test_bodies_are_speakers() -> None:
    assert {
        w for w in EN.organisations if w not in EN.speaker_nouns and w.removesuffix("s") not in EN.speaker_nouns
    } == set()


def test_no_word_counts_two_things() -> None:
    """A word listed under two measures would silently count the last."""
    table = tomllib.loads((files("briefing.languages") / "en.toml").read_text(encoding="utf-8"))
    listed = [word for words in table["measures"].values() for word in words.split()]
    assert sorted(listed) == sorted(set(listed))
    assert set(listed) == set(EN.measures)


def test_number_words_have_their_values() -> None:
    assert [EN.numbers[w] for w in ("zero", "eleven", "twenty", "ninety")] == [0, 11, 20, 90]
    assert [EN.scales[w] for w in ("dozen", "hundred", "thousand", "million", "billion")] == [12, 1e2, 1e3, 1e6, 1e9]


def test_a_denial_that_denies_nothing_holds_a_word_of_denial() -> None:
    """An exception that no denial phrase can meet is dead weight."""
    phrases = EN.denial_verbs + EN.denial_predicates
    words = {w for phrase in phrases for w in phrase.split()}
    assert [p for p in EN.not_denials if not words & set(p.split())] == []


def test_a_language_without_word_lists_has_no_lexicon() -> None:
    assert "xx" not in lexicons()
    assert EN.language == "en"
