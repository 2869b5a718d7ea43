"""Untrusted text and addresses made fit for a page; nothing an article says may act as markup or as a link.

The faults answered here stand in OWASP's "Cross Site Scripting Prevention" and in CommonMark 0.31.2, chapters 2 to 6.
"""

import re
from urllib.parse import quote, urlsplit

from briefing.text import one_line

MAX_URL = 2000
_FRAGMENT_WORDS = 6

# Each alternative matches one character that could act where it stands, so that ordinary prose stays as it is:
# an underscore inside a word, a mid-sentence hyphen, point, bracket or `&` cannot.
_ACTIVE = re.compile(
    r"""[\\`*\[\]<{~]                                                   # code, emphasis, links, HTML, attributes
      | (?<![^\W_])_ | _(?![^\W_])                                      # emphasis at the edge of a word
      | &(?=\#?\w*(?:;|$))                                              # character references
      | (?:(?<=http)|(?<=https)|(?<=ftp)|(?<=mailto)|(?<=xmpp)):        # autolinks of GitHub's dialect
      | (?<=www)\.
      | (?<=[\w.+-])@(?=\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LEADING = tuple("-+=>#|:")  # lists, headings, quotes, tables, definitions
_LEADING_NUMBER = re.compile(r"^([0-9]{1,9})(?=[.)](?:\s|$))")
_CLOSING_HASHES = re.compile(r"(?<=\s)#+$")
_REFERENCE = re.compile(r"&(?=#?\w+;)")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029]")
_HOST = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?|\[[0-9a-f:.]+\]")


def markdown(value: str) -> str:
    """`value` on one line, with a backslash before each character CommonMark or its GitHub dialect could act on."""
    text = _ACTIVE.sub(r"\\\g<0>", one_line(value))
    text = _CLOSING_HASHES.sub(r"\\\g<0>", text)
    text = _LEADING_NUMBER.sub(r"\1\\", text)
    return f"\\{text}" if text.startswith(_LEADING) else text


def safe_url(url: str | None) -> str | None:
    """The address as ASCII (host in punycode) when a reader may follow it, else None.

    http or https, a host, no user name, no control character, space or backslash, at most `MAX_URL` characters.
    """
    if not url or len(url) > MAX_URL or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = _ascii_host(parts.hostname or "")
        port = f":{parts.port}" if parts.port is not None else ""
        rest = [quote(part, safe="/%:@!$&'()*+,;=~?") for part in (parts.path, parts.query, parts.fragment)]
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    path, query, fragment = rest
    return (
        f"{parts.scheme}://{host}{port}{path}" + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    )


def _ascii_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host.encode("idna").decode("ascii").lower()


def domain(url: str | None) -> str:
    """The host a safe address leads to, shown beside its link; empty for other addresses."""
    safe = safe_url(url)
    return (urlsplit(safe).hostname or "").removeprefix("www.") if safe else ""


def file_path(url: str | None) -> str:
    """The path of a local file, to be shown as text; empty for anything with a scheme."""
    return "" if not url or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", url) else one_line(url)


def text_fragment(url: str, quoted: str) -> str:
    """A safe address that opens at the quoted words where the browser can (WICG "URL Fragment Text Directives")."""
    words = one_line(quoted).split()
    parts = [words] if len(words) <= 2 * _FRAGMENT_WORDS else [words[:_FRAGMENT_WORDS], words[-_FRAGMENT_WORDS:]]
    directive = ",".join(quote(" ".join(part), safe="").replace("-", "%2D") for part in parts)
    if not words or len(url) + len(directive) > MAX_URL:
        return url
    return f"{url}{'' if '#' in url else '#'}:~:text={directive}"


def destination(url: str) -> str:
    """A safe address as it stands between the angle brackets of a Markdown reference definition."""
    return _REFERENCE.sub("&amp;", url)
