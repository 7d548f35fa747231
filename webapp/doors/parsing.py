"""Reading forms strictly: Werkzeug takes an unreadable form for an empty one, and replaces what is not UTF-8."""

from __future__ import annotations

import codecs
from typing import IO, Any

from werkzeug.datastructures import Headers
from werkzeug.formparser import FormDataParser, MultiPartParser

_STRICT_UTF8 = "parley_strict_utf8"


class StrictParser(FormDataParser):
    """A parser that raises ValueError for what it cannot read; to be made with ``silent=False``."""

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> Any:
        """Parse multipart/form-data; the boundary is ASCII and there is one."""
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError(f"{mimetype} without a boundary")
        parser = _StrictParts(
            self.stream_factory, self.max_form_memory_size, self.cls, max_form_parts=self.max_form_parts
        )
        form, files = parser.parse(stream, boundary, content_length)
        if None in form or None in files:
            raise ValueError("a part without a name")
        return stream, form, files


class _StrictParts(MultiPartParser):
    def get_part_charset(self, headers: Headers) -> str:
        """Return the charset of a field: another than UTF-8 only where the parser knows it."""
        found = super().get_part_charset(headers)
        return found if found == "iso-8859-1" else _STRICT_UTF8


def _find_codec(name: str) -> codecs.CodecInfo | None:
    """Find UTF-8 that raises whatever handling of errors it is called with: the parser asks to replace them."""
    if name != _STRICT_UTF8:
        return None
    plain = codecs.lookup("utf-8")
    return codecs.CodecInfo(plain.encode, lambda data, _errors="strict": plain.decode(data, "strict"), name=name)


codecs.register(_find_codec)
