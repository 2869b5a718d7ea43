"""Invented editions of any number of stories, each with articles, a dispute and an update."""

from briefing.types import Analysis, Analyst, Article, Briefing, Dispute, Position, Run, Step, Topic, Untold, Update
from tests.outputs.edition import cite, state

OUTLETS = ("The Ellin Post", "Vesk Gazette", "Harbour Radio", "Le Quai", "Marrow Times")
PLACES = ("Ellin", "Vesk", "Marrow Point", "Tolmira", "Lisk Haven", "Qarash", "Sennes")
MATTERS = ("bridge", "mole", "reservoir", "ferry pier", "tram depot", "salt works", "lighthouse", "grain store")


def crowd(stories: int, listed: int = 40, matters: tuple[str, ...] = MATTERS) -> Briefing:
    """An edition of so many stories, the first the most important, and so many that are only listed."""
    told = [_told(number, matters) for number in range(stories)]
    rest = [_article(f"{number:03d}", "listed", 0, matters) for number in range(listed)]
    articles = [article for _, found in told for article in found]
    return Briefing(
        title="Daily briefing",
        date="2031-05-20",
        generated_at="2031-05-20T06:00:00Z",
        language="en",
        timezone="UTC",
        analyst=Analyst(kind="extractive"),
        overview=tuple(story.summary[0] for story, _ in told[:5]),
        topics=tuple(
            Topic(name=place, stories=tuple(story.id for story, _ in told[n :: len(PLACES)]))
            for n, place in enumerate(PLACES)
        ),
        stories=tuple(story for story, _ in told),
        more=tuple(Untold(id=a.id, title=a.title, articles=(a.id,), outlets=1, origins=1) for a in rest),
        articles={article.id: article.entry() for article in (*articles, *rest)},
        run=Run(documents=len(articles) + listed),
        evidence={article.id: article.text for article in articles},
    )


def _article(story: str, kind: str, number: int, matters: tuple[str, ...]) -> Article:
    place, matter = PLACES[(int(story) + number) % len(PLACES)], matters[int(story) % len(matters)]
    outlet = OUTLETS[(int(story) + number) % len(OUTLETS)]
    return Article.make(
        f"Repair of the {matter} at {place} is put off again, {kind} {story}.{number}",
        f"The council of {place} put off the repair of the {matter} for the {number + 2}th time on Monday, with "
        f"{number + 11} votes to {number + 7}, after four hours in which the engineers were heard. "
        f"The engineers said the {matter} would not outlast another winter without new piles. "
        f"The treasurer said {(int(story) + 3) * (number + 1)} million crowns had been set aside and not one was left.",
        source=outlet,
        url=f"https://www.{outlet.split()[-1].lower()}.example/2031/05/19/regional/{matter.replace(' ', '-')}-{story}-{number}",
        published=f"2031-05-19T{number + 6:02d}:30:00Z",
        language="en",
        origin=outlet,
    )


def _told(number: int, matters: tuple[str, ...]) -> tuple[Analysis, list[Article]]:
    articles = [_article(f"{number:03d}", "told", n, matters) for n in range(3)]
    first, second, third = articles
    sums = [cite(article, "The treasurer") for article in articles]
    positions = tuple(Position(holder=f"treasurer of {PLACES[n]}", statement=state(sums[n])) for n in range(2))
    steps = tuple(
        Step(time=article.published, value=str(n + 2), statement=state(cite(article, "The council")))
        for n, article in enumerate(articles)
    )
    return Analysis(
        id=f"{number:012x}",
        headline=state(cite(first, "Repair")),
        summary=(
            state(cite(first, "The council"), outlets=3, origins=3),
            state(cite(second, "The engineers")),
            state(
                cite(third, "The engineers"), text="Without new piles it would not outlast the winter, engineers say."
            ),
            state(sums[2]),
        ),
        disputes=(Dispute(id="d", kind="figure", question="How much was set aside?", positions=positions),)
        if number % 4 == 0
        else (),
        updates=(Update(id="u", what="times put off", unit=None, steps=steps),) if number % 4 == 1 else (),
        articles=tuple(article.id for article in articles),
        outlets=3,
        origins=3,
        score=1000.0 - number,
        analysed_by="extractive",
    ), articles
