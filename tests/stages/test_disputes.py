"""Disputes and updates: what is one, what is not, and who holds what. All places and people are invented."""

import random
import time
from itertools import permutations
from typing import Any

import pytest

from briefing.errors import ItemError
from briefing.languages import lexicons
from briefing.stages.claims import claims
from briefing.stages.disputes import Findings, find
from briefing.types import Article, Dispute

_OPENING = "The ferry Alda ran aground off Port Sarn during a storm. "
NOON = "2031-05-18T12:00:00+00:00"


def article(body: str, published: str | None = None, source: str = "Courier") -> Article:
    return Article.make("A title of no matter", body, published=published, source=source, language="en", origin=source)


def findings(*articles: Article) -> Findings:
    return find([c for a in articles for c in claims(a, lexicons())], lexicons())


def holders(dispute: Dispute) -> set[str]:
    return {p.holder for p in dispute.positions}


DENIAL = (
    "The Vessaran Ministry of Water said the talks in Belqar covered concrete steps to reopen the Sarn gates.",
    "Dagvard newspaper quoted an unnamed source as saying the statement of the Vessaran Ministry of Water on reopening "
    "the Sarn gates was false, and that the talks covered no such steps.",
)


def test_a_denial_of_a_ministrys_statement_is_a_dispute_between_the_speakers():
    (dispute,) = findings(article("\n\n".join(DENIAL))).disputes
    assert dispute.kind == "denial"
    assert holders(dispute) == {"Vessaran Ministry of Water", "unnamed source, quoted by Dagvard newspaper"}


def test_the_outlet_holds_a_position_that_names_no_speaker():
    told = article(
        "The Lisk tunnel will open to traffic in March after nine years of ventilation work.", source="Herald"
    )
    denied = article(
        "The transport ministry denied that the Lisk tunnel will open to traffic in March, as ventilation work goes on."
    )
    (dispute,) = findings(told, denied).disputes
    assert holders(dispute) == {"Herald", "transport ministry"}


def test_a_third_speaker_who_answers_the_question_is_a_position_too():
    third = "The Tolmiran Ministry of Rivers said practical steps to reopen the Sarn gates were discussed at the talks."
    (dispute,) = findings(article("\n\n".join((*DENIAL, third)))).disputes
    assert "Tolmiran Ministry of Rivers" in holders(dispute)


def test_a_version_that_differs_joins_the_dispute_it_is_about():
    other = article(
        "Halvik's version of the talks in Belqar differed from Ostrel's, according to the Karmundi state agency, KTA.",
        source="Observer",
    )
    (dispute,) = findings(article("\n\n".join(DENIAL)), other).disputes
    assert any("KTA" in holder for holder in holders(dispute))


@pytest.mark.parametrize(
    "body",
    [
        "The refugees were denied entry at the Halvik crossing, the border police said.\n\n"
        "The interior ministry said refugees may enter at the Halvik crossing from Monday.",
        "The mayor of Ostrel denied wrongdoing in the harbour contract.\n\n"
        "The festival in Ostrel opens on Friday, organisers said.",
        "Minister Ana Bel said the dam was safe.\n\nMinister Ana Bel denied that the dam was unsafe.",
        "The ministry said it would not withdraw its engineers.\n\nHalvik demanded the withdrawal of the engineers.",
    ],
    ids=["denied entry", "denial of something else", "one speaker twice", "positions in a negotiation"],
)
def test_what_is_no_dispute(body):
    assert findings(article(body)).disputes == ()


def test_two_counts_at_one_hour_are_a_dispute_of_figures():
    police = article("Police put the crowd at 18,000 in Pereto on Sunday.", NOON, "Herald")
    unions = article("About 70,000 demonstrators filled the streets of Pereto, the unions said.", NOON, "Libera")
    (dispute,) = findings(police, unions).disputes
    assert dispute.kind == "figure"
    assert holders(dispute) == {"Police", "unions"}


def test_two_speakers_in_one_article_can_differ_on_a_figure():
    both = article("Police put the crowd at 18,000.\n\nThe unions said 70,000 demonstrators took part in the march.")
    assert len(findings(both).disputes) == 1


def test_two_prices_of_one_thing_are_a_dispute_of_figures():
    port = article("The bridge over the Lisk will cost 412 million crowns, the Port Authority said.", NOON, "Herald")
    audit = article("The bridge over the Lisk will cost 590 million crowns, the Audit Office said.", NOON, "Observer")
    (dispute,) = findings(port, audit).disputes
    assert holders(dispute) == {"Port Authority", "Audit Office"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Police put the crowd at about 18,000.", "The unions said 18,400 demonstrators took part."),
        ("At least 12 people were killed, police said.", "Rescuers said 15 people were killed."),
        ("Police put the crowd at 18,000.", "Police said on Monday 18,000 demonstrators took part."),
    ],
    ids=["rounding", "at least", "the same"],
)
def test_figures_that_can_both_hold_are_no_dispute(first, second):
    assert findings(article(first, NOON, "Herald"), article(second, NOON, "Libera")).disputes == ()


