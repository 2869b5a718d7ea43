"""URLs as identities: one address written in several ways is one article; two articles never share one.

courlan.clean_url is not used for it: it drops `?12345`, `?cid=123` and `?eid=4`, by which some sites
tell their articles apart, and reads the address inside `?u=https://…` as the address itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

from yarl import URL

MAX_URL_CHARS = 2000

# Families by their prefix, the others by name; only such as no site uses to say which article is meant.
_TRACKING_FAMILIES = tuple("utm_ at_ mtm_ pk_ piwik_ hsa_ itm_ mc_ _hs vero_ oly_ ns_ wt_ dm_".split())  # noqa: SIM905
_TRACKING = frozenset(
    {"fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid"}
    | {"li_fat_id", "igshid", "igsh", "mkt_tok", "_ga", "_gl", "xtor", "xtref", "ref", "ref_src", "ref_url"}
    | {"referrer", "referer", "sref", "cmp", "cmpid", "ocid", "icid", "intcid", "ncid", "ito", "ftag", "maca"}
    | {"mbid", "smid", "smtyp", "soc_src", "soc_trk", "guccounter", "guce_referrer", "guce_referrer_sig", "srnd"}
    | {"spm", "traffic_source", "tpcc", "wprov", "wt.mc_id", "feedtype", "feedname", "__twitter_impression"}
    | {"iref", "srcref", "n_cid", "share", "sharetype", "shareid", "sr_share"}
)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\\<>\"{}|^`]")
_NOT_IN_HOST = re.compile(r"[^\w.:\-\[\]]")
_TWIN_HOST = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_AMP_SUFFIX = re.compile(r"(?:/amp|\.amp)(?=/*$|\.html?$)", re.IGNORECASE)
_AMP_VALUES = {"amp": {"", "1", "true", "amp"}, "outputtype": {"amp"}}


def absolute(href: str, base: str) -> str | None:
    """The canonical http(s) URL that `href` means on a page at `base`; None where it is none, or names a login."""
    href = href.strip()
    if not href or len(href) > MAX_URL_CHARS:
        return None
    try:
        parts = urlsplit(urljoin(base.strip(), href))
        host = parts.hostname or ""
        fit = parts.scheme in {"http", "https"} and "@" not in parts.netloc and not _NOT_IN_HOST.search(parts.netloc)
    except ValueError:
        return None
    if not fit or not any(c.isalnum() for c in host):
        return None
    url = _normal(parts.geturl())
    return url if url is not None and len(url) <= MAX_URL_CHARS else None


def canonical(url: str) -> str:
    """The URL in the one form it is fetched and kept in.

    Scheme and host in lower case, international hosts in ASCII, no default port, fragment or tracking
    parameters, percent-encoding as RFC 3986 (6.2) has it; path and query as they are. What is no http(s)
    URL comes back as it is.
    """
    url = url.strip()
    return _normal(url) or url


def _normal(url: str) -> str | None:
    try:
        parsed = URL(url).with_fragment(None)
        if parsed.scheme not in {"http", "https"} or not parsed.raw_host:
            return None
        query = "&".join(part for part in parsed.raw_query_string.split("&") if part and not _is_tracking(part))
        written = str(parsed.with_query(None))
    except (ValueError, TypeError):
        return None
    return _UNSAFE.sub(_percent, f"{written}?{query}" if query else written)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _is_tracking(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_FAMILIES)


def identity(url: str) -> str:
    """What an article is known by: its canonical URL whatever the scheme, and whether for phones, AMP or neither.

    Ignored are a leading www., m. or amp. of the host, a slash at the end, `/amp`, `?amp`,
    `?outputType=amp` and the order of parameters. A text that is no http(s) URL is its own identity.
    """
    normal = _normal(url.strip())
    if normal is None:
        return url.strip()
    parts = urlsplit(normal)
    path = _AMP_SUFFIX.sub("", parts.path.rstrip("/")).rstrip("/")
    query = "&".join(sorted(part for part in parts.query.split("&") if part and not _is_amp(part)))
    return _TWIN_HOST.sub("", parts.netloc) + path + ("?" + query if query else "")


def _is_amp(parameter: str) -> bool:
    name, _, value = parameter.lower().partition("=")
    return value in _AMP_VALUES.get(name, ())


def site(url: str) -> str | None:
    """The registrable domain of a URL's host ("gazette.co.uk"); the host itself where it has none, None without host.

    By the public suffix list; of names below a suffix it does not know, the last two labels.
    """
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return _registrable(host.rstrip(".")) if host else None


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str:
    from courlan import extract_domain  # 0.2 s: only when links are read

    try:
        return str(ip_address(host))
    except ValueError:
        return extract_domain(f"https://{host}/") or ".".join(host.split(".")[-2:])
