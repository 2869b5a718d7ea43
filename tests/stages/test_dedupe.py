"""Copies, cuts, revisions and origins."""

import random
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.dedupe import Deduped, dedupe
from briefing.stages.dedupe.credits import agency
from briefing.types import Article, Copy

FLOOD = """The river Sarn broke its banks above Orlo on Tuesday night and flooded the lower town within two hours.

Nobody slept, the council said.

At least 12 people were killed and 34 were injured when the market hall collapsed under the weight of the water.

Mayor Lena Orr said that the pumps had failed at the worst moment and that nobody had been warned in time.

Rescue teams from Vessara reached the hospital by boat on Wednesday morning and carried out 80 patients.

The water stood 3.5 metres above its usual mark, higher than in any flood since records began in the valley.

Farmers along the lower Sarn lost most of their winter stores and say that they will need seed before spring.

The government has promised tents, blankets and clean water for everyone who had to leave home during the night."""

STRIKE = """Dockers in Port Amsel walked out on Monday after talks about their shifts ended without an agreement.

Eleven ships wait outside the harbour, and the shipping company Halden said each day costs it two million crowns.

The union leader Jory Pell told reporters that the strike would go on until the night shifts were paid as promised.

Bakers in the capital warned that flour could run out by the weekend if the grain terminal stayed closed."""

BRIDGE = """Engineers began to take down the iron bridge at Kessel, which had carried trains over the gorge for decades.

A crane lifted the first span at dawn while some hundred people watched from the chapel on the northern bank.

The new bridge will open next autumn, the railway said, and until then buses will run between the two stations."""


def article(body: str = FLOOD, title: str = "Flood in Orlo", **fields: Any) -> Article:
    return Article.make(title, body, language="en", **fields)


def folded(*articles: Article) -> Deduped:
    return dedupe(articles, lexicons())


def only(*articles: Article) -> Article:
    found = folded(*articles).articles
    assert len(found) == 1
    return found[0]


def sentences_of(text: str) -> list[str]:
    return text.split("\n\n")


def test_no_articles_give_no_articles() -> None:
    assert dedupe(()) == Deduped((), 0)


def test_the_same_text_at_another_outlet_is_one_article_of_one_origin() -> None:
    url, title, day = "https://post.example/1", "Town under water", "2031-03-06"
    first = article(source="Orlo Herald", published="2031-03-05")
    kept = only(first, article(source="Vessara Post", published=day, title=title, url=url))
    assert (kept.source, kept.origin) == ("Orlo Herald", "outlet:Orlo Herald")
    assert kept.outlets == {"Orlo Herald", "Vessara Post"}
    assert kept.copies == (
        Copy(source="Vessara Post", url=url, title=title, published=day, kind="exact", similarity=1.0),
    )  # fmt: skip


def test_a_reprint_with_other_page_furniture_and_dateline_is_a_copy() -> None:
    reprint = (
        f"ORLO, 6 March (VNS) – {FLOOD}\n\nSign up for our newsletter\n\nCopyright Vessara Post. All rights reserved."
    )
    kept = only(article(source="Orlo Herald", published="2031-03-05"), article(reprint, source="Vessara Post"))
    assert [c.kind for c in kept.copies] == ["reprint"]
    assert 0.8 <= kept.copies[0].similarity <= 1.0


def test_a_copy_keeps_its_likeness_even_in_curly_quotes_and_capitals() -> None:
    assert len(folded(article('The mayor\'s "plan" ' + FLOOD), article("THE MAYOR’S “PLAN” " + FLOOD)).articles) == 1


def test_a_cut_is_folded_and_the_whole_text_stands_even_if_the_cut_came_first() -> None:
    cut = "\n\n".join(sentences_of(FLOOD)[:4])
    kept = only(
        article(cut, source="Daily Sarn", published="2031-03-04"), article(source="Orlo Herald", published="2031-03-05")
    )
    assert kept.source == "Orlo Herald"
    assert [(c.source, c.kind) for c in kept.copies] == [("Daily Sarn", "cut")]


