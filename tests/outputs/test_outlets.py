"""Who reported what."""

from briefing.outputs.outlets import MAX_OUTLETS, MAX_STORIES, Mark, Origin, origins, picture
from briefing.outputs.words import words_of
from briefing.types import Analysis, Article, Copy
from tests.outputs.crowd import crowd
from tests.outputs.edition import FERRY, FULL, GAZETTE, POST

ENGLISH = words_of("en")
WIRE = Copy(source="Harbour Radio", url=None, title="t", published=None, kind="reprint", similarity=1.0)


def edition(*stories):
    """An edition of stories, each given as its articles."""
    told = tuple(
        Analysis(
            id=f"s{n}", headline=FERRY.headline, summary=(), articles=tuple(a.id for a in articles),
            outlets=1, origins=1, analysed_by="extractive",
        )
        for n, articles in enumerate(stories)
    )  # fmt: skip
    extra = {a.id: a.entry() for articles in stories for a in articles}
    return FULL.replace(stories=told, topics=(), articles={**FULL.articles, **extra})


def article(title, **fields):
    return Article.make(title, "It was said.", **{"origin": f"outlet:{fields.get('source')}", **fields})


def kinds(strip):
    return {mark.outlet: mark.kind for mark in strip.marks}


def test_a_text_of_an_agency_is_shared_by_all_who_print_it():
    first = article("a", source="The Post", origin="agency:NPA", copies=(WIRE,))
    own = article("b", source="Le Quai")
    briefing = edition((first, own), (own,))
    assert kinds(picture(ENGLISH, briefing).strips["s0"]) == {
        "The Post": "shared",
        "Harbour Radio": "shared",
        "Le Quai": "own",
    }
    assert origins(ENGLISH, briefing, briefing.stories[0]) == (
        Origin(agency="NPA", outlets=("The Post", "Harbour Radio"), text="NPA, in The Post, Harbour Radio"),
        Origin(agency="", outlets=("Le Quai",), text="Le Quai"),
    )


def test_a_text_that_others_reprint_is_its_outlet_s_own():
    first = article("a", source="The Post", copies=(WIRE,))
    briefing = edition((first,), (first,))
    assert kinds(picture(ENGLISH, briefing).strips["s0"]) == {"The Post": "own", "Harbour Radio": "shared"}


def test_an_outlet_with_a_report_of_its_own_beside_a_shared_one_has_its_own():
    shared = article("a", source="The Post", origin="agency:NPA", copies=(WIRE,))
    own = article("b", source="Harbour Radio")
    assert kinds(picture(ENGLISH, edition((shared, own), (own,))).strips["s0"])["Harbour Radio"] == "own"


def test_who_is_quoted_in_a_dispute_is_marked_so():
    assert Mark(column=4, outlet="The Ellin Post", kind="quoted") in picture(ENGLISH, FULL).strips["b2"].marks
    assert kinds(picture(ENGLISH, FULL).strips["c3"]) == {"Le Quai": "own"}


def test_a_name_found_in_the_text_stands_in_the_column_of_the_outlet():
    declared = article("a", source="The Post")
    found = article("b", source=None, source_inferred="The Post", origin="text:1")
    drawn = picture(ENGLISH, edition((declared, found), (declared, article("c", source="Le Quai"))))
    assert drawn.outlets == ("The Post", "Le Quai")


def test_the_busiest_outlets_come_first_and_the_rest_is_counted():
    often = article("often", source="Often")
    many = [article(f"{n:02d}", source=f"Outlet {n:02d}") for n in range(MAX_OUTLETS + 4)]
    drawn = picture(ENGLISH, edition((often, *many), (often,)))
    assert drawn.outlets[0] == "Often"
    assert len(drawn.outlets) == MAX_OUTLETS
    assert drawn.beyond == 5
    assert drawn.strips["s0"].beyond == 5
    assert drawn.strips["s1"].beyond == 0


def test_no_picture_where_it_would_show_nothing():
    one = article("a", source="The Post")
    assert picture(ENGLISH, edition((one,))) is None
    assert picture(ENGLISH, edition((one,), (one,))) is None
    many = [article(f"{n}", source=None, origin=f"text:{n}") for n in range(MAX_OUTLETS + 1)]
    assert picture(ENGLISH, edition(*((a,) for a in many))) is None


def test_only_the_first_stories_are_drawn():
    assert len(picture(ENGLISH, crowd(MAX_STORIES + 5)).strips) == MAX_STORIES


def test_a_host_is_shown_without_its_www():
    told = article("a", source="www.post.example")
    assert picture(ENGLISH, edition((told, POST), (told, GAZETTE))).outlets[0] == "post.example"
