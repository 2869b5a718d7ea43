"""Bytes to text: read right, or refused."""

import pytest

from briefing.errors import SourceError
from briefing.sources.encoding import decode

FRENCH = "Le maire de Vérancourt a annoncé lundi la fermeture du théâtre municipal après l'été. Les élèves protestent. "
TEXTS = [
    (FRENCH, "latin-1"),
    (FRENCH.replace("'", "’"), "cp1252"),
    ("Der Bürgermeister von Grünau kündigte am Montag die Schließung der Brücke an. ", "latin-1"),
    ("Belediye başkanı köprünün kapatılacağını açıkladı. Öğrenciler şehir meydanında toplandı. ", "cp1254"),
    ("Burmistrz ogłosił zamknięcie mostu w poniedziałek. Mieszkańcy są źli, że łódź nie pływa. ", "cp1250"),
    ("Burmistrz ogłosił zamknięcie mostu w poniedziałek. Mieszkańcy są źli, że łódź nie pływa. ", "iso8859-2"),
    ("Meras pirmadienį paskelbė apie tilto uždarymą. Gyventojai pikti, kad keltas neplaukia. ", "cp1257"),
    ("Мэр города объявил о закрытии моста в понедельник. Жители недовольны решением. ", "cp1251"),
    ("Мэр города объявил о закрытии моста в понедельник. Жители недовольны решением. ", "koi8-r"),
    ("Ο δήμαρχος ανακοίνωσε το κλείσιμο της γέφυρας τη Δευτέρα. ", "cp1253"),
    ("市长周一宣布关闭大桥。居民对这一决定表示不满。", "gb18030"),
    ("市長は月曜日に橋の閉鎖を発表した。住民は不満を抱いている。", "shift_jis"),
]


@pytest.mark.parametrize(("text", "encoding"), TEXTS, ids=[f"{t[:6]}-{e}" for t, e in TEXTS])
def test_legacy_encodings_are_read_exactly(text: str, encoding: str) -> None:
    assert decode((text * 3).encode(encoding)) == text * 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_mark_decides_and_is_removed(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding)) == FRENCH


def test_big_endian_utf16_with_its_mark_is_read() -> None:
    assert decode(b"\xfe\xff" + FRENCH.encode("utf-16-be")) == FRENCH


def test_utf16_without_a_mark_is_refused_with_advice() -> None:
    with pytest.raises(SourceError, match=r"UTF-16 without a byte-order mark.*save it as UTF-8"):
        decode(FRENCH.encode("utf-16-le"))


def test_single_damaged_byte_does_not_turn_the_rest_to_garbage() -> None:
    data = (FRENCH * 3).encode().replace("théâtre".encode(), b"th\xc3\xa9\xc3tre", 1)
    assert decode(data) == (FRENCH * 3).replace("théâtre", "thé\ufffdtre", 1)


@pytest.mark.parametrize("encoding", ["mac-roman", "cp850"])
@pytest.mark.parametrize(
    "text", [FRENCH, "Le théâtre de Vérancourt a été fermé lundi. Le comité de l'hôtel désapprouve. "]
)
def test_text_of_another_platform_is_refused_rather_than_garbled(text: str, encoding: str) -> None:
    with pytest.raises(SourceError, match="wrong encoding"):
        decode((text * 3).encode(encoding))


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1251">',
        "<META content='text/html; charset=windows-1251' http-equiv=Content-Type>",
        '<?xml version="1.0" encoding="windows-1251"?>',
    ],
)
def test_page_says_its_charset(head: str) -> None:
    page = f"{head}<p>Мэр</p>"
    assert decode(page.encode("cp1251"), html=True) == page


def test_charset_of_a_page_that_is_utf8_all_the_same_does_not_count() -> None:
    page = f'<meta charset="iso-8859-1"><p>{FRENCH}</p>'
    assert decode(page.encode(), html=True) == page


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "zlib", "punycode", "no-such"])
def test_charset_that_no_browser_knows_does_not_count(charset: str) -> None:
    page = f'<meta charset="{charset}"><p>+ADw- \\u003c {FRENCH}</p>'
    assert decode(page.encode("latin-1"), html=True) == page


def test_declared_charset_that_loses_characters_does_not_count() -> None:
    page = f'<meta charset="utf-8"><p>{FRENCH}</p>'
    assert decode(page.encode("latin-1"), html=True) == page


def test_text_whose_characters_were_lost_before_is_refused() -> None:
    with pytest.raises(SourceError, match="replacement"):
        decode(FRENCH.replace("é", "\ufffd").encode())
