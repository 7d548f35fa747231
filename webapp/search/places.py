"""The number of a message in SQLite's index: its conversation's id, then its ``seq`` in 24 bits (see migration 0023).

What matches comes in the order of conversations, so that the index alone tells which they are, and the part of it that
is of newer ones than some conversation can be read by itself.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, literal_column

BITS = 24
_BITS: Any = literal_column(str(BITS))
_SEQS: Any = literal_column(str(2**BITS - 1))


def place(conversation_id: int, seq: int) -> int:
    """Return the number of a message."""
    return conversation_id << BITS | seq


def first_of(conversation_id: ColumnElement[int]) -> ColumnElement[int]:
    """The SQL expression of a number below all of a conversation's messages, and above those of older ones."""
    return conversation_id.bitwise_lshift(_BITS)


def conversation_of(number: ColumnElement[int]) -> ColumnElement[int]:
    """The SQL expression of the id of a message's conversation."""
    return number.bitwise_rshift(_BITS)


def seq_of(number: ColumnElement[int]) -> ColumnElement[int]:
    """The SQL expression of a message's ``seq``."""
    return number.bitwise_and(_SEQS)