def test_a_text_with_its_sentences_in_another_order_is_a_copy() -> None:
    parts = sentences_of(FLOOD)
    assert len(folded(article(), article("\n\n".join([*parts[3:6], *parts[:3]]))).articles) == 1


def test_other_texts_of_the_same_day_and_outlet_are_no_copies_but_one_outlet_is_one_origin() -> None:
    found = folded(*(article(b, title=b[:20], source="Orlo Herald") for b in (FLOOD, STRIKE, BRIDGE)))
    assert len(found.articles) == 3
    assert {a.origin for a in found.articles} == {"outlet:Orlo Herald"}


def test_a_report_that_embeds_a_wire_text_stays_and_shares_its_origin() -> None:
    wire = "\n\n".join(sentences_of(FLOOD)[:2])
    longer = f"{STRIKE}\n\n{wire}\n\n{BRIDGE}"
    found = folded(article(wire, source="Orlo Herald", authors=("AFP",)), article(longer, source="Vessara Post"))
    assert len(found.articles) == 2
    assert {a.origin for a in found.articles} == {"agency:AFP"}


def test_a_roundup_of_two_texts_does_not_make_their_origins_one() -> None:
    roundup = article("\n\n".join([FLOOD, STRIKE, BRIDGE]), title="The day", source="Vessara Post")
    found = folded(article(BRIDGE, source="Rail Weekly"), article(STRIKE, source="Port News"), roundup)
    origins = {a.source: a.origin for a in found.articles}
    assert origins["Rail Weekly"] != origins["Port News"]
    assert len(set(origins.values())) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("At least 12 people", "At least 17 people"),
        ("34 were injured", "41 were injured"),
        ("3.5 metres", "3.8 metres"),
        ("carried out 80 patients", "carried out 95 patients"),
        ("within two hours", "within three hours"),
    ],
)
def test_a_text_whose_figure_changed_is_a_revision_and_stays(old: str, new: str) -> None:
    """The later one points to the earlier one; neither is swallowed, and both have one origin."""
    first = article(source="Orlo Herald", published="2031-03-05T08:00:00+00:00")
    later = article(FLOOD.replace(old, new), source="Orlo Herald", published="2031-03-05T08:30:00+00:00")
    found = {a.id: a for a in folded(later, first).articles}
    assert len(found) == 2
    assert found[later.id].revision_of == first.id
    assert found[first.id].revision_of is None
    assert found[first.id].origin == found[later.id].origin


def test_a_changed_figure_is_seen_in_a_moved_sentence_too() -> None:
    parts = sentences_of(FLOOD)
    moved = "\n\n".join([*parts[:2], *parts[3:5], parts[2].replace("34", "41"), *parts[5:]])
    assert len(folded(article(), article(moved)).articles) == 2


def test_time_zones_count_in_what_is_later() -> None:
    first = article(published="2031-03-05T09:00:00+05:00")
    later = article(FLOOD.replace("12", "17"), published="2031-03-05T08:00:00+00:00")
    assert {a.revision_of for a in folded(later, first).articles} == {None, first.id}
    assert next(a for a in folded(later, first).articles if a.revision_of).id == later.id


def test_a_cut_without_the_changed_figure_does_not_join_a_text_with_its_revision() -> None:
    parts = sentences_of(FLOOD)
    cut = article("\n\n".join([*parts[:2], *parts[3:7]]), source="Daily Sarn")
    revised = article(FLOOD.replace("12 people", "17 people"), source="Vessara Post")
    found = folded(article(source="Orlo Herald"), cut, revised)
    assert len(found.articles) == 2
    assert found.copies == 1


def test_copies_of_a_revision_fold_into_the_revision() -> None:
    revised = FLOOD.replace("12 people", "17 people")
    texts = [
        (FLOOD, "2031-03-05"),
        (FLOOD, "2031-03-06"),
        (revised, "2031-03-07"),
        (revised, "2031-03-08"),
        (FLOOD, "2031-03-09"),
    ]
    found = folded(*(article(b, source=f"Outlet {n}", published=day) for n, (b, day) in enumerate(texts)))
    assert sorted((a.published or "", len(a.copies)) for a in found.articles) == [("2031-03-05", 2), ("2031-03-07", 1)]


