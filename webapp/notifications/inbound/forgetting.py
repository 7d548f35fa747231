"""What must not outlive a message that was taken away, a person who was erased, or a conversation that is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, delete, or_, select, update

from webapp.accounts.models import Side
from webapp.database import session
from webapp.messaging.events import Event, MessageTakenAway
from webapp.messaging.models import Message
from webapp.notifications.inbound import raw_mails
from webapp.notifications.inbound.models import InboundMail, InboundState
from webapp.notifications.models import EmailPreference, Mail, MailState, OutboxEntry

_NOT_POSTED = (InboundState.RECEIVED, InboundState.HELD)


def forget_text(happened: Event) -> None:
    """Listen to what is being written: the text of a mail goes with the message that was made of it.

    So does the text of every later mail of the conversation, for it may quote the message: what is new in it stands in
    its own message. The raw mail of one that may still be posted is kept for that; see ``posting``.
    """
    if not isinstance(happened, MessageTakenAway) or not happened.is_whole:
        return
    written = select(Message.created_at).where(Message.id == happened.message_id).scalar_subquery()
    later = (InboundMail.conversation_id == happened.conversation_id) & (InboundMail.created_at >= written)
    quoting = or_(InboundMail.message_id == happened.message_id, later)
    session.execute(update(InboundMail).where(quoting).values(original=""))
    _forget_raw(quoting & InboundMail.state.not_in(_NOT_POSTED))


def forget_person(sides: tuple[Side, ...], person: int) -> None:
    """Take away what a person sent in but for the messages, what servers said of their address, and their wishes."""
    sent_in = InboundMail.participant_type.in_(sides) & (InboundMail.participant_id == person)
    _forget_raw(sent_in)
    session.execute(update(InboundMail).where(sent_in).values(sender="", original=""))
    dropped = {"state": InboundState.DROPPED, "reason": "The account was erased", "claimed_until": None}
    session.execute(update(InboundMail).where(sent_in, InboundMail.state.in_(_NOT_POSTED)).values(dropped))
    given_up = case((Mail.state.in_((MailState.PENDING, MailState.DEAD)), MailState.DROPPED.value), else_=Mail.state)
    session.execute(
        update(Mail)
        .where(Mail.participant_type.in_(sides), Mail.participant_id == person)
        .values(error="", claim=None, claimed_until=None, state=given_up)
    )
    session.execute(
        delete(EmailPreference).where(
            EmailPreference.participant_type.in_(sides), EmailPreference.participant_id == person
        )
    )


def forget_conversations(ids: Sequence[int]) -> list[str]:
    """Delete the mails about these conversations, out and in; return the raw mails to delete after the commit."""
    raw = select(InboundMail.raw_path).where(InboundMail.conversation_id.in_(ids), InboundMail.raw_path.is_not(None))
    paths = [path for path in session.scalars(raw) if path]
    for table in (InboundMail, OutboxEntry, Mail):
        session.execute(delete(table).where(table.conversation_id.in_(ids)))
    return paths


def _forget_raw(which: ColumnElement[bool]) -> None:
    has_raw = which & InboundMail.raw_path.is_not(None)
    raw_mails.delete_after_commit(session.scalars(select(InboundMail.raw_path).where(has_raw)).all())
    session.execute(update(InboundMail).where(has_raw).values(raw_path=None))
