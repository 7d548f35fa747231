"""The statements of a search, each from what access shows; the index only narrows it.

A query is rare or common. The messages of a rare one are all looked up, and their conversations sorted; with a common
one the inbox is walked from its top, and each conversation asked whether it holds a match, until the page is full.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased

from webapp.accounts.models import Side
from webapp.attachments.models import MessageAttachment
from webapp.database import Id, UTCDateTime
from webapp.messaging import access
from webapp.messaging.access import Anybody
from webapp.messaging.models import Conversation, Message
from webapp.messaging.queries import Finding

RARE = 1_000
"""A query that more messages match than this is common."""

_Found: Any = aliased(Message, name="found_message")
_index = table("message_words", column("rowid"), column("message_words"))


class Index:
    """The statements for one kind of database and for queries with or without dates; each is built once."""

    def __init__(self, *, postgresql: bool, dated: bool) -> None:
        self.postgresql = postgresql
        self.dated = dated
        self.finding = Finding(self.conversations_of_matches, self.holds_a_match)

    def count(self) -> Select[Any]:
        """Count the messages that match, up to one more than are rare, whatever their dates."""
        if self.postgresql:
            matches = select(literal(1)).select_from(_Found).where(self._matches())
        else:
            matches = select(_index.c.rowid).where(self._matches())
        return select(func.count()).select_from(matches.limit(_most()).subquery())

    def conversations_of_matches(self) -> Select[Any]:
        """Select the conversations of as many matches as are looked up at most."""
        matches = self._messages(_Found.conversation_id, self._matches())
        if not self.postgresql:
            matches = matches.join(_index, _index.c.rowid == _Found.id)
        limited = matches.limit(_most()).subquery()
        return select(limited.c.conversation_id.label("id")).distinct()

    def holds_a_match(self, conversation_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that a conversation of a walk holds a match."""
        matches = self._messages(literal(1), self._matches_in(conversation_id))
        # the offset keeps PostgreSQL from looking up all matches first
        return exists(matches.offset(literal_column("0")) if self.postgresql else matches)

    def newest_matches(self, side: Side) -> Select[Any]:
        """Select the newest message of each conversation that matches, as the viewer may see it."""
        matches = self._messages(_Found.id, self._matches_in(Conversation.id))
        newest = matches.order_by(_Found.seq.desc()).limit(1)
        names = (
            select(func.aggregate_strings(MessageAttachment.filename, " · "))
            .where(MessageAttachment.message_id == Message.id)
            .scalar_subquery()
        )
        columns = (Conversation.id, Message.seq, Message.content, names.label("filenames"))
        return (
            access.visible_conversations(Anybody(side), *columns)
            .join(Message, and_(Message.id == newest.scalar_subquery(), Message.store_id == Conversation.store_id))
            .where(Conversation.id.in_(bindparam("shown", type_=Id, expanding=True)))
        )

    def _messages(self, what: Any, condition: ColumnElement[bool]) -> Select[Any]:
        """Select from the messages under a condition on the index, and in the dates."""
        found = select(what).select_from(_Found).where(condition)
        if self.dated:
            found = found.where(
                _Found.created_at >= bindparam("since", type_=UTCDateTime),
                _Found.created_at < bindparam("until", type_=UTCDateTime),
            )
        return found

    def _matches(self) -> ColumnElement[bool]:
        asked = bindparam("match", type_=String)
        if self.postgresql:
            matches: ColumnElement[bool] = _Found.words.bool_op("@@")(cast(asked, TSQUERY))
            return matches
        return _index.c.message_words.bool_op("MATCH")(asked)

    def _matches_in(self, conversation_id: Any) -> ColumnElement[bool]:
        """The condition within one conversation, whose messages are few beside all that match.

        SQLite collects what matches once; without the sum it would go through all of that for each conversation.
        """
        if self.postgresql:
            return and_(_Found.conversation_id == conversation_id, self._matches())
        collected = select(_index.c.rowid).where(self._matches())
        return and_(_Found.conversation_id == conversation_id, (_Found.id + 0).in_(collected))


def _most() -> ColumnElement[int]:
    return bindparam("rare", type_=Id)


@cache
def index(*, postgresql: bool, dated: bool) -> Index:
    return Index(postgresql=postgresql, dated=dated)


@cache
def count(on: Index) -> Select[Any]:
    return on.count()


@cache
def newest_matches(on: Index, side: Side) -> Select[Any]:
    return on.newest_matches(side)