def test_a_changed_day_in_the_dateline_alone_is_no_revision() -> None:
    assert len(folded(article(f"ORLO, 5 March – {FLOOD}"), article(f"ORLO, 6 March – {FLOOD}")).articles) == 1


def test_a_figure_that_changed_in_the_title_only_makes_no_revision() -> None:
    """The body is what is told; the other title stays visible with the copy."""
    kept = only(article(title="12 dead in Orlo", source="A"), article(title="17 dead in Orlo", source="B"))
    assert {kept.title, kept.copies[0].title} == {"12 dead in Orlo", "17 dead in Orlo"}
    assert kept.revision_of is None


def test_a_separator_of_thousands_is_no_change() -> None:
    body = f"{FLOOD} Some 1,500 soldiers helped the town to clear its streets of mud and wreckage."
    assert len(folded(article(body), article(body.replace("1,500", "1500"))).articles) == 1


def test_a_text_that_hundreds_of_pages_carry_is_still_one_article() -> None:
    """Its shingles are as common as page furniture, yet it is found."""
    copies = [
        article(f"{FLOOD}\n\nOutlet number {chr(65 + n % 26)}{chr(65 + n // 26)} says goodbye", source=f"s{n}")
        for n in range(150)
    ]
    assert only(*copies).outlets == {f"s{n}" for n in range(150)}


def test_page_furniture_alone_makes_no_copies() -> None:
    """A footer that all share is a small part of each text."""
    footer = "\n\nShare this story with your friends and neighbours and read more news from the valley every morning."
    found = folded(*(article(b + footer, title=b[:20], source=f"s{n}") for n, b in enumerate((FLOOD, STRIKE, BRIDGE))))
    assert (len(found.articles), found.copies) == (3, 0)
    assert len({a.origin for a in found.articles}) == 3


@pytest.mark.parametrize("body", ["", "More follows.", "This story is being updated."])
def test_very_short_texts_under_different_titles_are_different(body: str) -> None:
    found = folded(
        article(body, "Fire at the Orlo mill"),
        article(body, "Ferry aground off Port Amsel"),
        article(body, "Fire at the Orlo mill"),
    )
    assert (len(found.articles), found.copies) == (2, 1)


def test_a_brief_is_found_again_inside_a_longer_brief() -> None:
    brief = sentences_of(STRIKE)[0] + " " + sentences_of(STRIKE)[1]
    assert only(article(brief, source="A"), article(brief + " More follows.", source="B")).copies[0].kind == "reprint"


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    body = "市长说洪水已经退去，但是桥梁仍然关闭，居民正在等待。昨晚有十二人死亡，三十四人受伤。政府承诺提供帐篷。"
    found = folded(article(body, "洪水"), article(body.replace("但是", "然而"), "洪水退去"))
    assert (len(found.articles), found.copies) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "body", "expected"),
    [
        ({}, f"ORLO, March 5 (AFP) - {FLOOD}", "AFP"),
        ({}, f"ORLO (Reuters) — {FLOOD}", "Reuters"),
        ({}, f"Orlo (dpa) - {FLOOD}", "dpa"),
        ({}, f"ORLO, Sarn Valley (VNS) – {FLOOD}", "VNS"),
        ({}, f"Updated at noon\nORLO (AP) -- {FLOOD}", "AP"),
        ({}, f"{FLOOD} (Xinhua)", "Xinhua"),
        ({"authors": ("Agence France-Presse",)}, FLOOD, "AFP"),
        ({"authors": ("Lena Orr, Associated Press",)}, FLOOD, "AP"),
        ({"authors": ("The Associated Press",)}, FLOOD, "AP"),
        ({"authors": ("Reuters Staff",)}, FLOOD, "Reuters"),
        ({"source": "Reuters"}, FLOOD, "Reuters"),
        ({"authors": ("Ani Orr", "Ani")}, FLOOD, None),
        ({"source": "Orlo Herald"}, FLOOD, None),
        ({}, f"The North Sarn Alliance (NSA) - once a club - {FLOOD}", None),
        ({}, f"Senator Lee (R-AZ) - the oldest member - spoke. {FLOOD}", None),
        ({}, f"{FLOOD} The figures come from the council (see below)", None),
    ],
)
def test_agencies_are_known_by_their_credit(fields: dict[str, Any], body: str, expected: str | None) -> None:
    assert agency(article(body, **fields)) == expected


