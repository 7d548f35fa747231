"""ZIP: never unpacked for use; its directory, its entries and what they really inflate to are counted and compared."""

from __future__ import annotations

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from mmap import mmap
from pathlib import Path
from typing import Any

from webapp.attachments.inspection.verdicts import Refused, damaged, mismatch, unsafe
from webapp.attachments.kinds import KINDS, Family, Kind

MEGABYTE = 1024 * 1024
MOST_ENTRIES, MOST_BYTES, MOST_DIRECTORY_BYTES = 1000, 200 * MEGABYTE, MEGABYTE
MOST_RATIO, RATIO_COUNTS_ABOVE = 100, MEGABYTE
"""One entry may be packed tighter while it is small; all of them together never."""

MOST_NESTED_BYTES = 32 * MEGABYTE
CHUNK = 64 * 1024
_LOCAL, _END = b"PK\x03\x04", b"PK\x05\x06"
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_HIDES_MORE = 0x40 | 0x2000
"""Flags of archives whose directory, too, takes a password or another program."""

_AES = 99
_NESTED = re.compile(
    rb"PK\x03\x04|PK\x05\x06|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\x00|MSCF\0\0\0\0"
    rb"|\x28\xb5\x2f\xfd|xar!|!<arch>\n|\x04\x22\x4d\x18|LRZI"
)
Content = mmap | bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: where its packed bytes are, and what the directory says of it."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    is_deflated: bool
    is_locked: bool = False
    """Whether it takes a password: then nobody here can inflate it."""


def inspect(content: mmap, kind: Kind, _path: Path) -> dict[str, Any]:
    """Check an archive that somebody sends as such; Office documents in it are held to their own rules."""
    return _inspect(Archive(content, kind, MOST_BYTES))


def inspect_from_outside(content: mmap, kind: Kind, _path: Path) -> dict[str, Any]:
    """Check an archive as ``inspect`` does, but for the content of what takes a password."""
    return _inspect(Archive(content, kind, MOST_BYTES, may_be_locked=True))


def _inspect(archive: Archive) -> dict[str, Any]:
    for entry in archive.entries.values():
        if entry.is_locked:
            continue
        head = archive.count(entry)
        if head[257:262] == b"ustar":
            raise _nested()
        if _NESTED.match(head):
            _inspect_nested(archive, entry)
    return {}