def toll(value: int, hour: int, source: str, speaker: str = "Rescuers") -> Article:
    body = f"{_OPENING}{speaker} said {value} people were killed when the ferry Alda ran aground off Port Sarn."
    return article(body, f"2031-05-18T{hour:02}:00:00+00:00", source)


def test_a_rising_toll_is_one_update_in_order_of_time_and_no_dispute():
    found = findings(toll(9, 14, "Herald"), toll(4, 9, "Courier"), toll(17, 20, "Courier"))
    (update,) = found.updates
    assert [step.value for step in update.steps] == ["4", "9", "17"]
    assert found.disputes == ()


def test_the_same_toll_with_two_figures_at_one_hour_is_a_dispute():
    found = findings(toll(9, 14, "Herald"), toll(12, 14, "Libera", "Doctors"))
    assert [d.kind for d in found.disputes] == ["figure"]


def test_undated_figures_without_speakers_are_neither_dispute_nor_update():
    storm = (article(f"The storm killed {n} people in Port Sarn.", None, source) for n, source in ((4, "A"), (9, "B")))
    assert findings(*storm) == Findings((), ())


def test_the_findings_do_not_depend_on_the_order_of_articles():
    articles = [toll(4, 9, "Courier"), toll(9, 14, "Herald"), article("\n\n".join(DENIAL)), toll(12, 14, "Libera")]
    expected = findings(*articles)
    assert all(findings(*order) == expected for order in permutations(articles))


def test_shuffled_claims_give_the_same_findings():
    told = [c for a in (toll(4, 9, "Courier"), article("\n\n".join(DENIAL))) for c in claims(a, lexicons())]
    shuffled = random.Random(7).sample(told, len(told))
    assert find(shuffled, lexicons()) == find(told, lexicons())


def test_a_language_without_a_lexicon_gives_no_dispute():
    foreign = Article.make("Titel", "\n\n".join(DENIAL), language="xx", origin="o")
    assert findings(foreign) == Findings((), ())


def test_an_age_is_asked_about_by_name():
    told = article("Orrin Vasse, 41, was burned on Saturday.", "2031-05-18", "Herald")
    other = article("The skipper, 43-year-old Orrin Vasse, was burned.", "2031-05-18", "Libera")
    (dispute,) = findings(told, other).disputes
    assert dispute.question == "41 or 43: age of Orrin Vasse"
    assert holders(dispute) == {"Herald", "Libera"}


def test_a_title_may_be_what_an_outlet_is_quoted_with():
    told = [
        Article.make(title, "Shots were fired in Halvik.", published="2031-06-26", source=o, language="en", origin=o)
        for title, o in (("Four people shot in Halvik", "Herald"), ("5 people shot in Halvik", "Libera"))
    ]
    (dispute,) = findings(*told).disputes
    assert {p.statement.citations[0].sentence for p in dispute.positions} == {0}
    assert dispute.question in {"Four or 5 shot", "5 or Four shot"}


def test_a_count_dated_in_its_sentence_stands_where_it_belongs_though_it_came_later():
    late = article(
        f"{_OPENING}Rescuers said on Saturday 4 people were killed when the Alda ran aground off Port Sarn.",
        "2031-05-20T09:00:00+00:00", "Herald",
    )  # fmt: skip
    (update,) = findings(late, toll(9, 14, "Courier"), toll(17, 20, "Courier")).updates
    assert [step.value for step in update.steps] == ["4", "9", "17"]
    assert findings(late, toll(9, 14, "Courier"), toll(17, 20, "Courier")).disputes == ()


def titled(title: str, body: str, source: str, **kept: Any) -> Article:
    return Article.make(title, body, source=source, language="en", origin=source, **kept)


BEAR = titled(
    "Wild bear swims across Ostrel harbour", "Fishermen threw bread to it, and children ran along the quay.", "Courier"
)
HOAX = titled(
    "Film of wild bear that swims across Ostrel harbour is fake",
    "It was made in a zoo in Pereto. The story of a bear in the harbour is a hoax.",
    "Herald",
)


def test_a_title_that_another_origin_calls_false_is_a_dispute_of_the_two_outlets():
    (dispute,) = findings(BEAR, HOAX).disputes
    assert (dispute.kind, holders(dispute)) == ("denial", {"Courier", "Herald"})
    assert dispute.question == "“Wild bear swims across Ostrel harbour”"


def test_both_sides_are_held_where_there_are_more_holders_than_positions():
    told = [titled(BEAR.title, f"{BEAR.body} Boats waited for {n} hours.", f"Outlet {n}") for n in range(9)]
    (dispute,) = findings(*told, HOAX).disputes
    assert len(dispute.positions) == 6
    assert "Herald" in holders(dispute)


