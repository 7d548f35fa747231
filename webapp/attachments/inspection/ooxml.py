"""Word, Excel and PowerPoint documents (OOXML): the right main part, nothing that runs, nothing from elsewhere."""

from __future__ import annotations

from mmap import mmap
from pathlib import Path
from typing import Any

from webapp.attachments.inspection import markup
from webapp.attachments.inspection.archives import MEGABYTE, Archive
from webapp.attachments.inspection.old_office import MAGIC, stream_names
from webapp.attachments.inspection.verdicts import Refused, mismatch
from webapp.attachments.kinds import Kind

MOST_BYTES = 100 * MEGABYTE
_PREFIX = "application/vnd.openxmlformats-officedocument"
_MAIN_TYPES = {
    "docx": f"{_PREFIX}.wordprocessingml.document.main+xml",
    "xlsx": f"{_PREFIX}.spreadsheetml.sheet.main+xml",
    "pptx": f"{_PREFIX}.presentationml.presentation.main+xml",
}
_MACROS = ("macroenabled", "vbaproject", "vbadata", "macrosheet")
_ACTIVE = ("activex", "ms-office.active")


def inspect(content: mmap, kind: Kind, _path: Path) -> dict[str, Any]:
    """Check a document that is sent as such. With a password it is a compound file, and cannot be checked."""
    if content[:8] == MAGIC and "EncryptedPackage" in stream_names(content):
        raise Refused("encrypted", "The selected file is protected by a password and cannot be checked")
    check(Archive(content, kind, MOST_BYTES))
    return {}


def check(archive: Archive) -> None:
    """Check a document, wherever it lies; all of it is inflated and counted."""
    types = _content_types(archive)
    if _main_part_type(archive, types) != _MAIN_TYPES[archive.kind.extension]:
        raise mismatch(archive.kind) if not _has_macros(types) else _with_macros()
    if _has_macros(types):
        raise _with_macros()
    for name, entry in archive.entries.items():
        lowered = name.lower()
        if any(word in lowered or word in types.get(name, "").lower() for word in _ACTIVE):
            raise Refused("active_content", "The selected file holds ActiveX controls. Remove them and attach it again")
        head = archive.count(entry)
        if lowered.endswith((".xml", ".rels", ".vml")) and head:
            markup.check_prolog(head)
        if lowered.endswith(".rels"):
            markup.read([archive.read(name)], _refuse_external)


def _content_types(archive: Archive) -> dict[str, str]:
    """Return the content type of each part by its name, and of each extension as ``*.ext``."""
    types: dict[str, str] = {}

    def note(name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "")
        if name.endswith(" Override"):
            types[attributes.get("PartName", "").lstrip("/")] = kind
        elif name.endswith(" Default"):
            types[f"*.{attributes.get('Extension', '')}"] = kind

    markup.read([archive.read("[Content_Types].xml")], note)
    return types


def _main_part_type(archive: Archive, types: dict[str, str]) -> str:
    targets = []

    def note(_name: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/relationships/officeDocument"):
            targets.append(attributes.get("Target", "").lstrip("/"))

    markup.read([archive.read("_rels/.rels")], note)
    if len(targets) != 1 or targets[0] not in archive.entries:
        raise mismatch(archive.kind)
    return types.get(targets[0]) or types.get(f"*.{targets[0].rpartition('.')[2]}", "")


def _has_macros(types: dict[str, str]) -> bool:
    return any(word in text.lower() for pair in types.items() for text in pair for word in _MACROS)


def _refuse_external(_name: str, attributes: dict[str, str]) -> None:
    is_external = attributes.get("TargetMode", "").lower() == "external"
    if is_external and not attributes.get("Type", "").endswith("/hyperlink"):
        raise Refused(
            "external_content",
            "The selected file loads something from elsewhere when it is opened. Save it without links to other files",
        )


def _with_macros() -> Refused:
    return Refused("macros", "The selected file holds macros. Save it without macros and attach it again")
