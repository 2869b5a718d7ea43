"""Both parts of the mail: complete, alike, fit for mail readers, and nothing from outside acts in them."""

import email.charset
import re
from itertools import pairwise

import pytest
from hypothesis import given
from rich.cells import cell_len

from briefing.outputs import view
from briefing.outputs.mail.email import message
from briefing.text import one_line
from briefing.types import Analyst, Briefing
from tests.building import SAMPLES, built
from tests.outputs import hostile
from tests.outputs.crowd import crowd
from tests.outputs.edition import FULL, HOSTILE
from tests.outputs.mailing import PLAIN, PUBLISHED, TO, bare, parsed, parts, seen
from tests.outputs.parsing import elements, links, names, tree, words

STRUCTURE = names(tree(parts(hostile.edition("plain text", None))[1]))


@pytest.fixture(scope="module", params=["full", "model", "samples", "crowd"])
def edition(request) -> Briefing:
    if request.param == "samples":
        return built(SAMPLES)
    model = FULL.replace(analyst=Analyst(kind="llm", model="m-1"))
    return {"full": FULL, "model": model, "crowd": crowd(8)}[request.param]


def test_both_parts_tell_everything(edition):
    text, html = parts(edition)
    for shown in (bare(text), seen(html)):
        assert [line for line in told(edition) if bare(line) not in shown] == []


def test_every_number_has_its_source_in_both_parts(edition):
    text, html = parts(edition)
    listed = re.split(r"^SOURCES$", text, flags=re.MULTILINE)[1]
    entries = {int(n): e for e in listed.split("\n\n") for n in re.findall(r"^(?:\[\d+\] )*\[(\d+)\] ", e)}
    entries |= {int(n): e for e in listed.split("\n\n") for n in re.findall(r"\[(\d+)\]", e.split(" “")[0])}
    shown = [words(e) for e in elements(tree(html), "p") if words(e).startswith("[")]
    for source in view.page(edition).sources:
        assert bare(source.reference.outlet) in bare(entries[source.number])
        if source.reference.url:
            assert source.reference.url in entries[source.number]
        assert any(f"[{source.number}]" in e and source.reference.outlet in e for e in shown)


def test_numbers_lead_to_the_quoted_words(edition):
    _, html = parts(edition)
    urls = {f"[{source.number}]": source.url for source in view.page(edition).sources}
    found = [(words(e), e.get("href")) for e in elements(tree(html), "a") if re.fullmatch(r"\[\d+\]", words(e))]
    assert found
    assert all(urls[number] == url for number, url in found)
    assert {number for number, _ in found} == {number for number, url in urls.items() if url}


def test_words_that_stand_nowhere_else_are_quoted_briefly():
    text, html = parts(FULL)
    for shown in (bare(text), seen(html)):
        assert bare("“The coast guard said 12 people were confirmed dead.”") in shown  # behind a value of an update
        assert shown.count(bare("The ferry Alder sank off")) == 1
    quotes = [words(e).split("“")[-1] for e in elements(tree(parts(crowd(4))[1]), "p") if "…”" in words(e)]
    assert quotes
    assert all(len(quote.removesuffix(" …”").split()) == 12 for quote in quotes)


def test_a_dispute_is_indented_and_an_update_goes_from_value_to_value():
    text, _ = parts(FULL)
    assert "\n    DISPUTED: Was the hull sound?\n" in text
    assert "\n    owners' association: (note: name not checked)\n      “The owners'" in text
    assert "\n    12 (18 May, 09:10) [1] -> 31 (19 May) [2]\n" in text


def test_text_is_at_most_72_columns_wide_but_for_addresses(edition):
    wide = [line for line in parts(edition)[0].split("\n") if cell_len(line) > 72]
    assert all(re.fullmatch(r" *https?://\S+", line) for line in wide)


def test_every_link_has_its_domain_beside_it(edition):
    root = tree(parts(edition, PUBLISHED)[1])
    for block in (*elements(root, "p"), *elements(root, "li")):
        for link in elements(block, "a"):
            if not re.fullmatch(r"\[\d+\]", words(link)):
                host = (link.get("href") or "").split("/")[2].removeprefix("www.")
                assert host in words(block).replace(words(link), "")


def test_nothing_is_loaded_and_nothing_runs(edition):
    html = parts(edition)[1]
    assert set(names(tree(html))) <= {
        *("html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td"),
        *("h1", "h2", "h3", "h4", "p", "ul", "li", "a", "strong", "span", "br"),
    }
    assert not re.search(r"@import|url\(", html)
    assert not {name for e in tree(html).iter() for name in e.attrib} & {"src", "srcset", "background", "poster"}