@pytest.mark.parametrize("genre", ["satire", None])
def test_satire_takes_no_part_in_disputes(genre):
    assert len(findings(BEAR.replace(genre=genre), HOAX).disputes) == (genre is None)
    assert len(findings(BEAR, HOAX.replace(genre=genre)).disputes) == (genre is None)


def test_what_speakers_already_dispute_is_not_disputed_once_more_by_titles():
    told = titled(
        "Lisk tunnel will open to traffic in March",
        "The Lisk tunnel will open to traffic in March after nine years of ventilation work.",
        "Herald",
    )
    denied = titled(
        "Lisk tunnel will not open to traffic in March",
        "The transport ministry denied that the Lisk tunnel will open to traffic in March, as work goes on.",
        "Libera",
    )
    assert len(findings(told, denied).disputes) == 1


def test_two_counts_in_one_article_are_no_steps_of_an_update():
    found = titled(
        "Storm in Port Sarn",
        "Rescuers said four people were killed when the ferry Alda ran aground off Port Sarn.\n\n"
        "The harbour office said five people were killed when the ferry Alda ran aground off Port Sarn.",
        "Courier", published=NOON,
    )  # fmt: skip
    assert findings(found, titled("Sunny in Ostrel", "The sun shone.", "Herald", published=NOON)).updates == ()


def test_an_articles_step_is_the_figure_of_its_headline():
    body = (
        f"{_OPENING}Divers said five bodies of people killed were in the cabin.\n\nPolice said nine people were killed."
    )
    later = titled("Nine killed on the ferry Alda", body, "Herald", published="2031-05-18T14:00:00+00:00")
    (update,) = findings(toll(4, 9, "Courier"), later).updates
    assert [step.value for step in update.steps] == ["4", "nine"]


UNCERTAIN = (toll(9, 14, "Herald", "Police"), toll(12, 14, "Libera", "Police"))
UNCLEAR = (toll(9, 14, "Herald", "Police"), toll(7, 16, "Libera", "Police"))
CERTAIN = (toll(9, 14, "Herald"), toll(12, 14, "Libera", "Doctors"))


def asked(articles: tuple[Article, ...], answer: object) -> tuple[list[tuple[str, str, str]], int]:
    """What a checker with one answer is asked, and how many disputes are left."""
    questions: list[tuple[str, str, str]] = []

    def checker(*question: str) -> object:
        questions.append(question)
        if isinstance(answer, Exception):
            raise answer
        return answer

    told = [c for a in articles for c in claims(a, lexicons())]
    return questions, len(find(told, lexicons(), checker).disputes)


@pytest.mark.parametrize(
    ("articles", "answer", "left"),
    [
        (UNCERTAIN, "no conflict", 0),
        (UNCERTAIN, "conflict", 1),
        (UNCERTAIN, "could not tell", 1),
        (UNCLEAR, "conflict", 1),
        (UNCLEAR, "no conflict", 0),
        (UNCLEAR, "could not tell", 0),
        (CERTAIN, "no conflict", 1),
    ],
)
def test_a_checker_may_drop_what_is_uncertain_and_confirm_what_is_unclear(articles, answer, left):
    assert asked(articles, answer)[1] == left


@pytest.mark.parametrize("nonsense", ["", "Yes!", None, 7, ["conflict"], ItemError("down")])
def test_a_checker_that_answers_nonsense_or_fails_changes_nothing(nonsense):
    for articles in (UNCERTAIN, UNCLEAR, CERTAIN):
        assert asked(articles, nonsense)[1] == asked(articles, "could not tell")[1]


def test_a_checker_is_asked_with_both_sentences_and_the_question_and_never_about_what_is_certain():
    (question,), _ = asked(UNCERTAIN, "conflict")
    assert all(part in " ".join(question) for part in ("9 people", "12 people", "9 or 12 dead"))
    assert asked(CERTAIN, "conflict")[0] == []


def test_a_checker_is_never_asked_about_a_private_article():
    for articles in (UNCERTAIN, UNCLEAR):
        private = (articles[0].replace(private=True), articles[1])
        questions, left = asked(private, "no conflict")
        assert questions == []
        assert left == asked(articles, "could not tell")[1]


def test_a_checker_is_asked_about_a_title_that_another_outlet_calls_false():
    assert asked((BEAR, HOAX), "conflict")[1] == 1
    assert asked((BEAR, HOAX), "no conflict")[1] == 0


def test_a_story_of_thousands_of_sentences_is_read_in_the_time_of_its_length():
    """Neither pairs of all sentences nor of all figures are formed."""
    body = "\n\n".join(
        f"Guard {n} said {n} people were killed, and no guard denied the killing." for n in range(1, 400)
    )
    told = [c for n in range(8) for c in claims(article(body + f"\n\nText {n}.", NOON, f"Outlet {n}"), lexicons())]
    started = time.process_time()
    find(told, lexicons())
    assert time.process_time() - started < 20
