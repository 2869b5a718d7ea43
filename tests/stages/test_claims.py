"""What a sentence claims: quantities, denials, and the reading of a whole article."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.claims import Claim, claims, content_stems, denies
from briefing.stages.quantities import quantities
from briefing.types import Article

EN = lexicons()["en"]

# What is counted, as "value measure", with ~ approximate, >= at least, <= at most.
COUNTED = [
    ("At least 12 people were killed in the flood.", "12 dead >="),
    ("Twelve people died and 34 were injured.", "12 dead; 34 injured"),
    ("The flood killed 12 people and injured 34 others.", "12 dead; 34 injured"),
    ("Twenty-three soldiers died.", "23 dead of soldier"),
    ("Two hundred and fifty soldiers left.", "250 soldie of soldier"),
    ("Some two hundred houses burned down.", "200 house ~"),
    ("The toll rose to 17.", "17 dead"),
    ("The death toll stands at 1,204.", "1204 dead"),
    ("Nearly 300 people were displaced.", "300 displaced ~"),
    ("About 1.2 million people voted.", "1200000 people ~"),
    ("More than 3,000 protesters marched through Orlo.", "3000 attendance of protester >="),
    ("The company lost 412 million crowns.", "4.12e8 crown"),
    ("The bridge cost $4.5 billion.", "4.5e9 money"),
    ("The bridge cost 4.5 billion dollars.", "4.5e9 dollar"),
    ("Prices rose 4.2 per cent in May.", "4.2 %"),
    ("Prices rose by 4.2% in May.", "4.2 %"),
    ("Prices rose four percent.", "4 %"),
    ("The army has 1,500 new military personnel.", "1500 person"),
    ("Between 20 and 30 people were hurt.", "20-30 injured"),
    ("Some 20 to 30 people were hurt.", "20-30 injured ~"),
    ("Some 20-30 people were hurt.", "20-30 injured ~"),
    ("The mayor, 54, left.", ""),
    ("Lena Orr, 54, said so.", "54 age of Lena Orr"),
    ("A 54-year-old man died.", "54 age of man"),
    ("The loss came to $3.5bn.", "3500000000 money"),
    ("It fell 15m.", ""),
    ("A man aged 54 died.", ""),
    ("He died at the age of 54.", ""),
    ("It happened in 2024.", ""),
    ("It happened on 3 May 2024.", ""),
    ("It happened on May 3.", ""),
    ("It happened at 10.30 a.m.", ""),
    ("It happened at 10 a.m.", ""),
    ("It happened at 10:30.", ""),
    ("The vote was 5-4.", "5-4 score"),
    ("Orlo beat Kessel 3-1.", "3-1 score"),
    ("Orlo won 3:1.", ""),
    ("Flight 93 landed.", ""),
    ("The council passed Resolution 1701 on Monday.", ""),
    ("They took Route 7 to Orlo.", ""),
    ("He flew in a C-130 over Orlo.", ""),
    ("COVID-19 killed 12 people.", "12 dead"),
    ("The M4 road was shut.", ""),
    ("It was the 19th attack this year.", ""),
    ("It was the third attack in two weeks.", "2 week"),
    ("Police arrested 40 people.", "40 arrested"),
    ("40 people were arrested.", "40 arrested"),
    ("Forty-one were arrested, police said.", "41 arrested"),
    ("Three of the 12 injured are children.", "12 injured"),
    ("One person died.", "1 dead"),
    ("One of the boats sank.", ""),
    ("One said so.", ""),
    ("A dozen people died.", "12 dead ~"),
    ("Dozens of people died.", "24-99 dead ~"),
    ("Half a million people fled.", "5e5 displaced ~"),
    ("The fire burned 3.5 hectares.", "3.5 hectar"),
    ("It lasted 48 hours.", "48 hour"),
    ("They are 18 and 19 years old.", ""),
    ("He scored 12 goals.", "12 goal"),
    ("The law, passed in the 1990s, failed.", ""),
    ("At No. 12, nobody was hurt.", ""),
    ("It has 4,000 seats.", "4000 seat"),
    ("No fewer than 30 people were killed.", "30 dead >="),
    ("As many as 30 people were killed.", "30 dead <="),
    ("Up to 30 people were killed.", "30 dead <="),
    ("Fewer than 30 people were killed.", "30 dead <="),
    ("Over 30 people were killed.", "30 dead >="),
    ("Hundreds were killed.", "200-999 dead ~"),
    ("The ministry said 7 soldiers and 5 police officers died.", "12 dead"),
    ("Seven soldiers were killed and five wounded.", "7 dead of soldier; 5 injured"),
    ("There were 7 dead and 5 injured.", "7 dead; 5 injured"),
    ("The storm left 7 dead.", "7 dead"),
    ("Rescuers found 7 bodies.", "7 dead"),
    ("5.1 million crowns went missing.", "5.1e6 crown"),
    ("He paid €3,000 for 2 cows.", "3000 money; 2 cow"),
    ("The stock fell 3 points to 1,204.", "3 point"),
    ("In Orlo 12 people died.", "12 dead"),
    ("The bus burned at stop 12.", ""),
    ("Ten were killed at kilometre 12.", "10 dead"),
    ("The flood hit Orlo, 12 people fled, and 3 were killed.", "12 displaced; 3 dead"),
    ("The army said 12 people had been killed and 30 wounded.", "12 dead; 30 injured"),
    ("The U.S. sent 1,000 troops.", "1000 troop of troop"),
    ("They sold 300 US$ bonds.", "300 bond"),
    ("The quake of magnitude 6.1 killed 12 people.", "12 dead"),
    ("It weighs 3.5 kg.", ""),
    ("A crowd of 5,000 marched.", "5000 attendance"),
    ("Turnout was 61 percent.", "61 %"),
    ("Interest fell to 3.25 from 3.5 percent.", "3.5 %"),
    ("Over the weekend 3 people died.", "3 dead"),
    ("It is 7 to 9 degrees.", "7-9 degree"),
    ("No one died.", ""),
    ("None of the 40 passengers was hurt.", ""),
    ("Two thirds of the town burned.", ""),
    ("Twice as many died.", ""),
    # ages and whose they are
    ("The skipper, 43-year-old Orrin Vasse, was burned.", "43 age of Orrin Vasse"),
    ("Police arrested 28-year-old shop owner Dorin Falk.", "28 age of Dorin Falk"),
    ("Dorin Falk, 21, and Beno Lusk, 18, were held.", "21 age of Dorin Falk; 18 age of Beno Lusk"),
    ("Dorin Falk, 21, Vist; Beno Lusk, 18; and a boy were held.", "21 age of Dorin Falk; 18 age of Beno Lusk"),
    ("Hanne Ostby, aged 65, was saved.", "65 age of Hanne Ostby"),
    ("Hanne Ostby (65) was saved.", "65 age of Hanne Ostby"),
    ("Viktor Amsel Jr., 34, was in the car.", "34 age of Viktor Amsel Jr"),
    ("Jonathan “Deago” Falk, 22, was held.", "22 age of Jonathan “Deago” Falk"),
    ("They named Fred, 70, and Freddy Holm, 47.", "70 age of Fred Holm; 47 age of Freddy Holm"),
    ("On Tuesday, 12 people were killed.", "12 dead"),
    ("In Belqar, 18, a film by Orr, opened.", ""),
    # people who are listed
    ("A baby and four people were killed.", "5 dead"),
    ("A man and two children are dead in Orlo.", "3 dead"),
    ("Alma Reisz, her husband and six children were shot and killed.", "8 dead"),
    ("The shooting left three women and two men dead.", "5 dead"),
    ("It left a 10-year-old girl and two men wounded.", "3 injured; 10 age of girl"),
    ("Shooting That Left Father, 2 Children Dead Was Planned", "3 dead"),
    ("10 women, 7 men wounded in Orlo", "17 injured"),
    ("The driver and five others were injured.", "6 injured"),
    ("A man, his wife and their son died.", "3 dead"),
    ("A woman was killed and three other people were injured.", "3 injured"),
    ("Orr, a father of two, was killed.", ""),
    ("A mother of 12 was killed.", ""),
    ("The don died at 77.", ""),
    ("The toll stood at 77.", "77 dead"),
    # who is shot, and what befell them
    ("Four people were shot in Orlo.", "4 shot"),
    ("Four people were shot and killed in Orlo.", "4 dead"),
    ("The man fired 11 shots.", ""),
    ("It killed at least three people and injured others.", "3 dead >="),
    # parts, and what is not certain
    ("Six of the people killed were children.", "6 dead part"),
    ("The names of three victims killed are out.", "3 dead part"),
    ("As many as 60 people may have died.", "60 dead <= possible"),
    ("Ten American tourists died.", "10 dead of tourist"),
    ("Ten US citizens died.", "10 dead of citizen"),
    ("Tens of thousands of people fled.", "20000-99999 displaced ~"),
    ("It will cost 2 to 3 million crowns.", "2e6-3e6 crown"),
    ("Two or three people died.", "2-3 dead"),
    ("It rose from 20 to 30 percent.", "20 %; 30 %"),
]


def shown(sentence: str) -> list[str]:
    marks = (("approximate", "~"), ("minimum", ">="), ("maximum", "<="), ("possible", "possible"), ("part", "part"))
    return [
        " ".join(
            [
                f"{q.value:g}" + (f"-{q.second:g}" if q.second is not None else ""), q.measure,
                *([f"of {q.of or q.unit}"] if q.of or (q.unit and q.measure != "money") else []),
                *(mark for name, mark in marks if getattr(q, name)),
            ]
        )
        for q in quantities(sentence, EN)
    ]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), COUNTED, ids=lambda text: text[:40])
def test_quantities_are_read_with_what_they_count(sentence: str, expected: str) -> None:
    assert shown(sentence) == [_plain(part) for part in expected.split("; ") if part]


def _plain(expected: str) -> str:
    values, _, rest = expected.partition(" ")
    return f"{'-'.join(f'{float(value):g}' for value in values.split('-'))} {rest}"


@given(
    st.text(st.sampled_from([*"ab 0123456789.,:-–%$ "]), max_size=40),
    st.sampled_from([" people died", " houses", "%", ""]),
)
def test_a_quantity_stands_where_it_says(text: str, unit: str) -> None:
    """Quantities are in order, do not overlap and are cut from the sentence as they stand."""
    sentence = f"{text}{unit} and twenty-one others were hurt."
    found = quantities(sentence, EN)
    assert all(sentence[q.start : q.start + len(q.raw)] == q.raw and q.raw for q in found)
    assert all(a.start + len(a.raw) <= b.start for a, b in pairwise(found))
    assert all(q.value >= 0 and q.measure for q in found)


DENIALS = [
    "The ministry denied that its soldiers had entered Orlo.",
    "Vessara denies any role in the fire.",
    "The mayor rejected the claim as untrue.",
    "The council said the report was false.",
    "The company dismissed reports of a leak.",
    "There is no truth in the story, the palace said.",
    "The attack never happened, the army said.",
    "The union disputed the figure.",
]
NOT_DENIALS = [
    "Lena Orr was denied entry to Vessara.",
    "The court denied bail to Jory Pell.",
    "Aid has been denied to the north.",
    "The judge denied the request for a new trial.",
    "The army has not denied the attack.",
    "The ministry neither confirmed nor denied the attack.",
    "Guards denied them water.",
    "It was a false alarm, firefighters said.",
    "The mayor said the wall was safe.",
    "The play “Denied” opened in Orlo.",
]


@pytest.mark.parametrize("sentence", DENIALS)
def test_a_denial_of_what_another_said_is_known(sentence: str) -> None:
    assert denies(sentence, EN)


@pytest.mark.parametrize("sentence", NOT_DENIALS)
def test_what_is_denied_to_someone_is_no_denial(sentence: str) -> None:
    assert not denies(sentence, EN)


def read(*body: str, language: str | None = "en") -> list[Claim]:
    """The claims of an article's body, one paragraph each."""
    return list(
        claims(
            Article.make("Lena Orr said it was over", "\n\n".join(body), language=language, source="Herald"), lexicons()
        )[1:]
    )


