"""The child process that takes mails apart: what strangers send never runs in a server, and has little time."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

WEBAPP = Path(__file__).resolve().parents[2]
SECONDS = 20
BOOTSTRAP = """
import sys, types
for name, path in (("webapp", sys.argv[1]), ("webapp.notifications", sys.argv[1] + "/notifications")):
    module = types.ModuleType(name)  # the packages themselves import the whole application
    module.__path__ = [path]
    sys.modules[name] = module
from webapp.notifications.inbound import child
child.main()
"""


class Unreadable(Exception):
    """The mail breaks what reads it, or takes it too long."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a mail, in the folder that the caller gave."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Opened:
    """What a mail holds. ``automatic`` says by what a machine's mail was recognised; empty for a person's.

    ``answers`` are the Message-IDs that it says it answers.
    """

    sender: str
    automatic: str
    answers: list[str]
    text: str
    original: str
    files: list[Part]


def take_apart(source: Path, folder: Path) -> Opened:
    """Take the mail in a file apart, its files into a folder; raises Unreadable."""
    command = [sys.executable, "-I", "-c", BOOTSTRAP, str(WEBAPP), str(source), str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own code
    except subprocess.TimeoutExpired:
        raise Unreadable("it took too long to read") from None
    if done.returncode:
        raise Unreadable("it cannot be read")
    found = json.loads(done.stdout)
    files = [Part(one["name"], Path(one["path"])) for one in found.pop("files")]
    return Opened(files=files, **found)
