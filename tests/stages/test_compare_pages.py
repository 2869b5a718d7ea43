"""What editions cited and no longer stands where it stood, by the rules alone."""

from hypothesis import given
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.compare import Reread, compare
from briefing.types import Article, Briefing
from tests.stages.comparing import article, edition, plain

URL = "https://courier.example/bridge"
TITLE = "Karmund opens its new bridge over the Sel"
SENTENCES = (
    "The new bridge over the Sel in Karmund cost 310 million crowns, the city said.",
    "It carries two tram tracks and a road of four lanes along the Sel.",
    "The mayor of Karmund opened the bridge with a walk across it.",
    "Trams are to cross the bridge every six minutes from July.",
    "The old bridge over the Sel is to be taken down in the winter.",
    "Fishermen had asked the city of Karmund to keep its piers.",
)


def bridge(day: int, *sentences: str, title: str = TITLE, **fields: object) -> Article:
    return article(title, " ".join(sentences), day, url=URL, **fields)


FIRST = bridge(2, *SENTENCES)
OTHER = article("Karmund wool fair opens", "The wool fair of Karmund opened on Tuesday with 400 sheep.", 3)
YESTERDAY = edition(2, FIRST)
CITED = {c.quote for s in YESTERDAY.statements() for c in s.citations}


def today(*articles: Article, pages: tuple[Reread, ...] = ()) -> Briefing:
    return compare(plain(3, *articles), [YESTERDAY], articles, lexicons(), pages)


def page(*sentences: str) -> Reread:
    return Reread(URL, "\n".join((TITLE, *sentences)), (bridge(3, *sentences),))


@given(st.sets(st.sampled_from(SENTENCES)))
def test_whatever_is_taken_away_what_is_said_to_be_gone_was_cited_and_is_gone(kept):
    left = tuple(s for s in SENTENCES if s in kept)
    found = today(OTHER, pages=(page(*left),)).changed
    gone = {s.text for change in found for s in change.gone}
    assert gone <= CITED - kept
    if len(kept) >= len(SENTENCES) // 2 + 1:
        assert gone == CITED - kept - {TITLE}
        assert [c.extent for c in found] == (["cited"] if gone else ["other"] if len(left) < len(SENTENCES) else [])


def test_a_page_written_in_capitals_with_other_marks_and_breaks_says_the_same():
    shown = "\n".join(s.upper().replace(",", " –").replace(" ", "\u00a0\n") for s in SENTENCES)
    assert today(OTHER, pages=(Reread(URL, shown, (bridge(3, "Something else stands here."),)),)).changed == ()


def test_a_shorter_text_of_a_feed_takes_nothing_away():
    assert today(bridge(3, SENTENCES[2])).changed == ()


def test_an_article_read_again_from_its_source_is_compared_with_its_title():
    (change,) = today(bridge(3, *SENTENCES, title="Karmund's bridge cost more than told")).changed
    assert [s.text for s in change.gone] == [TITLE]


def test_a_live_blog_and_a_file_without_an_address_are_never_called_changed():
    for fields in ({"genre": "live blog"}, {"url": "bridge.md"}):
        first = FIRST.replace(**fields)
        earlier = edition(2, first)
        url = first.url or ""
        pages = (Reread(url, "Nothing of it.", (bridge(3, "Nothing of it.").replace(url=url),)), Reread(url, None))
        assert compare(plain(3, OTHER), [earlier], (OTHER,), lexicons(), pages).changed == ()


def test_an_edition_that_says_so_holds_the_words_as_evidence_and_reads_back():
    from briefing.outputs import json

    found = today(OTHER, pages=(page(*SENTENCES[1:]),))
    assert FIRST.id in found.evidence
    assert FIRST.id not in found.own()
    assert json.read(json.Json().render(found), json.evidence(found)) == found
