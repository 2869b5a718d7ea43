"""The catalogues: complete, alike, used, and the only source of words in what a reader sees."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.analysts.answer import _PLAIN_QUESTION
from briefing.outputs import archive, bidi, terminal, words
from briefing.outputs.html import Html
from briefing.outputs.mail.email import Email, subject
from briefing.outputs.markdown import Markdown
from briefing.outputs.words import Words, plural_forms, shipped, words_of
from briefing.stages.checks import CHECKS
from briefing.stages.clean.phrases import WALL_PATTERNS
from briefing.stages.verify import JUDGED, REPLACED
from briefing.text import one_line
from briefing.types import Briefing, Dispute, DisputeKind, Failure, Genre, Health, Run
from tests.outputs import hostile
from tests.outputs.mailing import parts
from tests.outputs.parsing import elements, tree
from tests.outputs.shelves import put

ENGLISH = words_of("en")
OUTPUTS = Path(words.__file__).parent.parent
# `words("a.key"`, or `words(f"family.{…}"` for a whole section.
USE = re.compile(r"""words(?:\.around|\.known)?\(\s*f?["']([a-z]+\.(?:[a-z-]*))(\{|["'])""")
SHARED = re.compile(r"""["']([a-z]+\.[a-z-]+)["']""")


def forms(entry: words.Entry) -> dict[str, str]:
    return {"": entry} if isinstance(entry, str) else entry


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", sorted(shipped()))
def test_every_catalogue_has_the_same_keys_in_the_same_order(language):
    assert list(words_of(language).entries) == list(ENGLISH.entries)


@pytest.mark.parametrize("language", sorted(shipped()))
def test_every_text_has_the_placeholders_of_the_english_one(language):
    """A plural form that says its number in a word may leave out `n`."""
    for key, entry in words_of(language).entries.items():
        expected = {name for text in forms(ENGLISH.entries[key]).values() for name in placeholders(text)}
        for form, text in forms(entry).items():
            left_out = expected - placeholders(text)
            assert placeholders(text) <= expected, f"{key} {form}"
            assert left_out <= ({"n"} if form in {"zero", "one", "two"} else set()) or form == "zero", f"{key} {form}"


@pytest.mark.parametrize("language", sorted(shipped()))
def test_every_counted_text_has_all_plural_forms_of_its_language(language):
    for key, entry in words_of(language).entries.items():
        assert isinstance(entry, dict) == isinstance(ENGLISH.entries[key], dict), key
        if isinstance(entry, dict):
            assert set(entry) == plural_forms(language), key


@pytest.mark.parametrize("language", sorted(shipped()))
def test_a_text_holds_nothing_that_acts_and_is_one_line(language):
    for key, entry in words_of(language).entries.items():
        for text in forms(entry).values():
            assert one_line(text) == text.strip(), key
            assert not set(text) & set("<>&\\`*_[]"), key


def sources() -> str:
    paths = [*OUTPUTS.rglob("*.py"), *OUTPUTS.rglob("*.jinja"), *OUTPUTS.rglob("*.css")]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_every_entry_is_used_and_every_use_has_an_entry():
    text = sources()
    families = {key for key, end in USE.findall(text) if end == "{"} | {
        "problem.",
        "dropped.",
        "page.",
        "failure.",
        "question.",
    }
    named = {key for key, end in USE.findall(text) if end != "{" and not key.endswith(".")}
    assert named <= set(ENGLISH.entries)
    mentioned = {*named, *SHARED.findall(text)}
    assert {key for key in ENGLISH.entries if key not in mentioned and not key.startswith(tuple(families))} == set()


def test_every_code_that_is_told_has_an_entry():
    told = {f"dispute.{kind}" for kind in get_args(DisputeKind)}
    told |= {f"genre.{genre.replace(' ', '-')}" for genre in get_args(Genre)}
    told |= {f"source.{outcome}" for outcome in get_args(Health.model_fields["outcome"].annotation)}
    told |= {f"problem.{check.fault}" for check in CHECKS} | {f"problem.{REPLACED}", f"problem.{JUDGED}"}
    told |= {f"question.{question.replace(' ', '-')}" for question in _PLAIN_QUESTION.values()}
    told |= {f"failure.{reason.lower().replace(' ', '-')}" for reason, _ in WALL_PATTERNS}
    assert told <= set(ENGLISH.entries)


def test_a_language_without_a_catalogue_has_english_words_and_says_so():
    assert (words_of("de-CH").language, words_of("de-CH").tag) == ("de", "de-CH")
    assert (words_of("pt-BR").language, words_of("pt-BR").tag, words_of("pt-BR").wanted) == ("en", "en", "pt-BR")
    page = Html().render(plain().replace(language="pt-BR"))
    assert next(elements(tree(page), "html")).attrib["lang"] == "en"
    assert page.count("no catalogue of “pt-BR” yet") == 1
    assert "no catalogue" not in Html().render(plain())


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", ["0 stories", "1 story", "2 stories", "1,200 stories"]),
     ("de", ["0 Themen", "1 Thema", "2 Themen", "1.200 Themen"]),
     ("ar", ["لا أخبار", "خبر واحد", "خبران", "1,200 خبر"])],
)  # fmt: skip
def test_numbers_choose_their_form(language, shown):
    assert [words_of(language)("count.stories", n=n) for n in (0, 1, 2, 1200)] == shown


