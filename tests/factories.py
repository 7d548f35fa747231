"""People, stores and conversations for tests, made by the domain's own verbs; each call commits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from hashlib import sha256
from io import BytesIO
from uuid import UUID, uuid4

from flask import Flask, has_app_context
from PIL import Image

from webapp import database
from webapp.accounts.models import Customer, MemberRole, Side, Store, StoreMember, User
from webapp.accounts.passwords import hash_password
from webapp.accounts.service import AccountService
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.attachments import storage
from webapp.attachments.files import Upload
from webapp.database import session
from webapp.doors import sending
from webapp.messaging.drafts import Draft, NewConversation
from webapp.messaging.models import Conversation, ConversationType, Message
from webapp.messaging.queries import Window
from webapp.messaging.recipients import Recipient
from webapp.messaging.service import MessagingService

PASSWORD = "parley-demo"
OWNER, AGENT = MemberRole.OWNER, MemberRole.AGENT

accounts = AccountService()
messaging = MessagingService()
_home: Flask | None = None

_CHANNELS = {
    (Side.ADMIN, Side.STORE): ConversationType.ADMIN_STORE,
    (Side.ADMIN, Side.CUSTOMER): ConversationType.ADMIN_CUSTOMER,
    (Side.STORE, Side.CUSTOMER): ConversationType.STORE_CUSTOMER,
}


def save_in(app: Flask | None) -> None:
    """Let the factories save in this app from now on."""
    global _home  # noqa: PLW0603
    _home = app


@contextmanager
def saving() -> Iterator[None]:
    """One write transaction, in the pushed context or in one of its own; the rows come out detached."""
    with ExitStack() as stack:
        if not has_app_context():
            assert _home is not None, "use the fixture app"
            stack.enter_context(_home.app_context())
        with database.writing():
            yield
        session.expunge_all()


def make_admin(name: str = "Ada Admin", email: str | None = None) -> User:
    with saving():
        admin = accounts.create_admin(email or email_of(name), name, None)
        admin.password_hash = demo_hash()
    return admin


def make_store(code: str = "harbor-goods", name: str | None = None) -> Store:
    with saving():
        return accounts.create_store(code, name or code.replace("-", " ").title())


def make_store_user(store: Store, name: str = "Olga Owner", role: MemberRole = OWNER, email: str | None = None) -> User:
    """Make a user with a membership of the store; ``make_member`` adds further stores."""
    with saving():
        user = accounts.create_store_user(email or email_of(name), name, None)
        user.password_hash = demo_hash()
        accounts.add_member(store, user, role)
    return user


def make_member(store: Store, user: User, role: MemberRole = AGENT) -> StoreMember:
    with saving():
        return accounts.add_member(store, user, role)


def make_customer(store: Store, name: str = "Mara Customer", email: str | None = None) -> Customer:
    with saving():
        customer = accounts.create_customer(store, email or email_of(name), name, None)
        customer.password_hash = demo_hash()
    return customer


def viewer_of(account: User | Customer, store: Store | None = None) -> Viewer:
    """The viewer that the account's session would give; a store user needs the store they act in."""
    side = Side.CUSTOMER if isinstance(account, Customer) else Side(account.role.value)
    ref = StoreRef(store.id, store.code, store.name) if store else None
    if isinstance(account, Customer) and ref is None:
        ref = StoreRef(account.store_id, "", "")
    return Viewer(side, account.id, account.name, account.email, store=ref)


def recipient_of(to: Store | Customer | tuple[User, Store]) -> Recipient:
    """A whole store, a customer, or one user of a store."""
    if isinstance(to, Customer):
        return Recipient(Side.CUSTOMER, to.id)
    if isinstance(to, Store):
        return Recipient(Side.STORE, None, to.id)
    return Recipient(Side.STORE, to[0].id, to[1].id)


def new_conversation(
    viewer: Viewer,
    to: Store | Customer | tuple[User, Store],
    subject: str = "Order 1042",
    text: str = "Hello",
    key: str | None = None,
) -> NewConversation:
    recipient = recipient_of(to)
    return NewConversation(_CHANNELS[viewer.side, recipient.type], recipient, subject, text, key)


def start(
    viewer: Viewer,
    to: Store | Customer | tuple[User, Store],
    subject: str = "Order 1042",
    text: str = "Hello",
    key: str | None = None,
) -> Conversation:
    with saving():
        return messaging.create_conversation(viewer, new_conversation(viewer, to, subject, text, key)).conversation


def send(
    viewer: Viewer,
    conversation: Conversation,
    text: str = "Hello",
    key: str | None = None,
    up_to: int | None = None,
    drafts: tuple[str, ...] = (),
) -> Message:
    with saving():
        return messaging.send_message(viewer, conversation.id, Draft(text, key, up_to, drafts)).message


def attach(viewer: Viewer, conversation: Conversation, name: str = "photo.png", content: bytes | None = None) -> UUID:
    """Send a message with a file, by default a small photo, and return the file's id."""
    with ExitStack() as stack:
        if not has_app_context():
            assert _home is not None, "use the fixture app"
            stack.enter_context(_home.app_context())
        folder = storage.current().staging
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{uuid4()}"
        path.write_bytes(content or a_photo())
        digest = sha256(path.read_bytes()).hexdigest()
        upload = Upload(name, path, path.stat().st_size, digest)
        sent = sending.send(viewer, conversation.id, Draft(""), [upload])
        path.unlink(missing_ok=True)
        window = Window(after=sent.message.seq - 1, limit=1)
        found = messaging.get_conversation(viewer, conversation.id, window).messages[0].attachments[0].id
        session.rollback()
    return found


@cache
def a_photo(width: int = 640, height: int = 480) -> bytes:
    """Make a PNG."""
    whole = BytesIO()
    Image.new("RGB", (width, height), (30, 120, 90)).save(whole, "PNG")
    return whole.getvalue()


def keep_draft(viewer: Viewer, conversation: Conversation, text: str, key: str | None = None) -> None:
    with saving():
        messaging.keep_draft(viewer, conversation.id, text, key)


def close(viewer: Viewer, conversation: Conversation) -> Conversation:
    with saving():
        return messaging.close_conversation(viewer, conversation.id)


def reopen(viewer: Viewer, conversation: Conversation) -> Conversation:
    with saving():
        return messaging.reopen_conversation(viewer, conversation.id)


def read(viewer: Viewer, conversation: Conversation, up_to: int | None = None) -> None:
    with saving():
        messaging.mark_conversation_read(viewer, conversation.id, up_to)


def deactivate(account: Store | User | Customer | StoreMember) -> None:
    with saving():
        row = session.merge(account)
        if isinstance(row, Store):
            accounts.switch_store(row, is_active=False)
        else:
            accounts.deactivate(row)


def change_settings(**values: int | bool | str) -> None:
    with saving():
        messaging.change_settings(None, values)


def email_of(name: str) -> str:
    return re.sub(r"\W+", ".", name.lower()).strip(".") + "@example.com"


@cache
def demo_hash() -> str:
    return hash_password(PASSWORD)
