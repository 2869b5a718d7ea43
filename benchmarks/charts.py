"""A small line chart as SVG, in the words and colours that read on light and dark pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 360, 260, 48, 76, 30, 40
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#7f7f7f")  # told apart without red against green (Okabe & Ito)


class Line(NamedTuple):
    """One line: values over places, both ascending in place."""

    name: str
    places: Sequence[float]
    values: Sequence[float]


def chart(panels: Sequence[tuple[str, Sequence[Line]]], across: str) -> str:
    """Panels side by side, each with its unit and lines; the axes begin at zero."""
    drawn = "".join(
        f'<g transform="translate({_WIDTH * i} 0)">{"".join(_panel(unit, lines, across))}</g>'
        for i, (unit, lines) in enumerate(panels)
    )
    size = f'width="{_WIDTH * len(panels)}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH * len(panels)} {_HEIGHT}"'
    title = escape(" and ".join(unit for unit, _ in panels))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif" font-size="11">'
        f"<title>{title} over {escape(across)}</title>"
        f'<rect width="100%" height="100%" fill="#ffffff"/>{drawn}</svg>\n'
    )


def _panel(unit: str, lines: Sequence[Line], across: str) -> Iterator[str]:
    most = max(value for line in lines for value in line.values)
    far = max(place for line in lines for place in line.places)

    def at(place: float, value: float) -> tuple[float, float]:
        wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return round(_LEFT + wide * place / far, 1), round(_HEIGHT - _BOTTOM - high * value / most, 1)

    yield f'<text x="{_LEFT}" y="18" font-weight="bold">{escape(unit)}</text>'
    for share in (0, 0.25, 0.5, 0.75, 1):
        (x, y), (end, _) = at(0, most * share), at(far, 0)
        yield f'<path d="M{x} {y}H{end}" stroke="#dddddd"/>'
        yield f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{most * share:.3g}</text>'
    for place in lines[0].places:
        x, y = at(place, 0)
        yield f'<text x="{x}" y="{y + 16}" text-anchor="middle">{place:,.0f}</text>'
    yield f'<text x="{at(far / 2, 0)[0]}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>'
    for line, colour in zip(lines, _COLOURS, strict=False):
        points = [at(place, value) for place, value in zip(line.places, line.values, strict=True)]
        path = " ".join(f"{x},{y}" for x, y in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield "".join(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in points)
        x, y = points[-1]
        yield f'<text x="{x + 8}" y="{y + 4}" fill="{colour}">{escape(line.name)}</text>'
