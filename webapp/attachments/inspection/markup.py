"""XML of documents: read with expat, and never with a DOCTYPE."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from webapp.attachments.inspection.verdicts import damaged, unsafe

OnStart = Callable[[str, dict[str, str]], object]


class _Enough(Exception):
    """The beginning has been seen."""


def read(chunks: Iterable[bytes], on_start: OnStart) -> None:
    """Call ``on_start`` with the name, as ``namespace name``, and the attributes of every element."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = on_start
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise damaged() from None


def check_prolog(head: bytes) -> None:
    """Refuse a DOCTYPE before the first element; what follows it cannot declare one."""

    def stop(_name: str, _attributes: dict[str, str]) -> None:
        raise _Enough

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = stop
    try:
        parser.Parse(head, False)
    except _Enough:
        return
    except expat.ExpatError:
        raise damaged() from None
    raise damaged()


def _refuse_doctype(*_declared: object) -> None:
    raise unsafe("it declares a DOCTYPE")
