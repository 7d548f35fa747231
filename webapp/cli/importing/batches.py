"""Writing parsed conversations in batches, one transaction each: stores, customers and the owner are found or made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from webapp.accounts.models import MemberRole, Side, Store, StoreMember, User
from webapp.accounts.service import AccountService
from webapp.cli.importing.parsing import ParsedThread
from webapp.database import session, writing
from webapp.messaging import bulk
from webapp.messaging.bulk import Line, WholeConversation
from webapp.messaging.models import ConversationType

BATCH = 100
NAME_OF_NOBODY = "Imported customer"


@dataclass
class Count:
    """What an import has done so far."""

    conversations: int = 0
    messages: int = 0
    already_there: int = 0
    empty_texts: int = 0
    new_stores: list[str] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    """Numbers of lines, and why."""


class Importer:
    """Writes conversations that the owner takes part in; ``moment`` stands for times that the file lacks."""

    def __init__(self, owner_id: int, moment: datetime, count: Count) -> None:
        self.owner_id, self.moment, self.count = owner_id, moment, count
        self.accounts = AccountService()
        self._store_ids: dict[str, int] = {}
        self._customer_ids: dict[tuple[int, str | None], int] = {}

    def write(self, threads: Sequence[ParsedThread]) -> None:
        """Write one batch, all of it or nothing, and count it."""
        if not threads:
            return
        with writing():
            batch = [(thread, self._whole(thread)) for thread in threads]
            written = bulk.write(whole for _, whole in batch)
        for thread, whole in batch:
            if whole.key in written:
                written.remove(whole.key)  # the same conversation again in this batch is there already
                self.count.conversations += 1
                self.count.messages += len(thread.messages)
                self.count.empty_texts += thread.empty_texts
            else:
                self.count.already_there += 1

    def _whole(self, thread: ParsedThread) -> WholeConversation:
        store_id = self._store_id(thread.store)
        customer_id = self._customer_id(store_id, thread.customer)
        people = {Side.STORE: (Side.STORE, self.owner_id), Side.CUSTOMER: (Side.CUSTOMER, customer_id)}
        return WholeConversation(
            store_id=store_id,
            external_id=thread.external_id,
            conversation_type=ConversationType.STORE_CUSTOMER,
            subject=thread.subject,
            customer_id=customer_id,
            people=list(people.values()),
            lines=[Line(people[said.side], said.text, said.at or self.moment) for said in thread.messages],
        )

    def _store_id(self, name: str) -> int:
        if name not in self._store_ids:
            store, is_new = self.accounts.store_named(name)
            if is_new:
                self.count.new_stores.append(store.name)
            member = session.get(StoreMember, (store.id, self.owner_id))
            if member is None or not member.is_active:
                role = MemberRole.OWNER if is_new else MemberRole.AGENT
                self.accounts.add_member(store, session.get_one(User, self.owner_id), role)
            self._store_ids[name] = store.id
        return self._store_ids[name]

    def _customer_id(self, store_id: int, customer: tuple[str, str] | None) -> int:
        key = store_id, customer[1] if customer else None
        if key not in self._customer_ids:
            store = session.get_one(Store, store_id)
            if customer is None:
                found = self.accounts.imported_customer(store, NAME_OF_NOBODY)
            else:
                name, email = customer
                known = self.accounts.find_customer(store, email)
                found = known or self.accounts.create_customer(store, email, name, None)
            self._customer_ids[key] = found.id
        return self._customer_ids[key]
