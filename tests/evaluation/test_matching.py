"""Another wording costs nothing, a lie does not count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.evaluation.matching import meets, paired, pattern

# By case and place of the fact: ways to tell it that no source uses, and ways to tell something else.
TOLD = [
    ("en-bridge-plain", "must[0]", "A torn cable has shut the Amber Gorge rope bridge."),
    ("en-bridge-plain", "must[1]", "Repairs at the gorge are to last six weeks."),
    ("en-bridge-plain", "should[0]", "Amber's council pays the 86,000-crown bill."),
    ("en-dam-denial", "must[0]", "On Thursday, inspectors will examine the wall."),
    ("en-dam-denial", "should[0]", "There are no plans to evacuate the valley."),
    ("en-march-figure", "must[0]", "Councillors decide on the tram lines on 12 June."),
    ("en-ferry-toll", "must[0]", "Fourteen died in a bus under the Corran landslide."),
    ("en-ferry-toll", "must[1]", "With nobody missing, the search was over on Wednesday."),
    ("en-mine-wire", "must[0]", "All 14 miners were rescued from the Stadl pit."),
    ("en-library-correction", "must[0]", "The library's new wing is funded with 2.3 million crowns."),
    ("en-rounding", "must[0]", "Some 1,200 quarry jobs at Sarn will go."),
    ("en-rumour", "must[0]", "Vell's airport could be shut next year, insiders say."),
    ("en-negation", "must[0]", "Ulverd's council rejected a higher water price."),
    ("en-negation", "should[1]", "One third of the water leaks away."),
    ("de-lawine-stand", "must[0]", "Acht Menschen starben unter der Lawine."),
    ("de-bahnhof-agentur", "should[0]", "Statt der Hälfte kostete der Bau 240 Millionen Kronen."),
    ("fr-crue-bilan", "must[1]", "Maud Sellier promet trois millions de couronnes."),
    ("es-incendio-orden", "must[0]", "El fuego está bajo control."),
]
NOT_TOLD = [
    ("en-bridge-plain", "must[1]", "Engineers will need eight weeks to replace the broken cable."),
    ("en-bridge-plain", "should[0]", "The repair costs 68,000 crowns."),
    ("en-dam-denial", "should[0]", "The valley will be evacuated."),
    ("en-ferry-toll", "must[0]", "41 people were killed when a landslide buried a bus."),
    ("en-library-correction", "must[0]", "The library gets 3.2 million crowns."),
    ("en-rumour", "must[0]", "The airport of Vell closes next year."),
    ("en-negation", "must[0]", "The council of Ulverd raised the price of water."),
    ("de-lawine-stand", "must[0]", "Die Bergwacht sprach von 80 Toten in der Hütte."),
]


def fact(shipped, identity, place):
    ready = next(one for one in shipped if one.case.id == identity)
    kind, _, number = place.partition("[")
    return ready.case.language, getattr(ready.case, kind)[int(number.rstrip("]"))]


@pytest.mark.parametrize(("identity", "place", "text"), TOLD)
def test_a_fact_in_other_words_is_told(identity, place, text, shipped):
    language, one = fact(shipped, identity, place)
    assert meets(text, one.words, one.without, language)


@pytest.mark.parametrize(("identity", "place", "text"), NOT_TOLD)
def test_another_fact_is_not_it(identity, place, text, shipped):
    language, one = fact(shipped, identity, place)
    assert not meets(text, one.words, one.without, language)


@pytest.mark.parametrize(
    ("text", "forms", "told"),
    [
        ("The flooding ended.", "flood*", True),
        ("A flashflood came.", "flood*", False),
        ("A flashflood came.", "*flood", True),
        ("High water, again", "high water", True),
        ("High tide, low water", "high water", False),
        ("TÜRKIYE’S rivers", "turkiye's", True),
        ("It took fourteen days.", "14", True),
        ("It took 14 days.", "14", True),
        ("It happened in 1914.", "14", False),
        ("It cost 1.2 million crowns.", "1200000", True),
        ("It cost 1,200,000 crowns.", "1200000", True),
        ("It cost 1.2 billion crowns.", "1200000", False),
        ("U.S. ships", "u.s", True),
        ("Vell's airport", "vell", True),
        ("l’école", "ecole", True),
        ("from mid-June", "june", True),
        ("It cost 2.3 billion.", "2.3|2300000", False),
        ("It is 2.3 metres high.", "2.3|2300000", True),
        ("axb", "a.b", False),
        ("(x)", "(x)|y", True),
    ],
)
def test_a_form_is_words_in_a_row_or_a_figure(text, forms, told):
    assert meets(text, [forms], (), "en") is told


def test_a_figure_without_a_lexicon_is_one_in_digits():
    assert meets("2.400 Traktoren", ["2400"], (), "xx")
    assert not meets("fourteen", ["14"], (), "xx")


@given(st.text(max_size=60), st.text(min_size=1, max_size=30))
def test_no_form_and_no_text_breaks_the_matching(text, forms):
    try:
        pattern(forms)
    except ValueError:
        return
    assert meets(text, [forms], (), "en") in {True, False}


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), min_size=1, max_size=6))
def test_a_text_has_its_own_words_in_their_order(said):
    text = " ".join(said)
    assert meets(text, [text], (), "xx")
    assert meets(text, said, (), "xx")
    assert not meets(text, said, [said[0]], "xx")


def side(*numbers):
    return frozenset(("a", n) for n in numbers)


def test_sides_are_paired_one_to_one():
    assert paired([side(1), side(2)], [side(2, 3), side(1)]) == (1, 0)
    assert paired([side(1, 2), side(1)], [side(1), side(2)]) == (1, 0)
    assert paired([side(1, 2)], [side(1), side(2)]) is None
    assert paired([side(1), side(9)], [side(1), side(2)]) is None


def test_a_hundred_sides_are_paired_at_once():
    everything = [side(*range(10))] * 100
    assert paired(everything, [side(n) for n in range(6)]) is not None
    assert paired(everything, [*(side(n) for n in range(5)), side(77)]) is None
