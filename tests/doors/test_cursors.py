"""Cursors: only for the viewer and the filters that they were made for, and nothing else is one."""

from __future__ import annotations

import pytest

from tests.backends import running_app
from webapp.accounts.models import Side
from webapp.accounts.viewer import StoreRef, Viewer
from webapp.database import now
from webapp.doors import cursors
from webapp.messaging.queries import ConversationFilters, Position

HARBOR, TEA = StoreRef(1, "harbor-goods", "Harbor Goods"), StoreRef(2, "tea-corner", "Tea Corner")
OLGA = Viewer(Side.STORE, 7, "Olga", "olga@example.com", store=HARBOR)
FILTERS = ConversationFilters(team=True, text="late")


@pytest.fixture
def position(sqlite_app):
    with sqlite_app.app_context():
        yield Position(now(), 42)


def test_a_cursor_leads_back_to_its_position(position):
    assert cursors.read(OLGA, FILTERS, cursors.make(OLGA, FILTERS, position)) == position


@pytest.mark.parametrize(
    "other",
    [
        Viewer(Side.STORE, 8, "Sam", "sam@example.com", store=HARBOR),
        Viewer(Side.STORE, 7, "Olga", "olga@example.com", store=TEA),
        Viewer(Side.CUSTOMER, 7, "Mara", "mara@example.com", store=HARBOR),
        Viewer(Side.ADMIN, 7, "Ada", "ada@example.com"),
    ],
)
def test_it_is_nothing_for_another_viewer(position, other):
    cursor = cursors.make(OLGA, FILTERS, position)

    with pytest.raises(cursors.InvalidCursor):
        cursors.read(other, FILTERS, cursor)


@pytest.mark.parametrize(
    "other",
    [ConversationFilters(), ConversationFilters(team=True), ConversationFilters(team=True, text="late", store_id=1)],
)
def test_it_is_nothing_for_other_filters(position, other):
    cursor = cursors.make(OLGA, FILTERS, position)

    with pytest.raises(cursors.InvalidCursor):
        cursors.read(OLGA, other, cursor)


@pytest.mark.parametrize("text", ["", "x", ".", "a.b", "\x00", "\ud800", "9" * 5000, "W10.", "bnVsbA.x", "😀"])
def test_nothing_else_is_a_cursor(position, text):
    with pytest.raises(cursors.InvalidCursor):
        cursors.read(OLGA, FILTERS, text)


def test_no_character_of_it_can_be_changed(position):
    cursor = cursors.make(OLGA, FILTERS, position)

    for at in range(len(cursor) - 1):  # the last character holds two bits that base64 does not use
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(cursors.InvalidCursor):
            cursors.read(OLGA, FILTERS, changed)


def test_it_outlives_a_new_secret_key_that_knows_the_former(position, tmp_path):
    cursor = cursors.make(OLGA, FILTERS, position)
    former = "tests-sign-with-this-key-of-32-characters"

    for fallbacks, works in ((former, True), ("", False)):
        with running_app(f"sqlite:///{tmp_path}/other.db") as app:
            app.extensions["parley"] = app.extensions["parley"].model_copy(
                update={"secret_key": "x" * 40, "secret_key_fallbacks": fallbacks}
            )
            with app.app_context():
                if works:
                    assert cursors.read(OLGA, FILTERS, cursor) == position
                else:
                    with pytest.raises(cursors.InvalidCursor):
                        cursors.read(OLGA, FILTERS, cursor)
