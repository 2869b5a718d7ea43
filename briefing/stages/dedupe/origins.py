"""Where texts come from: what shares an origin confirms nothing of each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from briefing.stages.dedupe.credits import agency
from briefing.stages.dedupe.pairs import CUT, SAME_ORIGIN, Candidates, measured
from briefing.stages.dedupe.reading import Shingles, common
from briefing.stages.dedupe.unions import unions
from briefing.types import Article

# An outlet's name or web host, in lower case, -> the publisher whose outlets print each other's texts.
Publishers = Mapping[str, str]


def origins(
    ordered: Sequence[Article], sets: Sequence[Shingles], found: Candidates, publishers: Publishers
) -> dict[int, str]:
    """Name the origin of every article: one for texts that share most of their words, and for what embeds such a text.

    A roundup shares the origin of the longest text it embeds only, so that it does not make one of them all.
    """
    alike = found.only(found.size >= CUT)
    links = list(zip(alike.short.tolist(), alike.long.tolist(), strict=True))

    def holds(link: tuple[int, int], *_: int) -> bool:
        # Measured only where no other pair has joined the two: a text with many variants costs no square of them.
        short, long = link
        return common(sets[short], sets[long]) >= SAME_ORIGIN * len(sets[short])

    home = unions(len(ordered), links, holds)
    root = {i: group[0] for group in home for i in group}
    embedded = measured(sets, found.only(found.size < CUT))
    longest: dict[int, tuple[float, tuple[int, int]]] = {}
    for long, size, ends in zip(embedded.long.tolist(), embedded.size.tolist(), embedded.ends(), strict=True):
        longest[root[long]] = min(longest.get(root[long], (0.0, ends)), (-size, ends))
    joined = [(group[0], i) for group in home for i in group[1:]]
    groups = unions(len(ordered), [*joined, *(ends for _, ends in longest.values())])
    return {i: name for group in groups for name in [_origin([ordered[i] for i in group], publishers)] for i in group}


def _origin(group: Sequence[Article], publishers: Publishers) -> str:
    """Where a text comes from: the agency credited, else the first outlet that carried it, else the text itself."""
    known = sorted({a.origin for a in group if a.origin}, key=lambda name: (not name.startswith("agency:"), name))
    credited = sorted(filter(None, (agency(a) for a in group)))
    if credited:
        return f"agency:{credited[0]}"
    if known:
        return known[0]
    first = group[0]
    family = publisher(first, publishers)
    if family:
        return f"publisher:{family}"
    return f"outlet:{first.source}" if first.source else f"text:{min(a.id for a in group)}"


def publisher(article: Article, publishers: Publishers) -> str | None:
    """The family of outlets that an article's outlet, or the host of its address, belongs to, or None."""
    names = [article.source.casefold()] if article.source else []
    names += [name.removeprefix("the ") for name in names]
    for host in (*names, _host(article.url)):
        parts = host.removeprefix("www.").split(".")
        names += [".".join(parts[i:]) for i in range(len(parts) - 1)]
    return next((publishers[name] for name in names if name in publishers), None)


def _host(url: str | None) -> str:
    try:
        return urlsplit(url or "").hostname or ""
    except ValueError:
        return ""
