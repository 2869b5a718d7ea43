"""Front matter: read where it is well formed, text where it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.sources import front_matter


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Ferry stops: again", "Ferry stops: again"),
        ('"Ferry \\"stops\\""', 'Ferry "stops"'),
        ("'It''s over'", "It's over"),
        ("[A. Berg, 'B. Lund', \"C, D\"]", ["A. Berg", "B. Lund", "C, D"]),
        ("[]", []),
        ("2031-05-20", "2031-05-20"),
        ("no", "no"),
        ("", ""),
        ("null", ""),
        ('"a" and "b"', 'a" and "b'),
    ],
)
def test_value(written: str, value: object) -> None:
    assert front_matter.split(f"---\nkey: {written}\n---\nText") == ({"key": value}, "Text")


def test_list_of_lines_comments_and_windows_line_ends() -> None:
    text = "---\r\n# a comment\r\nauthors:\r\n  - A. Berg\r\n  - 'B. Lund'\r\n\r\ntitle: T\r\n---\r\nText\r\n---\r\n"
    assert front_matter.split(text) == ({"authors": ["A. Berg", "B. Lund"], "title": "T"}, "Text\r\n---\r\n")


def test_folded_blocks_and_nested_tables_are_passed_over() -> None:
    text = "---\ndescription: >\n  long\n  text\nimage:\n  src: x\ntitle: T\n...\nText"
    assert front_matter.split(text) == ({"description": "", "image": "", "title": "T"}, "Text")


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\nText without an end",
        "---\nJust a line\n---\nText",
        "---\n---\nText",
        "\n---\ntitle: T\n---\n",
        "----\ntitle: T\n---\n",
        "---\n- item\n---\n",
        "---\n" + "a: b\n" * 300 + "---\nText",
        "",
        "---",
    ],
)
def test_malformed_block_stays_text(text: str) -> None:
    assert front_matter.split(text) == ({}, text)


@given(st.lists(st.sampled_from(["---", "a: b", "a:", " - x", "...", "\r", "[", "text: [", '"', "a: [\r]"])))
def test_nothing_but_the_block_is_taken_from_the_text(lines: list[str]) -> None:
    text = "---\n" + "\n".join(lines)
    fields, rest = front_matter.split(text)
    assert text.endswith(rest)
    assert bool(fields) == (rest != text)
