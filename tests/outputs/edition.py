"""One invented edition with everything a rendering must show, and the hostile text it must only show."""

from typing import Any

from briefing.text import one_line, sentences
from briefing.types import (
    Analysis,
    Analyst,
    Article,
    Briefing,
    Citation,
    Copy,
    Dispute,
    Failure,
    Position,
    Run,
    Statement,
    Step,
    Topic,
    Untold,
    Update,
    Withheld,
)

POST = Article.make(
    "Ferry Alder sinks off Marrow Point, at least 12 dead",
    "The ferry Alder sank off Marrow Point early on Sunday with 140 people on board. "
    "The coast guard said 12 people were confirmed dead. "
    '"The hull was sound when she left harbour," the Ministry of Ports said in a statement.',
    source="The Ellin Post",
    url="https://www.ellinpost.example/2031/05/18/ferry?a=1&copy;=2",
    published="2031-05-18T07:10:00Z",
    language="en",
    origin="The Ellin Post",
    copies=(
        Copy(
            source="Harbour Radio",
            url="https://harbourradio.example/7",
            title="Ferry Alder sinks",
            published=None,
            kind="reprint",
            similarity=0.97,
        ),
        Copy(
            source="The Ellin Post",
            url="https://www.ellinpost.example/amp/ferry",
            title="Ferry Alder sinks off Marrow Point",
            published="2031-05-18",
            kind="exact",
            similarity=1.0,
        ),
    ),
)
GAZETTE = Article.make(
    "Alder toll rises to 31 as owners and ministry differ over hull",
    "The number of people confirmed dead after the loss of the ferry Alder rose to 31 on Monday, the coast guard said. "
    "The owners' association said the ministry's statement was false and that a crack in the hull had been reported "
    "in March. "
    "Divers will return to the wreck on Wednesday.",
    source="Vesk Gazette",
    url="https://veskgazette.example/alder-toll",
    published="2031-05-19T19:45:00+02:00",
    language="en",
    origin="Vesk Gazette",
)
FERRY_BLOG = Article.make(
    "A history of the Marrow ferries",
    "The first boats crossed the strait in 1874.",
    url="letters/marrow-ferries.txt",
    language="en",
    origin="letters/marrow-ferries.txt",
    genre="opinion",
)
TARIFF = Article.make(
    "Le port d'Ellin relève ses taxes de 4 %",
    "Le conseil du port d'Ellin a relevé les taxes de 4 % à partir de juin. Les pêcheurs protestent.",
    source="Le Quai",
    url="https://lequai.example/taxes",
    published="2031-05-19",
    language="fr",
    origin="Le Quai",
)
HOSTILE = Article.make(
    "ok](javascript:alert(1)) <script>alert(2)</script> ![x](http://evil.example/p.png) *now* #",
    "# Not a heading but {{ 7*7 }} and <img src=x onerror=alert(3)> said [1]: the mayor.\n"
    "- Write to mayor@evil.example or see www.evil.example & https://evil.example/&lt;x|y.",
    source="Mallory's_Blog_ [^1]",
    url="javascript:alert(4)",
    published="next Tuesday",
    language="en",
    origin="Mallory",
)
UNTOLD = Article.make(
    "Vesk plants ten thousand larches",
    "Vesk planted ten thousand larches.",
    source="Vesk Gazette",
    url="https://veskgazette.example/larches",
    language="en",
    origin="Vesk Gazette",
)


def cite(article: Article, start: str) -> Citation:
    """The citation of the article's sentence that begins with `start`."""
    for number, span in enumerate(sentences(article.text)):
        quote = article.text[span.start : span.end]
        if quote.startswith(start):
            return Citation(article=article.id, sentence=number, start=span.start, end=span.end, quote=quote)
    raise LookupError(start)


def state(*citations: Citation, text: str = "", **fields: Any) -> Statement:
    """A checked statement, verbatim unless `text` is given."""
    verbatim = one_line(" ".join(citation.quote for citation in citations))
    fields = {"language": "en", "outlets": 1, "origins": 1, "problems": (), **fields}
    return Statement(text=text or verbatim, citations=citations, **fields)


SANK = cite(POST, "The ferry Alder sank")
TWELVE = cite(POST, "The coast guard")
SOUND = cite(POST, '"The hull')
THIRTY_ONE = cite(GAZETTE, "The number")
FALSE = cite(GAZETTE, "The owners")
DIVERS = cite(GAZETTE, "Divers")

