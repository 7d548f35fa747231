"""The statements of a search, each from what access shows; the index only narrows it.

A query is rare or common. The messages of a rare one are all looked up, and their conversations sorted; with a common
one the inbox is walked from its top, and each conversation asked whether it holds a match, until the page is full: a
part of the way by reading its messages, then by the index. How many match is counted first on SQLite, where that is
cheap.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
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
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import aliased

from webapp.accounts.models import Side
from webapp.attachments.models import MessageAttachment
from webapp.database import Id, UTCDateTime
from webapp.messaging import access, asking, words
from webapp.messaging.asking import Anybody
from webapp.messaging.models import Conversation, Message
from webapp.messaging.queries import Finding
from webapp.search.matching import NOTHING, Condition, Run

RARE = 1_000
"""A query that more messages match than this is common."""

_Found: Any = aliased(Message, name="found_message")
_Read: Any = aliased(Conversation, name="read_conversation")
_index = table("message_words", column("rowid"), column("message_words"))


class Index:
    """The statements for one kind of database and for queries with or without dates; each is built once."""

    def __init__(self, *, postgresql: bool, dated: bool) -> None:
        self.postgresql = postgresql
        self.dated = dated
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
        return asking.ids_as_parameter(ids, postgresql=self.postgresql)

    def _given(self, name: str) -> Select[Any]:
        return asking.given_ids(name, postgresql=self.postgresql)

    def holds_a_match(self, conversation_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that a conversation of a walk holds a match."""
        if self.postgresql:
            return self.is_read_to_hold_a_match(conversation_id)
        return exists(self._messages(literal(1), self._is_collected(conversation_id)))

    def is_read_to_hold_a_match(self, conversation_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The same for few conversations, whose messages are read; of long ones only the newest and the first."""
        last = select(_Read.last_seq).where(_Read.id == conversation_id).correlate_except(_Read).scalar_subquery()
        newest, between, first = map(exists, self._parts(literal(1), conversation_id, last))
        return or_(newest, case((last > words.SHORT, or_(first, between)), else_=false()))

    def newest_matches(self, side: Side) -> Select[Any]:
        """Select the newest message of each conversation that matches, as the viewer may see it."""
        parts = self._parts(_Found.id, Conversation.id, Conversation.last_seq)
        keys = (_Found.seq, _Found.seq if self.postgresql else _index.c.rowid, _Found.seq)
        newest, between, first = (
            part.order_by(key.desc()).limit(1).scalar_subquery() for part, key in zip(parts, keys, strict=True)
        )
        others = case((Conversation.last_seq > words.SHORT, func.coalesce(between, first)))
        return self._texts(side, self._shown().c.id, func.coalesce(newest, others))

    def given_matches(self, side: Side) -> Select[Any]:
        """Select messages whose ids are given, as the viewer may see them."""
        given = select(_Found.id, _Found.conversation_id).join(ids := self._shown(), ids.c.id == _Found.id).subquery()
        return self._texts(side, given.c.conversation_id, given.c.id)

    def _shown(self) -> CTE:
        return self._given("shown").cte("given").prefix_with("MATERIALIZED")

    def _texts(self, side: Side, conversation_id: ColumnElement[int], message_id: ColumnElement[int]) -> Select[Any]:
        joined_by = func.string_agg if self.postgresql else func.group_concat
        names = (
            select(joined_by(MessageAttachment.filename, literal(" · ")))
            .where(MessageAttachment.message_id == Message.id)
            .scalar_subquery()
        )
        columns = (Conversation.id, Conversation.store_id, message_id.label("message_id"))
        seen = access.visible_conversation(Anybody(side), conversation_id, *columns)
        of = seen.cte("seen").prefix_with("MATERIALIZED")
        same = and_(Message.id == of.c.message_id, Message.store_id == of.c.store_id)
        return select(of.c.id, Message.seq, Message.content, names.label("filenames")).join(Message, same)

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

    def _parts(self, what: Any, conversation_id: Any, last_seq: Any) -> tuple[Select[Any], Select[Any], Select[Any]]:
        """Select matches of one conversation: of its newest messages, of those between, of its first.

        The newest and the first are asked themselves, the index for those between, which only long conversations have.
        """
        asked: Any = bindparam("match", type_=String)
        # a sum, so that the index of words is asked instead of each message of the conversation
        is_in = _Found.conversation_id + 0 == conversation_id
        if self.postgresql:
            holds = self._matches()
            word = literal(f"'{words.IN}") + cast(conversation_id, String) + literal("'")
            matches = _Found.words.bool_op("@@")(cast(asked, TSQUERY).op("&&")(cast(word, TSQUERY)))
            between = self._messages(what, and_(matches, is_in))
        else:
            # a third of what a call of ours takes comes first
            may_hold = func.instr(_Found.words, bindparam("part", type_=String)) > 0
            holds = case((may_hold, func.holds_words(_Found.words, bindparam("words", type_=String))), else_=false())
            word = literal(f' AND "{words.IN}') + cast(conversation_id, String) + literal('"')
            matches = _index.c.message_words.bool_op("MATCH")(asked + word)
            between = self._messages(what, and_(matches, is_in)).join(_index, _index.c.rowid == _Found.id)
        of_it = and_(_Found.conversation_id == conversation_id, holds)
        newest = self._messages(what, and_(of_it, _Found.seq > last_seq - words.SHORT))
        first = self._messages(what, and_(of_it, _Found.seq <= words.SHORT))
        if self.postgresql:  # it keeps the planner from looking up all matches first
            newest, first = (part.offset(literal_column("0")) for part in (newest, first))
        return newest, between, first

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
