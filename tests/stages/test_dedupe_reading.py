"""Texts as arrays of words and shingles, and the pairs found by them."""

import random
import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.stages.dedupe.pairs import candidates, measured
from briefing.stages.dedupe.reading import common, shingles, words
from briefing.stages.dedupe.revisions import figures, figures_changed
from briefing.stages.dedupe.unions import unions

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
texts = st.text(st.sampled_from('abcXYZéßİΣς019_ .,!?’”"\n\t水山あア한กлЖ😀'), max_size=60) | st.text(max_size=40)


@given(texts)
def test_words_are_runs_of_word_characters_and_single_characters_of_unspaced_scripts(text: str) -> None:
    expected = [m.span() for m in re.finditer(rf"[{UNSPACED}]|[^\W{UNSPACED}]+", text)]
    found = words(text)
    assert list(zip(found.starts.tolist(), found.ends.tolist(), strict=True)) == expected


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12), max_size=12))
def test_words_have_equal_hashes_where_they_are_equal_and_others_elsewhere(listed: list[str]) -> None:
    found = words(" ".join(listed))
    spelt = {h: " ".join(listed)[a:b] for h, a, b in zip(found.hashes.tolist(), found.starts, found.ends, strict=True)}
    lower = {"".join(c.casefold() if len(c.casefold()) == 1 else c for c in word) for word in spelt.values()}
    assert len(lower) == len(spelt)


@given(texts, texts)
def test_a_text_reads_the_same_wherever_it_stands(text: str, before: str) -> None:
    alone, after = words(text).hashes, words(f"{before} {text}").hashes
    assert after[len(after) - len(alone) :].tolist() == alone.tolist()


def test_case_does_not_count() -> None:
    assert np.array_equal(words("ÉCOLE Nord in ORLO").hashes, words("école nord IN Orlo").hashes)


def test_lone_surrogates_are_read() -> None:
    assert len(words("a \ud800 b").hashes) == 2


def test_shingles_are_sorted_distinct_and_as_many_as_there_are_runs_of_four_words() -> None:
    found = shingles(words("one two three four five one two three four").hashes)
    assert len(found) == 5  # six runs, the first stands twice
    assert (found[1:] > found[:-1]).all()
    assert len(shingles(words("two words").hashes)) == 1
    assert len(shingles(words("").hashes)) == 0


@given(st.lists(st.integers(0, 50), unique=True), st.lists(st.integers(0, 50), unique=True))
def test_common_counts_what_both_hold(a: list[int], b: list[int]) -> None:
    one, other = (np.array(sorted(values), np.uint32) for values in (a, b))
    assert common(one, other) == len(set(a) & set(b))


SIZES = st.sampled_from([130, 260, 520, 1200, 3000])


def prose(rng: random.Random, count: int) -> list[str]:
    return [f"w{rng.randrange(4000)}" for _ in range(count)]


def near(texts: list[list[str]]) -> list[set[int]]:
    sets = [shingles(words(" ".join(text)).hashes) for text in texts]
    return [set(ends) for ends in measured(sets, candidates(sets)).ends()]


def test_a_text_of_120_words_is_found_in_one_fifty_times_as_long() -> None:
    rng = random.Random(5)
    short = [prose(rng, 120) for _ in range(40)]
    long = [[*prose(rng, 3000), *text, *prose(rng, 3000)] for text in short]
    assert sorted(map(sorted, near([*short, *long]))) == [[i, i + 40] for i in range(40)]


@settings(max_examples=40)
@given(st.integers(0, 10**6), SIZES, SIZES)
def test_texts_of_any_two_sizes_are_found_where_one_holds_most_of_the_other(seed: int, one: int, other: int) -> None:
    rng = random.Random(seed)
    low, high = sorted((one, other))
    whole = prose(rng, high)
    part = [*whole[: low * 7 // 10], *prose(rng, low - low * 7 // 10)]
    assert near([whole, part, prose(rng, high)]) == [{0, 1}]


def test_no_texts_have_no_pairs() -> None:
    assert near([]) == near([[], [], []]) == []


def test_numbers_are_joined_by_links_in_order_unless_refused() -> None:
    assert unions(5, [(0, 1), (3, 4), (1, 4)]) == [[0, 1, 3, 4], [2]]
    assert unions(4, [(2, 3), (0, 1), (1, 2)], joins=lambda _, low, high: (low, high) != (0, 2)) == [[0, 1], [2, 3]]


def test_a_figure_that_a_text_says_twice_and_changes_once_has_changed() -> None:
    said = "Officials in the valley said 26.5 million crowns would go back to the town of Orlo this week."
    once, changed = f"{said} {said}", f"{said.replace('26.5', '27.9')} {said}"
    assert figures_changed(figures(once), figures(changed))
    assert not figures_changed(figures(once), figures(said))


def test_separators_inside_a_number_are_read() -> None:
    told = "The bridge across the river cost {} crowns before the flood, said the mayor of the town."
    assert not figures_changed(figures(told.format("1,500,000")), figures(told.format("1500000")))
    assert figures_changed(figures(told.format("1.5")), figures(told.format("1.7")))
    assert figures_changed(figures(told.format("١٢")), figures(told.format("١٣")))