def test_two_articles_of_one_agency_have_one_origin() -> None:
    flood = article(f"ORLO (AFP) - {FLOOD}", source="Orlo Herald")
    found = folded(flood, article(f"PORT AMSEL (AFP) - {STRIKE}", source="Port News"))
    assert [a.origin for a in found.articles] == ["agency:AFP"] * 2


def test_an_article_without_source_is_an_origin_of_its_own() -> None:
    one, other = folded(article(), article(STRIKE)).articles
    assert one.origin == f"text:{one.id}" != other.origin


def stream() -> list[Article]:
    """Every kind of relation at once."""
    parts = sentences_of(FLOOD)
    return [
        article(source="Orlo Herald", published="2031-03-05"),
        article(source="Vessara Post", published="2031-03-05T10:00:00+01:00"),
        article(f"ORLO (AFP) - {FLOOD}", source="Daily Sarn"),
        article("\n\n".join(parts[:4])),
        article(FLOOD.replace("12 people", "17 people"), source="Orlo Herald", published="2031-03-06"),
        article(f"{STRIKE}\n\n{parts[2]}\n\n{parts[3]}\n\n{BRIDGE}", "The day"),
        article(STRIKE, "Docks still", source="Port News"),
    ]


def test_the_order_of_articles_does_not_matter() -> None:
    expected = folded(*stream())
    for shuffled in list(permutations(stream()))[:: 5040 // 60]:
        assert folded(*shuffled) == expected


def test_its_own_result_stays_as_it_is() -> None:
    once = folded(*stream())
    again = folded(*once.articles)
    assert again == Deduped(once.articles, 0)


PIECES = [
    *sentences_of(FLOOD),
    *sentences_of(STRIKE),
    *sentences_of(BRIDGE),
    "It rained.",
    "Again 7 died.",
    "Again 8 died.",
]
bodies = st.lists(st.sampled_from(PIECES), max_size=8).map("\n\n".join)
articles = st.builds(
    article, bodies, st.sampled_from(["Flood", "Strike"]), source=st.sampled_from([None, "A", "B"]),
    published=st.sampled_from([None, "2031-03-05", "2031-03-06T01:00:00+02:00"]),
)  # fmt: skip


@given(st.lists(articles, max_size=7), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_nothing_is_lost_and_order_is_blind(given_articles: Sequence[Article], chance: random.Random) -> None:
    """Every article is kept or is a copy; the order does not matter; nothing is a revision of itself."""
    found = folded(*given_articles)
    shuffled = list(given_articles)
    chance.shuffle(shuffled)
    assert folded(*shuffled) == found
    assert sum(1 + len(a.copies) for a in found.articles) == len(given_articles)
    assert found.copies == len(given_articles) - len(found.articles)
    assert all(a.origin and a.revision_of != a.id for a in found.articles)
    assert {a.text for a in found.articles} <= {a.text for a in given_articles}


def test_a_text_weighs_what_the_weightiest_source_of_it_does():
    body = (
        "The pier at Ellin was closed on Monday after a barge had struck its northern pile, the harbour office said. "
        * 3
    )
    light, heavy = (
        Article.make("Pier closed", body, source=name, weight=weight) for name, weight in (("A", 0.5), ("B", 3))
    )
    assert [a.weight for a in dedupe([light, heavy]).articles] == [3.0]
