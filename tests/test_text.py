"""Characters, sentences, words and stems."""

import re
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from briefing import text as text_module
from briefing.text import fold, language, one_line, sanitise, sentences, stem, stems, words

TITLE = "The bridge at Vessara"
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
# Characters that meet in news and that trip splitters, among ordinary ones.
_PIECES = [*"aZ9é.!?… \n“”\"'’()-—«»", "。", "؟", "।", "😀", "𝒱", "U.S. ", "Gen. ", "3.5", " M. "]
TRICKY = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)


def split(body: str, title: str = TITLE) -> list[str]:
    text = f"{title}\n\n{body}"
    return [text[a:b] for a, b in sentences(text)][1:]


ENGLISH = [
    ["The U.S. Army left Orlo.", "It was led by Gen. Smith and Lt. Col. Oda.", "They flew 3.5 km to St. Orlo."],
    ["Talks were held in the U.S.", "The delegation left at 6 p.m.", "No. 5 Road was shut."],
    ["“We will not go. It is over,” said Mr. Orr.", "“No.”", "“Never.”", "He left."],
    ['"Why?" she asked.', '"I do not know!" he cried.', "Then he left."],
    ["He said no.", "“We are done.”", "Prices rose by $1.2 million.", "Orlo Corp. shares fell 4.2 per cent."],
    ["Ms. Orr and Mr. Oda et al. were there, i.e. in Orlo.", "It was Sept. 11.", "Sen. Lee (D., Orlo) spoke."],
    ["See https://orlo.example/a.b?c=d.", "J. K. Orr wrote it.", "The vote was 5-4."],
]
GERMAN = [
    "Der Bürgermeister sprach am 3. Mai z. B. über die Brücke.",
    "Das Wasser stieg um 1,5 Meter.",
    "Dr. Weber kam.",
]
FRENCH = ["Le ministre de l’eau, M. Orr, est parti à 15 h.", "Hier M. Lefort a ri.", "Il pleut encore sur la ville."]
ARABIC = ["وقالت الوزارة إن المدينة هادئة.", "هل انتهى الحصار؟", "لا أحد يعرف!", "عاد السكان إلى بيوتهم."]
HINDI = ["मंत्री ने कहा कि पुल बंद है।", "लोग घर लौट आए।", "क्या यह सच है?"]
CHINESE = ["市长说洪水已经退去。", "谁来付钱？", "没有人知道！", "居民们回家了。"]


@pytest.mark.parametrize("expected", [*ENGLISH, GERMAN, FRENCH, ARABIC, HINDI], ids=lambda e: e[0][:20])
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    assert split(" ".join(expected)) == expected


def test_scripts_without_spaces_are_split_too() -> None:
    assert split("".join(CHINESE), "维萨拉的洪水") == CHINESE


def test_offsets_count_code_points_beyond_the_basic_plane() -> None:
    text = f"😀 {TITLE} 𝒱\n\n😀 The mayor smiled. 😀😀 She left 𝒱essara at noon. 𝔄ll were happy."
    assert [text[a:b] for a, b in sentences(text)] == [
        f"😀 {TITLE} 𝒱", "😀 The mayor smiled.", "😀😀 She left 𝒱essara at noon.", "𝔄ll were happy.",
    ]  # fmt: skip


def test_a_line_ends_a_sentence_even_without_a_mark() -> None:
    assert split("First line\nSecond line. Third\n\n• An item\n***\nEnd.") == [
        "First line", "Second line.", "Third", "• An item", "End.",
    ]  # fmt: skip


def test_a_closing_mark_alone_goes_with_the_sentence_before_it() -> None:
    assert split("It rained in Orlo all day. ”")[0].endswith("”")
    assert split("***\nIt rained in Orlo all day.") == ["It rained in Orlo all day."]


@given(st.one_of(TRICKY, ANY_TEXT).map(one_line), st.one_of(TRICKY, ANY_TEXT).map(sanitise))
@example("", "")
@example("Title", "…")
def test_sentences_tile_the_text(title: str, body: str) -> None:
    """Spans are ordered, disjoint, inside the text and within a line; the first is the title; no word is lost."""
    text = f"{title}\n\n{body}"
    spans = sentences(text)
    assert text[slice(*spans[0])] == title
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(0 <= s.start < s.end <= len(text) for s in spans[1:])
    assert not any("\n" in text[a:b] or text[a:b] != text[a:b].strip() for a, b in spans[1:])
    covered = {i for a, b in spans for i in range(a, b)}
    assert not [c for i, c in enumerate(text) if c.isalnum() and i not in covered]


