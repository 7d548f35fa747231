"""How a person wants to see the pages: theme, density, keys and the hints they have put away; kept with the account."""

from __future__ import annotations

from webapp.accounts.models import Customer, User
from webapp.accounts.viewer import Viewer
from webapp.database import session

CHOICES: dict[str, tuple[str, ...]] = {
    "theme": ("system", "light", "dark"),
    "density": ("comfortable", "compact"),
    "keys": ("on", "off"),
    "enter": ("newline", "send"),
    "sound": ("off", "on"),
}
"""Every preference with its values, the default first."""

DEFAULTS = {name: choices[0] for name, choices in CHOICES.items()}

HINTS = ("keys", "notify", "email")
"""The hints of the first minutes; each is shown until its person puts it away."""


def of(viewer: Viewer) -> dict[str, str]:
    """Return every preference of the viewer with its value."""
    kept = {name: value for name, value in viewer.preferences.items() if value in CHOICES.get(name, ())}
    return {**DEFAULTS, **kept}


def seen_hints(viewer: Viewer) -> frozenset[str]:
    """Return the hints that the viewer has put away."""
    return frozenset(hint for hint in HINTS if viewer.preferences.get(f"hint_{hint}") == "seen")


def next_hint(viewer: Viewer) -> str:
    """Return the hint to show now, one at a time; empty when all were put away."""
    seen = seen_hints(viewer)
    shown = (hint for hint in HINTS if hint not in seen and not (hint == "keys" and viewer.is_customer))
    return next(shown, "")


def change(viewer: Viewer, values: dict[str, str]) -> dict[str, str]:
    """Keep what of the values is a preference or a hint, and return it; the rest is left out, not refused."""
    taken = {name: value for name, value in values.items() if value in CHOICES.get(name, ())}
    if (hint := values.get("hint")) in HINTS:
        taken[f"hint_{hint}"] = "seen"
    if taken:
        account: Customer | User = (
            session.get_one(Customer, viewer.id) if viewer.is_customer else session.get_one(User, viewer.id)
        )
        account.preferences = {**(account.preferences or {}), **taken}
        session.flush()
    return taken
