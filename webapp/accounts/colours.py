"""A store's colour in its storefront: only one that can be read, and the pairs that go with it in light and dark."""

from __future__ import annotations

import re

from webapp.accounts.errors import Invalid

NEEDED = 4.5
"""The contrast of text on its ground (WCAG 2.2, 1.4.3)."""

LIGHT, DARK = "#ffffff", "#14171b"
"""The grounds of the pages, as in the style sheet."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def clean_colour(text: str) -> str:
    """Return a colour as it is kept, empty for none; raises Invalid with the contrast of one that cannot be read."""
    colour = text.strip().lower()
    if not colour:
        return ""
    if not _HEX.fullmatch(colour):
        raise Invalid("accent", "Enter a colour such as #0b6464")
    found = contrast(colour, LIGHT)
    if found < NEEDED:
        raise Invalid(
            "accent",
            f"This colour has a contrast of {found:.1f} to 1 on white. Choose a darker one: text needs {NEEDED} to 1",
        )
    return colour


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2)."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def on_dark(colour: str) -> str:
    """Return the colour made lighter until it can be read on the dark ground."""
    for part in range(0, 101, 5):
        lighter = _mixed(colour, LIGHT, part / 100)
        if contrast(lighter, DARK) >= NEEDED + 1:
            return lighter
    return LIGHT


def sheet(colour: str) -> str:
    """Return the style sheet of a storefront in that colour; empty for the usual one."""
    if not colour:
        return ""
    light, dark = colour, on_dark(colour)
    return (
        '[data-skin="storefront"]{'
        f"--accent:light-dark({light},{dark});--on-accent:light-dark(#ffffff,{DARK});"
        f"--accent-soft:light-dark({_mixed(light, LIGHT, 0.88)},{_mixed(dark, DARK, 0.8)})}}\n"
    )


def _mixed(colour: str, other: str, part: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in _channels(colour)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