def holders(*body: str) -> list[str]:
    return [claim.holder for claim in read(*body)]


def test_every_sentence_is_a_claim_and_cites_itself() -> None:
    article = Article.make("The wall at Orlo", "The wall fell. Nobody was hurt.\n\nIt was old.", language="en")
    found = claims(article, lexicons())
    assert [c.text for c in found] == ["The wall at Orlo", "The wall fell.", "Nobody was hurt.", "It was old."]
    assert [c.sentence for c in found] == [0, 1, 2, 3]
    assert all(article.text[c.citation.start : c.citation.end] == c.citation.quote == c.text for c in found)


def test_the_outlet_holds_what_no_speaker_holds_and_titles_have_no_speaker() -> None:
    assert (
        claims(Article.make("Lena Orr said it was over", "Rain.", language="en", source="Herald"), lexicons())[0].holder
        == "Herald"
    )
    assert holders("The wall fell at noon.") == ["Herald"]


def test_pronouns_quotations_and_short_names_follow_their_speaker() -> None:
    assert holders(
        "Mayor Lena Orr said the wall had fallen.",
        "“Nobody was hurt.”",
        "She said the town was lucky.",
        "The wall was built long ago.",
        "Orr told reporters that it would be built again.",
    ) == ["Mayor Lena Orr", "Mayor Lena Orr", "Mayor Lena Orr", "Herald", "Mayor Lena Orr"]


