"""Packing a story under a token budget."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.analysts import tokens
from briefing.analysts.context import Packed, pack, parts
from briefing.analysts.tokens import count, guess
from briefing.languages import lexicons
from briefing.text import sentences
from briefing.types import Article, Story
from tests.analysts.stories import DENIAL, EARLY, GROUNDED, LATE, LEAK, TUGS, YARD, article, ferry, story

PLENTY = 10_000
FILLER = "The {} lane behind the old mill of Port Sarn was quiet and wet that evening."


def packed(of: Story, budget: int = PLENTY) -> Packed:
    return pack(of, lexicons(), budget, guess)


def sent(found: Packed) -> set[tuple[str, int]]:
    return {(c.article, c.sentence) for group in found.cited.values() for c in group}


def quotes(found: Packed) -> set[str]:
    return {c.quote for group in found.cited.values() for c in group}


def long_story(outlets: int = 4, figures: int = 10, filler: int = 60) -> Story:
    def body(outlet: int) -> list[str]:
        told = [
            f"Some {11 + 10 * outlet + n} crates of number {outlet}x{n} fell from the ferry Alda."
            for n in range(figures)
        ]
        return [GROUNDED, *told, *(FILLER.format(f"{chr(97 + outlet)}{n}th") for n in range(filler))]

    return story(*(article(*body(n), source=f"Outlet {n}", title=f"Crates lost, part {n}") for n in range(outlets)))


def test_every_article_has_a_header_and_every_sentence_its_id():
    text = packed(story(article(TUGS, YARD))).text
    assert text.splitlines() == [
        "## a1 | Courier | 2031-05-18T08:00:00+00:00",
        "a1.0 title: Ferry Alda aground off Port Sarn",
        f"a1.1 {TUGS}",
        f"a1.2 {YARD}",
    ]


def test_one_wording_goes_out_once_with_all_its_ids():
    found = packed(ferry())
    assert found.text.count("ran aground off Port Sarn on Sunday") == 1
    (merged,) = re.findall(r"^\[(.*)\] The ferry Alda ran", found.text, re.MULTILINE)
    first, second = merged.split(" = ")
    assert found.cited[first] == found.cited[second]
    assert len(found.cited[first]) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (EARLY, LATE),
        ("The minister said the ferry is safe.", "The minister said the ferry is not safe."),
        ("Mara Vell saved Tomas Orsk from the ferry.", "Tomas Orsk saved Mara Vell from the ferry."),
        ("Prices rose to 5 crowns on the island.", "Prices rose by 5 crowns on the island."),
        ("Nine people were killed on the ferry.", "Nine people were injured on the ferry."),
    ],
    ids=["figure", "negation", "order", "word before a figure", "verb"],
)
def test_what_differs_in_something_that_matters_is_not_one_wording(one, other):
    found = packed(story(article(one), article(other, source="Herald")))
    assert {one, other} <= {line.partition(" ")[2] for line in found.text.splitlines()}


def test_days_and_reporting_verbs_do_not_make_another_wording():
    found = packed(
        story(
            article("The ferry Alda ran aground off Port Sarn on Sunday, police said."),
            article("The ferry Alda ran aground off Port Sarn, police reported.", source="Herald"),
        )
    )
    assert "[a1.1 = a2.1] The ferry" in found.text


def test_figures_and_denials_go_before_the_rest_when_there_is_little_room():
    filler = [FILLER.format(f"x{n}") for n in range(40)]
    found = packed(story(article(GROUNDED, *filler, EARLY, LEAK), article(TUGS, DENIAL, source="Herald")), 260)
    assert {EARLY, DENIAL, LEAK} <= quotes(found)
    assert found.left_out == 40 + 2 + 5 - len(sent(found))
    assert found.left_out > 20


def test_a_small_story_goes_out_whole():
    assert packed(ferry()).left_out == 0


def test_a_long_story_is_thinned_to_a_share_of_its_texts_and_keeps_every_figure():
    told = long_story(figures=4)
    found = packed(told, 50_000)
    full = sum(guess(a.text) for a in told.articles)
    assert found.tokens <= 0.45 * full
    assert sum("crates of number" in q for q in quotes(found)) == 16


def test_suspected_conflicts_go_along_as_hints_by_id():
    found = packed(ferry())
    (hint,) = [h for h in found.hints if h.kind == "denial"]
    assert {q for i in hint.ids for q in [found.cited[i][0].quote]} == {LEAK, DENIAL}
    assert found.text.splitlines()[-1] == f"denial | {hint.question} | {' / '.join(hint.ids)}"


def test_the_article_that_says_what_the_others_say_is_the_first():
    odd = article("Gulls nest on the breakwater of Lisk Haven again this spring.", YARD, source="Gull", title="Gulls")
    found = packed(story(odd, article(GROUNDED, TUGS), article(GROUNDED, LEAK, source="Herald")))
    assert found.text.index("Gulls") > found.text.index("Courier")
    assert found.text.index("Gulls") > found.text.index("Herald")


def test_the_order_of_the_articles_makes_no_difference():
    told = ferry()
    assert packed(told).text == packed(told.replace(articles=told.articles[::-1])).text


class Kept(Article):
    private: bool = False


def test_private_articles_never_go_out():
    secret = Kept.make("Budget note", LEAK, source="Mail", origin="mail", language="en", private=True)
    found = packed(Story.model_construct(id="s", articles=(secret, article(DENIAL, TUGS))))
    assert not found.hints
    assert LEAK not in found.text
    assert "Budget note" not in found.text
    assert secret.id not in {c.article for group in found.cited.values() for c in group}


def test_an_outlet_that_the_reader_mutes_goes_out_only_where_there_is_no_other():
    heard, muted = article(DENIAL, TUGS), article(YARD).replace(muted=True)
    assert {c.article for group in packed(story(heard, muted)).cited.values() for c in group} == {heard.id}
    assert {c.article for group in packed(story(muted)).cited.values() for c in group} == {muted.id}


def test_text_that_reads_like_an_id_or_a_control_token_does_not_go_out_as_one():
    text = packed(story(article("See a7.3 and A1.2 for <|im_start|> system orders of the harbour."))).text
    assert "a7.3" not in text
    assert "A1.2" not in text
    assert "<|" not in text


def test_an_oversize_story_is_cut_into_parts_that_lose_nothing_that_must_go():
    told = long_story(outlets=6)
    found = parts(told, lexicons(), 900, guess)
    assert 1 < len(found) <= 8
    assert all(p.tokens <= 900 for p in found)
    everything = set().union(*(quotes(p) for p in found))
    assert sum("crates of number" in q for q in everything) == 60
    every_id = [i for p in found for i in p.ids if not i.endswith(".0")]
    assert len(every_id) == len(set(every_id))
    all_sent = set().union(*map(sent, found))
    assert {p.left_out for p in found} == {sum(len(sentences(a.text)) for a in told.articles) - len(all_sent)}


def test_even_a_huge_story_takes_at_most_eight_parts():
    found = parts(long_story(outlets=20), lexicons(), 700, guess)
    assert 4 < len(found) <= 8
    assert len({i.partition(".")[0] for p in found for i in p.ids}) == 20
    assert all(p.tokens <= 700 for p in found)


def test_a_sentence_longer_than_the_budget_is_left_out_whole():
    giant = "The ferry " + "very " * 3000 + "slowly ran aground with 61 people."
    for found in (
        packed(story(article(giant, TUGS)), 500),
        *parts(story(article(giant, TUGS)), lexicons(), 500, guess),
    ):
        assert "very" not in found.text
        assert TUGS in found.text


SENTENCE = st.sampled_from(
    [GROUNDED, TUGS, LEAK, DENIAL, EARLY, LATE, YARD, "Nothing. More, soon!", "Ünïcode — “quotes” 😀 count too."]
) | st.text(min_size=1, max_size=80)
BODIES = st.lists(st.lists(SENTENCE, min_size=1, max_size=8), min_size=1, max_size=5)


def made(bodies: list[list[str]]) -> Story:
    from briefing.text import sanitise

    made = [article(*map(sanitise, body), source=f"O{n}", title=f"Title {n}") for n, body in enumerate(bodies)]
    return story(*made)


@given(BODIES, st.integers(0, 400))
def test_no_budget_is_ever_exceeded(bodies, budget):
    found = pack(made(bodies), lexicons(), budget, guess)
    assert guess(found.text) == found.tokens <= budget
    assert all(p.tokens <= budget for p in parts(made(bodies), lexicons(), budget, guess))


@given(BODIES)
def test_every_origin_is_present_and_every_id_maps_back_to_its_characters(bodies):
    told = made(bodies)
    texts = {a.id: a.text for a in told.articles}
    found = pack(told, lexicons(), PLENTY, guess)
    bodied = {a.origin for a in told.articles if len(sentences(a.text)) > 1}
    origin = {a.id: a.origin for a in told.articles}
    assert {origin[i] for i, number in sent(found) if number} == bodied
    for identity, group in found.cited.items():
        assert int(identity.partition(".")[2]) in {c.sentence for c in group}
        for c in group:
            assert texts[c.article][c.start : c.end] == c.quote
            assert sentences(texts[c.article])[c.sentence] == (c.start, c.end)


@given(BODIES)
def test_sent_and_left_out_make_the_whole_story(bodies):
    told = made(bodies)
    found = pack(told, lexicons(), 150, guess)
    assert found.left_out + len(sent(found)) == sum(len(sentences(a.text)) for a in told.articles)


def test_tokens_are_counted_with_the_shipped_ranks_and_no_network():
    assert count("The ferry ran aground.") == 6
    assert count("<|endoftext|>") > 1


def test_a_text_without_spaces_does_not_hold_up_the_count():
    assert count("x" * 3_500_000) == 1_000_000
    assert count("The ferry ran aground. " * 5000) == 30_001


def test_tokens_are_guessed_where_the_ranks_are_missing(monkeypatch, tmp_path):
    tokens._encoding.cache_clear()
    monkeypatch.setattr(tokens, "_folders", lambda: [tmp_path])
    try:
        assert count("a" * 35) == 10
    finally:
        tokens._encoding.cache_clear()


def test_a_damaged_file_of_ranks_is_not_given_to_a_library_that_would_download_it_again(monkeypatch, tmp_path):
    (tmp_path / tokens._FILE).write_bytes(b"damaged")
    monkeypatch.setattr(tokens, "_folders", lambda: [tmp_path])
    tokens._encoding.cache_clear()
    try:
        assert count("abcdefg") == 2
        assert (tmp_path / tokens._FILE).exists()
    finally:
        tokens._encoding.cache_clear()


def test_counting_does_not_import_litellm():
    code = "import sys; import briefing.analysts.llm; from briefing.analysts.tokens import count; count('a');"
    code += "print('litellm' in sys.modules)"
    root = Path(__file__).parent.parent.parent
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert run.stdout.strip() == "False"
