"""Bytes to text, or a reason why not: a wrong character in the evidence is worse than a missing article.

Order: byte-order mark, strict UTF-8, slightly damaged UTF-8, the charset an HTML page declares, then
detection. Detection (charset-normalizer) tells scripts apart but not the Latin code pages: a French page
in Latin-1 came out as cp1250, a Polish one in cp1250 as cp1252. So for Latin letters the language of the
text names the code page, and letters that cannot stand where they do refuse it.
"""

import codecs
import re
import unicodedata

from briefing import text as strings
from briefing.errors import SourceError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(
    rb"""<meta[^<>]{0,500}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w-]{1,40})|<\?xml[^<>]{0,200}?encoding=["']([\w-]{1,40})""",
    re.IGNORECASE,
)
# As browsers read them (WHATWG Encoding): the wider code page under the narrower one's name.
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}
# Not every Python codec: utf-7 and unicode_escape would let plain letters turn into markup.
_PAGE_CODECS = re.compile(r"utf-8|cp125\d|cp874|cp866|cp932|cp949|iso8859-\d+|koi8-[ru]|big5|euc_jp|gb18030|mac-roman")
_CENTRAL = ("cp1250", "iso8859-2")
_LATIN_PAGES = {
    **dict.fromkeys(("bs", "cs", "hr", "hu", "pl", "ro", "sk", "sl"), _CENTRAL),
    **dict.fromkeys(("et", "lt", "lv"), ("cp1257",)),
    **dict.fromkeys(("az", "tr"), ("cp1254",)),
}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_INSIDE_WORD = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f](?=[^\W\d_])")
_MISPLACED = re.compile(r"(?<=[a-z])[^\W\d_](?=[a-z])")
_CONVERT = "save it as UTF-8"


def decode(data: bytes, html: bool = False, charset: str | None = None) -> str:
    """Give the text of a file without its byte-order mark; `html` lets a `<meta charset>` count.

    `charset` is what the server called it; like the page's own word it counts only where UTF-8 does not fit.

    Raises SourceError if the bytes are empty, binary, or in no encoding that can be told with confidence.
    """
    text = _marked(data)
    text = _unmarked(data, html, charset) if text is None else text
    if not text.strip():
        raise SourceError("empty: there is nothing in it but white space")
    if len(_CONTROLS.findall(text)) > len(text) / 20:
        raise SourceError(f"binary (more than 5 % control characters); if it is text, {_CONVERT}")
    if _lossy(text):
        raise SourceError(
            "wrong encoding (more than 1 % replacement characters): its text was lost before; fetch it anew"
        )
    return text


def _marked(data: bytes) -> str | None:
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if encoding is None:
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(f"wrong encoding: begins as {encoding}, but byte {error.start} is not; {_CONVERT}") from error


def _unmarked(data: bytes, html: bool, charset: str | None) -> str:
    if b"\0" in data:
        raise SourceError(f"binary, or UTF-16 without a byte-order mark (holds NUL bytes); if it is text, {_CONVERT}")
    text = _utf8(data)
    for name in (charset, _meta_charset(data) if html else None):
        if text is None and name:
            declared = _declared(data, name)
            text = None if declared is None or _lossy(declared) else declared
    return _detected(data) if text is None else text


def _utf8(data: bytes) -> str | None:
    """UTF-8, also with single damaged bytes: they must be few beside the whole characters they stand among."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    whole = len(text) - damaged - sum(map(len, re.findall("[\x00-\x7f]+", text)))
    return text if whole > 2 * damaged and not _lossy(text) else None


def _meta_charset(data: bytes) -> str | None:
    found = _CHARSET.search(data[:4096])
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _declared(data: bytes, charset: str) -> str | None:
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):  # ValueError: a name with a NUL
        return None
    name = _WIDER.get(name, name)
    return data.decode(name, "replace") if _PAGE_CODECS.fullmatch(name) else None


def _detected(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(_sample(data)).best()
    if best is None or best.chaos > 0.1:
        raise SourceError(f"wrong encoding: not UTF-8, and no other can be told with confidence; {_CONVERT}")
    guess = data.decode(best.encoding, "replace")
    latin = _mostly_latin(guess)
    text = _latin(data, guess) if latin else guess
    if _lossy(text) or (latin and _implausible(text)):
        raise SourceError(f"wrong encoding: not UTF-8, and {best.encoding} does not make words of it; {_CONVERT}")
    return text


def _sample(data: bytes) -> bytes:
    """100 kB around the first byte that is not ASCII, ended at a space so that no character is cut."""
    first = next((found.start() for found in re.finditer(rb"[\x80-\xff]", data)), 0)
    sample = data[max(0, first - 20_000) : first + 80_000]
    return sample if len(data) < 80_000 else sample[: max(sample.rfind(b" "), sample.rfind(b"\n"), first + 1)]


def _lossy(text: str) -> bool:
    return text.count("\ufffd") > len(text) / 100


def _mostly_latin(text: str) -> bool:
    letters = [c for c in text[:100_000] if c.isalpha()]
    return sum(c < "\u0250" for c in letters) > len(letters) / 2


def _latin(data: bytes, guess: str) -> str:
    """Decode by the code page of the text's language; of two, by the one that makes more letters of the bytes."""
    language = strings.language(guess[:3000])
    pages = _LATIN_PAGES.get(language or "", ("cp1252",))
    return max((data.decode(page, "replace") for page in pages), key=lambda text: sum(map(str.isalpha, text)))


def _implausible(text: str) -> bool:
    """More than 5 % of the non-ASCII characters inside words are no letter, or a capital between small letters."""
    inside = _INSIDE_WORD.findall(text)
    wrong = sum(unicodedata.category(c)[0] not in "LM" and c not in "’‘‐‑·\xad" for c in inside)
    wrong += sum(c.isupper() for c in _MISPLACED.findall(text) if c > "\x7f")
    return bool(wrong > len(inside) / 20)
