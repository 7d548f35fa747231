"""What somebody wrote now, without the mail they answer and without their signature. Nothing is deleted: see original.

Used in the child process only: patterns can take long on text that was made for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import quotequail

LARGEST_TEXT = 64 * 1024
"""Characters of a text that are looked at for quotes."""

_SIGNATURE = re.compile(
    r"^(--|--\s|_{5,}"
    r"|sent from my .{1,40}|sent with .{1,40}|sent from (outlook|yahoo|mail|proton).{0,60}|get outlook for .{1,20}"
    r"|von meinem .{1,40} gesendet|gesendet (von|mit|aus) .{1,60}|diese nachricht wurde von .{1,60} gesendet"
    r"|envoyé (de(puis)?|à partir de) .{1,60}|télécharger outlook pour .{1,20}"
    r"|enviado desde .{1,60}|inviato da .{1,60}|verzonden .{1,60})[.!]?$",
    re.IGNORECASE,
)
_HEAD = re.compile(
    r"^[*>\s]*(from|von|de|da|van|sent|gesendet|envoyé|date|datum|to|an|à|cc|subject|betreff|objet)\s?\*?\s?:\*?\s?\S",
    re.IGNORECASE,
)
_FIRST_HEAD = re.compile(r"^[*\s]*(from|von|de|da|van)\s?\*?\s?:\*?\s?\S", re.IGNORECASE)
_INTRODUCTION = re.compile(
    r"^(on .{6,200}wrote|am .{6,200}schrieb.{0,120}|le .{6,200}a écrit|el .{6,200}escribió|op .{6,200}schreef.{0,120}"
    r"|.{3,120}<[^<>\s]+@[^<>\s]+>\s?(wrote|schrieb|a écrit)?.{0,80})\s?:$",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^\s*-{2,}\s?(original message|ursprüngliche nachricht|message d.origine|forwarded message"
    r"|original-nachricht|message transféré)\s?-{2,}\s*$",
    re.IGNORECASE,
)
HEADS_TO_BE_ONE = 3
WRAPPED, LONGEST_INTRODUCTION, LONGEST_SIGNATURE = 3, 400, 12


def fold(text: str) -> str:
    """Return what is new in an answer; all of it when nothing else would be left."""
    whole = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    text = re.sub(r"\n{3,}", "\n\n", whole[:LARGEST_TEXT])
    lines = text.split("\n")
    for first, end in _quotes(lines):
        kept = "\n".join([*lines[:first], *lines[end:]])
        return _without_signature(_unquoted(kept)).strip() or whole
    return _without_signature(_unquoted(text)).strip() or whole


def _unquoted(text: str) -> str:
    """Leave out what quotequail takes for a quote that the lines before did not introduce in a way known here."""
    if not any(line.startswith(">") for line in text.split("\n")):
        return text
    parts = quotequail.quote(text, limit=text.count("\n") + 2)
    return "\n".join(part for expanded, part in parts if expanded)


def _quotes(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Yield where the mail that is answered begins and ends, in the ways of several programs: the first counts."""
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if _LINE.match(line) or _begins_heads(lines, number):
            yield _above_rule(lines, number), len(lines)
        for wrapped in range(1, WRAPPED + 1):
            if not all(one.strip() for one in lines[number : number + wrapped]):
                break
            joined = " ".join(one.strip(" >\t\ufeff") for one in lines[number : number + wrapped])
            if len(joined) < LONGEST_INTRODUCTION and _INTRODUCTION.match(joined):
                end = _end_of_quote(lines, number + wrapped)
                if end:
                    yield number, end


def _end_of_quote(lines: list[str], number: int) -> int:
    """Return where the quote ends that begins at a line; 0 when there is none. Empty lines belong to it."""
    while number < len(lines) and not lines[number].strip(" \ufeff"):
        number += 1
    if number < len(lines) and not lines[number].lstrip().startswith(">"):
        return 0
    while number < len(lines) and (not lines[number].strip() or lines[number].lstrip().startswith(">")):
        number += 1
    return number


def _begins_heads(lines: list[str], number: int) -> bool:
    """Tell whether a block of From, Sent, To and Subject begins, as Outlook writes it in any language."""
    if not _FIRST_HEAD.match(lines[number]):
        return False
    block = [line for line in lines[number : number + 8] if line.strip()]
    return sum(1 for line in block if _HEAD.match(line)) >= HEADS_TO_BE_ONE


def _above_rule(lines: list[str], number: int) -> int:
    """Take the rule above a block away with it."""
    while number and (not lines[number - 1].strip() or set(lines[number - 1].strip()) <= {"_", "-"}):
        number -= 1
    return number


def _without_signature(text: str) -> str:
    lines = text.strip("\n").split("\n")
    for number, line in enumerate(lines):
        if number and _SIGNATURE.match(line.strip()) and number >= len(lines) - LONGEST_SIGNATURE:
            return "\n".join(lines[:number])
    return text
