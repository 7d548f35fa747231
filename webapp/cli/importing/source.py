"""The file of an import, plain or gzip: its lines as bytes, how far it is read, what is wrong with it as a whole."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

GZIP_MAGIC = b"\x1f\x8b"
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one conversation; a longer line is no line of this format."""


class BrokenFile(Exception):
    """The file cannot be read any further; the message says why."""


class Source:
    """The lines of one file, numbered from 1; blank ones are left out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self._file: BufferedReader | None = None

    @property
    def position(self) -> int:
        """How many of the file's bytes are read; of a gzip file, compressed ones."""
        return self._file.tell() if self._file else 0

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield number and bytes of each line; raises BrokenFile for no gzip, a truncated one, or an endless line."""
        with self.path.open("rb") as self._file:
            stream = self._unpacked(self._file)
            try:
                yield from _numbered(stream)
            except EOFError as error:
                raise BrokenFile(f"{self.path} is truncated: it ends in the middle of the compressed data") from error
            except (gzip.BadGzipFile, zlib.error) as error:
                raise BrokenFile(f"{self.path} is no intact gzip file: {error}") from error
            except OSError as error:
                raise BrokenFile(f"{self.path} cannot be read: {error}") from error

    def _unpacked(self, file: BufferedReader) -> IO[bytes]:
        packed = self.path.suffix == ".gz" or file.peek(2)[:2] == GZIP_MAGIC
        return cast(IO[bytes], gzip.GzipFile(fileobj=file)) if packed else file


def _numbered(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise BrokenFile(f"line {number} has {LONGEST_LINE:,} bytes or more")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield number, line
