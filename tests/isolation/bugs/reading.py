"""Bugs of what is read and shown: files, names, marks, searches, counts and cursors."""

from __future__ import annotations

import dataclasses
from typing import Any

from sqlalchemy import bindparam, func, literal, select
from sqlalchemy.orm import aliased

from tests.isolation.bugs.seeding import Patch, everywhere, news, of_pages, of_programs, seeded
from webapp.accounts.models import Side, User
from webapp.attachments.models import MessageAttachment
from webapp.database import Id, session
from webapp.doors import cursors
from webapp.messaging import access, counters, unsent
from webapp.messaging.access import Action
from webapp.messaging.errors import NotFound
from webapp.messaging.models import Conversation, Inbox, KeptDraft, Message
from webapp.messaging.queries import attachments, inbox, names, ranges, threads
from webapp.messaging.words import ADMIN, PLATFORM
from webapp.search import matching


@seeded
def a_file_is_served_to_whoever_has_its_id(patch: Patch) -> None:
    def visible(_viewer: Any, _number: Any, *columns: Any) -> Any:
        return select(*columns).select_from(MessageAttachment)

    patch.setattr(access, "visible_attachments", visible)


@seeded
def a_file_is_served_under_any_conversation_of_mine(patch: Patch) -> None:
    def attachment(viewer: Any, number: int, file: Any) -> Any:
        access.require(viewer, Action.SEE, number)
        row = session.execute(
            select(*attachments._columns(attachments.AttachmentFile)).where(MessageAttachment.id == file)
        ).one_or_none()
        if row is None:
            raise NotFound
        return attachments._row(attachments.AttachmentFile, row)

    everywhere(patch, attachments, "attachment", attachment)


@seeded
def files_come_with_the_messages_of_the_same_number(patch: Patch) -> None:
    def with_attachments(messages: Any, *, descending: bool) -> Any:
        page = messages.subquery("page")
        whose = select(Message.seq).where(Message.id == MessageAttachment.message_id).scalar_subquery()
        return (
            select(page, *attachments._columns(attachments.AttachmentRow))
            .outerjoin(MessageAttachment, whose == page.c.seq)
            .order_by(page.c.seq.desc() if descending else page.c.seq, MessageAttachment.id)
        )

    everywhere(patch, attachments, "with_attachments", with_attachments)


@of_pages
@seeded
def a_draft_is_shown_to_the_whole_side(patch: Patch) -> None:
    patch.setattr(unsent, "is_own", lambda viewer: KeptDraft.participant_type == viewer.side)


# -- names, marks and numbers of people


@seeded
def admins_are_shown_by_name(patch: Patch) -> None:
    right = names.name
    everywhere(patch, names, "name", lambda who, *columns: right(_Admin() if who.is_store else who, *columns))


class _Admin:
    is_admin = True


@of_programs
@seeded
def admins_are_shown_by_number(patch: Patch) -> None:
    everywhere(patch, names, "party", lambda _who, side, number, name: names.Party(side, number, name or ""))


@seeded
def store_users_are_shown_by_email(patch: Patch) -> None:
    def looked_up(account: Any, number: Any) -> Any:
        one = aliased(account)
        return select(one.email if account is User else one.name).where(one.id == number).scalar_subquery()

    patch.setattr(names, "_looked_up", looked_up)


@seeded
def customers_are_told_how_far_others_have_read(patch: Patch) -> None:
    right = threads._participants

    def participants(viewer: Any, number: int) -> Any:
        rows = session.execute(threads._people(viewer.side), threads._asked(viewer, number)).all()
        pairs = zip(right(viewer, number), (row.last_read_seq for row in rows), strict=True)
        return [dataclasses.replace(one, last_read_seq=mark) for one, mark in pairs]

    patch.setattr(threads, "_participants", participants)


# -- lists, searches, counts, cursors


@seeded
def a_search_finds_admins_by_their_own_names(patch: Patch) -> None:
    right = matching._plain

    def plain(viewer: Any, scopes: Any, term: Any, platform_name: str) -> Any:
        yield from right(viewer, scopes, term, platform_name)
        for scope in scopes:
            yield matching._scoped(scope, ADMIN, term)

    patch.setattr(matching, "_plain", plain)


@seeded
def a_search_counts_what_only_others_may_see(patch: Patch) -> None:
    """Both walls are down: the scopes of the words, and the access of what was found."""

    def page(_viewer: Any, shape: Any, more: Any) -> Any:
        found = shape.found.conversations().cte("found")
        columns = (Conversation.id, Conversation.last_message_at, *more)
        return select(*columns).where(Conversation.id.in_(select(found.c.id))).limit(bindparam("most", type_=Id))

    right = matching._scopes
    patch.setattr(matching, "_scopes", lambda viewer: sorted({*right(viewer), PLATFORM}))
    patch.setattr(ranges, "_page_of_found", page)


@seeded
def a_total_counts_for_everybody(patch: Patch) -> None:
    right = inbox._counts

    def counts(side: Side, shape: Any) -> Any:
        _, *others = right(side, shape).selected_columns
        return select(select(func.count()).select_from(Conversation).scalar_subquery(), *others)

    patch.setattr(inbox, "_counts", counts)


@seeded
def the_badge_is_the_stores(patch: Patch) -> None:
    def badge(side: Side) -> Any:
        store = bindparam("viewer_store_id", type_=Id)
        whole = select(func.coalesce(func.sum(Inbox.unread_messages), 0), literal(0))
        return whole.where(Inbox.participant_type == side, func.coalesce(Inbox.store_id, 0) == func.coalesce(store, 0))

    patch.setattr(news, "_badge", badge)


@seeded
def the_switch_leaves_the_badge_as_it_was(patch: Patch) -> None:
    patch.setattr(counters, "recount_customer_inboxes", lambda: None)


@of_programs
@seeded
def a_cursor_is_good_for_anybody(patch: Patch) -> None:
    right = cursors._signer
    nobody = type("Nobody", (), {"side": Side.ADMIN, "id": 0, "store_id": None})()
    patch.setattr(cursors, "_signer", lambda _viewer, filters: right(nobody, filters))


@of_programs
@seeded
def a_cursor_is_good_for_any_filter(patch: Patch) -> None:
    right = cursors._signer
    patch.setattr(cursors, "_signer", lambda viewer, _filters: right(viewer, None))