def test_headings_never_skip_a_level(edition):
    levels = [int(str(e.tag)[-1]) for e in elements(tree(parts(edition)[1]), "h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_preheader_says_what_else_is_in_it():
    hidden = next(elements(tree(parts(crowd(3))[1]), "div"))
    assert hidden.get("style") == "display:none"
    assert words(hidden).startswith("Also: Repair of the mole at Vesk is put off again, told 001.0 · 49 articles")


def test_it_is_evidence_and_a_model_is_named():
    for part in parts(FULL):
        assert "Evidence, not truth" in part
        assert "verified" not in part.lower()
        assert "Summaries written by" not in part
    for part in parts(FULL.replace(analyst=Analyst(kind="llm", model="m-1"))):
        assert bare("Summaries written by m-1; checked automatically, not by an editor.") in bare(part)


def test_where_the_edition_is_published():
    text, html = parts(FULL, PUBLISHED)
    assert "Read on the web:\nhttps://news.example/b/2031-05-20/briefing.html\n" in text
    assert "https://news.example/b/2031-05-20/briefing.html" in links(tree(html))
    assert "Read on the web" not in "".join(parts(FULL))


def test_lists_at_the_foot_are_cut_and_say_so():
    for part in parts(crowd(2, listed=25)):
        assert "and 5 more" in part


def test_hostile_titles_and_names_stand_there_literally():
    text, html = parts(FULL)
    assert bare(HOSTILE.title) in bare(text)
    assert any(words(e) == HOSTILE.title for e in elements(tree(html), "h3"))
    assert "Mallory's_Blog_ [^1]" in text
    assert "Mallory's_Blog_ [^1]" in words(next(elements(tree(html), "body")))


def test_hostile_titles_of_the_samples_stand_there_literally():
    text, html = parts(built(SAMPLES))
    for shown in (bare(text), seen(html)):
        assert bare("<script>alert(1)</script> | clerks say ](javascript:alert(1))") in shown
    assert not [link for link in links(tree(html)) if not link.startswith(("https://", "http://"))]


@pytest.mark.parametrize("payload", hostile.PAYLOADS)
def test_no_payload_changes_the_mail(payload):
    assert_inert(payload, "javascript:alert(1)")


@pytest.mark.parametrize("url", hostile.ADDRESSES)
def test_no_address_changes_the_mail(url):
    assert_inert("ok](x)", url)


@given(hostile.texts, hostile.addresses)
def test_no_text_and_no_address_changes_the_mail(text, url):
    assert_inert(text, url)


def assert_inert(text, url):
    briefing = hostile.edition(text, url)
    mail = parsed(message(briefing, PLAIN, TO))
    assert [str(to) for to in mail["To"].addresses] == [TO]
    assert len(mail.get_all("From")) == len(mail.get_all("Subject")) == 1
    plain, html = (part.get_content() for part in mail.iter_parts())
    root = tree(html)
    counted = ("script", "img", "h1", "h2", "h3", "h4", "meta", "link", "style", "table", "form")
    assert {name: names(root)[name] for name in counted} == {name: STRUCTURE[name] for name in counted}
    page = view.page(briefing)
    allowed = {s.url for s in page.sources} | {s.reference.url for s in page.sources}
    assert set(links(root)) <= allowed | {r.url for r in page.references}
    assert not [name for e in root.iter() for name in e.attrib if name.startswith("on")]
    assert words(next(elements(root, "h3"))) == " ".join(one_line(text).split())
    assert bare(one_line(text)) in bare(plain)


def told(briefing: Briefing):
    page = view.page(briefing)
    yield from (page.title, page.day, page.coverage, *page.making)
    for story in (story for chapter in page.chapters for story in chapter.stories):
        yield from (story.headline.text, story.about, *(line.text for line in story.summary))
        for dispute in story.disputes:
            yield from (dispute.question, dispute.label)
            yield from (part for side in dispute.sides for part in (side.holder, *(q.text for q in side.quotes)))
        yield from (part for update in story.updates for part in (update.what, *(p.value for p in update.points)))
        yield from (part for update in story.updates for p in update.points for part in (p.time,))
    yield from (held.text for held in page.withheld)
    yield from (
        part for failure in (*page.unread, *page.no_article) for part in (failure.name, failure.place, failure.reason)
    )
    yield from (mention.title for mention in page.more[:20])


def test_a_header_is_folded_alike_whatever_another_library_made_of_the_charset(monkeypatch):
    edition = FULL.replace(title="موجز تلمارا", language="ar")
    before = message(edition, PLAIN, TO)
    monkeypatch.setitem(email.charset.CHARSETS, "utf-8", (email.charset.QP, email.charset.QP, "utf-8"))
    assert message(edition, PLAIN, TO) == before
