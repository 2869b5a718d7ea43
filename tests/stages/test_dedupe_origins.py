"""Where texts come from: agencies, families of outlets, texts taken up by others."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.languages.publishers import publishers
from briefing.stages.claims import claims
from briefing.stages.corroborate import corroborate
from briefing.stages.dedupe import dedupe
from briefing.stages.dedupe.credits import agency
from briefing.types import Article, Statement
from tests.stages.test_dedupe import BRIDGE, FLOOD, STRIKE, article, folded, sentences_of

FAMILY = {
    "orlo herald": "Sarn Valley Media",
    "vessara post": "Sarn Valley Media",
    "sarnnews.example": "Sarn Valley Media",
}


@pytest.mark.parametrize(
    ("closing", "expected"),
    [
        ("The Associated Press contributed to this report.", "AP"),
        ("Reuters contributed to this report.", "Reuters"),
        ("Lena Orr of the Herald and the Associated Press contributed reporting.", "AP"),
        ("Contributing: Jory Pell, Orlo Herald; Associated Press", "AP"),
        ("Material from Reuters was used in this report.", "Reuters"),
        ("(Reporting by Jory Pell in Orlo; Editing by Lena Orr)", "Reuters"),
        ("(AFP/Reuters)", "AFP"),
        ("Quelle: dpa", "dpa"),
        ("(Mit Material von dpa und AFP)", "dpa"),
        ("© dpa-infocom, dpa:310305-930-1/1", "dpa"),
        ("dpa/lnw", "dpa"),
        ("(avec AFP)", "AFP"),
        ("Con información de EFE", "EFE"),
        ("*Com informações da Agência Lusa", "Lusa"),
        ("Fonte: ANSA", "ANSA"),
        ("Bron: ANP", "ANP"),
        ("Źródło: PAP", "PAP"),
        ("Kaynak: AA", "Anadolu"),
        ("Источник: ТАСС", "TASS"),
        ("(رويترز)", "Reuters"),
        ("Copyright 2031 The Associated Press. All rights reserved.", "AP"),
        ("The mayor told the Associated Press that the pumps had failed.", None),
        ("Reuters reported last week that the pumps had failed.", None),
        ("The pumps failed, according to a report by the Associated Press.", None),
        ("Ani contributed to this report.", None),
        ("AP Photo/Lena Orr", None),
        ("The source: a clerk who knows the pumps.", None),
    ],
)
def test_credits_that_close_a_text_name_its_agency(closing: str, expected: str | None) -> None:
    assert agency(article(f"{FLOOD}\n\n{closing}")) == expected


def test_an_agency_that_the_text_was_inferred_to_be_of_counts() -> None:
    assert agency(article(source_inferred="Reuters")) == "Reuters"
    assert agency(article(source_inferred="Orlo Herald")) is None


def test_spaces_inside_the_brackets_of_a_dateline_do_not_matter() -> None:
    assert agency(article(f"NEW ORLO, Sarn. ( AP ) — {FLOOD}")) == "AP"


def origins(*articles: Article, families: Any = FAMILY) -> list[str]:
    found = dedupe(articles, {}, families).articles
    return [next(a.origin for a in found if a.id == given.id) for given in articles]


def test_outlets_of_one_family_are_one_origin() -> None:
    found = origins(article(source="The Orlo Herald"), article(STRIKE, "Docks", source="Vessara Post"))
    assert found == ["publisher:Sarn Valley Media"] * 2


def test_a_family_is_known_by_the_host_of_the_address_too() -> None:
    there = article(STRIKE, "Docks", source="Sarn News", url="https://www.local.sarnnews.example/1")
    assert origins(there) == ["publisher:Sarn Valley Media"]
    elsewhere = article(BRIDGE, "Bridge", source="Sarn News", url="https://notsarnnews.example/1")
    assert origins(elsewhere) == ["outlet:Sarn News"]


def test_an_agency_counts_before_a_family() -> None:
    assert origins(article(f"ORLO (AFP) - {FLOOD}", source="Orlo Herald")) == ["agency:AFP"]


def test_an_address_that_is_none_is_no_host() -> None:
    assert origins(article(url="http://[broken", source="Port News")) == ["outlet:Port News"]


def test_the_families_that_ship_name_each_outlet_once_and_in_lower_case() -> None:
    known = publishers()
    assert len(set(known.values())) > 30
    assert all(name == name.casefold().strip() and not name.startswith(("the ", "www.")) for name in known)


def test_a_page_of_two_texts_does_not_make_one_of_them() -> None:
    """Each is half of the page and stands there word for word; the page is the whole of at most one."""
    other = f"{STRIKE}\n\n{BRIDGE}"
    page = article(f"{FLOOD}\n\n{other}", "The day", source="Vessara Post")
    for order in permutations([article(source="A"), article(other, "Docks", source="B"), page]):
        found = folded(*order)
        assert not any({"A", "B"} <= a.outlets for a in found.articles)


def test_a_cut_that_two_texts_begin_with_does_not_make_one_of_them() -> None:
    start = "\n\n".join(sentences_of(FLOOD)[:4])
    cut, one = article(start, source="Brief"), article(f"{start}\n\n{STRIKE}", source="A")
    for order in permutations([cut, one, article(f"{start}\n\n{BRIDGE} {BRIDGE.replace('e', 'o')}", source="B")]):
        found = folded(*order)
        assert not any({"A", "B"} <= a.outlets for a in found.articles)
        assert len({a.origin for a in found.articles}) == 1


def test_two_cuts_of_one_text_are_both_folded() -> None:
    parts = sentences_of(FLOOD)
    cuts = [article("\n\n".join(parts[:count]), source=f"Cut {count}") for count in (4, 5, 6)]
    assert folded(article(source="Whole", published="2031-03-05"), *cuts).copies == 3


def test_a_page_of_two_texts_has_the_origin_of_the_longer_one_only() -> None:
    page = article(f"{STRIKE}\n\n{BRIDGE}", "The day", source="Vessara Post", published="2031-03-06")
    strike = article(STRIKE, "Docks", source="A", published="2031-03-05")
    found = folded(strike, article(BRIDGE, "Bridge", source="B"), page)
    assert {a.source: a.origin for a in found.articles} == {"B": "outlet:B", "Vessara Post": "outlet:A"}


PARTS = [sentence for text in (FLOOD, STRIKE, BRIDGE) for sentence in sentences_of(text)]


def written(sentences: Sequence[str], number: int) -> Article:
    """An article of these sentences under a title of its own."""
    known = {"source": f"Outlet {number}", "published": f"2031-03-0{number + 1}"}
    return article(" ".join(sentences), f"Title of number {number}", **known)


def standing(story: Sequence[Article]) -> dict[str, int]:
    """Each sentence of a story's articles, with how many origins say it."""
    every = [claim for one in dedupe(story, lexicons()).articles for claim in claims(one, lexicons())]
    made = (Statement(text=c.text, language="en", citations=(c.citation,)) for c in every)
    return {said.text: corroborate(said, every).origins for said in made}


