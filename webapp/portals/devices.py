"""What browsers call themselves, in the words of people."""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""What user agents hold, in the order in which they give each other's names."""


def device(user_agent: str) -> str:
    """Return a browser and its system in the words of people; a program by its own name."""
    browser = next((words for mark, words in _BROWSERS if mark in user_agent), "")
    system = next((words for mark, words in _SYSTEMS if mark in user_agent), "")
    return (
        " on ".join(filter(None, (browser, system)))
        or user_agent.split("/", maxsplit=1)[0][:40].strip()
        or "Unknown browser"
    )