def test_arabic_has_a_form_of_its_own_for_few_and_for_many():
    say = words_of("ar")
    assert [say("count.stories", n=n) for n in (3, 10, 11, 99, 100, 103)] == [
        "3 أخبار", "10 أخبار", "11 خبرًا", "99 خبرًا", "100 خبر", "103 أخبار",
    ]  # fmt: skip


@given(st.text(), st.sampled_from(sorted(shipped())))
def test_a_value_can_turn_round_nothing_that_stands_beside_it(value, language):
    """Marks are balanced, whatever stands in the value, wherever the phrase is cut."""
    phrase = words_of(language)("story.printed", outlet=value, moment="x")
    for end in range(len(phrase) + 1):
        shown = bidi.settled(one_line(phrase[:end]))
        depths = [shown[:at].count("\u2068") - shown[:at].count("\u2069") for at in range(len(shown) + 1)]
        assert depths[-1] == 0
        assert min(depths) == 0


def test_only_what_runs_the_other_way_is_isolated():
    assert words_of("en")("story.printed", outlet="The Post", moment="1") == "The Post, 1"
    shown = bidi.settled(words_of("ar")("story.printed", outlet="The Post", moment="1 مايو"))
    assert shown == "\u2068The Post\u2069، 1 مايو"


# --- no word of ours is written anywhere else

WORD = "слово"
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
# What is no language: a time zone, a command.
ALLOWED = {"UTC", "briefing verify"}


@pytest.fixture
def marked(monkeypatch):
    """The English catalogue with every text in brackets."""
    entries = words._entries("en")
    bracketed = {
        key: f"⟦{entry}⟧" if isinstance(entry, str) else {form: f"⟦{text}⟧" for form, text in entry.items()}
        for key, entry in entries.items()
    }
    monkeypatch.setattr(words, "_entries", lambda language: bracketed)
    words_of.cache_clear()
    yield
    monkeypatch.undo()
    words_of.cache_clear()


