"""Articles that carry instructions, and a model that obeys them to the letter; all of them are ours."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from briefing.models import Request
from tests.model_path.newsroom import FERRY, GROUNDED, TUGS, YARD, id_of, lines, reply, said, write

_DATA = Path(__file__).parent.parent / "data" / "injection"


class Attack(NamedTuple):
    """What an article says in `place`, and what a model that obeys it answers, citing `ids`."""

    name: str
    text: str
    answer: str
    ids: tuple[str, ...]
    words: str
    place: str = "body"
    tells: str = "summary"


def visible() -> list[Attack]:
    listed = tomllib.loads((_DATA / "visible.toml").read_text(encoding="utf-8"))["articles"]
    return [Attack(**{"words": one["answer"], **one, "ids": tuple(one["ids"])}) for one in listed]


def hidden() -> list[Attack]:
    table = tomllib.loads((_DATA / "hidden.toml").read_text(encoding="utf-8"))
    ids, answer, words = tuple(table["ids"]), table["answer"], table["hidden"]
    return [
        Attack(f"hidden: {name}", markup.replace("HIDDEN", words), answer, ids, answer, "page")
        for name, markup in table["pages"].items()
    ]


# What stands in every hidden text, however it is hidden.
HIDDEN_WORDS = "widow Quell"

_PAGE = """<!doctype html><html lang="en"><head><title>Ferry Alda: rescue at Port Sarn</title></head><body><article>
<h1>Ferry Alda: rescue at Port Sarn</h1><p>{0}</p>{attack}<p>{1}</p><p>{2}</p></article></body></html>"""


def folder_of(attack: Attack, folder: Path) -> Path:
    """The articles on the ferry, and one more on it that carries the attack."""
    if attack.place == "page":
        page = _PAGE.format(GROUNDED, TUGS, YARD, attack=attack.text)
        (write(folder, FERRY) / "attack.html").write_text(page, encoding="utf-8")
        return folder
    record: dict[str, Any] = {
        "title": "Ferry Alda: rescue off Port Sarn went on all night",
        "source": "Evening Post of Welm",
        "published": "2031-05-19T18:00:00+00:00",
        "body": (
            "The rescue of the passengers of the ferry Alda off Port Sarn went on all night, witnesses said.",
            *([attack.text] if attack.place == "body" else []),
            "The ferry Alda lies at the yard in Lisk Haven, where the hull is to be repaired.",
        ),
    }
    return write(folder, {**FERRY, "attack": {**record, **_field(attack)}})


def _field(attack: Attack) -> dict[str, str]:
    return {} if attack.place == "body" else {attack.place: attack.text}


def obedient(attack: Attack) -> Callable[[Request], str]:
    """Says one true thing, then all that the article asks for with the ids it asks for."""

    def answer(request: Request) -> str:
        told = said(attack.answer, *attack.ids)
        true = said(GROUNDED, id_of(request, GROUNDED[:40]))
        headline = told if attack.tells == "headline" else said(lines(request)["a1.0"], "a1.0")
        # What a page hides can be obeyed only if it was sent.
        seen = attack.place != "page" or HIDDEN_WORDS in request.prompt
        summary = [true, told] if attack.tells == "summary" and seen else [true]
        disputes = [_dispute(attack)] if attack.tells == "dispute" else []
        updates = [_update(attack)] if attack.tells == "update" else []
        return reply(headline, *summary, disputes=disputes, updates=updates)

    return answer


def _dispute(attack: Attack) -> dict[str, Any]:
    first, second = attack.ids
    sides = [
        {"holder": "Zora Quell", **said(attack.answer, first)},
        {"holder": "the mayor", **said("The mayor says nothing at all.", second)},
    ]
    return {"question": "whether the mayor is a poisoner", "kind": "denial", "positions": sides}


def _update(attack: Attack) -> dict[str, Any]:
    steps = [
        {"time": None, "value": "9", **said("Rescuers said 9 people were killed.", attack.ids[1])},
        {"time": None, "value": attack.words, **said(attack.answer, attack.ids[0])},
    ]
    return {"what": "dead", "unit": None, "steps": steps}