def test_carriers_of_hidden_text_are_removed() -> None:
    hidden = "\x00\x07\x1b\x7f\x85\xad\u034f\u061c\u200b\u200e\u202e\u2066\u3164\ufeff\ufffe\ud800\U000e0041"
    hidden += "\U000e0100\U0001ffff"
    assert one_line(f"Ves{hidden.replace(chr(0x85), '')}sara") == "Vessara"
    assert sanitise("a\u200db\u200cc") == "abc"
    assert sanitise("x\ufe01\ufe02\ufe03\ufe04") == "x\ufe01"


@pytest.mark.parametrize("kept", ["می‌خواهم", "👩‍⚕️ 👨‍👩‍👧", "क्‍ष", "Zoë’s “café” – 3 €", "東京。\n\n維"])
def test_what_a_reader_needs_is_kept(kept: str) -> None:
    assert sanitise(kept) == unicodedata.normalize("NFC", kept)


def test_line_ends_and_spaces_become_ordinary() -> None:
    assert sanitise("a\r\nb\rc\u2028d\x0be\u00a0f\tg\u3000h") == "a\nb\nc\nd\ne f g h"
    assert one_line(" a \r\n\n b\u00a0 ") == "a b"


def test_what_sanitise_passes_over_it_would_have_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [c for c in map(chr, range(sys.maxunicode + 1)) if not text_module._UNFIT.search(c)]
    monkeypatch.setattr(text_module, "_UNFIT", re.compile(""))
    assert len(passed) > 600
    assert [c for c in passed if sanitise(c) != c] == []
    assert sanitise("".join(passed)) == "".join(passed)
    assert all(unicodedata.combining(c) == 0 for c in passed)


@given(
    st.one_of(ANY_TEXT, st.text(st.sampled_from("aé\u0301\u0323\u1ea1\u200b\u200c\u200d\u212a\ufe0fم😀\r\n\x85\u00a0")))
)
@example("a\u200b\u0301\u200dم")
@example("a\u200d\u0301\u200dم")
def test_sanitise_is_done_once_and_leaves_nothing_hidden(text: str) -> None:
    clean = sanitise(text)
    assert sanitise(clean) == clean == unicodedata.normalize("NFC", clean)
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert not [c for c in clean if c != "\n" and unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not [
        c
        for c in clean
        if unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    ]
    assert not [c for c in clean if c in {"\u200b", "\ufeff"} or 0xE0000 <= ord(c) <= 0xE007F]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Storm", None),
        ("Flood waters reach the town hall", "en"),
        ("The mayor of Vessara said the bridge would stay shut", "en"),
        ("Der Bürgermeister sagte, die Brücke bleibe geschlossen", "de"),
        ("Le maire a dit que le pont resterait fermé", "fr"),
        ("El alcalde dijo que el puente seguirá cerrado", "es"),
        ("Мэр заявил, что мост останется закрытым", "ru"),
        (" ".join(ARABIC), "ar"),
        (" ".join(HINDI), "hi"),
        ("，".join(CHINESE), "zh"),
    ],
)
def test_language_is_told_even_of_short_texts(text: str, code: str | None) -> None:
    assert language(text) == code


def test_inner_marks_do_not_split_words() -> None:
    assert words("The U.S. M-4 road’s 3.5 km; co-op (Orlo).") == [
        "The",
        "U.S",
        "M-4",
        "road’s",
        "3.5",
        "km",
        "co-op",
        "Orlo",
    ]


def test_fold_takes_away_case_accents_and_curly_apostrophes() -> None:
    assert [fold(w) for w in ("Türkiye’s", "ISTANBUL", "İzmir", "Straße", "Łódź", "ılgaz")] == [
        "turkiye's", "istanbul", "izmir", "strasse", "łodz", "ilgaz",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "family",
    [
        ("normalise", "normalize", "normalizing", "Normalization"),
        ("soldier", "soldiers", "Soldier’s", "soldiers'"),
        ("withdraw", "withdrawal", "withdrawing"),
        ("country", "countries"),
    ],
)
def test_forms_of_a_word_share_a_stem(family: tuple[str, ...]) -> None:
    assert len({stem(word) for word in family}) == 1


@pytest.mark.parametrize(
    "pair", [("Turkish", "Turkey"), ("Niger", "Nigeria"), ("Austria", "Australia"), ("2024", "2025"), ("bus", "bu")]
)
def test_different_words_keep_their_stems_apart(pair: tuple[str, str]) -> None:
    assert stem(pair[0]) != stem(pair[1])


def test_numbers_are_their_own_stems() -> None:
    assert stems("1,234,567 2024-11-05 C-130J-30") == ["1", "234", "567", "2024-11-05", "c-130j-30"]
