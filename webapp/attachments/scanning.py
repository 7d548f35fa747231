"""Looking for viruses: a running clamd says whether a file is clean; without one every file is said to be unscanned."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket, CommunicationError

from webapp.attachments.models import NOTE_LENGTH, ScanState

PORT = 3310
SECONDS = 10
"""How long a scan may take before the file waits for a later one."""

log = logging.getLogger(__name__)


class Scan(NamedTuple):
    """What a scan found; ``note`` is the name of what was found, or why nothing could be."""

    state: ScanState
    note: str = ""


class Scanner(Protocol):
    """Whoever tells whether a file is clean."""

    is_there: bool

    def scan(self, path: Path) -> Scan: ...


class NoScanner:
    """Nobody looks at the files, and every file says that it was not looked at."""

    is_there = False

    def scan(self, path: Path) -> Scan:  # noqa: ARG002
        return Scan(ScanState.UNSCANNED)


class Clamd:
    """A clamd behind ``tcp://host:3310`` or ``unix:///run/clamav/clamd.ctl`` (man clamd: INSTREAM)."""

    is_there = True

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)

    def scan(self, path: Path) -> Scan:
        """Send the file to clamd; pending when clamd cannot be reached, an error when it refuses the file."""
        try:
            with path.open("rb") as file:
                answers = self._connect().instream(file)
        except (CommunicationError, OSError) as error:
            log.warning("the virus scanner cannot be reached: %s", error)
            return Scan(ScanState.PENDING)
        except ClamdError as error:
            return Scan(ScanState.ERROR, str(error)[:NOTE_LENGTH])
        (status, found) = next(iter(answers.values()), ("ERROR", "no answer"))
        match status:
            case "OK":
                return Scan(ScanState.CLEAN)
            case "FOUND":
                return Scan(ScanState.INFECTED, str(found or "")[:NOTE_LENGTH])
        return Scan(ScanState.ERROR, str(found or status)[:NOTE_LENGTH])

    def _connect(self) -> ClamdNetworkSocket:
        if self._url.scheme == "unix":
            return ClamdUnixSocket(self._url.path, timeout=SECONDS)
        return ClamdNetworkSocket(self._url.hostname or "127.0.0.1", self._url.port or PORT, timeout=SECONDS)


def open_scanner(url: str) -> Scanner:
    """Return the scanner behind a URL, or the one that does nothing."""
    return Clamd(url) if url else NoScanner()


class _Bound:
    """Stands for the scanner of the running application; create_app() says where it is."""

    find: Callable[[], Scanner] = NoScanner

    def __call__(self) -> Scanner:
        return self.find()


current = _Bound()
