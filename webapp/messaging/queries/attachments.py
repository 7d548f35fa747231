"""The files of messages: read along with a page of messages in the same statement, or one by its id."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.attachments.models import MessageAttachment
from webapp.messaging import access, asking
from webapp.messaging.asking import Anybody, AnyConversation
from webapp.messaging.errors import NotFound
from webapp.messaging.queries.rows import AttachmentFile, AttachmentRow
from webapp.prepared import read

_PREFIX = "file_"
_Row = TypeVar("_Row", bound=AttachmentRow)


def _columns(of: type[AttachmentRow]) -> list[Any]:
    return [getattr(MessageAttachment, field.name).label(_PREFIX + field.name) for field in fields(of)]


def with_attachments(messages: Select[Any], *, descending: bool) -> Select[Any]:
    """Add the files to a page of messages: a row for each file, one without a file for a message that has none."""
    page = messages.subquery("page")
    order = page.c.seq.desc() if descending else page.c.seq
    return (
        select(page, *_columns(AttachmentRow))
        .outerjoin(MessageAttachment, MessageAttachment.message_id == page.c.id)
        .order_by(order, MessageAttachment.id)
    )


def attachment_rows(lines: Iterable[Any]) -> tuple[AttachmentRow, ...]:
    """Return the files of one message, from its rows of a page with attachments."""
    return tuple(_row(AttachmentRow, line) for line in lines if line.file_id is not None)


def attachment(viewer: Viewer, conversation_id: int, attachment_id: uuid.UUID) -> AttachmentFile:
    """Read one file of a conversation; raises NotFound, for a file of another conversation too."""
    asked = {**asking.as_parameters(viewer), "in_conversation": access.key(conversation_id), "file": attachment_id}
    found = read(_attachment(viewer.side), asked)
    if not found:
        raise NotFound
    return _row(AttachmentFile, found[0])


@cache
def _attachment(side: Side) -> Select[Any]:
    files = access.visible_attachments(Anybody(side), AnyConversation.id, *_columns(AttachmentFile))
    return files.where(MessageAttachment.id == bindparam("file", type_=MessageAttachment.id.type))


def _row(of: type[_Row], found: Any) -> _Row:
    return of(**{field.name: getattr(found, _PREFIX + field.name) for field in fields(of)})