class Archive:
    """An archive whose directory is honest; its entries still have to be counted as they inflate."""

    def __init__(self, content: Content, kind: Kind, most_bytes: int, *, may_be_locked: bool = False) -> None:
        self.content = content
        self.kind = kind
        self.most_bytes = most_bytes
        self.may_be_locked = may_be_locked
        self.inflated = 0
        self.entries = {entry.name: entry for entry in self._directory()}

    def count(self, entry: Entry) -> bytes:
        """Inflate an entry to its end within all limits, and return its first bytes."""
        head, size, crc = b"", 0, 0
        for chunk in self.chunks(entry):
            head = head or chunk
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
            self.inflated += len(chunk)
            if size > RATIO_COUNTS_ABOVE and size > MOST_RATIO * max(entry.packed, 1):
                raise _too_much()
            if self.inflated > self.most_bytes or self.inflated > MOST_RATIO * len(self.content):
                raise _too_much()
        if size != entry.size or crc != entry.crc:
            raise damaged()
        return head

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """Yield an entry's bytes; never more than a chunk is in memory."""
        end = entry.start + entry.packed
        if not entry.is_deflated:
            for start in range(entry.start, end, CHUNK):
                yield bytes(self.content[start : min(start + CHUNK, end)])
            return
        inflater = zlib.decompressobj(-15)
        for start in range(entry.start, end, CHUNK):
            packed = bytes(self.content[start : min(start + CHUNK, end)])
            while packed:
                try:
                    yield inflater.decompress(packed, CHUNK)
                except zlib.error:
                    raise damaged() from None
                packed = inflater.unconsumed_tail
        while not inflater.eof:
            rest = inflater.decompress(inflater.unconsumed_tail, CHUNK)
            if not rest:
                raise damaged()
            yield rest
        if inflater.unused_data:
            raise damaged()

    def read(self, name: str, most: int = MEGABYTE) -> bytes:
        """Return a whole entry, which must be there and small."""
        entry = self.entries.get(name)
        if entry is None:
            raise mismatch(self.kind)
        if entry.size > most:
            raise _too_much()
        whole = bytearray()
        for chunk in self.chunks(entry):
            whole += chunk
            if len(whole) > most:
                raise _too_much()
        return bytes(whole)

    def _directory(self) -> list[Entry]:
        if self.content[:4] != _LOCAL:
            raise mismatch(self.kind)
        self._check_end()
        source = BytesIO(self.content) if isinstance(self.content, bytes) else self.content
        try:
            infos = zipfile.ZipFile(source).infolist()  # type: ignore[arg-type]  # a mapping reads like a file
        except (zipfile.BadZipFile, NotImplementedError, UnicodeError):
            raise damaged() from None
        if len(infos) > MOST_ENTRIES or sum(info.file_size for info in infos) > self.most_bytes:
            raise _too_much()
        if sum(info.file_size for info in infos) > MOST_RATIO * len(self.content):
            raise _too_much()
        names: set[str] = set()
        entries = [self._entry(info, names) for info in infos]
        if not entries or min(info.header_offset for info in infos) != 0:
            raise unsafe("something stands before its first entry")
        _refuse_overlaps(entries)
        return [entry for entry in entries if not entry.name.endswith("/")]

    def _check_end(self) -> None:
        """The directory's end is the file's end, and is small enough to be read."""
        end = self.content.rfind(_END, max(0, len(self.content) - 65_557))
        if end < 0 or end + 22 > len(self.content):
            raise damaged()
        count, size, comment = struct.unpack_from("<10xHI4xH", self.content, end)
        if end + 22 + comment != len(self.content):
            raise unsafe("something stands behind its end")
        if count > MOST_ENTRIES or size > MOST_DIRECTORY_BYTES:
            raise _too_much()

    def _entry(self, info: zipfile.ZipInfo, names: set[str]) -> Entry:
        _check_name(info.orig_filename, names)
        mode = info.external_attr >> 16
        if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise unsafe("it holds a link or a device")
        is_locked = bool(info.flag_bits & _ENCRYPTED_FLAGS)
        if is_locked and (not self.may_be_locked or info.flag_bits & _HIDES_MORE):
            raise Refused("encrypted", "The selected file is protected by a password and cannot be checked")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} | ({_AES} if is_locked else set()):
            raise unsafe("it is packed in a way that cannot be checked")
        header = self.content[info.header_offset : info.header_offset + 30]
        if len(header) < 30 or header[:4] != _LOCAL:
            raise damaged()
        flags, length, extra = struct.unpack("<4x2xH18xHH", header)
        start = info.header_offset + 30 + length + extra
        raw = bytes(self.content[info.header_offset + 30 : info.header_offset + 30 + length])
        if raw.decode("utf-8" if flags & 0x800 else "cp437", "replace") != info.orig_filename:
            raise unsafe("its directory does not name what it holds")
        if start + info.compress_size > len(self.content):
            raise damaged()
        is_deflated = info.compress_type == zipfile.ZIP_DEFLATED
        return Entry(info.orig_filename, start, info.compress_size, info.file_size, info.CRC, is_deflated, is_locked)


def _check_name(name: str, names: set[str]) -> None:
    parts = name.rstrip("/").split("/")
    if name.startswith("/") or ".." in parts or "\\" in name or re.match(r"[A-Za-z]:", name) or not name.strip("/"):
        raise unsafe("it holds a name that leads out of its folder")
    if any(unicodedata.category(one) in {"Cc", "Cs"} for one in name):
        raise unsafe("it holds a name with characters that cannot be shown")
    folded = unicodedata.normalize("NFC", name).casefold().rstrip("/")
    if folded in names:
        raise unsafe("it holds two files of the same name")
    names.add(folded)


def _refuse_overlaps(entries: list[Entry]) -> None:
    end = 0
    for entry in sorted(entries, key=lambda one: (one.start, one.packed)):
        if entry.start < end:
            raise unsafe("its entries overlap")
        end = entry.start + entry.packed


def _inspect_nested(archive: Archive, entry: Entry) -> None:
    """An Office document is an archive, too: one in a ZIP must be one that could be sent by itself."""
    kind = KINDS.get(entry.name.rpartition(".")[2].lower())
    if kind is None or kind.family not in {Family.OOXML, Family.ODF} or entry.size > MOST_NESTED_BYTES:
        raise _nested()
    from webapp.attachments.inspection import ooxml, opendocument

    module = ooxml if kind.family is Family.OOXML else opendocument
    module.check(Archive(archive.read(entry.name, MOST_NESTED_BYTES), kind, module.MOST_BYTES))


def _too_much() -> Refused:
    return Refused("archive_too_large", "The selected file holds too much, or is packed too tightly, to be accepted")


def _nested() -> Refused:
    return Refused("nested_archive", "The selected file holds another archive. Attach what is in it instead")
