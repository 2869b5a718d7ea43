"""Each evidence check finds its fault, and what fails is withheld and listed, never dropped in silence."""

import pytest
from pydantic import ValidationError

from briefing.errors import ItemError
from briefing.languages import lexicons
from briefing.stages.claims import claims
from briefing.stages.verify import Grounds, problems, recheck, title_statement, verify
from briefing.text import sentences
from briefing.types import (
    Analysis,
    Analyst,
    Article,
    Briefing,
    Citation,
    Dispute,
    Position,
    Run,
    Statement,
    Step,
    Update,
)

ARTICLE = Article.make(
    "Ferry aground off Port Sarn",
    "The ferry Alda ran aground off Port Sarn on Sunday with 61 people aboard.\n\n"
    "“We saw the lights go out,” said Mira Dolan, a deckhand.\n\nThe Harbour Office said 1,200 litres of oil leaked.",
    source="Courier",
    language="en",
    origin="outlet:Courier",
)
TEXTS = {ARTICLE.id: ARTICLE.text}
GROUNDS = Grounds.of([ARTICLE], lexicons())


def cite(number: int) -> Citation:
    span = sentences(ARTICLE.text)[number]
    return Citation(
        article=ARTICLE.id, sentence=number, start=span.start, end=span.end, quote=ARTICLE.text[slice(*span)]
    )


def say(text: str, *numbers: int) -> Statement:
    return Statement(text=text, language="en", citations=tuple(cite(n) for n in numbers))


def verbatim(*numbers: int) -> Statement:
    return say(" ".join(cite(n).quote for n in numbers), *numbers)


@pytest.mark.parametrize("number", range(4))
def test_a_verbatim_sentence_has_no_problem(number):
    assert problems(verbatim(number), GROUNDS) == ()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (say("The ferry ran aground."), "no-citation"),
        (say("The ferry ran aground.", 1).replace(citations=(cite(1).replace(article="0" * 16),)), "no-citation"),
        (say("The ferry ran aground.", 1).replace(citations=(cite(1).replace(quote="The ferry"),)), "quote-not-found"),
        (say("The ferry ran aground.", 1).replace(citations=(cite(1).replace(start=0),)), "quote-not-found"),
        (say("There were 16 people aboard.", 1), "number-not-in-source"),
        (say("There were 1,200 people aboard.", 1), "number-not-in-source"),
        (say("A deckhand said “we saw the lights come on”.", 2), "quotation-not-in-source"),
        (say("A deckhand said ‘we saw the lights come on’.", 2), "quotation-not-in-source"),
        (say("The ferry ran aground off Port Sarn with forty people aboard.", 1), "number-not-in-source"),
        (say("The ferry Alda ran aground off Ostrel on Sunday.", 1), "name-not-in-source"),
        (say("The bank raised its lending rate after a quiet summer.", 1), "little-support"),
        (say("The ferry Alda did not run aground off Port Sarn.", 1), "negation-differs"),
    ],
)
def test_each_fault_is_found_by_its_name(statement, fault):
    assert fault in problems(statement, GROUNDS)


@pytest.mark.parametrize(
    "statement",
    [
        say("Some 1200 litres of oil leaked.", 3),
        say("A deckhand “saw the lights go out”.", 2),
        say("Port Sarn's ferry had 61 people aboard.", 1),
        say("In all 61 people were aboard; Mira Dolan saw it.", 1, 2),
    ],
    ids=["thousands separator", "part of a quotation", "possessive", "two sentences"],
)
def test_what_the_source_says_in_other_form_passes(statement):
    assert problems(statement, GROUNDS) == ()


def analysis(**parts: object) -> Analysis:
    whole = {"id": "s", "headline": title_statement(ARTICLE), "summary": (verbatim(1),), "articles": (ARTICLE.id,)}
    return Analysis.model_validate({**whole, "outlets": 1, "origins": 1, "analysed_by": "test", **parts})


def checked(**parts: object):
    return verify(analysis(**parts), [ARTICLE], claims(ARTICLE, lexicons()), lexicons())


def test_a_statement_that_fails_is_withheld_with_its_problem():
    done = checked(summary=(verbatim(1), say("There were 99 people aboard.", 1)))
    assert [s.text for s in done.analysis.summary] == [verbatim(1).text]
    assert [(w.text, w.problems) for w in done.withheld] == [
        ("There were 99 people aboard.", ("number-not-in-source",))
    ]


