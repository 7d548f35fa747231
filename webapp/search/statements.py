"""The statements of a search, each from what access shows; the index only narrows it.

A query is rare or common. The messages of a rare one are all looked up, and their conversations sorted; with a common
one the inbox is walked from its top, and each conversation asked whether it holds a match, until the page is full: a
part of the way by reading its messages, then by the index. How many match is counted first on SQLite, where that is
cheap.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import aliased

from webapp.accounts.models import Side
from webapp.attachments.models import MessageAttachment
from webapp.database import Id, UTCDateTime
from webapp.messaging import access
from webapp.messaging.asking import Anybody
from webapp.messaging.models import Conversation, Message
from webapp.messaging.queries import Finding
from webapp.search.matching import NOTHING, Condition, Run

RARE = 1_000
"""A query that more messages match than this is common."""

LONG = {"sqlite": 200, "postgresql": 1_000}
"""So many of a conversation's messages, the newest, are read one by one, and the index is asked for older ones.

PostgreSQL's index takes longer for a common word, which is among so many.
"""

_Found: Any = aliased(Message, name="found_message")
_Read: Any = aliased(Conversation, name="read_conversation")
_Edge: Any = aliased(Message, name="edge_message")
_index = table("message_words", column("rowid"), column("message_words"))


class Index:
    """The statements for one kind of database and for queries with or without dates; each is built once."""

    def __init__(self, *, postgresql: bool, dated: bool) -> None:
        self.postgresql = postgresql
        self.dated = dated
        self.long = LONG["postgresql" if postgresql else "sqlite"]
        self.finding = Finding(lambda: self._given("found"), self.holds_a_match, self.is_read_to_hold_a_match)

    def parameters(self, condition: Condition) -> dict[str, Any]:
        """Return what the statements need to be about a condition, but for dates."""
        asked = {"rare": RARE + 1}
        if self.postgresql:
            return asked | {"match": condition.as_tsquery()}
        exact = condition.exactly() if condition.goes_on else Condition(((Run((NOTHING,)),),))
        return asked | {
            "match": condition.as_fts5(),
            "exact": exact.as_fts5(),
            "words": condition.as_text(),
            "part": condition.as_part(),
        }

    def matches(self) -> Select[Any] | CompoundSelect[Any]:
        """Select conversations with their newest match and their number of matches, of up to one more than are rare.

        On SQLite they are counted first, in less time than their conversations take: common ones are one row.
        """
        found = self._messages(_Found.conversation_id, self._matches()).add_columns(_Found.id)
        if self.postgresql:
            return self._by_conversation(found, _most())
        counted = self._counted().cte("counted").prefix_with("MATERIALIZED")
        is_common = counted.c.number == _most()
        most = select(case((is_common, 0), else_=_most())).scalar_subquery()
        found = found.join(_index, _index.c.rowid == _Found.id)
        common = select(literal(0), literal(0), counted.c.number).where(is_common)
        return union_all(self._by_conversation(found, most), common)

    def _by_conversation(self, found: Select[Any], most: ColumnElement[int]) -> Select[Any]:
        limited = found.limit(most).subquery()
        columns = (limited.c.conversation_id, func.max(limited.c.id).label("newest"), func.count().label("number"))
        return select(*columns).group_by(limited.c.conversation_id)

    def _counted(self) -> Select[Any]:
        """Count the messages that match, up to one more than are rare, whatever their dates.

        SQLite collects the messages of all words that go on, whatever the limit; when enough hold the words as they
        are, it need not.
        """
        all_, exact = (
            select(func.count()).select_from(
                select(_index.c.rowid).where(self._matches(name)).limit(_most()).subquery()
            )
            for name in ("match", "exact")
        )
        counted = exact.scalar_subquery()
        return select(case((counted == _most(), _most()), else_=all_.scalar_subquery()).label("number"))

    def given(self, ids: Iterable[int]) -> Any:
        """Return ids that were read, such as those of ``found``, as the parameter that they are."""
        return list(ids) if self.postgresql else json.dumps(list(ids))

    def _given(self, name: str) -> Select[Any]:
        if self.postgresql:
            return select(func.unnest(bindparam(name, type_=ARRAY(Id))).column_valued("id"))
        values = func.json_each(bindparam(name, type_=String)).table_valued("value")
        return select(values.c.value.label("id"))

    def holds_a_match(self, conversation_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that a conversation of a walk holds a match."""
        if self.postgresql:
            return self.is_read_to_hold_a_match(conversation_id)
        return exists(self._messages(literal(1), self._is_collected(conversation_id)))

    def is_read_to_hold_a_match(self, conversation_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The same for few conversations, whose newest messages are read; only long ones have others."""
        last = select(_Read.last_seq).where(_Read.id == conversation_id).correlate_except(_Read).scalar_subquery()
        if self.postgresql:
            in_part = and_(self._is_in(conversation_id), _Found.seq > last - self.long)
            # the offset keeps it from looking up all matches first, the sum from reading all of the conversation
            newest = self._messages(literal(1), in_part).offset(literal_column("0"))
            is_older = and_(_Found.conversation_id + 0 == conversation_id, _Found.seq <= last - self.long)
            # asked in a subquery, or the planner would go through all messages there are for a common word
            asked = select(cast(bindparam("match", type_=String), TSQUERY)).scalar_subquery()
            older = self._messages(literal(1), and_(is_older, _Found.words.bool_op("@@")(asked)))
        else:
            newest, older = self._parts(literal(1), conversation_id, last)
        return or_(exists(newest), case((last > self.long, exists(older)), else_=false()))

    def newest_matches(self, side: Side) -> Select[Any]:
        """Select the newest message of each conversation that matches, as the viewer may see it."""
        if self.postgresql:
            matches = self._messages(_Found.id, self._is_in(Conversation.id))
            found: Any = matches.order_by(_Found.seq.desc()).limit(1).scalar_subquery()
        else:
            newest, older = (
                part.order_by(key.desc()).limit(1).scalar_subquery()
                for part, key in zip(
                    self._parts(_Found.id, Conversation.id, Conversation.last_seq),
                    (_Found.seq, _index.c.rowid),
                    strict=True,
                )
            )
            found = func.coalesce(newest, case((Conversation.last_seq > self.long, older)))
        shown = self._shown(side, and_(Message.id == found, Message.store_id == Conversation.store_id))
        return shown.where(Conversation.id.in_(self._given("shown")))

    def given_matches(self, side: Side) -> Select[Any]:
        """Select messages whose ids are given, as the viewer may see them."""
        same = and_(Message.conversation_id == Conversation.id, Message.store_id == Conversation.store_id)
        return self._shown(side, same).where(Message.id.in_(self._given("shown")))

    def _shown(self, side: Side, place: ColumnElement[bool]) -> Select[Any]:
        joined_by = func.string_agg if self.postgresql else func.group_concat
        names = (
            select(joined_by(MessageAttachment.filename, literal(" · ")))
            .where(MessageAttachment.message_id == Message.id)
            .scalar_subquery()
        )
        columns = (Conversation.id, Message.seq, Message.content, names.label("filenames"))
        return access.visible_conversations(Anybody(side), *columns).join(Message, place)

    def _messages(self, what: Any, condition: ColumnElement[bool]) -> Select[Any]:
        """Select from the messages under a condition on the index, and in the dates."""
        found = select(what).select_from(_Found).where(condition)
        if self.dated:
            found = found.where(
                _Found.created_at >= bindparam("since", type_=UTCDateTime),
                _Found.created_at < bindparam("until", type_=UTCDateTime),
            )
        return found

    def _matches(self, name: str = "match") -> ColumnElement[bool]:
        asked = bindparam(name, type_=String)
        if self.postgresql:
            matches: ColumnElement[bool] = _Found.words.bool_op("@@")(cast(asked, TSQUERY))
            return matches
        return _index.c.message_words.bool_op("MATCH")(asked)

    def _is_in(self, conversation_id: Any) -> ColumnElement[bool]:
        """The condition within one conversation, on PostgreSQL: it asks the messages themselves."""
        return and_(_Found.conversation_id == conversation_id, self._matches())

    def _parts(self, what: Any, conversation_id: Any, last_seq: Any) -> tuple[Select[Any], Select[Any]]:
        """The same on SQLite, in two parts: the newest messages are asked themselves, the index for older ones.

        Whoever writes a message holds its conversation's lock, so that ids rise with the numbers: the index need not be
        asked for what lies before the first message or after the last of the part. Only long conversations have one.
        """
        may_hold = (
            func.instr(_Found.words, bindparam("part", type_=String)) > 0
        )  # a fourth of what a call of ours takes
        holds = case((may_hold, func.holds_words(_Found.words, bindparam("words", type_=String))), else_=false())
        newest = and_(_Found.conversation_id == conversation_id, _Found.seq > last_seq - self.long, holds)
        of_it = select(_Edge.id).where(_Edge.conversation_id == conversation_id).limit(1).correlate_except(_Edge)
        first = of_it.order_by(_Edge.seq)
        last = of_it.where(_Edge.seq <= last_seq - self.long).order_by(_Edge.seq.desc())
        older = and_(
            self._matches(),
            _index.c.rowid >= func.coalesce(first.scalar_subquery(), 0),
            _index.c.rowid <= func.coalesce(last.scalar_subquery(), -1),
            # a sum, so that the index of words is walked instead of asked for each message of the conversation
            _Found.conversation_id + 0 == conversation_id,
        )
        return self._messages(what, newest), self._messages(what, older).join(_index, _index.c.rowid == _Found.id)

    def _is_collected(self, conversation_id: Any) -> ColumnElement[bool]:
        """The condition within one of many conversations, on SQLite.

        It collects what matches once; without the sum it would go through all of that for each conversation.
        """
        collected = select(_index.c.rowid).where(self._matches())
        return and_(_Found.conversation_id == conversation_id, (_Found.id + 0).in_(collected))


def _most() -> ColumnElement[int]:
    return bindparam("rare", type_=Id)


@cache
def index(*, postgresql: bool, dated: bool) -> Index:
    return Index(postgresql=postgresql, dated=dated)


@cache
def matches(on: Index) -> Select[Any] | CompoundSelect[Any]:
    return on.matches()


@cache
def newest_matches(on: Index, side: Side) -> Select[Any]:
    return on.newest_matches(side)


@cache
def given_matches(on: Index, side: Side) -> Select[Any]:
    return on.given_matches(side)
