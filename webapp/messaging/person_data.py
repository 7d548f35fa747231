"""What a person may take along, and what is left of them after an erasure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, or_, select

from webapp.accounts import in_charge
from webapp.accounts.errors import Invalid as NoAddress
from webapp.accounts.factors import second
from webapp.accounts.link_models import AccountLetter, AccountLink
from webapp.accounts.models import ApiToken, Customer, Side, SignInSession, Store, User
from webapp.accounts.passwords import UNUSABLE
from webapp.accounts.service import AccountService, normalise_email
from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import now, session
from webapp.messaging import access, indexing, membership, queries, retention
from webapp.messaging.access import LARGEST_KEY
from webapp.messaging.errors import Invalid, NotAllowed, NotFound
from webapp.messaging.models import Conversation, ConversationParticipant, KeptDraft, Message
from webapp.messaging.queries import ConversationFilters, ConversationRow, MessageRow, Window

AT_ONCE = 100
_Row = ConversationParticipant
ERASED_NAME = "Deleted account"
ERASED_DOMAIN = "erased.invalid"

Account = User | Customer


@dataclass(frozen=True, slots=True)
class Found:
    """An account that an admin looks at before it is erased, with all that would go or stay."""

    kind: str
    """``user`` or ``customer``."""
    id: int
    name: str
    email: str
    is_active: bool
    store: str
    """The customer's store; empty for users."""
    sessions: int
    tokens: int
    messages: int


def conversations_of(viewer: Viewer) -> Iterator[tuple[ConversationRow, list[MessageRow]]]:
    """Yield every conversation in which the viewer takes part, with all that they may read of it."""
    after = None
    while True:
        page = queries.conversation_list(viewer, ConversationFilters(status=None), after, AT_ONCE)
        for row in page.rows:
            yield row, list(_messages(viewer, row.id))
        after = page.next
        if after is None:
            return


def _messages(viewer: Viewer, conversation_id: int) -> Iterator[MessageRow]:
    seen = 0
    while True:
        found, _, more = queries.message_window(viewer, conversation_id, Window(after=seen, limit=AT_ONCE))
        yield from found
        if not found or not more:
            return
        seen = found[-1].seq


def find(viewer: Viewer, email: str) -> list[Found]:
    """Return the accounts with this e-mail, of the platform, of stores and at stores; NotFound for all but admins."""
    access.require_admin(viewer)
    try:
        email = normalise_email(email)
    except NoAddress as error:
        raise Invalid("email", "invalid", "Enter an email address in the correct format") from error
    user = session.scalar(select(User).where(User.email == email))
    rows = session.execute(select(Customer, Store.name).join(Store).where(Customer.email == email).order_by(Store.name))
    found = [_found(user, "")] if user else []
    return found + [_found(customer, store) for customer, store in rows]


def erase(viewer: Viewer, kind: str, account_id: int, typed: str) -> None:
    """Take everything from an account that says who it was; what it wrote stays, under the name of nobody.

    Raises NotFound for all but admins and for an account that is not there, NotAllowed for an admin who was
    deactivated meanwhile, and Invalid unless the e-mail was typed, or when it is the viewer's own.
    """
    access.require_admin(viewer)
    if viewer.id not in in_charge.admins():
        raise NotAllowed("You are no admin any more")
    account = _account(kind, account_id)
    if account is None or account.email.endswith(f"@{ERASED_DOMAIN}"):
        raise NotFound("There is no such account")
    if typed.strip().lower() != account.email:
        raise Invalid("typed", "invalid", f"Type {account.email} to confirm")
    if isinstance(account, User) and account.id == viewer.id:
        raise Invalid("typed", "invalid", "Another admin has to erase your account")
    side = Side.CUSTOMER if isinstance(account, Customer) else Side(account.role.value)
    theirs = (_Row.participant_type == side) & (_Row.participant_id == account.id)
    held = select(_Row.conversation_id).join(Conversation).where(theirs, retention.is_held())
    if session.scalar(held.limit(1)) is not None:
        raise Invalid("typed", "held", "This account takes part in what a legal hold keeps")
    AccountService().deactivate(account)
    membership.leave(side, account.id, None, now())
    second.switch_off(account)
    session.execute(delete(ApiToken).where(_held_by(ApiToken, account)))
    session.execute(delete(KeptDraft).where(KeptDraft.participant_type == side, KeptDraft.participant_id == account.id))
    session.execute(delete(AccountLetter).where(AccountLetter.email == account.email))
    session.execute(delete(AccountLink).where(or_(AccountLink.email == account.email, _held_by(AccountLink, account))))
    account.name, account.email = ERASED_NAME, f"{kind}-{account.id}@{ERASED_DOMAIN}"
    account.password_hash, account.locale, account.timezone, account.preferences = UNUSABLE, "en", "UTC", None
    session.flush()
    _forget_name(side, account)
    store_id = account.store_id if isinstance(account, Customer) else None
    log.note(viewer, Action.DATA_ERASED, kind, account.id, store_id=store_id)


def _forget_name(side: Side, account: Account) -> None:
    """Take the name out of the words by which messages are found: those they wrote, and how their threads began."""
    named = (Message.sender_type == side) & (Message.sender_id == account.id)
    if isinstance(account, Customer):
        theirs = select(Conversation.id).where(Conversation.customer_id == account.id)
        named = named | ((Message.seq == 1) & Message.conversation_id.in_(theirs))
    ids = session.scalars(select(Message.id).where(named).order_by(Message.id)).all()
    for first in range(0, len(ids), indexing.BATCH):
        indexing.write(indexing.read(ids[first : first + indexing.BATCH]))


def _account(kind: str, account_id: int) -> Account | None:
    if not 0 < account_id <= LARGEST_KEY:
        return None
    match kind:
        case "user":
            return session.get(User, account_id)
        case "customer":
            return session.get(Customer, account_id)
    return None


def _found(account: Account, store: str) -> Found:
    side = Side.CUSTOMER if isinstance(account, Customer) else Side(account.role.value)
    wrote = select(func.count()).where(Message.sender_type == side, Message.sender_id == account.id)
    return Found(
        kind="customer" if isinstance(account, Customer) else "user",
        id=account.id,
        name=account.name,
        email=account.email,
        is_active=account.is_active,
        store=store,
        sessions=session.scalar(select(func.count()).where(_held_by(SignInSession, account))) or 0,
        tokens=session.scalar(select(func.count()).where(_held_by(ApiToken, account))) or 0,
        messages=session.scalar(wrote) or 0,
    )


def _held_by(table: type[SignInSession | ApiToken | AccountLink], account: Account) -> Any:
    return table.customer_id == account.id if isinstance(account, Customer) else table.user_id == account.id
