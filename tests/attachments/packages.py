"""Archives and documents made by code: ZIP, Office and OpenDocument, good ones and hostile ones."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from io import BytesIO

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PREFIX = "application/vnd.openxmlformats-officedocument"
_MAINS = {
    "docx": ("word/document.xml", f"{_PREFIX}.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_PREFIX}.spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{_PREFIX}.presentationml.presentation.main+xml"),
    "docm": ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
}
Parts = dict[str, bytes | str]


def zipped(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an ordinary archive."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def zip_with(name: str, *, mode: int = 0, twice: bool = False) -> bytes:
    """Return an archive with an entry of just this name, which zipfile would have mended."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for _ in range(2 if twice else 1):
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = mode << 16
            archive.writestr(info, b"/etc/passwd")
    return whole.getvalue()


def zip_link() -> bytes:
    return zip_with("link", mode=stat.S_IFLNK | 0o777)


def zip_encrypted() -> bytes:
    """An archive whose entry says that it is encrypted, in both places."""
    whole = bytearray(zipped({"a.txt": b"secret"}))
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def zip_locked_by_aes() -> bytes:
    """An archive as 7-Zip writes it with a password: another packing method, named in both places."""
    whole = bytearray(zip_encrypted())
    whole[8:10] = struct.pack("<H", 99)
    at = whole.index(b"PK\x01\x02") + 10
    whole[at : at + 2] = struct.pack("<H", 99)
    return bytes(whole)


def zip_hidden() -> bytes:
    """An archive whose directory is encrypted, too."""
    whole = bytearray(zip_encrypted())
    whole[whole.index(b"PK\x01\x02") + 9] |= 0x20
    return bytes(whole)


def zip_locked_beside_a_bomb() -> bytes:
    """A locked entry, and one that inflates to far too much."""
    whole = bytearray(zipped({"a.txt": b"secret", "b.txt": bytes(20_000_000)}))
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    return bytes(whole)


def zip_overlapping(entries: int, holds: bytes) -> bytes:
    """Many entries of the directory for one and the same content, after David Fifield's bomb."""
    size, content = len(holds), zlib.compress(holds, 9)[2:-4]
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(content), size, 1, 0) + b"a"
    directory = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, zlib.crc32(holds), len(content),
            size, 1, 0, 0, 0, 0, 0, 0,
        ) + bytes([97 + number % 26])
        for number in range(entries)
    )  # fmt: skip
    body = local + content
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, entries, entries, len(directory), len(body), 0)
    return body + directory + end


def zip_lying(says: int = 10, holds: int = 50_000_000) -> bytes:
    """An archive that says an entry is small, and inflates to much more."""
    content = zlib.compress(bytes(holds), 9)[2:-4]
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(content), says, 1, 0) + b"a"
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, 0, len(content), says, 1, 0, 0, 0, 0, 0, 0
    ) + b"a"  # fmt: skip
    body = local + content
    return body + entry + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), len(body), 0)


def zip_renaming() -> bytes:
    """An archive whose directory has another name for the entry than the entry itself."""
    whole = zipped({"good.txt": b"text"})
    at = whole.rindex(b"good.txt")
    return whole[:at] + b"evil.exe" + whole[at + 8 :]


def ooxml(kind: str, extra: Parts | None = None, *, types: str = "", relations: str = "", document: str = "") -> bytes:
    """Return an Office document, with further parts, content types and relationships of its main part."""
    main, main_type = _MAINS[kind]
    folder, _, file = main.partition("/")
    parts: Parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/'
        f'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{main}" ContentType="{main_type}"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument"'
        f' Target="{main}"/></Relationships>',
        main: document or '<?xml version="1.0"?><root><p>Text</p></root>',
        f"{folder}/_rels/{file}.rels": f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>',
    }
    return zipped({**parts, **(extra or {})})


def relation(kind: str, target: str) -> str:
    """Return an external relationship."""
    return f'<Relationship Id="r9" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'


def odf(
    kind: str = "text", extra: Parts | None = None, *, body: str = "", manifest: str = "", first: bool = True
) -> bytes:
    """Return an OpenDocument file."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        if first:
            archive.writestr("mimetype", mimetype)
        archive.writestr(
            "content.xml",
            '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
            ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
            ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
            f' xmlns:xlink="http://www.w3.org/1999/xlink">{body}</o:document-content>',
            zipfile.ZIP_DEFLATED,
        )
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="urn:manifest">{manifest}</m:manifest>')
        if not first:
            archive.writestr("mimetype", mimetype)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return whole.getvalue()


def compound(*streams: str) -> bytes:
    """Return a compound file (MS-CFB) whose directory names these streams."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<I", header, 44, 1)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = b""
    for name in ("Root Entry", *streams)[:4]:
        raw = name.encode("utf-16-le") + b"\0\0"
        directory += raw.ljust(64, b"\0") + struct.pack("<H", len(raw)) + bytes(62)
    return bytes(header) + table + directory.ljust(512, b"\0")
