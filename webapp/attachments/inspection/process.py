"""The child process of the inspection: hostile input never runs in the server, and has little memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from webapp.attachments.errors import Refusal
from webapp.attachments.inspection.verdicts import Accepted, Candidate, damaged

AT_ONCE = 4
"""How many children of one server process may run at the same time; others wait."""

SECONDS, SECONDS_PER_FILE = 8, 4
WEBAPP = Path(__file__).resolve().parents[2]
BOOTSTRAP = """
import sys, types
webapp = types.ModuleType("webapp")  # the package itself imports the whole application, which costs a second
webapp.__path__ = [sys.argv[1]]
sys.modules["webapp"] = webapp
from webapp.attachments.inspection import child
child.main()
"""
_slots = threading.BoundedSemaphore(AT_ONCE)
_TOO_LONG = Refusal("took_too_long", "The selected file takes too long to check. Attach a simpler one")


def inspect(candidates: Sequence[Candidate]) -> list[Accepted | Refusal]:
    """Return a verdict for each file, in order. A file that breaks its child is refused; the others get a new child."""
    verdicts: list[Accepted | Refusal] = []
    while len(verdicts) < len(candidates):
        rest = candidates[len(verdicts) :]
        found, in_time = _run(rest)
        verdicts += found
        if len(found) < len(rest):
            verdicts.append(damaged().refusal if in_time else _TOO_LONG)
    return verdicts


def _run(candidates: Sequence[Candidate]) -> tuple[list[Accepted | Refusal], bool]:
    """Return the verdicts of one child, as many as it gave, and whether it ended by itself."""
    asked = json.dumps([[str(one.path), one.kind.extension, one.may_be_locked] for one in candidates])
    command = [sys.executable, "-I", "-c", BOOTSTRAP, str(WEBAPP)]
    with (
        _slots,
        subprocess.Popen(  # noqa: S603 - our own interpreter and our own code
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as child,
    ):
        try:
            output, _ = child.communicate(asked, timeout=SECONDS + SECONDS_PER_FILE * len(candidates))
            in_time = True
        except subprocess.TimeoutExpired:
            child.kill()
            output, _ = child.communicate()
            in_time = False
    whole_lines = output[: output.rfind("\n") + 1].splitlines()
    return [_verdict(json.loads(line)) for line in whole_lines], in_time


def _verdict(line: dict[str, Any]) -> Accepted | Refusal:
    if "code" in line:
        return Refusal(**line)
    return Accepted(**{**line, "path": Path(line["path"])})
