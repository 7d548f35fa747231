"""The scripted people of the demo: they answer a visitor's first words, and let something happen meanwhile.

They live in the server that the visitors use, so that what they do reaches the visitors' pages at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from flask import Flask, current_app, has_app_context
from sqlalchemy import select

from webapp.accounts.models import Customer, Side, StoreMember, User
from webapp.accounts.viewer import Viewer
from webapp.cli.demo import people, pictures
from webapp.cli.demo.enclosing import staged
from webapp.database import reading, session, writing
from webapp.doors import sending, signs
from webapp.messaging import access, events
from webapp.messaging.drafts import Draft, NewConversation
from webapp.messaging.errors import MessagingError
from webapp.messaging.events import Change, Event, MessageSent
from webapp.messaging.models import ConversationStatus, ConversationType
from webapp.messaging.queries import ConversationFilters
from webapp.messaging.recipients import Recipient
from webapp.messaging.service import MessagingService
from webapp.realtime import typing

EXTENSION = "parley.demo"
ANSWERS = (
    "Thanks! Photo attached.",
    "Perfect, that helps a lot 🙏 Here is how it looks.",
    "Great, thank you. I took a picture for you.",
)
messaging = MessagingService()
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from a visitor's sign-in or first words until something happens."""

    answer: tuple[float, float] = (4, 8)
    start: float = 20
    close: float = 40
    stop: float = 600


@dataclass
class Heartbeat:
    """Knows the visitors of one application, and does each thing once for each of them."""

    app: Flask
    pace: Pace = Pace()
    later: Callable[[float, Callable[[], None]], None] | None = None
    visitors: dict[tuple[Side, int], float] = field(default_factory=dict)
    answered: set[tuple[Side, int]] = field(default_factory=set)
    random: Random = field(default_factory=lambda: Random(7))

    def begin(self, visitor: Viewer) -> None:
        """Greet somebody who signed in; for ten minutes things happen around them."""
        who = (visitor.side, visitor.id)
        if who in self.visitors and time.monotonic() - self.visitors[who] < self.pace.stop:
            return
        self.visitors[who] = time.monotonic()
        self.answered.discard(who)
        self._after(self.pace.start, lambda: self._start(visitor))
        self._after(self.pace.close, lambda: self._close(visitor))

    def hear(self, sent: MessageSent) -> None:
        """Let the other party answer the first message of a visitor, unless they are a visitor themselves."""
        who = (sent.by_side, sent.by_id)
        begun = self.visitors.get(who)
        if begun is None or who in self.answered or time.monotonic() - begun > self.pace.stop:
            return
        self.answered.add(who)
        wait = self.random.uniform(*self.pace.answer)
        self._after(wait / 2, lambda: self._type(sent))
        self._after(wait, lambda: self._answer(sent))

    def _type(self, sent: MessageSent) -> None:
        with reading():
            typing.tell(self._other_party(sent), sent.conversation_id, signs.of_writer)

    def _answer(self, sent: MessageSent) -> None:
        with reading():
            other = self._other_party(sent)
        picture = {"IMG_2199.jpg": pictures.photo(self.random.randint(50, 90))}
        with staged(picture) as uploads:
            sending.send(other, sent.conversation_id, Draft(self.random.choice(ANSWERS), None, sent.seq), uploads)

    def _start(self, visitor: Viewer) -> None:
        """Write to the visitor: the platform to a store, a store to its customer, a store to the platform."""
        if visitor.is_admin:
            self._write_to_the_platform(visitor)
            return
        with reading():
            sender = self._somebody(Side.ADMIN if visitor.is_store else Side.STORE, visitor.store_id, visitor)
        channel = ConversationType.ADMIN_STORE if visitor.is_store else ConversationType.STORE_CUSTOMER
        to = Recipient(visitor.side, visitor.id, visitor.store_id if visitor.is_store else None)
        subject, text = (
            ("Your ranking this week", "Good news: your store is among the ten best rated of the week. Well done!")
            if visitor.is_store
            else ("A small thank you", "You were our 1,000th order this year. A voucher is on its way to you.")
        )
        sending.start(sender, NewConversation(channel, to, subject, text))

    def _write_to_the_platform(self, visitor: Viewer) -> None:
        with reading():
            found = messaging.list_conversations(visitor, ConversationFilters(channel=ConversationType.ADMIN_STORE))
            row = found.rows[-1]
            sender = self._somebody(Side.STORE, row.store.id, visitor)
        sending.send(sender, row.id, Draft("One more question about this: by when do you need our answer?"))

    def _close(self, visitor: Viewer) -> None:
        """Let a colleague close the oldest open conversation of the team's first page."""
        with reading():
            colleague = self._somebody(
                visitor.side if not visitor.is_customer else Side.STORE, visitor.store_id, visitor
            )
            team = ConversationFilters(team=True, status=ConversationStatus.OPEN)
            if visitor.is_customer:
                rows = messaging.list_conversations(visitor, ConversationFilters(status=ConversationStatus.OPEN)).rows
                rows = [row for row in rows if row.conversation_type is ConversationType.STORE_CUSTOMER]
            else:
                rows = messaging.list_conversations(colleague, team).rows
        if rows:
            with writing():
                messaging.close_conversation(colleague, rows[-1].id)

    def _other_party(self, sent: MessageSent) -> Viewer:
        """Who answers: the customer of the conversation, else somebody of the other side."""
        visitor = people.viewer(sent.by_side, sent.by_id, sent.store_id)
        other = next(side for side in access.sides(sent.channel) if side is not sent.by_side)
        if other is Side.CUSTOMER:
            party = messaging.get_conversation(visitor, sent.conversation_id).conversation.other_party
            return people.viewer(Side.CUSTOMER, party.id or 0, sent.store_id)
        return self._somebody(other, sent.store_id, visitor)

    def _somebody(self, side: Side, store_id: int | None, but: Viewer) -> Viewer:
        """Find an active person of a side, in that store, who is not a visitor now if there is one."""
        if side is Side.ADMIN:
            statement = select(User.id).where(User.role == side.value, User.is_active)
        elif side is Side.STORE:
            statement = select(StoreMember.user_id).where(StoreMember.store_id == store_id, StoreMember.is_active)
        else:
            statement = select(Customer.id).where(Customer.store_id == store_id, Customer.is_active)
        found = [number for number in session.scalars(statement) if (side, number) != (but.side, but.id)]
        found.sort(key=lambda number: ((side, number) in self.visitors, number))
        return people.viewer(side, found[0], store_id)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        if self.later:
            self.later(seconds, lambda: self._act(act))
            return
        timer = threading.Timer(seconds, self._act, [act])
        timer.daemon = True
        timer.start()

    def _act(self, act: Callable[[], None]) -> None:
        """Do something in a thread of its own: a script that no longer fits what visitors did is left off."""
        with self.app.app_context():
            try:
                act()
            except (MessagingError, LookupError) as error:
                log.info("the demo skips a line of its script: %s", error)


@events.after_commit
def _hear(happened: Event | Change) -> None:
    beat = current_app.extensions.get(EXTENSION) if has_app_context() else None
    if beat is not None and isinstance(happened, MessageSent):
        beat.hear(happened)
