"""The Content-Disposition of a download: a name in any script, for browsers old and new (RFC 6266)."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote


def content_disposition(filename: str) -> str:
    """Return ``attachment`` with the name twice: in ASCII for old programs, and whole in UTF-8."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = "".join(one for one in plain if one.isprintable() and one not in '"\\%;').strip()
    stem, dot, extension = plain.rpartition(".")
    if not stem.strip():
        plain = f"file{dot}{extension}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
