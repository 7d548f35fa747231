"""Bugs of who asks and whom they write to: tokens, sessions, the directory, keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests.isolation.bugs.seeding import Patch, everywhere, seeded
from webapp.accounts import sessions, tokens
from webapp.accounts.models import Customer, Side, Store
from webapp.accounts.viewer import StoreRef
from webapp.database import session
from webapp.messaging import log, recipients, standing
from webapp.messaging.models import Conversation, Message


@seeded
def what_lets_in_opens_every_portal(patch: Patch) -> None:
    for kind in (tokens, sessions):
        patch.setattr(kind, "find", _of_any_side(kind.find))


@seeded
def what_lets_in_outlives_its_holder(patch: Patch) -> None:
    for kind in (tokens, sessions):
        patch.setattr(kind, "find", _once_and_for_all(kind.find))


@seeded
def what_lets_in_acts_in_another_store_of_its_holder(patch: Patch) -> None:
    for kind in (tokens, sessions):
        patch.setattr(kind, "find", _in_harbor(kind.find))


Find = Callable[[Side, str], Any]


def _of_any_side(right: Find) -> Find:
    return lambda _side, secret: next(filter(None, (right(side, secret) for side in Side)), None)


def _once_and_for_all(right: Find) -> Find:
    known: dict[tuple[Side, str], Any] = {}
    return lambda side, secret: known.setdefault((side, secret), right(side, secret))


def _in_harbor(right: Find) -> Find:
    def find(side: Side, secret: str) -> Any:
        held = right(side, secret)
        if held and held.viewer.is_store and held.viewer.store.code == "tea":
            harbor = session.query(Store).filter_by(code="harbor").one()
            ref = StoreRef(harbor.id, harbor.code, harbor.name)
            return dataclasses.replace(held, viewer=dataclasses.replace(held.viewer, store=ref))
        return held

    return find


# -- the directory and who is written to


@seeded
def the_directory_shows_every_store(patch: Patch) -> None:
    patch.setattr(
        recipients,
        "_lines",
        lambda kind, _viewer, wanted: {0: recipients._whole_stores, 1: recipients._members, 2: recipients._customers}[
            kind
        ](wanted.text),
    )


@seeded
def the_directory_shows_stores_their_own_users(patch: Patch) -> None:
    patch.setattr(recipients, "_kinds", lambda _viewer, _wanted: [1, 2])


@seeded
def a_store_writes_to_customers_of_another(patch: Patch) -> None:
    def find_choice(_viewer: Any, wanted: Any) -> Any:
        row = session.execute(recipients._customers("").where(Customer.id == wanted.id)).first()
        return recipients._choice(row) if row else None

    everywhere(patch, recipients, "find_choice", find_choice)


# -- keys


@seeded
def a_key_of_somebody_else_counts_as_mine_in_a_conversation(patch: Patch) -> None:
    right = standing.standing_of

    def standing_of(viewer: Any, conversation: Conversation, client_key: str | None = None) -> Any:
        found = right(viewer, conversation, client_key)
        sent = session.scalar(
            select(Message.id).where(Message.conversation_id == conversation.id, Message.client_key == client_key)
        )
        return dataclasses.replace(found, sent_before=sent)

    everywhere(patch, standing, "standing_of", standing_of)


@seeded
def a_key_of_somebody_else_gives_their_conversation(patch: Patch) -> None:
    def started_before(_viewer: Any, client_key: str | None, _request_hash: str) -> Any:
        found = session.scalar(select(Conversation).where(Conversation.client_key == client_key))
        if found is None:
            return None
        first = session.scalar(select(Message).where(Message.conversation_id == found.id, Message.seq == 1))
        return log.Sent(first, found, repeated=True)

    patch.setattr(log, "started_before", started_before)