def test_a_fault_that_only_marks_stays_on_the_statement():
    done = checked(summary=(say("The ferry Alda ran aground off Ostrel on Sunday.", 1),))
    assert done.analysis.summary[0].problems == ("name-out-of-place", "name-not-in-source")
    assert done.withheld == ()


def test_a_headline_that_fails_gives_way_to_the_title():
    done = checked(headline=say("Ferry with 99 aboard sinks", 1))
    assert done.analysis.headline.text == ARTICLE.title
    assert done.withheld[0].text == "Ferry with 99 aboard sinks"


def test_a_statement_that_cites_another_sentence_of_its_story_is_set_on_the_right_one_and_says_so():
    done = checked(summary=(verbatim(1), verbatim(3).replace(citations=(cite(2),))))
    moved = done.analysis.summary[1]
    assert moved.citations == (cite(3),)
    assert moved.problems == ("citation-replaced",)
    assert recheck(edition(moved)) == ()


def test_a_statement_that_no_sentence_of_its_story_holds_is_withheld():
    done = checked(summary=(verbatim(1), say("The bank raised its lending rate after a quiet summer.", 3)))
    assert [w.problems for w in done.withheld] == [("little-support",)]


RETOLD = say("The ferry Alda ran aground on Sunday off Port Sarn.", 1)


def judged(answer, *statements: Statement):
    asked = []

    def judge(text, quotes):
        asked.append((text, quotes))
        if isinstance(answer, Exception):
            raise answer
        return answer

    told = analysis(summary=statements)
    return verify(told, [ARTICLE], claims(ARTICLE, lexicons()), lexicons(), judge), asked


def test_a_judge_withholds_what_it_finds_unsupported():
    done, asked = judged("not supported", verbatim(2), RETOLD)
    assert [s.text for s in done.analysis.summary] == [verbatim(2).text]
    assert [(w.text, w.problems) for w in done.withheld] == [(RETOLD.text, ("judged-unsupported",))]
    assert asked == [(RETOLD.text, (cite(1).quote,))]


@pytest.mark.parametrize("answer", ["supported", "could not tell", "", "NOT SUPPORTED!!", None, ItemError("down")])
def test_a_judge_that_supports_cannot_tell_fails_or_talks_nonsense_changes_nothing(answer):
    wrong = say("There were 99 people aboard.", 1)
    done, asked = judged(answer, verbatim(1), RETOLD, wrong)
    assert done == checked(summary=(verbatim(1), RETOLD, wrong))
    assert [text for text, _ in asked] == [RETOLD.text]


def test_a_judge_is_never_asked_of_a_source_in_its_own_words():
    assert judged("not supported", verbatim(1), verbatim(1, 2))[1] == []


def test_a_judge_is_never_shown_a_private_article():
    mine = ARTICLE.replace(private=True)
    asked = []
    done = verify(analysis(summary=(RETOLD,)), [mine], claims(mine, lexicons()), lexicons(), asked.append)
    assert [s.text for s in done.analysis.summary] == [RETOLD.text]
    assert asked == []


def dispute(*statements: Statement, holder: str = "Harbour Office") -> Dispute:
    positions = tuple(Position(holder=holder, statement=s) for s in statements)
    return Dispute(id="d", kind="denial", question="?", positions=positions)


def test_a_dispute_with_one_side_left_is_withheld_whole():
    done = checked(disputes=(dispute(verbatim(1), say("There were 99 aboard.", 1)),))
    assert done.analysis.disputes == ()
    assert {w.problems for w in done.withheld} == {("number-not-in-source",), ("other-side-withheld",)}


def test_a_holder_who_is_not_in_the_article_becomes_the_outlet():
    done = checked(disputes=(dispute(verbatim(1), verbatim(3), holder="Ministry of Elsewhere"),))
    assert [p.holder for p in done.analysis.disputes[0].positions] == ["Courier", "Courier"]


def test_a_holder_quoted_by_another_is_found_part_by_part():
    done = checked(disputes=(dispute(verbatim(1), verbatim(2), holder="Mira Dolan, quoted by Harbour Office"),))
    assert done.analysis.disputes[0].positions[0].holder == "Mira Dolan, quoted by Harbour Office"


def test_an_update_whose_value_is_not_in_its_sentence_loses_the_step():
    steps = tuple(Step(time=None, value=v, statement=verbatim(1)) for v in ("61", "99"))
    assert checked(updates=(Update(id="u", what="aboard", unit=None, steps=steps),)).analysis.updates == ()


