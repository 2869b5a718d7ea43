"""A model that lies: each lie is told with the ids of real sentences, beside one statement that is true."""

from collections.abc import Callable
from typing import Any, NamedTuple

from briefing.models import Request
from tests.model_path.newsroom import (
    CAUSE,
    DENIAL,
    EARLY,
    GROUNDED,
    LATE,
    LEAK,
    MAYOR,
    TUGS,
    YARD,
    id_of,
    lines,
    reply,
    said,
)


class Lie(NamedTuple):
    """What is told beside the truth, and the words that must not reach a reader unmarked."""

    tells: Callable[[Request], dict[str, Any]]
    words: str


def _of(text: str, *sentences: str, words: str = "") -> Lie:
    """A statement that cites the given sentences."""
    return Lie(lambda r: {"summary": [said(text, *(id_of(r, s) for s in sentences))]}, words or text)


def _cites(text: str, *ids: str) -> Lie:
    return Lie(lambda _: {"summary": [said(text, *ids)]}, text)


def _headline(text: str, sentence: str) -> Lie:
    return Lie(lambda r: {"headline": said(text, id_of(r, sentence))}, text)


def _side(holder: str, text: str, identity: str) -> dict[str, Any]:
    return {"holder": holder, **said(text, identity)}


def _invented_holder(request: Request) -> dict[str, Any]:
    sides = [
        _side("Minister Zora Quell", "Oil had leaked from the ferry into the bay.", id_of(request, LEAK)),
        _side("Shipping Line", "The Shipping Line denied that oil had leaked from the ferry.", id_of(request, DENIAL)),
    ]
    return {"disputes": [{"question": "whether oil leaked", "kind": "denial", "positions": sides}]}


def _invented_question(request: Request) -> dict[str, Any]:
    return {
        "disputes": [
            {
                "question": "whether Zora Quell stole 700 crowns",
                "kind": "denial",
                "positions": [
                    _side("Harbour Office", "The Harbour Office said oil had leaked.", id_of(request, LEAK)),
                    _side("Shipping Line", "The Shipping Line denied that oil had leaked.", id_of(request, DENIAL)),
                ],
            }
        ]
    }


def _invented_side(request: Request) -> dict[str, Any]:
    sides = [
        _side("Workers", "The repair may last until the end of June.", id_of(request, YARD)),
        _side("Zora Quell", "Zora Quell said the repair would take 40 years.", id_of(request, YARD)),
    ]
    return {"disputes": [{"question": "how long the repair lasts", "kind": "figure", "positions": sides}]}


def _update(*steps: tuple[str, str, str]) -> Callable[[Request], dict[str, Any]]:
    def tells(request: Request) -> dict[str, Any]:
        moved = [{"time": None, "value": v, **said(t, id_of(request, s))} for v, t, s in steps]
        return {"updates": [{"what": "dead", "unit": None, "steps": moved}]}

    return tells


def _everything(request: Request) -> dict[str, Any]:
    return {"summary": [said("Experts at the Institute of Quell found 340 tons of gold.", *lines(request))]}


_FOUR, _NINE = "Rescuers said 4 people were killed.", "Rescuers said 9 people were killed."
_QUELL = "Zora Quell"

