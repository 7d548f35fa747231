"""Loading the demo: the people, then every talk with times relative to now, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from webapp.accounts.models import Side, User
from webapp.attachments.service import MessageAttachmentService
from webapp.cli.demo import people
from webapp.cli.demo.enclosing import named, staged
from webapp.cli.demo.people import Cast
from webapp.cli.demo.script import Talk, talks
from webapp.database import now, reading, session, writing
from webapp.messaging import access, bulk
from webapp.messaging.bulk import Line, WholeConversation
from webapp.messaging.membership import Person
from webapp.messaging.models import ConversationType, MessageKind
from webapp.messaging.service import MessagingService

SEED = 7
PEOPLE_JOINED = timedelta(days=400)
LONG_TALK = 100
"""From so many messages on, a talk goes on for months."""


def is_empty() -> bool:
    """Tell whether nobody has an account: only then may the demo be loaded."""
    with reading():
        return session.scalar(select(User.id).limit(1)) is None


def load() -> str:
    """Write the demo and return what there is, in words."""
    random = Random(SEED)
    moment = now()
    written = list(talks(random))
    with writing():
        cast = people.make(moment - PEOPLE_JOINED)
        conversations = [
            _conversation(number, talk, cast, moment, random) for number, talk in enumerate(written, start=1)
        ]
        by_talk = {conversation.key: talk for conversation, talk in zip(conversations, written, strict=True)}
        conversations.sort(key=lambda conversation: conversation.lines[0].at)
        bulk.write(conversations)
        ids = bulk.ids_of(by_talk)
    for key, talk in by_talk.items():
        _add_files(ids[key], talk)
        _keep_unsent(ids[key], talk, cast)
    messages = sum(line.kind is MessageKind.MESSAGE for each in conversations for line in each.lines)
    return f"{len(conversations)} conversations with {messages:,} messages in {len(people.STORES)} stores"


def _add_files(conversation_id: int, talk: Talk) -> None:
    """Inspect and store a talk's files like anybody's; between the transactions, since that takes its time."""
    for seq, words in talk.files.items():
        with staged(named(words)) as uploads:
            files = MessageAttachmentService().validate_and_store(uploads, conversation_id)
        with writing():
            bulk.attach(conversation_id, seq, files)


def _keep_unsent(conversation_id: int, talk: Talk, cast: Cast) -> None:
    for name, text in talk.unsent.items():
        with writing():
            MessagingService().keep_draft(
                people.viewer(*cast.person(talk.store, name), talk.store), conversation_id, text
            )


def _conversation(number: int, talk: Talk, cast: Cast, moment: datetime, random: Random) -> WholeConversation:
    person = {name: cast.person(talk.store, name) for name in talk.unread}
    times = _times(len(talk.lines), moment - talk.age, random)
    lines = [
        Line(person[name], text, at, MessageKind.EVENT if position in talk.events else MessageKind.MESSAGE)
        for position, ((name, text), at) in enumerate(zip(talk.lines, times, strict=True))
    ]
    customers = [id_ for side, id_ in person.values() if side is Side.CUSTOMER]
    return WholeConversation(
        store_id=cast.stores[talk.store],
        external_id=f"demo-{number}",
        conversation_type=_channel({side for side, _ in person.values()}),
        subject=talk.subject,
        customer_id=customers[0] if customers else None,
        people=list(person.values()),
        lines=lines,
        read_up_to={person[name]: _mark(lines, person[name], count) for name, count in talk.unread.items() if count},
    )


def _channel(sides: set[Side]) -> ConversationType:
    return next(channel for channel in ConversationType if set(access.sides(channel)) == sides)


def _times(count: int, last: datetime, random: Random) -> list[datetime]:
    """Go back from the last message: mostly minutes, now and then hours; in a long talk several a day."""
    times = [last]
    for _ in range(count - 1):
        long_pause = random.random() < (0.3 if count >= LONG_TALK else 0.2)
        pause = random.randint(120, 900) if long_pause else random.randint(2, 45)
        times.append(times[-1] - timedelta(minutes=pause, seconds=random.randint(0, 59)))
    return times[::-1]


def _mark(lines: list[Line], reader: Person, unread: int) -> int:
    """Return the read mark above which so many messages are by others."""
    for seq in range(len(lines), 0, -1):
        line = lines[seq - 1]
        unread -= line.kind is MessageKind.MESSAGE and line.sender != reader
        if not unread:
            return seq - 1
    raise ValueError("fewer messages than shall be unread")
