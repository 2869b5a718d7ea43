"""Invented articles and pages for the tests of cleaning."""

from briefing.types import Declared, Document

BRIDGE = (
    "The council of Anvar voted on Monday to rebuild the old harbour bridge after a debate of nine hours.",
    "Mayor Lena Orsk said the work would begin in spring and cost 14 million crowns, a third of it from the state.",
    "Fishermen had asked the council to keep the narrow arch, which their boats have passed since the 1870s.",
)
STORM = (
    "A storm tore the roofs off forty houses on the island of Pell on Tuesday night, the coast guard said.",
    "Nobody was hurt, but the only school will stay closed until the end of the month, according to its head.",
    "Two ferries that had sought shelter in the bay were towed to Anvar on Wednesday morning by a naval tug.",
)
FEVER = (
    "Vets found grey fever on three farms in the Tarn valley and ordered four hundred cattle to be killed.",
    "Farmers may not move animals out of the valley before the first of June, the agriculture ministry said.",
    "The disease does not harm people, doctor Imre Vald told reporters, but it spreads quickly among calves.",
)
TITLES = (
    "Anvar Council Votes to Rebuild Harbour Bridge",
    "Storm Strips Roofs on Pell Island",
    "Grey Fever Found on Three Tarn Farms",
)
ARTICLES = tuple(zip(TITLES, (BRIDGE, STORM, FEVER), strict=True))


def text(body: str, item: str = "page.txt", **fields: object) -> Document:
    """A plain text as read from a file."""
    return Document.model_validate({"item": item, "path": item, "text": body, "media_type": "text/plain", **fields})


def html(body: str, head: str = "", item: str = "page.html", declared: Declared | None = None) -> Document:
    """A whole HTML page."""
    page = f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"
    return Document(item=item, path=item, text=page, media_type="text/html", declared=declared or Declared())


def paragraphs(lines: tuple[str, ...]) -> str:
    """Lines as HTML paragraphs in an article element."""
    return "<article>" + "".join(f"<p>{line}</p>" for line in lines) + "</article>"


def scraped(title: str, body: tuple[str, ...], caption: str, marks: tuple[str, ...] = ("TT", "20")) -> str:
    """An article as a page scraped with its header twice shows it."""
    captions = f" {caption}\n{caption}"
    return "\n".join((title, "", captions, *marks, "", title, "", captions, "", "\n\n".join(body)))
