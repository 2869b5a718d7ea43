"""Colours that can be read: contrast as WCAG 2.2 defines it, and an accent made dark or light enough for text."""

import re

# Text of the accent's colour stands on the page and on its panels, in both appearances: see `briefing.css`.
LIGHT = ("#fcfbf8", "#f3f0e9")
DARK = ("#171614", "#23211d")
READABLE = 4.5
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 100

Rgb = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb`, 1 to 21."""
    lighter, darker = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def legible(accent: str, grounds: tuple[str, ...]) -> str:
    """The accent, moved towards black or white by the least that gives a contrast of 4.5 on every ground."""
    dark_ground = _luminance(_rgb(grounds[0])) < 0.2
    end = (1.0, 1.0, 1.0) if dark_ground else (0.0, 0.0, 0.0)
    start = _rgb(accent)
    for step in range(_STEPS + 1):
        colour = _hex(tuple(a + (b - a) * step / _STEPS for a, b in zip(start, end, strict=True)))
        if all(contrast(colour, ground) >= READABLE for ground in grounds):
            return colour
    raise ValueError(f"no colour is legible on all of {', '.join(grounds)}")


def _rgb(colour: str) -> Rgb:
    if not _HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour like #1f5673")
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def _luminance(parts: Rgb) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
