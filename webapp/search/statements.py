"""The statements of a search, each from what access shows; the index only narrows it.

A query is rare or common. The messages of a rare one are all looked up, and their conversations sorted; with a common
one the inbox is walked from its top until the page is full. Each conversation is asked whether it holds a match: by
reading its messages, or, on SQLite, by whether it is among the conversations of all that match.

SQLite's index numbers messages by conversation and ``seq`` (see ``places``): it tells by itself whose a match is, and
what matches in the newest conversations is found without the rest. PostgreSQL's is one of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    column,
    desc,
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
from webapp.search import places
from webapp.search.matching import Condition

RARE = 1_000
"""A query that more messages match than this is common."""
COLLECTED = 5_000
"""Messages that match in the newest conversations, on SQLite, of which each costs a fraction of a microsecond."""

_MARK = "@"
"""Stands in a condition where the statement puts the beginning of a conversation's words; no word holds it."""

_Query = TypeVar("_Query", Select[Any], CompoundSelect[Any])
_Found: Any = aliased(Message, name="found_message")
_Read: Any = aliased(Conversation, name="read_conversation")
_index = table("message_words", column("rowid", Id), column("message_words"))


class Index:
    """The statements for one kind of database and for queries with or without dates; each is built once."""

    def __init__(self, *, postgresql: bool, dated: bool) -> None:
        self.postgresql = postgresql
        self.dated = dated
        self.finding = Finding(
            lambda: self._given("found"), self.holds_a_match, self.is_read_to_hold_a_match, self.is_collected_since
        )

    def parameters(self, condition: Condition) -> dict[str, Any]:
        """Return what the statements need to be about a condition, but for dates."""
        written = Condition.as_tsquery if self.postgresql else Condition.as_fts5
        asked = {"rare": RARE + 1, "match": written(condition), "within": written(condition.within(_MARK))}
        return asked if self.postgresql else asked | {"words": condition.as_text(), "part": condition.as_part()}

    def matches(self) -> Select[Any] | CompoundSelect[Any]:
        """Select conversations with their newest match and their number of matches, of up to one more than are rare.

        On SQLite common ones are one row without a conversation.
        """
        if self.postgresql:
            found = self._messages(_Found.conversation_id, self._matches()).add_columns(_Found.seq)
            return _by_conversation(found.limit(_most()).subquery())
        collected = self._collected().limit(_most()).cte("collected").prefix_with("MATERIALIZED")
        counted = select(func.count()).select_from(collected).scalar_subquery()
        common = select(literal(0), literal(0), counted).where(counted == _most())
        return union_all(_by_conversation(collected).where(counted < _most()), common)

    def given(self, ids: Iterable[int]) -> Any:
        """Return ids that were read, such as those of ``found``, as the parameter that they are."""
        return asking.ids_as_parameter(ids, postgresql=self.postgresql)

    def _given(self, name: str) -> Select[Any]:
        return asking.given_ids(name, postgresql=self.postgresql)

    def holds_a_match(self, conversation_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The condition that a conversation of a walk holds a match."""
        if self.postgresql:
            return self.is_read_to_hold_a_match(conversation_id)
        return _is_among(conversation_id, self._collected().with_only_columns(places.conversation_of(_index.c.rowid)))

    def is_collected_since(self, conversation_id: ColumnElement[int], first: ColumnElement[int]) -> ColumnElement[bool]:
        """The same, on SQLite, for conversations none of which has an id below the first one's.

        No conversation does if more match than are collected for that.
        """
        found = self._collected_since(first).limit(COLLECTED).cte("collected").prefix_with("MATERIALIZED")
        all_of_it = select(func.count()).select_from(found).scalar_subquery() < COLLECTED
        return and_(all_of_it, _is_among(conversation_id, select(found.c.conversation_id)))

    def is_read_to_hold_a_match(self, conversation_id: ColumnElement[int]) -> ColumnElement[bool]:
        """The same for few conversations, whose messages are read; of long ones only the newest and the first."""
        last = select(_Read.last_seq).where(_Read.id == conversation_id).correlate_except(_Read).scalar_subquery()
        newest, between, first = map(exists, self._parts(conversation_id, last))
        return or_(newest, case((last > words.SHORT, or_(first, between)), else_=false()))

    def newest_matches(self, side: Side) -> Select[Any]:
        """Select the newest message of each conversation that matches, as the viewer may see it."""
        parts = self._parts(Conversation.id, Conversation.last_seq)
        newest, between, first = (part.order_by(desc("seq")).limit(1).scalar_subquery() for part in parts)
        others = case((Conversation.last_seq > words.SHORT, func.coalesce(between, first)))
        return self._texts(side, self._shown().c.id, func.coalesce(newest, others))

    def collected_matches(self, side: Side) -> Select[Any]:
        """Select the same on SQLite, for conversations since the first of which little matches."""
        shown = self._shown()
        lowest = select(func.min(shown.c.id)).scalar_subquery()
        found = self._collected_since(lowest).subquery()
        newest = _by_conversation(found).where(found.c.conversation_id.in_(select(shown.c.id))).subquery()
        return self._texts(side, newest.c.conversation_id, newest.c.newest)

    def given_matches(self, side: Side) -> Select[Any]:
        """Select messages whose places are given, as the viewer may see them."""
        ids = self._shown()
        given = select(
            places.conversation_of(ids.c.id).label("conversation_id"), places.seq_of(ids.c.id).label("seq")
        ).subquery()
        return self._texts(side, given.c.conversation_id, given.c.seq)

    def _shown(self) -> CTE:
        return self._given("shown").cte("given").prefix_with("MATERIALIZED")

    def _texts(self, side: Side, conversation_id: ColumnElement[int], seq: ColumnElement[int]) -> Select[Any]:
        joined_by = func.string_agg if self.postgresql else func.group_concat
        names = (
            select(joined_by(MessageAttachment.filename, literal(" · ")))
            .where(MessageAttachment.message_id == Message.id)
            .scalar_subquery()
        )
        seen = access.visible_conversation(
            Anybody(side), conversation_id, Conversation.id, Conversation.store_id, seq.label("seq")
        )
        of = seen.cte("seen").prefix_with("MATERIALIZED")
        same = and_(Message.conversation_id == of.c.id, Message.seq == of.c.seq, Message.store_id == of.c.store_id)
        return select(of.c.id, Message.seq, Message.content, names.label("filenames")).join(Message, same)

    def _parts(self, conversation_id: Any, last_seq: Any) -> tuple[Select[Any], Select[Any], Select[Any]]:
        """Select the ``seq`` of matches of one conversation: of its newest messages, of those between, of its first.

        The newest and the first are asked themselves, the index for those between, which only long conversations have.
        """
        if self.postgresql:
            holds = self._matches()
        else:
            # a third of what a call of ours takes comes first
            may_hold = func.instr(_Found.words, bindparam("part", type_=String)) > 0
            holds = case((may_hold, func.holds_words(_Found.words, bindparam("words", type_=String))), else_=false())
        of_it = and_(_Found.conversation_id == conversation_id, holds)
        newest = self._messages(_Found.seq, and_(of_it, _Found.seq > last_seq - words.SHORT))
        first = self._messages(_Found.seq, and_(of_it, _Found.seq <= words.SHORT))
        within = func.replace(
            bindparam("within", type_=String), _MARK, literal(words.IN) + cast(conversation_id, String) + literal("_")
        )
        if not self.postgresql:
            return newest, self._collected(within).with_only_columns(places.seq_of(_index.c.rowid).label("seq")), first
        # a sum, so that the index of words is asked instead of each message of the conversation
        is_in = _Found.conversation_id + 0 == conversation_id
        between = self._messages(_Found.seq, and_(self._matches(within), is_in))
        # it keeps the planner from looking up all matches first
        return newest.offset(literal_column("0")), between, first.offset(literal_column("0"))

    def _messages(self, what: Any, condition: ColumnElement[bool]) -> Select[Any]:
        """Select from the messages under a condition, and in the dates."""
        return self._dated(select(what).select_from(_Found).where(condition))

    def _collected(self, asked: Any = None) -> Select[Any]:
        """Select from SQLite's index what matches, by conversation and ``seq``."""
        numbers = places.conversation_of(_index.c.rowid), places.seq_of(_index.c.rowid)
        found: Any = select(numbers[0].label("conversation_id"), numbers[1].label("seq")).select_from(_index)
        if self.dated:
            found = found.join(_Found, and_(_Found.conversation_id == numbers[0], _Found.seq == numbers[1]))
        return self._dated(found.where(self._matches(asked)))

    def _collected_since(self, conversation_id: ColumnElement[int]) -> Select[Any]:
        return self._collected().where(_index.c.rowid >= places.first_of(conversation_id))

    def _dated(self, found: Select[Any]) -> Select[Any]:
        if not self.dated:
            return found
        return found.where(
            _Found.created_at >= bindparam("since", type_=UTCDateTime),
            _Found.created_at < bindparam("until", type_=UTCDateTime),
        )

    def _matches(self, asked: Any = None) -> ColumnElement[bool]:
        """The condition of a message, or a row of SQLite's index, that it matches what is asked."""
        asked = bindparam("match", type_=String) if asked is None else asked
        if self.postgresql:
            matches: ColumnElement[bool] = _Found.words.bool_op("@@")(cast(asked, TSQUERY))
            return matches
        return _index.c.message_words.bool_op("MATCH")(asked)


def _by_conversation(found: FromClause) -> Select[Any]:
    columns = (found.c.conversation_id, func.max(found.c.seq).label("newest"), func.count().label("number"))
    return select(*columns).group_by(found.c.conversation_id)


def _is_among(conversation_id: ColumnElement[int], collected: Select[Any]) -> ColumnElement[bool]:
    """Whether it is one of those that were collected; a sum, so that the inbox is walked instead of those."""
    return (conversation_id + 0).in_(collected)


def _most() -> ColumnElement[int]:
    return bindparam("rare", type_=Id)


@cache
def index(*, postgresql: bool, dated: bool) -> Index:
    return Index(postgresql=postgresql, dated=dated)


@cache
def built(make: Callable[..., _Query], *of: Any) -> _Query:
    """Return a statement that a method of an index makes, once."""
    return make(*of)
