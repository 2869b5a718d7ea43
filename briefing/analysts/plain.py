"""What a model wrote, as plain text: no markup, no way out of the page, no characters that cannot be seen."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from briefing.text import one_line

MOST_CHARACTERS = 400
# Enough to see that a text is too long; the rest is not worth the time of the patterns.
_READ_CHARACTERS = 1_500
_TAG = re.compile(r"<!--.*?(?:-->|$)|</?[A-Za-z!?][^<>]*>")
_LINK = re.compile(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])")
_MARKS = re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)")
_LINE_MARK = re.compile(r"^(?:#{1,6}|>|[-+•|])\s+")
_CITED = re.compile(r"\s*[\[(]\s*a\d+\.\d+(?:\s*[,;=/&]\s*a\d+\.\d+)*\s*[\])]")
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.\-]{1,15}://\S*|\b(?:javascript|mailto|tel|sms|vbscript):\S+|\bdata:\w+/\S*"
    r"|\bwww\.\S+|[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})+"
    r"|\b(?:[a-z0-9\-]{1,63}\.){1,6}[a-z]{2,}/\S*",
    re.IGNORECASE,
)
# A bare name of a host is often the name of a firm; without its ending no mail program makes a link of it.
_HOST = re.compile(
    r"\b((?:[a-z0-9\-]{1,63}\.){0,6}[a-z0-9\-]{1,63})"
    r"\.(?:com|org|net|info|biz|xyz|top|site|online|app|dev|io|ru|cn|link|click|shop|zip|gg|ly)\b",
    re.IGNORECASE,
)
_DOT = re.compile(r"\s?[\[(]\s?(?:\.|dot)\s?[\])]\s?", re.IGNORECASE)
_DIGIT_RUN = re.compile(r"(?<![\w.,])[+(]{0,2}\d[\d ().\-/–]{5,}\d(?![\w%])")
_TELEPHONE_DIGITS = 7
# Dates, spans of years, decimals, and figures grouped by threes.
_NO_TELEPHONE = re.compile(
    r"\d{4}[-./–]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{4}\s?[-–/]\s?\d{2,4}"
    r"|\d+\.\d+|[1-9]\d{0,2}(?:[ .]\d{3})+|[1-9]\d*"
)
_LOOSE = re.compile(r"[\[(]\s*[\])]|\s+(?=[.,;:!?)])|(?<=\()\s+")

# Terminal escape sequences (ECMA-48): without its first character the rest would stand as text.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])|\x9b[0-?]*[ -/]*[@-~]")


class Plain(NamedTuple):
    """The text left over; whether an address or telephone number was taken out, and whether it was too long."""

    text: str
    addressed: bool
    too_long: bool


def plain(written: str, most: int = MOST_CHARACTERS) -> Plain:
    """Strip a text of all that is not plain; of one longer than `most` characters only the start is given."""
    text = one_line(_ESCAPE.sub("", written[:_READ_CHARACTERS]))
    addressed = False
    while True:
        bare = _bare(text)
        unaddressed = _unaddressed(bare)
        addressed = addressed or unaddressed != bare
        unaddressed = _HOST.sub(r"\1", unaddressed)
        if unaddressed == text:
            break
        text = unaddressed
    too_long = len(text) > most or len(written) > _READ_CHARACTERS
    return Plain(text[:most].rstrip() if too_long else text, addressed, too_long)


def _bare(text: str) -> str:
    text = _TAG.sub(" ", html.unescape(text))
    text = _MARKS.sub("", _LINK.sub(r"\1", _CITED.sub("", text)))
    return one_line(_LINE_MARK.sub("", text.strip()))


def _unaddressed(text: str) -> str:
    bare = _ADDRESS.sub(" ", _DOT.sub(".", text))
    bare = _DIGIT_RUN.sub(lambda m: " " if _telephone(m[0]) else m[0], bare)
    return text if bare == text else one_line(_LOOSE.sub("", one_line(bare)))


def _telephone(run: str) -> bool:
    enough = sum(c.isdigit() for c in run) >= _TELEPHONE_DIGITS
    return enough and not _NO_TELEPHONE.fullmatch(run.strip())