FERRY = Analysis(
    id="b2",
    headline=state(cite(GAZETTE, "Alder toll")),
    summary=(
        state(SANK, outlets=3, origins=2),
        state(THIRTY_ONE, DIVERS, text="31 people are confirmed dead; divers return to the wreck on Wednesday."),
    ),
    disputes=(
        Dispute(
            id="d1",
            kind="denial",
            question="Was the hull sound?",
            positions=(
                Position(holder="Ministry of Ports", statement=state(SOUND)),
                Position(holder="owners' association", statement=state(FALSE, problems=("name-not-checked",))),
            ),
        ),
    ),
    updates=(
        Update(
            id="u1",
            what="confirmed dead",
            unit=None,
            steps=(
                Step(time="2031-05-18T07:10:00Z", value="12", statement=state(TWELVE)),
                Step(time="2031-05-19", value="31", statement=state(THIRTY_ONE)),
            ),
        ),
    ),
    articles=(POST.id, GAZETTE.id, FERRY_BLOG.id),
    outlets=3,
    origins=3,
    status="developing",
    score=2.5,
    why={"origins": 2.0, "freshness": 0.5},
    analysed_by="extractive",
)
TAXES = Analysis(
    id="c3",
    headline=state(cite(TARIFF, "Le port"), language="fr"),
    summary=(state(cite(TARIFF, "Le conseil"), text="Ellin's port council has raised its charges by 4 % from June."),),
    articles=(TARIFF.id,),
    outlets=1,
    origins=1,
    analysed_by="extractive",
)
MAYOR = Analysis(
    id="a1",
    headline=state(cite(HOSTILE, "ok]")),
    summary=(state(cite(HOSTILE, "# Not")), state(cite(HOSTILE, "- Write"))),
    articles=(HOSTILE.id,),
    outlets=1,
    origins=1,
    analysed_by="extractive",
)

FULL = Briefing(
    title="Ellin briefing",
    date="2031-05-20",
    generated_at="2031-05-20T06:00:00Z",
    language="en",
    timezone="Europe/Paris",
    analyst=Analyst(kind="extractive"),
    corrections=(state(TWELVE, text="The briefing of 19 May gave 13 dead on 18 May; the coast guard said 12."),),
    overview=(state(THIRTY_ONE), state(cite(TARIFF, "Le conseil"), language="fr")),
    topics=(
        Topic(name="The loss of the ferry Alder", stories=("b2",)),
        Topic(name="Ellin & its port", stories=("c3", "a1")),
    ),
    stories=(MAYOR, FERRY, TAXES),
    more=(Untold(id="m1", title=UNTOLD.title, articles=(UNTOLD.id,), outlets=1, origins=1),),
    articles={a.id: a.entry() for a in (POST, GAZETTE, FERRY_BLOG, TARIFF, HOSTILE, UNTOLD)},
    withheld=(Withheld(story="b2", text="Some 40 people are missing.", problems=("number-not-in-source: 40",)),),
    failures=(
        Failure(stage="read", item="scans/notice.pdf", reason="PDF is not supported"),
        Failure(stage="clean", item="pages/login.html", reason="only a login form", degrades=False),
        Failure(
            stage="clean",
            item="https://www.gazette.example/ferry?id=7",
            reason="paywall-stub",
            degrades=False,
            title="Ferry *strike*: <what> to know",
            url="https://www.gazette.example/ferry?id=7",
        ),
    ),
    run=Run(
        documents=7,
        articles_read=8,
        articles_kept=6,
        copies=2,
        stories=4,
        dropped={"caption": 3, "share buttons": 11},
        seconds=1.25,
    ),
    evidence={a.id: a.text for a in (POST, GAZETTE, TARIFF, HOSTILE)},
)

EMPTY = Briefing(
    title="Ellin briefing",
    date="2031-05-21",
    generated_at="2031-05-21T06:00:00Z",
    language="en",
    timezone="UTC",
    analyst=Analyst(kind="extractive"),
    topics=(),
    stories=(),
    articles={},
    failures=(Failure(stage="clean", item="pages/login.html", reason="only a login form", degrades=False),),
    run=Run(documents=1),
    evidence={},
)
