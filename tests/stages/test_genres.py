"""Kinds of article: what a page shows to be no news report, and news that only looks like one of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.genres import correction_note, corrections, genre, labelled, tied
from briefing.types import Article

WORDS = lexicons()
NEWS = (
    "The council of Vesk voted on Monday to close the old harbour to ferries until the autumn.\n\n"
    "The mayor, Ada Rell, said the work would cost 12 million crowns and take four months.\n\n"
    "Fishermen said they had not been asked."
)
SITE = "https://www.veskgazette.example"


def article(title: str = "Vesk closes its old harbour", body: str = NEWS, **fields: Any) -> Article:
    return Article.make(title, body, **{"source": "Vesk Gazette", "language": "en", **fields})


def kind(made: Article) -> str | None:
    return genre(made, WORDS.get(made.language or ""))


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (("OpinionNewsArticle",), "opinion"),
        (("NewsArticle", "Opinion"), "opinion"),
        (("Article", "News/Columnists"), "opinion"),
        (("NewsArticle", "Meinung"), "opinion"),
        (("SatiricalArticle",), "satire"),
        (("LiveBlogPosting",), "live blog"),
        (("AdvertiserContentArticle",), "sponsored"),
        (("NewsArticle", "Sponsored Content"), "sponsored"),
        (("Article", "Press Releases"), "press release"),
        (("NewsArticle", "Corrections & Clarifications"), "correction"),
        (("NewsArticle", "Corrections"), None),
        (("ReportageNewsArticle", "World"), None),
        (("AnalysisNewsArticle",), None),
        (("ReviewNewsArticle", "Books"), None),
        (("NewsArticle", "Opinion polls"), None),
        (("BlogPosting",), None),
        (("NewsArticle", "Live"), None),
    ],
)
def test_what_a_page_declares_tells_its_kind(declared: tuple[str, ...], expected: str | None) -> None:
    assert kind(article(kinds=declared)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/opinion/2031/05/harbour", "opinion"),
        ("/world/commentisfree/2031/may/18/harbour", "opinion"),
        ("/Commentary/2031/0518/harbour", "opinion"),
        ("/editorials/harbour", "opinion"),
        ("/news/columnists/ada-rell/harbour.html", "opinion"),
        ("/meinung/hafen-123.html", "opinion"),
        ("/opini%C3%B3n/puerto", None),
        ("/opinión/puerto", "opinion"),
        ("/debats/tribunes/port", None),
        ("/paakirjoitukset/satama", "opinion"),
        ("/satire/harbour", "satire"),
        ("/news/press-releases/harbour", "press release"),
        ("/presse/pressemitteilungen/hafen", "press release"),
        ("/salle-de-presse/communiques-de-presse/port", "press release"),
        ("/comunicati-stampa/porto", "press release"),
        ("/corrections-and-clarifications/2031/may/18", "correction"),
        ("/news/live-updates/harbour", "live blog"),
        ("/2031/05/18/harbour-fire-live-updates/", "live blog"),
        ("/2031/05/18/harbour-fire-live-updates.html", "live blog"),
        ("/en-direct/port", "live blog"),
        ("/sponsored/harbour", "sponsored"),
        ("/partner-content/2031/harbour", "sponsored"),
        ("/news/opinion-poll-on-the-harbour", None),
        ("/politics/opinion", None),
        ("/press/harbour", None),
        ("/politics/editorial-board-of-vesk-resigns/1", None),
        ("/music/live/harbour-band", None),
        ("/blogs/harbour", None),
        ("/corrections/new-prison-for-vesk", None),
        ("/business/partners/harbour", None),
        ("/news?section=/opinion/", None),
    ],
)
def test_an_address_tells_its_kind(path: str, expected: str | None) -> None:
    assert kind(article(url=SITE + path)) == expected


def test_a_folder_at_home_may_be_named_as_one_likes() -> None:
    assert kind(article(url="opinion/harbour.txt")) is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Opinion: The harbour must stay open", "opinion"),
        ("OPINION | The harbour must stay open", "opinion"),
        ("[Opinion] The harbour must stay open", "opinion"),
        ("Editorial: Vesk and its harbour", "opinion"),
        ("Comment | Vesk and its harbour", "opinion"),
        ("Vesk must keep its harbour | Op-Ed", "opinion"),
        ("Vesk must keep its harbour - Opinion", "opinion"),
        ("Letters to the editor: our harbour", "opinion"),
        ("Kommentar: Der Hafen muss bleiben", "opinion"),
        ("Edito – Le port doit rester", "opinion"),
        ("Satire: Mayor buys the sea", "satire"),
        ("Mayor buys the sea (satire)", "satire"),
        ("PRESS RELEASE: Acme opens a dock in Vesk", "press release"),
        ("Pressemitteilung: Acme baut in Vesk", "press release"),
        ("CORRECTED-UPDATE 1-Ferry Alder sinks off Marrow Point", "correction"),
        ("Erratum: tides at Vesk", "correction"),
        ("Live updates: fire in the harbour", "live blog"),
        ("LIVE BLOG | Fire in the harbour", "live blog"),
        ("Fire in the harbour - live updates", "live blog"),
        ("Sponsored: Five docks you will love", "sponsored"),
        ("Opinion poll: most want the harbour open", None),
        ("Opinion divided on the harbour", None),
        ("Columnist: the mayor must go", None),
        ("Correction in stocks deepens", None),
        ("Market correction: what savers should know", None),
        ("Correction: why shares fell on Monday", None),
        ("Live: Harbour Band at the old hall", None),
        ("Watch live: the mayor of Vesk speaks", None),
        ("Satirical magazine sued by mayor", None),
        ("Editor of satire site Gull arrested", None),
        ("Press releases forged, police say", None),
        ("Vesk Opinion editor resigns", None),
        ("Sponsored bill would close the harbour", None),
        ("Review: a walk round the harbour", None),
        ("Analysis: why the harbour closed", None),
        ("Comment le port a fermé", None),
    ],
)
def test_the_rubric_of_a_title_tells_its_kind(title: str, expected: str | None) -> None:
    assert kind(article(title)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"FOR IMMEDIATE RELEASE\n\n{NEWS}", "press release"),
        (f"VESK, May 18, 2031 /PRNewswire/ -- Acme opened a dock today.\n\n{NEWS}", "press release"),
        (f"VESK--(BUSINESS WIRE)--Acme opened a dock today.\n\n{NEWS}", "press release"),
        (f"Vesk (ots) - Acme hat ein Dock eröffnet.\n\n{NEWS}", "press release"),
        (f"{NEWS}\n\nAbout Acme\n\nAcme builds docks.\n\nMedia contact: press@acme.example", "press release"),
        (f"{NEWS}\n\nAbout Acme Docks\n\nAcme builds docks.\n\nSOURCE Acme Docks Corp", "press release"),
        (f"{NEWS}\n\nThe views expressed in this article are the author's own.", "opinion"),
        (f"This is an opinion column.\n\n{NEWS}", "opinion"),
        (f"{NEWS}\n\nThis article is satire.", "satire"),
        (f"The following is a work of satire.\n\n{NEWS}", "satire"),
        (f"Sponsored by Acme Docks\n\n{NEWS}", "sponsored"),
        (f"Paid for by Acme Docks.\n\n{NEWS}", "sponsored"),
        (f"{NEWS}\n\nAbout 40 boats lie in the harbour.", None),
        (f"{NEWS}\n\nAbout the author\n\nAda Rell writes on ports.", None),
        (f"{NEWS}\n\nSource: Harbour office", None),
        (f'The letter was marked "for immediate release".\n\n{NEWS}', None),
        (f"The article was satire, the court found.\n\n{NEWS}", None),
        (f"A bill sponsored by Ada Rell would close it.\n\n{NEWS}", None),
        (f"{NEWS}\n\nThe views of the mayor are well known.", None),
        (f"{NEWS}\n\nA correction of 10 % in shares followed.", None),
        (f"{NEWS}\n\nThe mayor spoke live on Harbour Radio.", None),
        (NEWS, None),
    ],
)
def test_wording_tells_its_kind(body: str, expected: str | None) -> None:
    assert kind(article(body=body)) == expected


@pytest.mark.parametrize(
    ("source", "url", "expected"),
    [
        ("The Onion", None, "satire"),
        ("Der Postillon", None, "satire"),
        (None, "https://news.legorafi.fr/2031/port", "satire"),
        ("theonion.com", "https://www.theonion.com/opinion/harbour", "satire"),
        ("Vesk Gazette - Opinion", None, "opinion"),
        ("PR Newswire", None, "press release"),
        (None, "https://www.businesswire.com/news/home/1", "press release"),
        ("La Opinión de Vesk", None, None),
        ("Private Eye", None, None),
        ("Onion Growers' Weekly", None, None),
        (None, "https://nottheonion.com/a", None),
    ],
)
def test_some_outlets_print_nothing_else(source: str | None, url: str | None, expected: str | None) -> None:
    assert kind(article(source=source, url=url)) == expected


HOURS = "\n\n".join(f"{hour}:05 The fire brigade of Vesk sent another boat to the pier." for hour in (9, 10, 11))
MENDED = "An article on Tuesday about the loss of the ferry Alder misstated the depth of the strait at Marrow Point."


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"url": f"{SITE}/news/live/harbour-fire", "body": HOURS}, "live blog"),
        ({"title": "Live: fire in the harbour", "body": HOURS}, "live blog"),
        ({"title": "Harbour fire – live", "body": f"Follow along with our live coverage.\n\n{NEWS}"}, "live blog"),
        ({"title": "Fire in the harbour, hour by hour", "body": HOURS}, None),
        ({"title": "Correction: Ferry-Alder story", "body": MENDED}, "correction"),
        ({"url": f"{SITE}/corrections/may-18", "body": MENDED}, "correction"),
        ({"kinds": ("NewsArticle", "Corrections"), "body": MENDED}, "correction"),
    ],
)
def test_a_name_that_other_things_bear_counts_where_the_text_speaks_too(
    fields: dict[str, Any], expected: str | None
) -> None:
    assert kind(article(**fields)) == expected


@pytest.mark.parametrize(
    ("note", "found"),
    [
        ("An earlier version of this article gave the wrong year.", True),
        ("Correction: A previous version of this story misspelled the mayor's name.", True),
        ("This article was amended on 18 May 2031 to give the right depth.", True),
        ("Editor's note: This story has been updated to correct the name of the ferry.", True),
        ("This version corrects the name of the pier.", True),
        ('The paper added: "An earlier version of this article gave the wrong year."', False),
        ("This article was written on a ferry.", False),
        ("An earlier version of the bill was rejected.", False),
        ("This law was amended in 2029.", False),
        ("The council corrected its figures.", False),
    ],
)
def test_an_article_that_was_corrected_says_so_in_a_sentence_and_stays_news(note: str, found: bool) -> None:
    made = article(body=f"{NEWS}\n\n{note}")
    span = correction_note(made.text, WORDS["en"])
    assert kind(made) is None
    assert (made.text[span.start : span.end] if span else None) == (note if found else None)


def test_only_news_corrections_and_live_blogs_vouch_for_what_they_say() -> None:
    kinds = (None, "correction", "live blog", "opinion", "satire", "press release", "sponsored")
    assert [article(genre=one).vouches for one in kinds] == [True, True, True, False, False, False, False]


def test_articles_are_labelled_in_their_order_and_news_is_left_as_it_is() -> None:
    news, view = article(), article("Opinion: The harbour must stay open")
    assert labelled([news, view], WORDS) == (news, view.replace(genre="opinion"))


def test_without_a_lexicon_sections_and_outlets_still_tell() -> None:
    assert genre(article(url=f"{SITE}/opinion/hafen", language="xx"), None) == "opinion"
    assert genre(article(body=f"FOR IMMEDIATE RELEASE\n\n{NEWS}"), None) is None


@given(st.text(max_size=80), st.text(max_size=300), st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3))
def test_no_text_and_no_address_is_an_error(title: str, body: str, url: str, declared: list[str]) -> None:
    made = Article.make(title, body, url=f"https://{url}", kinds=tuple(declared), language="en")
    assert genre(made, WORDS["en"]) in {
        None, "opinion", "satire", "press release", "correction", "live blog", "sponsored",
    }  # fmt: skip


ALDER = article(
    "Ferry Alder sinks off Marrow Point",
    "The ferry Alder sank off Marrow Point on Tuesday in a strait 90 metres deep, the coast guard said. "
    "The captain, Jon Orsk, had reported water in the engine room.",
    url=f"{SITE}/2031/alder-sinks",
    published="2031-05-18",
)
HARBOUR = article(published="2031-05-18", url=f"{SITE}/2031/harbour")
ELSEWHERE = ALDER.replace(source="Ellin Post", url="https://ellinpost.example/alder")


def correction(body: str, title: str = "Correction: Ferry story", **fields: Any) -> Article:
    return article(title, body, genre="correction", published="2031-05-19", **fields)


@pytest.mark.parametrize(
    "made",
    [
        correction(f"An article wrongly gave a depth. It stands at {SITE}/2031/alder-sinks and was amended."),
        correction("The article headlined “Ferry Alder sinks off Marrow Point” misstated a depth."),
        correction(MENDED),
        correction(ALDER.body.replace("90", "70"), title="CORRECTED-Ferry Alder sinks off Marrow Point"),
    ],
    ids=["address", "title", "subject", "sent again"],
)
def test_a_correction_is_tied_to_the_article_it_corrects(made: Article) -> None:
    given_ = (HARBOUR, made, ALDER)
    assert corrections(given_, WORDS) == {made.id: ALDER.id}
    assert [a.corrects for a in tied(given_, WORDS)] == [None, ALDER.id, None]


@pytest.mark.parametrize(
    ("made", "others"),
    [
        (correction(MENDED), [ELSEWHERE, HARBOUR]),
        (correction("A report wrongly gave the name of a baker in Tolmira as Lisk Haven."), [ALDER, HARBOUR]),
        (correction(MENDED), [ALDER.replace(published="2031-05-21"), HARBOUR]),
        (correction("It was wrong."), [ALDER]),
        (correction(MENDED), []),
    ],
    ids=["another outlet", "another subject", "a later article", "no subject", "nothing else"],
)
def test_a_correction_of_something_else_is_tied_to_nothing(made: Article, others: list[Article]) -> None:
    assert corrections([made, *others], WORDS) == {}


def test_two_articles_that_fit_alike_leave_a_correction_untied() -> None:
    twin = article(ALDER.title, ALDER.body + " Divers were sent.", url=f"{SITE}/2", published="2031-05-18")
    assert corrections([correction(MENDED), ALDER, twin], WORDS) == {}
