"""Plain text in lines of a fixed width."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from briefing.outputs.mail.wrapping import wrapped
from tests.outputs import hostile

lines = st.one_of(
    hostile.texts,
    st.text(alphabet="ab 12[]-海港、。ー", max_size=300),
    st.lists(st.sampled_from(["word", "[12]", "海港大桥。", "-", "x" * 90]), max_size=60).map(" ".join),
).map(lambda text: " ".join(text.split()))


def test_words_hang_below_the_mark_they_follow():
    assert wrapped("- " + "word " * 6, 16) == "- word word word\n  word word word"
    assert wrapped("[12] " + "word " * 5, 16).split("\n")[1] == "    word word"
    assert wrapped("    " + "word " * 4, 16) == "    word word\n    word word"


def test_a_citation_number_stays_with_its_word():
    assert wrapped("aaaa bbbb cccc [1] [2]", 16) == "aaaa bbbb\ncccc [1] [2]"


def test_an_address_stays_whole():
    url = "https://www.ellinpost.example/2031/05/18/ferry"
    assert wrapped(f"see {url} there", 20) == f"see\n{url}\nthere"


def test_text_without_spaces_is_broken_by_columns_and_no_line_begins_with_a_full_stop():
    found = wrapped("海港大桥维修推迟了。" * 6, 20).split("\n")
    assert len(found) > 3
    assert all(cell_len(line) <= 22 and not line.startswith("。") for line in found)


@given(st.sampled_from(["", "- ", "[3] ", "    ", "      - "]), lines, st.integers(20, 80))
def test_nothing_is_lost_and_only_an_over_long_word_is_over_long(start, text, width):
    found = wrapped(start + text, width)
    assert "".join(found.split()) == "".join((start + text).split())
    for line in found.split("\n"):
        assert (
            cell_len(line) <= width
            or len(line.replace(" [12]", "").removeprefix("[3] ").removeprefix("- ").split()) <= 2
        )
