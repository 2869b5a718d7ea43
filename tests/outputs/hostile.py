"""Editions in which every text that comes from outside is chosen by the caller."""

from typing import Any

from hypothesis import strategies as st

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

PAYLOADS = (
    "<script>alert(1)</script>",
    "</style></title></script><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "ok](javascript:alert(1))",
    "![x](http://evil.example/p.png)",
    "[a](http://evil.example)",
    "[1]: <http://evil.example>",
    "[^1]: footnote",
    "[1][2]",
    "<http://evil.example>",
    "<a@evil.example>",
    "# heading\n## another",
    "title\n===",
    "---",
    "- - -",
    "* item",
    "+ item",
    "1. item",
    "2031) item",
    "> quote",
    "```js\ncode\n```",
    "~~~",
    "    code",
    "`code`",
    "**bold** __bold__ *em* _em_ ~~gone~~ ~gone~",
    "| a | b |\n| --- | --- |\n| c | d |",
    ":-- | --:",
    "line  \nbreak\\",
    "&lt;script&gt; &#60; &amp",
    "{{ 7*7 }} {% raw %} {#id .class}",
    "\u202eevil\u2066 \x00 \x1b[31m \u2028 \ufeff",
    "\ud800 lone",
    "\\",
    "\\*",
    "#",
    "a #",
    "_",
    "**",
    "!",
    "]",
    "[",
    "$x$ :smile: @name #12",
    "",
    "   ",
    "www.evil.example mail me@evil.example https://evil.example/x_y_",
    "<!-- comment --> <?php ?> <![CDATA[x]]> <!DOCTYPE x>",
)
ADDRESSES = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//evil.example/x",
    "http://user:pw@evil.example/",
    "http://evil.example\\@good.example/",
    "http://evil.example/ x",
    "http:///x",
    "http://[::1",
    "http://a:b/",
    "https://ok.example/>)\"'<script>",
    "https://ok.example/[x](y)",
    "https://ok.example/?a=1&lt;=2#frag",
    "https://münchen.example/ä?ö#ü",
    "notes/a b.txt",
    "../../etc/passwd",
)
texts = st.one_of(
    st.sampled_from(PAYLOADS),
    st.text(alphabet=st.sampled_from("ab1 \n\\`*_{}[]()#+-.!|<>&~:;=@/\"'“”w^$%,"), max_size=24),
    st.text(max_size=24),
)
addresses = st.one_of(st.none(), st.sampled_from(ADDRESSES), texts)


def edition(text: str, url: str | None) -> Briefing:
    """An edition whose every outside text is `text` and whose every address is `url`."""
    safe = text.encode("utf-8", "replace").decode("utf-8")  # evidence is hashed as UTF-8
    article = Article.make(safe, safe, source=text, url=url, published=text, language=text, origin=text)
    blank = Article.make(safe, safe + ".", url=url, copies=(_copy(text, url), _copy(text, None)))
    return Briefing(
        title=text,
        date=text,
        generated_at=text,
        language=text,
        timezone=text,
        analyst=Analyst(kind="llm", model=text),
        overview=(_said(article, text),),
        corrections=(_said(blank, text),),
        topics=(Topic(name=text, stories=("s",)), Topic(name=text, stories=("t",))),
        stories=(_told("s", text, article, blank), _told("t", text, blank, article)),
        more=(Untold(id="m", title=text, articles=(article.id, blank.id), outlets=1, origins=1),),
        articles={article.id: article.entry(), blank.id: blank.entry()},
        withheld=(Withheld(story="s", text=text, problems=(text,)),),
        failures=(
            Failure(stage=text, item=text, reason=text),
            Failure(stage="x", item=text, reason="", degrades=False),
        ),
        run=Run(dropped={text: 1}, calls=1, hosts=(text,)),
        evidence={article.id: article.text, blank.id: blank.text},
    )


def _copy(text: str, url: str | None) -> Copy:
    return Copy(source=text or None, url=url, title=text, published=text, kind="cut", similarity=0.5)


def _said(article: Article, text: str, **fields: Any) -> Statement:
    end = len(article.title)
    whole = Citation(article=article.id, sentence=0, start=0, end=end, quote=article.text[:end])
    body = Citation(article=article.id, sentence=1, start=end + 2, end=len(article.text), quote=article.body)
    return Statement(text=text, language="xx", citations=(whole, body), problems=(text,), **fields)


def _told(identity: str, text: str, *articles: Article) -> Analysis:
    first = articles[0]
    position = Position(holder=text, statement=_said(first, text))
    step = Step(time=text, value=text, statement=_said(first, text))
    return Analysis(
        id=identity,
        headline=_said(first, text),
        summary=(_said(first, text), _said(first, f"{text} and more")),
        disputes=(
            Dispute(id="d", kind="denial", question=text, since=text, state="open", positions=(position, position)),
        ),
        updates=(Update(id="u", what=text, unit=text, steps=(step, step)),),
        articles=tuple(article.id for article in articles),
        outlets=1,
        origins=1,
        analysed_by=text,
    )
