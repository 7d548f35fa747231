"""What a recipient means: the tenant of the new conversation, its customer, and the people who become participants."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, select

from webapp.accounts.models import Side, Store, StoreMember, User
from webapp.accounts.viewer import Viewer
from webapp.database import session
from webapp.messaging import access
from webapp.messaging.membership import Person
from webapp.messaging.models import ConversationType
from webapp.messaging.recipients import Recipient, find_choice, unknown_recipient


@dataclass(frozen=True, slots=True)
class Addressed:
    """The tenant, the customer if there is one, the people, and the names by which the conversation can be found."""

    store_id: int
    customer_id: int | None
    people: list[Person]
    names: list[str]


def address(viewer: Viewer, channel: ConversationType, recipient: Recipient) -> Addressed:
    """Find the recipient within what the viewer may write to; raises Invalid, the same for foreign and unknown."""
    wants_customer = Side.CUSTOMER in access.sides(channel)
    if wants_customer != (recipient.type is Side.CUSTOMER):
        raise unknown_recipient()
    if wants_customer:
        return _address_customer(viewer, recipient)
    return _address_store(recipient)


def _address_customer(viewer: Viewer, recipient: Recipient) -> Addressed:
    choice = find_choice(viewer, recipient)
    if choice is None or choice.recipient.id is None or recipient.store_id not in {None, choice.store.id}:
        raise unknown_recipient()
    people: list[Person] = [(Side.CUSTOMER, choice.recipient.id)]
    return Addressed(choice.store.id, choice.recipient.id, people, [choice.name, choice.store.name])


def _address_store(recipient: Recipient) -> Addressed:
    statement = (
        select(StoreMember.store_id, StoreMember.user_id, Store.name)
        .join(Store, and_(Store.id == StoreMember.store_id, Store.is_active))
        .join(User, and_(User.id == StoreMember.user_id, User.is_active))
        .where(StoreMember.is_active)
    )
    if recipient.id is not None:
        statement = statement.where(StoreMember.user_id == recipient.id)
    if recipient.store_id is not None:
        statement = statement.where(StoreMember.store_id == recipient.store_id)
    members = session.execute(statement).all() if (recipient.id or recipient.store_id) else []
    stores = {member.store_id for member in members}
    if len(stores) != 1:
        raise unknown_recipient()
    people: list[Person] = [(Side.STORE, member.user_id) for member in members]
    return Addressed(stores.pop(), None, people, [members[0].name])
