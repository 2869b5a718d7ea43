"""The titles of a page: which one is taken, and what is cut from it."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.stages.clean.extract import parsed
from briefing.stages.clean.metadata import metadata

STORM = "Storm strips roofs on Pell Island"


def page(h1="", window="", linked=None, url="", **meta):
    """An HTML page; `meta` are `og_title`, `og_site_name`, `twitter_title` and the like."""
    node = {"@type": "NewsArticle", "headline": linked}
    parts = [f"<script type='application/ld+json'>{json.dumps(node)}</script>"] if linked else []
    parts += [f"<title>{window}</title>"] if window else []
    parts += [f"<link rel=canonical href='{url}'>"] if url else []
    parts += [f'<meta property="{name.replace("_", ":", 1)}" content="{value}">' for name, value in meta.items()]
    return f"<html><head>{''.join(parts)}</head><body>{h1}<p>Text.</p></body></html>"


def declared(*args, **fields):
    return metadata(parsed(page(*args, **fields))).declared


def title(*args, **fields):
    return declared(*args, **fields).title


@pytest.mark.parametrize(
    "window",
    [
        f"{STORM} - Pell Post",
        f"{STORM} | Local | The Pell Post",
        f"{STORM} : Pell Post",
        f"Pell Post | {STORM}",
        f"Pell Post | Weather | {STORM}",
    ],
)
def test_the_outlet_is_cut_at_either_end(window):
    assert title(f"<h1>{STORM}</h1>", window, og_title=window, og_site_name="Pell Post") == STORM


@pytest.mark.parametrize("url", ["https://www.pellpost.example/storm", "https://news.pellpost.co.example/storm"])
def test_an_outlet_that_gives_no_name_is_known_by_its_host(url):
    assert title(window=f"{STORM} - Pell Post", url=url) == STORM


def test_an_outlet_is_known_by_the_abbreviation_in_its_name():
    assert title(window=f"{STORM} - News - PRB", og_site_name="Pell Radio and Broadcasting (PRB)") == f"{STORM} - News"


def test_an_outlet_joined_without_spaces_is_cut_where_another_title_is_the_rest():
    window = f"{STORM}-weather｜Pell Post"
    assert title(window=window, og_title=window, og_site_name="Pell Post", headline=STORM) == STORM


@pytest.mark.parametrize(
    "headline",
    ["Ferry lost off Kansas Bay - Kansas", "Wreck found – mayor thanks Pell Post", "Two years on: what the storm left"],
)
def test_a_headline_keeps_its_own_last_part(headline):
    site = "Pell Post" if "Pell" in headline else "Kansas Bay Evening Courier"
    assert title(f"<h1>{headline}</h1>", f"{headline} | {site}", og_title=headline, og_site_name=site) == headline


def test_a_section_before_a_bar_is_cut_where_the_h1_leaves_it_out():
    shared = f"Opinion | {STORM}"
    assert title(f"<h1>{STORM}</h1>", f"{shared} - Pell Post", shared, og_title=shared) == STORM


def test_a_bar_inside_a_headline_stays():
    headline = "Pell Fair 2031 | The lights of Anna Orsk"
    assert title(f"<h1>{headline}</h1>", headline, og_title=headline) == headline


def test_a_kicker_that_most_titles_leave_out_is_cut():
    full = f"Weather: {STORM}"
    assert title(f"<h1>{STORM}</h1>", full, full, og_title=STORM, twitter_title=STORM) == STORM


def test_a_kicker_that_most_titles_have_stays():
    full = f"Weather: {STORM}"
    assert title(f"<h1>{STORM}</h1>", full, full, og_title=full) == full


@pytest.mark.parametrize(
    "h1",
    [
        f"<h1><span>Weather</span>{STORM}</h1>",
        f"<h1><span>Weather</span><span> - </span><span>{STORM}</span></h1>",
        f"<h1><div>Weather</div><div>{STORM}</div></h1>",
    ],
)
def test_a_kicker_in_an_element_of_its_own_is_not_glued_to_the_headline(h1):
    assert title(h1, f"{STORM} - Pell Post") == STORM


def test_an_h1_that_begins_with_a_name_in_italics_is_kept_whole():
    whole = "The Gull sails again after forty years"
    assert title("<h1><em>The Gull</em> sails again after forty years</h1>", f"{whole} | Pell Post") == whole


@pytest.mark.parametrize(
    ("h1", "shown"),
    [
        ("Storm strips roofs<br>on Pell Island", STORM),
        ("Storm <b>strips</b> roofs on <i>Pell</i> Island", STORM),
        ("<span>S</span>torm strips roofs on Pell Island", STORM),
    ],
)
def test_breaks_part_words_and_inline_elements_do_not(h1, shown):
    assert title(f"<h1>{h1}</h1>") == shown


@pytest.mark.parametrize("logo", ["Pell Post", "Log in", "The Pell Post"])
def test_a_logo_or_a_box_in_an_h1_is_no_title(logo):
    assert title(f"<h1>{logo}</h1>", f"{STORM} - Pell Post", url="https://pellpost.example/1") == STORM


def test_the_h1_that_the_window_names_comes_before_other_h1s():
    h1s = f"<h1>Readers vote for the best beach of the island</h1><h1>{STORM}</h1>"
    assert title(h1s, f"{STORM} - Pell Post") == STORM


TRAILS = {
    "nav": "<nav><div>{}</div></nav>",
    "list": "<ol><li>{}</li></ol>",
    "class": "<div class='page-breadcrumbs'><span>{}</span></div>",
}


@pytest.mark.parametrize("trail", TRAILS)
@pytest.mark.parametrize("heading", ["<h2>Pell loses its roofs</h2>", "<h3><i>Weather</i>Pell loses its roofs</h3>"])
def test_an_h1_that_is_a_breadcrumb_gives_way_to_the_heading_the_page_shows(trail, heading):
    crumb = TRAILS[trail].format(f"<h1>{STORM}</h1>")
    assert title(crumb + heading, f"{STORM} - Pell Post", STORM, og_title="Pell loses its roofs") == (
        "Pell loses its roofs"
    )


def test_a_breadcrumb_stays_the_title_where_no_other_heading_is_one():
    crumb = TRAILS["nav"].format(f"<h1>{STORM}</h1>")
    assert title(crumb + "<h2>Most read on Pell</h2>", f"{STORM} - Pell Post") == STORM


def test_a_heading_below_an_h1_outside_the_trail_is_no_title():
    inner = f"<h1>{STORM}</h1><h2>Pell loses its roofs</h2>"
    assert title(inner, STORM, STORM, og_title="Pell loses its roofs") == STORM


def test_an_open_graph_title_that_is_the_outlet_gives_way():
    assert title(window=f"{STORM} - Pell Post", og_title="Pell Post", og_site_name="Pell Post") == STORM
    assert title(window=f"{STORM} - Island Herald", og_title="Die Insel") == f"{STORM} - Island Herald"


def test_a_short_headline_that_the_page_shows_stays():
    assert title("<h1>Stormy days</h1>", "How Pell lives with wind", "Stormy days", og_title="Stormy days") == (
        "Stormy days"
    )


@pytest.mark.parametrize(
    "escaped", ["Caf&amp;#233; &amp;quot;Gull&amp;quot; shut by storm", "Café &quot;Gull&quot; shut by storm"]
)
def test_titles_escaped_twice_are_unescaped(escaped):
    assert title(og_title=escaped) == 'Café "Gull" shut by storm'


def test_tags_in_linked_data_are_left_out():
    assert title(linked="<em>The Gull</em> sails again after <b class='x'>forty</b> years") == (
        "The Gull sails again after forty years"
    )


def test_signs_that_are_no_tags_or_entities_stay():
    assert title(linked="Why 3 < 4 & R&D; matter on Pell") == "Why 3 < 4 & R&D; matter on Pell"


LONG = (
    "Storm strips the roofs off forty houses on the island of Pell and leaves the only school of its kind there"
    " closed until summer"
)


@pytest.mark.parametrize(
    "cut", [LONG[:106], "Storm strips the roofs off for", "Storm strips the roofs off…", "Storm strips the roofs ..."]
)
def test_a_cut_title_gives_way_to_the_whole_one(cut):
    assert title(f"<h1>{LONG}</h1>", og_title=cut) == LONG


def test_a_title_cut_by_a_quotation_mark_gives_way_to_the_whole_one():
    whole = 'Storm on Pell leaves "nothing but walls"'
    assert title(f"<h1>{whole}</h1>", og_title=whole) == whole


def test_a_shorter_title_is_not_a_cut_one():
    assert title(f"<h1>{STORM} and in Anvar</h1>", linked=STORM) == STORM


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"og_site_name": "https://pellpost.example"}, None),
        ({"og_site_name": "@pellpost"}, "pellpost"),
        ({"og_site_name": STORM + " today", "og_title": STORM + " today"}, None),
        ({"og_site_name": "Pell Post", "og_title": "Pell Post"}, "Pell Post"),
    ],
)
def test_an_address_or_the_articles_title_is_no_name_of_an_outlet(fields, source):
    assert declared(**fields).source == source


@given(st.lists(st.sampled_from(["Pell", "storm", "|", " - ", ": ", " ", "Post", "…", "ㅣ"]), max_size=30))
@settings(max_examples=60)
def test_a_title_is_always_part_of_one_the_page_gives(parts):
    said = "".join(parts)
    found = title(f"<h1>{said}</h1>", said + " | Pell Post", og_title=said, og_site_name="Pell Post")
    assert found is None or found in " ".join(f"{said} | Pell Post".split())


@pytest.mark.parametrize("piece", ["Pell|", "a|", ": ", "Pell Post | "])
def test_hostile_titles_take_no_time(piece):
    hostile = piece * 20_000 + " x y z"
    began = time.perf_counter()
    declared(f"<h1>{hostile}</h1>", hostile, hostile, og_title=hostile, og_site_name="Pell Post")
    assert time.perf_counter() - began < 2
