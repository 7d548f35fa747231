"""EmailService: from what a mail says to what leaves: subject, headers, text and HTML, one recipient."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import TYPE_CHECKING

from webapp.database import now
from webapp.notifications import addresses, message_ids, office
from webapp.notifications.composing import Letter
from webapp.notifications.models import Mail, MailKind
from webapp.notifications.options import Options
from webapp.notifications.transports import Post

if TYPE_CHECKING:
    from css_inline import CSSInliner

NAME_LENGTH = 78
_WHOLE_HEADERS = SMTP.clone(max_line_length=998)
"""Folding at 78 would write a long address as an encoded word, which no mail program takes for an address."""


class EmailService:
    """Writes and sends e-mails of one batch, all by the same settings."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.office = office.current()

    @contextmanager
    def post(self) -> Iterator[Post]:
        """Open the way out for a batch."""
        with self.office.transport.open() as post:
            yield post

    def send(self, post: Post, message: EmailMessage, recipient: str) -> None:
        """Send one mail to one person; raises what a transport raises."""
        post.send(message, self.sender_address, recipient)

    @property
    def sender_address(self) -> str:
        return parseaddr(self.options.sender)[1]

    def write(self, mail: Mail, letter: Letter) -> EmailMessage:
        """Write the mail: every header for this recipient alone, and no address of anybody else."""
        reader, person = letter.reader, (mail.participant_type, mail.participant_id)
        single = mail.kind is MailKind.NEW_MESSAGE
        talk = letter.talks[0]
        message = self._message(reader.name, reader.email, self._from_name(letter, single))
        message["Subject"] = one_line(f"New message: {talk.conversation.subject}") if single else _counted(letter)
        message["Message-ID"] = mail.message_id
        if single:
            root = message_ids.of_talk(talk.conversation.id, person)
            message["In-Reply-To"] = message["References"] = root
            message["List-Id"] = f"<conversation-{talk.conversation.id}.{message_ids.domain()}>"
        unsubscribe = addresses.unsubscribe(person, talk.conversation.id if single else None)
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        reply_to = addresses.reply_to(person, talk.conversation.id) if single else None
        if reply_to:
            message["Reply-To"] = Address(self._from_name(letter, single), addr_spec=reply_to)
        self._fill(
            message,
            "new_message" if single else "digest",
            letter=letter,
            reader=reader,
            talk=talk,
            unsubscribe=unsubscribe,
            can_reply=bool(reply_to),
            preferences=self.office.links.preferences(reader),
        )
        return message

    def write_test(self, name: str, email: str) -> EmailMessage:
        """Write the mail with which an admin tries the settings."""
        message = self._message(name, email, self.options.platform_name)
        message["Subject"] = "Test of Parley’s e-mail"
        message["Message-ID"] = message_ids.of_test()
        self._fill(message, "test", name=name)
        return message

    def write_about_account(
        self, template: str, subject: str, name: str, email: str, context: dict[str, str]
    ) -> EmailMessage:
        """Write a mail about an account: a link to set a password, an invitation."""
        message = self._message(name, email, self.options.platform_name)
        message["Subject"] = one_line(subject)
        message["Message-ID"] = message_ids.of_test()
        self._fill(message, template, **context)
        return message

    def _message(self, name: str, email: str, from_name: str) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(from_name, addr_spec=self.sender_address)
        message["To"] = Address(one_line(name)[:NAME_LENGTH], addr_spec=email)
        message["Date"] = format_datetime(now())
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        return message

    def _fill(self, message: EmailMessage, template: str, **context: object) -> None:
        values = {"options": self.options, "links": self.office.links, **context}
        text = self.office.templates.get_template(f"email/{template}.txt").render(values)
        html = self.office.templates.get_template(f"email/{template}.html").render(values)
        message.set_content(text, cte="quoted-printable")
        message.add_alternative(_inliner().inline(html), subtype="html", cte="quoted-printable")
        message.policy = _WHOLE_HEADERS

    def _from_name(self, letter: Letter, single: bool) -> str:
        """Return who seems to write: the sender and their store, as the reader may know them."""
        reader, talk = letter.reader, letter.talks[0]
        store = talk.conversation.store.name
        if not single:
            return one_line(reader.store.name if reader.is_customer and reader.store else self.options.platform_name)
        name = talk.senders[0] if len(talk.senders) == 1 else talk.conversation.other_party.name
        sides = {message.sender.type.value for message in talk.messages}
        shows_store = not reader.is_store and "admin" not in sides and name != store
        return one_line(f"{name}, {store}" if shows_store else name)[:NAME_LENGTH]


def one_line(text: str) -> str:
    """Return text that can stand in a header: on one line, without anything that controls or cannot be encoded."""
    flat = " ".join(text.split())
    return "".join(one for one in flat if unicodedata.category(one) not in {"Cc", "Cs", "Zl", "Zp"})


def _counted(letter: Letter) -> str:
    messages = f"{letter.count} new message{'' if letter.count == 1 else 's'}"
    return f"{messages} in {len(letter.talks)} conversation{'' if len(letter.talks) == 1 else 's'}"


@cache
def _inliner() -> CSSInliner:
    """Return what writes styles into elements, as mail programs want them; imported with the first mail."""
    from css_inline import CSSInliner

    return CSSInliner(load_remote_stylesheets=False, keep_style_tags=True, keep_at_rules=True)
