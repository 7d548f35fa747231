"""How things read on screen: links in messages, initials, names of channels and files, the rows of a log."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, g
from linkify_it import LinkifyIt
from markupsafe import Markup, escape

from webapp.attachments.kinds import KINDS
from webapp.attachments.models import ScanState
from webapp.messaging.models import ConversationType, MessageKind
from webapp.messaging.queries import AttachmentRow, ConversationRow, MessageRow
from webapp.messaging.text import without_control_characters
from webapp.portals.devices import device
from webapp.portals.times import clock, day, full, list_time, utc, viewer_zone

GROUPED_WITHIN = timedelta(minutes=5)
THUMBNAIL_BOX = 240
LONG_LINES = 40
LINE_LENGTH = 80
CHANNEL_CLASSES = {
    ConversationType.ADMIN_STORE: "as",
    ConversationType.STORE_CUSTOMER: "sc",
    ConversationType.ADMIN_CUSTOMER: "ac",
}
LONGEST_LINK, LINKS_IN_ONE_PIECE = 2048, 20
_PIECE = re.compile(r"\S+")
_LINK_BEGINS = re.compile(r"https?://|mailto:", re.IGNORECASE)
_linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
for _schema in ("ftp:", "//"):
    _linkify.add(_schema, None)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of a thread's log: a message, with what stands before it."""

    message: MessageRow
    day: datetime | None
    """The day that begins with this message."""
    is_first_unread: bool
    continues: bool
    """Whether it follows a message of the same sender closely, and needs no name."""
    read_by: int = 0
    """By how many of the other side the viewer's own message was read; of others' messages it says nothing."""


def log_entries(
    messages: Iterable[MessageRow],
    before: MessageRow | None = None,
    unread_after: int | None = None,
    marks: Sequence[int] = (),
) -> Iterator[LogEntry]:
    """Yield the lines of a log; ``before`` is the message above them, ``marks`` how far the other side has read."""
    previous, marked, zone = before, unread_after is None, viewer_zone()
    day_before = before.created_at.astimezone(zone).date() if before else None
    for message in messages:
        is_unread = not message.is_own and message.kind is MessageKind.MESSAGE
        first = not marked and is_unread and message.seq > (unread_after or 0)
        marked = marked or first
        day_of_it = message.created_at.astimezone(zone).date()
        new_day = day_of_it != day_before
        continues = (
            previous is not None
            and not new_day
            and not first
            and previous.sender == message.sender
            and previous.is_own == message.is_own
            and previous.kind is message.kind is MessageKind.MESSAGE
            and message.created_at - previous.created_at <= GROUPED_WITHIN
        )
        read_by = sum(mark >= message.seq for mark in marks) if message.is_own else 0
        yield LogEntry(message, message.created_at if new_day else None, first, continues, read_by)
        previous, day_before = message, day_of_it


def linked(text: str) -> Markup:
    """Return text as HTML: escaped, with http, https and mailto links made into links, and nothing else.

    Looking for links takes as long as a piece without spaces is long, times the links in it: both have a limit, beyond
    which the piece stays text.
    """
    parts, end = [], 0
    for piece in _PIECE.finditer(text) if _LINK_BEGINS.search(text) else ():
        for match in _links_in(piece[0]):
            parts += [
                escape(text[end : piece.start() + match.index]),
                Markup('<a href="{}" rel="noopener nofollow ugc" target="_blank">{}</a>').format(match.url, match.raw),
            ]
            end = piece.start() + match.last_index
    return Markup("").join([*parts, escape(text[end:])])


def _links_in(piece: str) -> Sequence[Any]:
    if len(piece) > LONGEST_LINK or not 1 <= len(_LINK_BEGINS.findall(piece)) <= LINKS_IN_ONE_PIECE:
        return ()
    return _linkify.match(piece) or ()


def is_long(text: str) -> bool:
    """Tell whether a message fills more than 40 lines of a bubble: it is shown in part at first."""
    return sum(1 + len(line) // LINE_LENGTH for line in text.split("\n")) > LONG_LINES


def initials(name: str) -> str:
    """Return one or two letters that stand for a name."""
    words = [word for word in name.split() if word and unicodedata.category(word[0])[0] in "LN"]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [words[0][0]] if words else ["?"]
    return "".join(letters).upper()


def hue(name: str) -> int:
    """Return one of eight colours for a name, the same every time."""
    return sum(map(ord, name)) % 8


def typed(text: str | None) -> str:
    """Return what somebody typed as a page can show it again: without the control characters that no HTML may hold."""
    return without_control_characters(text or "", but="\t\n\r")


def shown_size(file: AttachmentRow) -> tuple[int, int]:
    """Return width and height at which an image stands in a thread, so that nothing moves when it arrives."""
    width, height = file.width or 1, file.height or 1
    scale = min(1, THUMBNAIL_BOX / width, THUMBNAIL_BOX / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def file_size(size_bytes: int) -> str:
    """Return a size in bytes as people read it: 900 bytes, 240 KB, 2.4 MB."""
    if size_bytes < 1024:
        return f"{size_bytes} byte{'' if size_bytes == 1 else 's'}"
    if size_bytes < 1024 * 1024:
        return f"{round(size_bytes / 1024)} KB"
    return f"{size_bytes / 1024 / 1024:.1f} MB".replace(".0 ", " ")


def file_kind(file: AttachmentRow) -> str:
    """Return what sort of file it is, in words."""
    return KINDS[file.extension].label


def scan_words(file: AttachmentRow, is_own: bool) -> str:
    """Return why a file cannot be opened; what was found is for its sender and for admins."""
    if file.scan_state is ScanState.PENDING:
        return "Waits to be checked for viruses"
    viewer = g.get("viewer")
    knows = is_own or (viewer is not None and viewer.is_admin)
    return f"Infected, cannot be opened: {file.scan_note}" if knows and file.scan_note else "Infected, cannot be opened"


def count_text(count: int) -> str:
    """Return a badge's text: 99+ above 99."""
    return str(count) if count <= 99 else "99+"


def channel_words(row: ConversationRow) -> str:
    """Return the channel in the words of the viewer: who is on the other side."""
    match g.portal.name, row.conversation_type:
        case "admin", ConversationType.ADMIN_STORE:
            return "Store"
        case (("admin" | "store"), ConversationType.ADMIN_CUSTOMER | ConversationType.STORE_CUSTOMER):
            return "Customer"
        case "storefront", ConversationType.STORE_CUSTOMER:
            return "Store"
    return "Platform"


def set_up(app: Flask) -> None:
    """Give the templates these functions as filters."""
    for function in (
        utc,
        clock,
        day,
        full,
        list_time,
        linked,
        is_long,
        initials,
        hue,
        typed,
        count_text,
        channel_words,
        shown_size,
        file_size,
        file_kind,
        scan_words,
        device,
    ):
        app.add_template_filter(function)
    app.add_template_filter(lambda row: CHANNEL_CLASSES[row.conversation_type], "channel_class")
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("ui.html").module  # an import in every piece is not free
