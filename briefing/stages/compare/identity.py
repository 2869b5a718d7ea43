"""The same story on another day: by articles and addresses it shares with an earlier one, then by likeness.

Likeness is what `cluster` says: two stories are alike where most of what they cite falls into one group. Each story
takes at most one earlier id, and no two the same; of several that became one the oldest id stays, of one that came
apart the nearest part keeps it. `was` holds the other ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from briefing.stages.checks import Grounds
from briefing.stages.cluster import cluster
from briefing.stages.compare.corrections import takes_back
from briefing.stages.compare.past import Past, addresses
from briefing.types import Analysis, Article, Briefing, text_sha256

# The share of pairs, one article of each story, that are in one group.
_ALIKE = 0.5


_Likenesses = dict[tuple[str, str], float]


class Identity(NamedTuple):
    """The id of a story, and the other ids it was known under or came from."""

    id: str
    was: tuple[str, ...] = ()


class _Link(NamedTuple):
    shared: int
    likeness: float
    story: str
    past: Past


def identities(briefing: Briefing, known: Sequence[Past], grounds: Grounds) -> dict[str, Identity]:
    """By its provisional id, the identity of every story told or listed."""
    groups = grouped(briefing)
    retracting = {u.id: _retracting(u.articles, grounds) for u in briefing.more}
    now = {**{s.id: _cited([s], grounds) for s in briefing.stories}, **retracting}
    links = sorted(_links(briefing, groups, known, _likenesses(now, known, grounds)), key=_strength)
    nearest = _paired(links)
    taken = {past.id for past in nearest.values()}
    found: dict[str, Identity] = {}
    for story, past in sorted(nearest.items()):
        others = [x.past for x in links if x.story == story and x.past.id not in taken]
        taken.update(other.id for other in others)
        oldest = min((past, *others), key=lambda p: (p.first, p is not past, p.id))
        found[story] = Identity(oldest.id, tuple(sorted({p.id for p in (past, *others)} - {oldest.id})))
    reserved = {past.id for past in known}
    for story in sorted(groups.keys() - found.keys()):
        identity = _unused(story, reserved)
        reserved.add(identity)
        found[story] = Identity(identity, tuple(dict.fromkeys(x.past.id for x in links if x.story == story)))
    return found


def grouped(briefing: Briefing) -> dict[str, tuple[str, ...]]:
    """The articles of every story told or listed, by its id."""
    return {**{s.id: s.articles for s in briefing.stories}, **{u.id: u.articles for u in briefing.more}}


def _strength(link: _Link) -> tuple[int, float, str, str, str]:
    return (-link.shared, -link.likeness, link.past.first, link.past.id, link.story)


def _paired(links: Iterable[_Link]) -> dict[str, Past]:
    """The strongest links first, each story and each past once."""
    pairs: dict[str, Past] = {}
    taken: set[str] = set()
    for link in links:
        if link.story not in pairs and link.past.id not in taken:
            pairs[link.story] = link.past
            taken.add(link.past.id)
    return pairs


def _unused(identity: str, reserved: Iterable[str]) -> str:
    """The provisional id, or one that follows from it where an earlier story has it."""
    while identity in reserved:
        identity = text_sha256(identity)[:12]
    return identity


def _links(
    briefing: Briefing, groups: Mapping[str, tuple[str, ...]], known: Sequence[Past], alike: _Likenesses
) -> Iterable[_Link]:
    holders: dict[str, list[str]] = {}
    for past in known:
        for place in (*past.articles, *past.urls):
            holders.setdefault(place, []).append(past.id)
    before = {past.id: past for past in known}
    urls = addresses(briefing)
    for story, articles in groups.items():
        own = {*articles, *(url for i in articles for url in urls.get(i, ()))}
        shared = Counter(past for place in own for past in holders.get(place, ()))
        near = {past for (other, past), likeness in alike.items() if other == story and likeness >= _ALIKE}
        for identity in shared.keys() | near:
            yield _Link(shared[identity], alike.get((story, identity), 0.0), story, before[identity])


def _retracting(articles: Iterable[str], grounds: Grounds) -> tuple[Article, ...]:
    """The articles of a story that is only listed, if they may correct what was told; else none need be compared."""
    found = tuple(grounds.articles[i] for i in articles if i in grounds.articles)
    return found if any(takes_back(article, grounds.lexicons) for article in found) else ()


def _likenesses(now: Mapping[str, tuple[Article, ...]], known: Sequence[Past], grounds: Grounds) -> _Likenesses:
    """By story and past, the share of pairs of their articles that `cluster` puts together."""
    then = {past.id: _cited([t.story for t in past.tellings[:1]], grounds) for past in known}
    given = {a.id: a for side in (now, then) for cited in side.values() for a in cited}
    home = {a.id: n for n, group in enumerate(cluster(tuple(given.values()), grounds.lexicons)) for a in group.articles}
    return {
        (story, past): sum(home[a.id] == home[b.id] for a in left for b in right) / (len(left) * len(right))
        for story, left in now.items()
        for past, right in then.items()
        if left and right
    }


def _cited(stories: Iterable[Analysis], grounds: Grounds) -> tuple[Article, ...]:
    """The articles of a story that it cites; one taken over from an earlier edition is none of its own."""
    wanted = {c.article for s in stories for said in s.statements() for c in said.citations if c.article in s.articles}
    return tuple(grounds.articles[i] for i in sorted(wanted) if i in grounds.articles)
