"""OpenDocument files (ODF): what their mimetype says, without macros and without anything fetched from elsewhere."""

from __future__ import annotations

import re
from mmap import mmap
from pathlib import Path
from typing import Any

from webapp.attachments.inspection import markup
from webapp.attachments.inspection.archives import MEGABYTE, Archive
from webapp.attachments.inspection.verdicts import Refused, mismatch
from webapp.attachments.kinds import Kind

MOST_BYTES = 100 * MEGABYTE
_ELSEWHERE = re.compile(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\)")
_HREF = "http://www.w3.org/1999/xlink href"
_HYPERLINKS = (":text:1.0 a", ":drawing:1.0 a")
_SCRIPT = ":script:1.0 event-listener"
_NO_MACRO = {"script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml"}


def inspect(content: mmap, kind: Kind, _path: Path) -> dict[str, Any]:
    """Check a document that is sent as such."""
    check(Archive(content, kind, MOST_BYTES))
    return {}


def check(archive: Archive) -> None:
    """Check a document, wherever it lies; all of it is inflated and counted."""
    first = next(iter(archive.entries.values()))
    is_first = first.name == "mimetype" and not first.is_deflated
    if not is_first or archive.read("mimetype").decode("latin-1") != archive.kind.mime_type:
        raise mismatch(archive.kind)
    markup.read([archive.read("META-INF/manifest.xml")], _refuse_encrypted)
    for name, entry in archive.entries.items():
        if name.startswith(("Basic/", "Scripts/")) and name.rpartition("/")[2] not in _NO_MACRO:
            raise _with_macros()
        head = archive.count(entry)
        if name.endswith((".xml", ".rdf")) and head:
            markup.check_prolog(head)
        if name.endswith(("content.xml", "styles.xml")):
            markup.read(archive.chunks(entry), _refuse_elsewhere)


def _refuse_encrypted(name: str, _attributes: dict[str, str]) -> None:
    if name.endswith(" encryption-data"):
        raise Refused("encrypted", "The selected file is protected by a password and cannot be checked")


def _refuse_elsewhere(name: str, attributes: dict[str, str]) -> None:
    if name.endswith(_SCRIPT):
        raise _with_macros()
    if name.endswith(_HYPERLINKS):
        return
    if _ELSEWHERE.match(attributes.get(_HREF, "")):
        raise Refused(
            "external_content",
            "The selected file loads something from elsewhere when it is opened. Save it without links to other files",
        )


def _with_macros() -> Refused:
    return Refused("macros", "The selected file holds macros. Save it without macros and attach it again")
