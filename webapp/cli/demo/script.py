"""The talks beside this module: their notation, and the two texts that are composed rather than written.

A file is a sequence of ``# store``, ``== subject | age of the last message | who takes part, with a number: unread``,
``name: text`` and ``* name closed``; ``+ photos 3 20`` puts three photos, from number 20 on, to the line above, and
``~ name: text`` is what somebody typed and did not send. Whoever speaks takes part too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

TALKS = Path(__file__).parent / "talks"
FILES = ("harbor-goods", "tea-corner", "atlas-lamps", "platform", "customers")
LONG_TEXT_LENGTH = 5000
STANDING_LENGTH = 600
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_HEAD = re.compile(r"== (?P<subject>.+) \| (?P<count>\d+)(?P<unit>[mhd]) \| (?P<people>.+)")
_ROOMS = ("hall", "kitchen", "library", "study", "attic", "cellar", "landing", "pantry", "garden room", "guest room")
_THINGS = ("brass hooks", "storm lanterns", "rope mats", "teak trays", "wool blankets", "barometers", "deck chairs")
_WHERE = ("by the door", "under the window", "left of the clock", "next to the atlas", "where the bell hung")
_SEEN = {
    "arrived, complete": ("Thank you, noted.", "👌", "Lovely."),
    "arrived, one box wet outside": ("Please open it and tell me.", "The carrier pays for that one."),
    "arrived, two boxes short": ("The missing ones follow tomorrow.", "I will check that at once."),
    "is on the van": ("All right.", "Then it is there by noon."),
    "waits at the gate": ("I have called the gate.", "Somebody comes at once."),
}
_REMARKS = ("The tide was late.", "Class has begun.", "The gate was open.", "It rained.", "The children helped.")


@dataclass
class Talk:
    """One conversation as written: each line is a name and a text."""

    store: str
    subject: str
    age: timedelta
    unread: dict[str, int]
    lines: list[tuple[str, str]] = field(default_factory=list)
    events: set[int] = field(default_factory=set)
    """Which of the lines are events; their text is the event's word."""
    files: dict[int, str] = field(default_factory=dict)
    """The files of a line, in the words of ``enclosing.named``."""
    unsent: dict[str, str] = field(default_factory=dict)


def talks(random: Random) -> Iterator[Talk]:
    """Yield every conversation of the demo, always the same for the same random."""
    for name in FILES:
        yield from _parse((TALKS / f"{name}.txt").read_text(encoding="utf-8").splitlines(), random)


def _parse(lines: list[str], random: Random) -> Iterator[Talk]:
    store, talk = "", None
    for line in filter(None, lines):
        if line.startswith("# "):
            store = line[2:]
        elif head := _HEAD.fullmatch(line):
            if talk:
                yield talk
            age = timedelta(**{_UNITS[head["unit"]]: int(head["count"])})
            talk = Talk(store, head["subject"], age, _people(head["people"]))
        elif talk:
            _add(talk, line, random)
    if talk:
        yield talk


def _people(text: str) -> dict[str, int]:
    words = [each.split() for each in text.split(",")]
    return {word[0]: int(word[1]) if len(word) > 1 else 0 for word in words}


def _add(talk: Talk, line: str, random: Random) -> None:
    if line == "{standing}":
        talk.lines += _standing_talk(random)
    elif line.startswith("+ "):
        talk.files[len(talk.lines)] = line[2:]
    elif line.startswith("~ "):
        name, text = line[2:].split(": ", 1)
        talk.unsent[name] = text
    elif line.startswith("* "):
        _, name, word = line.split()
        talk.events.add(len(talk.lines))
        talk.lines.append((name, word))
    else:
        name, text = line.split(": ", 1)
        talk.lines.append((name, _long_text(random) if text == "{long}" else text))
        talk.unread.setdefault(name, 0)


def _long_text(random: Random) -> str:
    """A list of 5,000 characters for the mover."""
    text = "Dear Harbor Goods, we are moving, and here is every single thing we need, room by room.\n"
    number = 0
    while len(text) < LONG_TEXT_LENGTH:
        number += 1
        room, thing = random.choice(_ROOMS), random.choice(_THINGS)
        text += f"\n{number}. For the {room}: {random.randint(2, 9)} {thing}, to go {random.choice(_WHERE)}."
    end = "\n\nThat is all. Kind regards, Maximiliana"
    return text[: LONG_TEXT_LENGTH - len(end)].rstrip(" \n").ljust(LONG_TEXT_LENGTH - len(end), ".") + end


def _standing_talk(random: Random) -> Iterator[tuple[str, str]]:
    """A thread of 600 messages: the deliveries to a sailing school, three lines for each of 200 crates."""
    for crate in range(1, STANDING_LENGTH // 3 + 1):
        thing, count = random.choice(_THINGS), random.randint(2, 24)
        yield "olga", f"Crate {crate}: {count} {thing}, pier {random.randint(1, 6)}, {random.randint(7, 16)}:30."
        seen = random.choice(list(_SEEN))
        yield "max", f"Crate {crate} {seen}. {random.choice(_REMARKS)}"
        yield "olga", random.choice(_SEEN[seen])