def test_two_wire_texts_under_four_outlets_are_two_origins() -> None:
    wires = [article(text, source=f"{n} {k}") for n, text in enumerate((FLOOD, STRIKE)) for k in "ab"]
    assert {a.source: a.origin for a in dedupe(wires).articles} == {"0 a": "outlet:0 a", "1 a": "outlet:1 a"}


def test_a_text_that_embeds_two_does_not_make_one_of_them_whatever_is_printed_later() -> None:
    page = article(f"{FLOOD}\n\n{STRIKE}\n\n{BRIDGE}", "The day", source="Page", published="2031-03-06T09:00:00Z")
    before, after = "2031-03-05T08:00:00Z", "2031-03-07T08:00:00Z"
    wires = [article(t, s, source=s, published=before) for t, s in ((STRIKE, "A"), (BRIDGE, "B"))]
    copies = [article(t, s, source=f"{s} again", published=after) for t, s in ((STRIKE, "A"), (BRIDGE, "B"))]
    for order in ([*wires, page], [*wires, page, *copies]):
        found = {a.source: a.origin for a in dedupe(order).articles}
        assert (found["A"], found["B"], found["Page"]) == ("outlet:A", "outlet:B", "outlet:A")


def test_a_cut_of_a_page_leaves_the_page_with_the_text_it_takes_up() -> None:
    """The cut is longer than the text taken up, which would else lose its place."""
    wire = article(BRIDGE, "Bridge", source="Wire", published="2031-03-05")
    page = article(f"{FLOOD}\n\n{STRIKE}\n\n{BRIDGE}", "The day", source="Page", published="2031-03-06")
    cut = article(f"{FLOOD}\n\n{STRIKE}", "The day", source="Cut", published="2031-03-07")
    assert len({a.origin for a in dedupe([wire, page, cut]).articles}) == 1


@settings(max_examples=60)
@given(st.data())
def test_a_copy_raises_the_origins_of_no_statement(data: st.DataObject) -> None:
    """Whatever a story is made of, and whichever of its texts is copied in whichever way."""
    parts = st.lists(st.sampled_from(PARTS), min_size=3, max_size=9, unique=True)
    bodies = data.draw(st.lists(parts, min_size=2, max_size=4, unique_by=tuple))
    story = [written(body, n) for n, body in enumerate(bodies)]
    body, place = data.draw(st.sampled_from(list(zip(bodies, range(len(bodies)), strict=True))))
    changed = data.draw(st.sampled_from([body, body[: max(3, len(body) // 2)], [*body[1:], body[0]]]))
    copy = written(changed, place).replace(source="Copy", published="2031-03-07")
    alone, copied = standing(story), standing([*story, copy])
    assert {text: count for text, count in copied.items() if count > alone.get(text, count)} == {}
