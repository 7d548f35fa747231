"""Bugs of the rules of access: who may see, answer and own what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_

from tests.isolation.bugs.seeding import Patch, seeded
from webapp.accounts.models import Side
from webapp.database import session
from webapp.messaging import access
from webapp.messaging.access import Action
from webapp.messaging.errors import NotAllowed, NotFound
from webapp.messaging.models import Conversation, ConversationParticipant, ConversationType, Inbox


def _in_channels(viewer: Any, row: Any) -> Any:
    return row.conversation_type.in_(access.channels(viewer.side))


@seeded
def a_store_sees_every_store(patch: Patch) -> None:
    right = access._within
    patch.setattr(access, "_within", lambda who, row: _in_channels(who, row) if who.is_store else right(who, row))


@seeded
def a_customer_sees_every_customer_of_the_store(patch: Patch) -> None:
    patch.setattr(access, "sees", lambda viewer, row=Conversation: access._within(viewer, row))


@seeded
def a_customer_is_known_by_the_number_alone(patch: Patch) -> None:
    right = access.sees
    patch.setattr(
        access,
        "sees",
        lambda who, row=Conversation: (
            and_(_in_channels(who, row), Conversation.customer_id >= who.id) if who.is_customer else right(who, row)
        ),
    )


@seeded
def the_switch_hides_nothing_from_customers(patch: Patch) -> None:
    patch.setattr(
        access,
        "_within",
        lambda who, row: (
            _in_channels(who, row) if who.is_admin else and_(_in_channels(who, row), row.store_id == who.tenant_id)
        ),
    )


@seeded
def the_platform_reads_what_stores_and_customers_write(patch: Patch) -> None:
    patch.setitem(access.RULES, (Side.ADMIN, ConversationType.STORE_CUSTOMER), frozenset({Action.SEE}))


@seeded
def a_store_reads_what_the_platform_writes_to_its_customers(patch: Patch) -> None:
    patch.setitem(access.RULES, (Side.STORE, ConversationType.ADMIN_CUSTOMER), frozenset({Action.SEE}))


@seeded
def a_verb_loads_by_the_id_alone(patch: Patch) -> None:
    def require(_viewer: Any, _action: Action, number: int, *, lock: bool = False) -> Conversation:
        found = session.get(Conversation, access.key(number), populate_existing=lock)
        if found is None:
            raise NotFound
        return found

    patch.setattr(access, "require", require)


@seeded
def a_foreign_conversation_is_403(patch: Patch) -> None:
    right = access.require

    def require(viewer: Any, action: Action, number: int, *, lock: bool = False) -> Conversation:
        try:
            return right(viewer, action, number, lock=lock)
        except NotFound:
            if session.get(Conversation, access.key(number)):
                raise NotAllowed from None
            raise

    patch.setattr(access, "require", require)


@seeded
def an_inbox_is_found_without_its_store(patch: Patch) -> None:
    patch.setattr(
        access,
        "owns_inbox",
        lambda who: and_(Inbox.participant_type == who.side, Inbox.participant_id == who.id),
    )


@seeded
def an_inbox_is_found_without_its_side(patch: Patch) -> None:
    patch.setattr(access, "owns_inbox", lambda who: Inbox.participant_id == who.id)


@seeded
def my_part_is_found_without_its_side(patch: Patch) -> None:
    patch.setattr(access, "is_own_participation", lambda who: ConversationParticipant.participant_id == who.id)