def test_a_pronoun_after_another_name_is_not_guessed() -> None:
    assert (
        holders(
            "Mayor Lena Orr said the wall had fallen.",
            "Then Ana Lusk came home.",
            "She said the town was lucky.",
        )[-1]
        == "Herald"
    )


def test_a_person_is_no_ministry() -> None:
    told = holders("The Vessaran Ministry of Water said the wall had fallen.", "He said the town was lucky.")
    assert told == ["Vessaran Ministry of Water", "Herald"]


def test_the_statement_is_that_of_the_last_speaker() -> None:
    told = holders(
        "The Vessaran Ministry of Water issued a statement on Monday.", "“The wall is safe,” the statement read."
    )
    assert told == ["Vessaran Ministry of Water"] * 2


def test_the_quoted_source_holds_the_claim_and_the_paper_is_named() -> None:
    assert holders("The Orlo Post quoted an unnamed official as saying that the wall was old.") == [
        "unnamed official, quoted by Orlo Post"
    ]


def test_a_denial_in_quotation_marks_is_its_speakers() -> None:
    spoken, sign = read(
        "“These reports are baseless,” the ministry said.", "The sign “This is not true” hung on the wall."
    )
    assert (spoken.denies, sign.denies) == (True, False)


def test_a_negation_is_seen_and_the_speaker_is_no_content() -> None:
    (claim,) = read("The Ministry of Water said the wall did not fall.")
    assert claim.negated
    assert "minist" not in claim.content
    assert {"wall", "fall"} <= claim.content


def test_content_leaves_out_what_carries_no_meaning() -> None:
    assert content_stems("On Monday, the mayor said that 12 of the walls fell.", EN) == {"mayor", "wall", "fell"}


def test_spellings_count_as_one_content() -> None:
    assert content_stems("Türkiye’s defence", EN) == content_stems("Turkey's defense", EN)


@pytest.mark.parametrize("language", ["xx", None])
def test_without_word_lists_nothing_is_guessed(language: str | None) -> None:
    """A claim in another language has its words and nothing else."""
    (claim,) = read("Lena Orr denied on Monday that 12 people had died.", language=language)
    assert (claim.speaker, claim.denies, claim.negated, claim.quantities) == (None, False, False, ())
    assert {"people", "denied"} <= claim.content
