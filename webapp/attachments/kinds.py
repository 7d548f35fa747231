"""What may be sent: a kind for each extension, with the MIME type that is ours, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from webapp.attachments.errors import Refusal


class Family(StrEnum):
    """Kinds whose content is inspected by the same rules."""

    IMAGE = "image"
    PDF = "pdf"
    OOXML = "ooxml"
    ODF = "odf"
    OLE = "ole"
    """The Office files from before 2007."""
    ZIP = "zip"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Kind:
    """One extension: how its content is inspected, what it is served as, and what people call it."""

    extension: str
    family: Family
    mime_type: str
    label: str


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

KINDS = {
    kind.extension: kind
    for kind in (
        Kind("jpg", Family.IMAGE, "image/jpeg", "JPEG image"),
        Kind("jpeg", Family.IMAGE, "image/jpeg", "JPEG image"),
        Kind("png", Family.IMAGE, "image/png", "PNG image"),
        Kind("gif", Family.IMAGE, "image/gif", "GIF image"),
        Kind("webp", Family.IMAGE, "image/webp", "WebP image"),
        Kind("pdf", Family.PDF, "application/pdf", "PDF"),
        Kind("docx", Family.OOXML, f"{_OPEN_XML}.wordprocessingml.document", "Word document"),
        Kind("xlsx", Family.OOXML, f"{_OPEN_XML}.spreadsheetml.sheet", "Excel workbook"),
        Kind("pptx", Family.OOXML, f"{_OPEN_XML}.presentationml.presentation", "PowerPoint slides"),
        Kind("odt", Family.ODF, f"{_OPEN_DOCUMENT}.text", "OpenDocument text"),
        Kind("ods", Family.ODF, f"{_OPEN_DOCUMENT}.spreadsheet", "OpenDocument spreadsheet"),
        Kind("odp", Family.ODF, f"{_OPEN_DOCUMENT}.presentation", "OpenDocument slides"),
        Kind("doc", Family.OLE, "application/msword", "Word document"),
        Kind("xls", Family.OLE, "application/vnd.ms-excel", "Excel workbook"),
        Kind("ppt", Family.OLE, "application/vnd.ms-powerpoint", "PowerPoint slides"),
        Kind("zip", Family.ZIP, "application/zip", "ZIP archive"),
        Kind("txt", Family.TEXT, "text/plain", "Text"),
        Kind("csv", Family.TEXT, "text/csv", "CSV"),
    )
}
ACCEPT = ",".join(f".{extension}" for extension in KINDS)
"""For the ``accept`` of a file input."""

_WITH_MACROS = frozenset(
    ("docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm", "ppam", "sldm"),
)
_RUNS = frozenset(
    (
        *(
            "exe",
            "scr",
            "bat",
            "cmd",
            "msi",
            "msp",
            "pif",
            "cpl",
            "dll",
            "sys",
            "lnk",
            "reg",
            "hta",
            "app",
            "apk",
            "jar",
        ),
        *("js", "jse", "mjs", "vbs", "vbe", "wsf", "wsh", "ps1", "psm1", "sh", "bash", "pl", "py", "rb", "scf", "inf"),
        *("php", "phtml", "php5", "asp", "aspx", "jsp", "cgi", "iso", "img", "swf", "url"),
        *("htm", "html", "xhtml", "shtml", "mht", "mhtml", "svg", "xml", "xsl"),
    )
)
"""What runs, or is shown as a page. Not ``com``: domain names end so."""

NOT_ALLOWED = Refusal(
    "type_not_allowed",
    "The selected file must be a JPG, PNG, GIF, WebP, PDF, Word, Excel, PowerPoint, OpenDocument, ZIP, TXT or CSV",
)


def kind_of(filename: str, *, old_office: bool) -> Kind | Refusal:
    """Return the kind that the last extension stands for; a name that also ends like a program is refused."""
    stem, _, extension = filename.lower().rpartition(".")
    if extension in _WITH_MACROS:
        return Refusal("macros", "The selected file can hold macros. Save it without macros and attach it again")
    kind = KINDS.get(extension) if stem else None
    if kind is None or (kind.family is Family.OLE and not old_office) or not _RUNS.isdisjoint(stem.split(".")[1:]):
        return NOT_ALLOWED
    return kind
