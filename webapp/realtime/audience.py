"""Who hears of what happened: those whom access lets see it, by the channels that they listen to."""

from __future__ import annotations

from collections.abc import Callable

from webapp.accounts.models import Side
from webapp.messaging import access
from webapp.messaging.events import Change, Event, InboxesChanged, MarkMoved
from webapp.messaging.models import Conversation, ConversationType
from webapp.realtime import channels, hints
from webapp.realtime.hints import Hint, Notice


def notices_of(happened: Event | Change) -> list[Notice]:
    """Return what is said to whom about something that was committed.

    Teams hear of every conversation of their channels. Customers hear as owners of inboxes, from which access already
    left out what it hides from them; a read mark is no affair of theirs.
    """
    match happened:
        case InboxesChanged(conversation_id, owners):
            found = []
            for owner in owners:
                channel = channels.of_person(owner.side, owner.id, owner.store_id)
                if conversation_id is not None:
                    found.append(Notice(channel, hints.thread(conversation_id)))
                found.append(Notice(channel, hints.BADGE))
            return found
        case MarkMoved(conversation_id, store_id, channel):
            return _to_teams(channel, store_id, hints.read(conversation_id))
        case _:
            number = happened.conversation_id
            return [
                *_to_teams(happened.channel, happened.store_id, hints.thread(number)),
                *_to_teams(happened.channel, happened.store_id, hints.listed(number)),
            ]


def of_typing(conversation: Conversation, who: Callable[[Side], str], customer_sees_it: bool) -> list[Notice]:
    """Return who hears that somebody writes in a conversation; ``who`` signs it for the readers of a side."""
    found = []
    for side in access.sides(conversation.conversation_type):
        channel = channels.of_team(side, conversation.store_id)
        if channel is None and conversation.customer_id is not None and customer_sees_it:
            channel = channels.of_person(side, conversation.customer_id, conversation.store_id)
        if channel:
            found.append(Notice(channel, hints.typing(conversation.id, who(side))))
    return found


def _to_teams(channel: ConversationType, store_id: int, hint: Hint) -> list[Notice]:
    teams = (channels.of_team(side, store_id) for side in access.sides(channel))
    return [Notice(team, hint) for team in teams if team]
