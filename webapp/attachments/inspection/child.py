"""The child's side: limits itself, looks at one file after the other, and prints a verdict a line."""

from __future__ import annotations

import hashlib
import json
import mmap
import resource
import struct
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from webapp.attachments.inspection.verdicts import Refused, damaged
from webapp.attachments.kinds import KINDS, Family

ADDRESS_SPACE = 640 * 1024 * 1024
CPU_SECONDS = 60
_INSPECTORS = {
    Family.IMAGE: "images",
    Family.PDF: "pdf",
    Family.OOXML: "ooxml",
    Family.ODF: "opendocument",
    Family.OLE: "old_office",
    Family.ZIP: "archives",
    Family.TEXT: "texts",
}
"""Modules with ``inspect(content, kind, path) -> dict`` of what a verdict says beside size and digest."""


def main() -> None:
    """Read the files and their extensions from stdin, and print the verdicts as they are found."""
    limit()
    for path, extension, may_be_locked in json.load(sys.stdin):
        print(json.dumps(verdict(Path(path), extension, may_be_locked=may_be_locked)), flush=True)


def limit() -> None:
    """Take from this process what no inspection needs."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def verdict(path: Path, extension: str, *, may_be_locked: bool = False) -> dict[str, Any]:
    """Return the verdict on one file, as ``Accepted`` or ``Refusal`` takes it."""
    kind = KINDS[extension]
    try:
        inspector = import_module(f"webapp.attachments.inspection.{_INSPECTORS[kind.family]}")
        with path.open("rb") as file:  # the mapping is never closed: parts of it may still be referred to
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        from_outside = may_be_locked and kind.family is Family.ZIP
        inspect = inspector.inspect_from_outside if from_outside else inspector.inspect
        found: dict[str, Any] = inspect(content, kind, path)
        kept = Path(found.pop("path", path))
        with kept.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"path": str(kept), "size_bytes": kept.stat().st_size, "sha256": digest, **found}
    except Refused as refused:
        why = refused.refusal
    except (MemoryError, ValueError, LookupError, EOFError, ArithmeticError, struct.error):
        why = damaged().refusal
    return {"code": why.code, "message": why.message}