def edition(statement: Statement, evidence: dict[str, str] | None = None) -> Briefing:
    return Briefing(
        title="T", date="2031-05-18", generated_at="2031-05-18T08:00:00+00:00", language="en", timezone="UTC",
        analyst=Analyst(kind="extractive"), topics=(), stories=(analysis(headline=statement, summary=()),),
        articles={ARTICLE.id: ARTICLE.entry()}, run=Run(), evidence=evidence or TEXTS,
    )  # fmt: skip


def test_a_briefing_of_unchecked_statements_cannot_be_constructed():
    with pytest.raises(ValidationError, match="unchecked statement"):
        edition(verbatim(1))


@pytest.mark.parametrize(
    ("statement", "evidence"),
    [
        (verbatim(1).replace(citations=(cite(1).replace(quote=cite(1).quote.replace("61", "16")),)), TEXTS),
        (verbatim(1).replace(citations=()), TEXTS),
        (verbatim(1), {ARTICLE.id: ARTICLE.text.replace("litres", "litros")}),
        (verbatim(1), {"0" * 16: "nothing"}),
    ],
    ids=["quote changed", "no citation", "text changed elsewhere", "text missing"],
)
def test_a_briefing_that_does_not_stand_on_its_evidence_cannot_be_constructed(statement, evidence):
    with pytest.raises(ValidationError, match=r"citation|evidence"):
        edition(statement.replace(problems=()), evidence)


def test_recheck_finds_a_statement_whose_problem_was_left_out():
    tampered = edition(say("There were 99 people aboard.", 1).replace(problems=()))
    assert "number-not-in-source" in recheck(tampered)[0]
    assert recheck(edition(verbatim(1).replace(problems=()))) == ()


POLARITY = Article.make(
    "Pier at Port Sarn",
    "The pier will not reopen before the divers have finished, the mayor said.\n\n"
    "The Shipping Line denied that oil had leaked from the ferry.\n\n"
    "Fog may have hidden the buoys from the crew, the coastguard said.",
    source="Courier",
    language="en",
    origin="outlet:Courier",
)


@pytest.mark.parametrize(
    ("number", "text", "fault"),
    [
        (1, "The pier will reopen before the divers have finished.", "negation-differs"),
        (1, "The pier stays shut until the divers have finished.", None),
        (2, "Oil had leaked from the ferry.", "negation-differs"),
        (2, "No oil leaked from the ferry, the Shipping Line said.", None),
        (3, "Fog had hidden the buoys from the crew.", "hedge-dropped"),
        (3, "Fog possibly hid the buoys from the crew.", None),
    ],
)
def test_polarity_and_hedges_are_kept(number, text, fault):
    span = sentences(POLARITY.text)[number]
    quote = POLARITY.text[slice(*span)]
    citation = Citation(article=POLARITY.id, sentence=number, start=span.start, end=span.end, quote=quote)
    statement = Statement(text=text, language="en", citations=(citation,))
    found = problems(statement, Grounds.of([POLARITY], lexicons()))
    assert found == ((fault,) if fault else ())


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Die Fähre lief mit 61 Menschen auf Grund.", ("name-not-checked",)),
        ("Die Fähre lief mit 16 Menschen auf Grund.", ("number-not-in-source", "name-not-checked")),
    ],
)
def test_of_a_translation_numbers_are_checked_and_names_marked_but_not_the_wording(text, faults):
    assert problems(say(text, 1).replace(language="de"), GROUNDS) == faults


def test_a_count_in_words_stands_for_its_digits_in_a_translation():
    source = Article.make("Court", "The judges gave the smelter sixty days.", language="en", origin="o")
    span = sentences(source.text)[1]
    quote = source.text[slice(*span)]
    citation = Citation(article=source.id, sentence=1, start=span.start, end=span.end, quote=quote)
    statement = Statement(text="Der Betreiber hat 60 Tage.", language="de", citations=(citation,))
    assert "number-not-in-source" not in problems(statement, Grounds.of([source], lexicons()))


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("The tunnel cost 700 million crowns.", ()),
        ("The tunnel cost 800 million crowns.", ("number-not-in-source",)),
        ("The tunnel cost 7 million crowns.", ("number-not-in-source",)),
    ],
)
def test_a_scale_word_of_a_language_without_a_lexicon_is_not_held_against_a_translation(text, faults):
    quote = "Tunneli maksoi 700 miljoonaa kruunua."
    source = Article.make("Tunneli", quote, source="Lehti", language="fi", origin="outlet:Lehti")
    citation = Citation(article=source.id, sentence=1, start=9, end=9 + len(quote), quote=quote)
    statement = Statement(text=text, language="en", citations=(citation,))
    assert problems(statement, Grounds.of([source], lexicons())) == faults
