"""How long somebody has to wait, in words."""

from __future__ import annotations


def waiting(seconds: int) -> str:
    """Return a time to wait that is not shorter than it is: seconds up to two minutes, then minutes."""
    return f"{seconds} second{'' if seconds == 1 else 's'}" if seconds < 120 else f"{seconds // 60 + 1} minutes"