def plain() -> Briefing:
    """An edition with one of everything, in which no outside text holds a Latin letter."""
    made = hostile.edition(WORD, None)
    health = tuple(
        Health(source=WORD, url="", outcome=outcome, note=WORD, as_of=WORD, moved_to=WORD, silent_days=3)
        for outcome in get_args(Health.model_fields["outcome"].annotation)
    )
    stories = tuple(
        story.replace(summary=story.summary[:1], status=status, kind=kind, disputes=tuple(disputes(story.disputes[0])))
        for story, status, kind in zip(made.stories, ("developing", "new"), ("event", "collection"), strict=True)
    )
    articles = dict(zip(made.articles, (
        entry.replace(genre=genre, revision_of=other, corrects=other, published=day)
        for entry, genre, other, day in zip(
            made.articles.values(), ("satire", None), reversed(made.articles), ("2031-05-20", None), strict=True
        )
    ), strict=True))  # fmt: skip
    failures = (*made.failures, Failure(stage="analyse", item=WORD, reason="", degrades=False))
    return made.replace(
        language="en", timezone="UTC", date="2031-05-20", generated_at="2031-05-20T06:00:00Z", revision=2,
        stories=stories, articles=articles, evidence=made.evidence,
        failures=tuple(f.replace(stage="read") for f in failures[:2]) + failures[2:],
        run=Run(documents=1, dropped={WORD: 1}, calls=1, cache_hits=1, cost_usd=1.0, cost_estimate_usd=2.0, seconds=1.0,
                hosts=(WORD,), sources=health),
    )  # fmt: skip


def disputes(one: Dispute) -> list[Dispute]:
    held = [p.replace(statement=p.statement.replace(new=False)) for p in one.positions]
    quoted = held[0].replace(holder=f"{WORD}, quoted by {WORD}")
    return [
        one.replace(state="settled", since="2031-05-18"),
        one.replace(state="open", since="2031-05-18", positions=(quoted, *held[1:])),
        one.replace(state="open", since=None),
    ]


def visible(html: str) -> str:
    """What a reader of a page sees or hears: its text without styles and scripts, and what attributes say."""
    root = tree(html)
    for parent in root.iter():
        for child in [c for c in parent if str(c.tag).endswith(("style", "script"))]:
            child.text = ""
    attributes = ("aria-label", "title", "alt", "placeholder", "data-label")
    said = [element.attrib[name] for element in root.iter() for name in attributes if name in element.attrib]
    return "\n".join(["".join(root.itertext()), *said])


def left_over(text: str) -> list[str]:
    """The words that stand outside every bracket."""
    text = re.sub(r"(?:https?://)?[\w.-]+\.example\S*", "", text)
    for name in ALLOWED:
        text = text.replace(name, "")
    while BRACKETED.search(text):
        text = BRACKETED.sub(" ", text)
    return re.findall(r"[A-Za-z]{2,}", text)


def renderings(folder: Path) -> dict[str, str]:
    edition = plain()
    quiet = {"stories": (), "topics": (), "overview": (), "corrections": (), "evidence": {}}
    (text, html), short = parts(edition), parts(edition, Email(max_kb=30, link_base="https://ж.example/"))
    put(folder, edition)
    archive.update(folder)
    return {
        "md": Markdown().render(edition),
        "html": visible(Html().render(edition)),
        "quiet": visible(Html().render(edition.replace(**quiet))),
        "nothing": Markdown().render(edition.replace(**quiet, more=(), articles={}, run=Run())),
        "mail text": text,
        "mail html": visible(html),
        "short mail": f"{short[0]}\n{visible(short[1])}",
        "subject": subject(edition),
        "terminal": terminal.render(edition, 2000, colour=False),
        "archive": visible((folder / "index.html").read_text(encoding="utf-8")),
        "feed": "\n".join(re.findall(r"<title[^>]*>(.*?)</title>", (folder / "feed.xml").read_text(encoding="utf-8"))),
    }


def test_every_word_a_reader_sees_comes_from_the_catalogue(marked, tmp_path):
    found = {name: left_over(text) for name, text in renderings(tmp_path).items()}
    assert {name: left for name, left in found.items() if left} == {}


def test_the_brackets_would_show_a_word_written_in_a_template(marked):
    assert left_over("⟦Sources⟧ Reported by ⟦a ⟦b⟧⟧") == ["Reported", "by"]
    assert "⟦" in Markdown().render(plain())


def test_words_are_hashed_by_language():
    assert hash(words_of("de")) != hash(words_of("de-CH"))
    assert isinstance(words_of("de"), Words)
