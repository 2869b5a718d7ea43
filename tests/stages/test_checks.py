"""The evidence checks on one-edit falsehoods and true retellings of invented news, fault by fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.checks import WITHHOLDING, Grounds, anchored, holds, problems
from briefing.stages.checks.figures import figures, numbers, stands
from briefing.text import sentences
from briefing.types import Article, Citation, Statement

EN = lexicons()["en"]
ARTICLE = Article.make(
    "Grain prices at Port Sarn",
    "Exports of grain from Ostrel rose by 12 percent to $3.4 million in March, the trade office said.\n\n"
    "Minister Lena Orr said the harbour would open before the autumn fair.\n\n"
    "The fire on Tuesday injured 40 dockers and killed two sailors, the harbour master told the Courier.\n\n"
    "The seven-year-old crane was sold to Molde Steel for 1.2 million crowns.\n\n"
    "Prosecutors accused Ivo Tarn of taking bribes from two builders.\n\n"
    "“We had no warning,” said Per Aldous, who leads the union.",
    source="Courier",
    language="en",
    origin="outlet:Courier",
)
GROUNDS = Grounds.of([ARTICLE], lexicons())
TRADE, ORR, FIRE, CRANE, TARN, ALDOUS = range(1, 7)


def cite(number: int) -> Citation:
    start, end = sentences(ARTICLE.text)[number]
    return Citation(article=ARTICLE.id, sentence=number, start=start, end=end, quote=ARTICLE.text[start:end])


def say(text: str, *cited: int) -> Statement:
    return Statement(text=text, language="en", citations=tuple(cite(n) for n in cited))


@pytest.mark.parametrize(
    ("number", "text", "fault"),
    [
        (TRADE, "Exports of grain from Ostrel rose by 12 percent to $3.4 billion in March.", "number-not-in-source"),
        (TRADE, "Exports of grain from Ostrel rose by 12 percent to €3.4 million in March.", "number-not-in-source"),
        (TRADE, "Exports of grain from Ostrel rose by 12 dollars in March.", "number-not-in-source"),
        (CRANE, "The nine-year-old crane was sold to Molde Steel for 1.2 million crowns.", "number-not-in-source"),
        (FIRE, "The fire on Tuesday injured two dockers and killed 40 sailors.", "number-out-of-place"),
        (FIRE, "The fire on Wednesday injured 40 dockers and killed two sailors.", "number-out-of-place"),
        (FIRE, "The fire on Tuesday injured 40 dockers and killed three sailors.", "number-not-in-source"),
        (TRADE, "Exports of grain from Ostrel fell by 12 percent to $3.4 million in March.", "direction-differs"),
        (TRADE, "Imports of grain from Ostrel rose by 12 percent to $3.4 million in March.", "direction-differs"),
        (ORR, "Minister Lena Orr said the harbour would open after the autumn fair.", "direction-differs"),
        (ORR, "Minister Lena Orr said the harbour would not open before the autumn fair.", "negation-differs"),
        (ALDOUS, "“We had a warning,” said Per Aldous, who leads the union.", "negation-differs"),
        (ORR, "Minister Ivo Tarn said the harbour would open before the autumn fair.", "speaker-differs"),
        (CRANE, "The seven-year-old crane was sold to Lisk Haven for 1.2 million crowns.", "name-out-of-place"),
        (TARN, "Ivo Tarn took bribes from two builders.", "allegation-unattributed"),
    ],
)
def test_one_edit_to_a_true_sentence_is_found_by_the_name_of_its_fault(number, text, fault):
    assert fault in problems(say(text, number), GROUNDS)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (
            TRADE,
            "Ostrel's exports of grain rose by 12% to 3.4 million dollars in March, according to the trade office.",
        ),
        (TRADE, "In March, exports of grain from Ostrel rose by twelve percent, to $3,400,000."),
        (ORR, "The harbour would open before the autumn fair, Orr said."),
        (FIRE, "The fire killed 2 sailors and injured forty dockers."),
        (CRANE, "Molde Steel bought the crane, which is 7 years old, for 1,200,000 crowns."),
        (TARN, "Ivo Tarn was accused of taking bribes from two builders."),
        (TARN, "Prosecutors said Ivo Tarn had taken bribes from two builders."),
        (ALDOUS, "According to the union's leader, Per Aldous, they “had no warning”."),
    ],
)
def test_the_same_in_other_words_has_no_fault(number, text):
    assert problems(say(text, number), GROUNDS) == ()


def test_a_speaker_named_for_a_pronoun_is_no_other():
    article = Article.make(
        "Harbour", "Lena Orr said the pier was safe.\n\nShe added that divers had seen no crack.", language="en"
    )
    start, end = sentences(article.text)[2]
    citation = Citation(article=article.id, sentence=2, start=start, end=end, quote=article.text[start:end])
    told = Statement(text="Lena Orr added that divers had seen no crack.", language="en", citations=(citation,))
    assert problems(told, Grounds.of([article], lexicons())) == ()


@pytest.mark.parametrize(
    ("written", "values", "unit"),
    [
        ("1.2 million", {1.2e6}, ""),
        ("$13bn", {13e9}, "$"),
        ("£5m", {5e6, 5.0}, "£"),
        ("12 per cent", {12.0}, "%"),
        ("a dozen", {12.0}, ""),
        ("two hundred and fifty", {250.0}, ""),
        ("seven-year-old", {7.0}, ""),
        ("one-million euros", {1e6}, "€"),
        ("30 miles", {30.0}, "mile"),
        ("3rd", {3.0}, ""),
    ],
)
def test_a_figure_is_read_with_its_scale_and_unit(written, values, unit):
    (figure,) = figures(f"It was {written} then.", EN)
    assert (set(figure.values), figure.unit) == (values, unit)


def test_without_a_lexicon_a_comma_may_be_a_point():
    (german,), (english,) = figures("3,5", None), figures("3.5", EN)
    assert stands(english, (german,))


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_number_stands_for_itself_however_its_thousands_are_set_apart_and_for_no_other(a, b):
    (plain,), (set_apart,), (other,) = (figures(text, EN) for text in (f"{a}", f"{a:,}", f"{b:,}"))
    assert stands(plain, (set_apart,))
    assert stands(plain, (other,)) == (a == b)
    assert numbers(f"{a:,}") == {str(a)}


@given(st.text(max_size=80))
def test_no_text_stops_the_checks(text):
    assert isinstance(problems(say(text, TRADE), GROUNDS), tuple)
    assert isinstance(problems(say(text, TRADE).replace(language="xx"), GROUNDS), tuple)


@given(st.sampled_from(range(7)))
def test_a_sentence_of_the_source_has_no_fault_that_withholds(number):
    assert not WITHHOLDING & set(problems(say(cite(number).quote, number), GROUNDS))


@given(st.sampled_from(range(1, 7)), st.sampled_from(range(1, 7)))
def test_a_sentence_is_set_on_its_own_place_whatever_it_cites(number, cited):
    found = anchored(say(cite(number).quote, cited), [ARTICLE], GROUNDS)
    assert found.citations == (cite(number),)
    assert holds(found, [ARTICLE], GROUNDS)


def test_a_statement_of_two_sentences_is_set_on_both():
    text = "Lena Orr said the harbour would open, and a crane was sold to Molde Steel."
    assert {c.sentence for c in anchored(say(text, FIRE), [ARTICLE], GROUNDS).citations} == {ORR, CRANE}