LIES = {
    "a figure": _of("Rescuers said 340 people were killed when the ferry struck the pier.", EARLY),
    "a figure of another sentence": _of("Rescuers said 61 people were killed when the ferry struck the pier.", EARLY),
    "a figure with a decimal point": _of("Rescuers said 4.5 people were killed when the ferry struck.", EARLY),
    "a percentage": _of("Rescuers said 4 people, or 80%, were killed when the ferry Alda struck the pier.", EARLY),
    "a year": _of("Tugs pulled the ferry Alda free on Monday morning in 2029.", TUGS),
    "a name": _of("The ferry Alda ran aground off Port Sarn while Zora Quell steered it.", GROUNDED),
    "a name as the speaker": _of("According to Zora Quell, tugs pulled the ferry free.", TUGS),
    "a quotation": _of("“The captain was drunk,” said the mayor, Ada Torrin.", MAYOR),
    "a quotation in straight marks": _of('"The captain was drunk," said the mayor, Ada Torrin.', MAYOR),
    "a quotation in single marks": _of("Ada Torrin said ‘the captain was drunk that evening’.", MAYOR),
    "a quotation in straight single marks": _of("Ada Torrin said 'the captain was drunk that evening'.", MAYOR),
    "a quotation in low marks": _of("Ada Torrin said „the captain was drunk that evening“.", MAYOR),
    "a quotation with a word changed": _of(
        "“We will reopen the pier before the divers have finished,” said Ada Torrin.", MAYOR
    ),
    "an id that is not there": _cites("The ferry Alda was sold to pirates.", "a9.9"),
    "an id of a form that is not ours": _cites("The ferry Alda was sold to pirates.", "1", "[1]", "a1", "article 1"),
    "no id": _cites("The ferry Alda was sold to pirates."),
    "a true id, words of nothing in the story": _of("The bank raised its lending rate after a quiet summer.", TUGS),
    "a true id, a sentence of another place in the story": _of(
        "Workers at the yard expect the repair of the hull to last until the end of June.", DENIAL
    ),
    "a negation put in": _of("Oil had not leaked from the ferry into the bay of Port Sarn.", LEAK),
    "a negation left out": _of("The mayor said the pier will reopen before the divers have finished.", MAYOR),
    "a denial left out": _of("Oil had leaked from the ferry into the bay of Port Sarn.", DENIAL),
    "a hedge left out": _of("Fog hid the buoys from the crew of the ferry Alda.", CAUSE),
    "a link": _of("Tugs pulled the ferry free, see https://evil.example/login for more.", TUGS, words="evil.example"),
    "a bare link": _of("Tugs pulled the ferry free; details at www.evil.example.", TUGS, words="evil.example"),
    "a link in Markdown": _of("Tugs [pulled](https://evil.example) the ferry free.", TUGS, words="evil.example"),
    "an address": _of("Tugs pulled the ferry free; write to desk@evil.example.", TUGS, words="desk@"),
    "a telephone number": _of("Tugs pulled the ferry free; call +1 202 555 0143.", TUGS, words="555"),
    "markup": _of("<b onclick=alert(1)>Tugs</b> <img src=x> sank the ferry.", TUGS, words="<"),
    "a picture in Markdown": _of("![p](http://evil.example/p.png) Tugs pulled it free.", TUGS, words="evil.example"),
    "a dispute with an invented holder": Lie(_invented_holder, _QUELL),
    "a dispute about an invented question": Lie(_invented_question, _QUELL),
    "a dispute with an invented side": Lie(_invented_side, _QUELL),
    "an update with an invented value": Lie(
        _update(("4", _FOUR, EARLY), ("700", "Rescuers said 700 people were killed.", LATE)), "700"
    ),
    "an update whose value is not in its words": Lie(_update(("4", _FOUR, EARLY), ("700", _NINE, LATE)), "700"),
    "a headline with an invented figure": _headline("Ferry Alda kills 340 off Port Sarn", GROUNDED),
    "a headline with an invented name": _headline("Ferry Alda sunk by Zora Quell", GROUNDED),
    "a headline without evidence": _headline("Ferry Alda was sunk for insurance money", "no such sentence"),
    "a headline about something else": _headline("Bank raises lending rate after quiet summer", GROUNDED),
    "a statement that cites everything": Lie(_everything, "340"),
    "a sentence of 20 KB": _of("The ferry sank and " + "everybody knew it and " * 900, TUGS, words="everybody"),
    "control characters": _of("Tugs \x1b[31m\u202esank\u202c the\x00 ferry\x07 in 2029.", TUGS, words="2029"),
    "letters that only look alike": _of("Тhe fеrry Аldа wаs sunk by its оwners fоr mоney.", TUGS),
    "a figure in words": _of("Rescuers said forty people were killed when the ferry struck the pier.", EARLY),
    "advice in the words of a source": _of(
        "Visit the yard in Lisk Haven, you may expect the repair of the ferry's hull to last until June.", YARD
    ),
    "advice": _of("Readers should pay the tug owners at once and share this warning.", TUGS),
}


def liar(lie: Lie) -> Callable[[Request], str]:
    """Tells the truth once and the lie beside it, about the story of the ferry."""

    def answer(request: Request) -> str:
        shown = lines(request)
        grounded = id_of(request, GROUNDED[:40])
        told = lie.tells(request)
        headline = told.pop("headline", None) or said(shown["a1.0"], "a1.0")
        summary = (said(shown[grounded], grounded), *told.pop("summary", ()))
        return reply(headline, *summary, **told)

    return answer
