"""A small edition that has one of everything a page can show: what a user's own templates are tried on."""

from typing import Any

from briefing.types import (
    Analysis,
    Analyst,
    Article,
    Briefing,
    Changed,
    Citation,
    Copy,
    Dispute,
    Failure,
    Health,
    Position,
    Run,
    Statement,
    Step,
    Topic,
    Untold,
    Update,
    Withheld,
)

_DATE = "2031-05-20"
_COPY = Copy(source="The Copy", url=None, title="A title", published=None, kind="reprint", similarity=1.0)
_ONE = Article.make(
    "A title", "Two were hurt.", source="The One", url="https://one.example/", published=_DATE, language="en",
    origin="agency:AN", copies=(_COPY,),
)  # fmt: skip
_OTHER = Article.make(
    "Ein Titel", "Drei wurden verletzt.", source="Die Andere", url="other.txt", language="de", revision_of=_ONE.id,
    origin="outlet:Die Andere",
)  # fmt: skip


def _said(article: Article, text: str = "", **fields: Any) -> Statement:
    start = len(article.title) + 2
    cited = Citation(article=article.id, sentence=1, start=start, end=len(article.text), quote=article.body)
    fields = {"language": article.language, "outlets": 2, "origins": 2, "problems": ("name-not-checked",), **fields}
    return Statement(text=text or article.body, citations=(cited,), **fields)


def _told(identity: str, **fields: Any) -> Analysis:
    both = (_ONE.id, _OTHER.id)
    fields = {"headline": _said(_ONE), "summary": (_said(_OTHER, "Three were hurt."),), "articles": both, **fields}
    return Analysis(id=identity, outlets=3, origins=2, status="developing", analysed_by="extractive", **fields)


_DISPUTE = Dispute(
    id="d", kind="figure", question="How many were hurt?", state="open", since=_DATE,
    positions=(Position(holder="one", statement=_said(_ONE)), Position(holder="other", statement=_said(_OTHER, "3"))),
)  # fmt: skip
_UPDATE = Update(
    id="u", what="hurt", unit="people",
    steps=(Step(time=_DATE, value="2", statement=_said(_ONE)), Step(time=None, value="3", statement=_said(_OTHER))),
)  # fmt: skip

BRIEFING = Briefing(
    title="A briefing",
    date=_DATE,
    generated_at=f"{_DATE}T06:00:00Z",
    language="en",
    timezone="UTC",
    analyst=Analyst(kind="llm", model="a-model", fallbacks_used=1),
    overview=(_said(_ONE),),
    corrections=(_said(_OTHER),),
    changed=(
        Changed(article=_ONE.id, edition=_DATE, extent="cited", gone=(_said(_ONE),)),
        Changed(article=_OTHER.id, edition=_DATE, extent="missing"),
    ),
    topics=(Topic(name="A topic", stories=("s",)), Topic(name="Another", stories=("t",))),
    stories=(_told("s", disputes=(_DISPUTE,), updates=(_UPDATE,)), _told("t", summary=(), kind="collection")),
    more=(Untold(id="m", title="More", articles=(_ONE.id,), outlets=1, origins=1),),
    articles={article.id: article.entry() for article in (_ONE, _OTHER)},
    withheld=(Withheld(story="s", text="Four were hurt.", problems=("number-not-in-source: 4",)),),
    failures=(
        Failure(stage="read", item="a.pdf", reason="not supported"),
        Failure(stage="clean", item="b.html", reason="a login form", degrades=False),
        Failure(stage="clean", item="c", reason="a wall", degrades=False, title="C", url="https://one.example/c"),
    ),
    run=Run(
        documents=2,
        calls=1,
        cost_usd=0.01,
        sources=(Health(source="The One", url="https://one.example/feed", outcome="reached"),),
    ),
    evidence={article.id: article.text for article in (_ONE, _OTHER)},
)
