"""Secrets that went out by mail: each works once, also for those who use it at the same moment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import AGENT, OWNER, make_member, saving
from tests.guards.rows import all_rows
from tests.messaging.at_once import context_for_looking, overlapping, people
from webapp.accounts import links
from webapp.accounts.models import Side

__all__ = ["context_for_looking", "overlapping", "people"]

NEW = ("a long new password", "another long password")


def reset_link(viewer):
    with saving():
        return links.ask_for_reset(viewer.side, viewer.email, None)[1]


@pytest.fixture
def invited(people):
    """The secret of an invitation to Harbor Goods as an agent, for somebody by e-mail."""

    def invite(email):
        with saving():
            return links.invite(replace(people.olga, role=OWNER), email, AGENT)[1]

    return invite


def test_one_link_sets_one_password(app, people, overlapping):
    token = reset_link(people.olga)

    first, second = overlapping(
        lambda: links.reset(Side.STORE, token, NEW[0]), lambda: links.reset(Side.STORE, token, NEW[1])
    )

    assert first.id == people.olga.id
    assert second is None
    assert [row["action"] for row in all_rows(app)["audit_log"]].count("password_reset") == 1


def test_two_links_of_one_account_set_one_password(app, people, overlapping):
    tokens = [reset_link(people.olga), reset_link(people.olga)]

    first, second = overlapping(
        lambda: links.reset(Side.STORE, tokens[0], NEW[0]), lambda: links.reset(Side.STORE, tokens[1], NEW[1])
    )

    assert first.id == people.olga.id
    assert second is None


def test_one_invitation_makes_one_account(app, people, invited, overlapping):
    token = invited("new@example.com")

    first, second = overlapping(
        lambda: links.accept(Side.STORE, token, "A", NEW[0]), lambda: links.accept(Side.STORE, token, "B", NEW[1])
    )

    assert first.name == "A"
    assert second is None
    assert [row["name"] for row in all_rows(app)["users"] if row["email"] == "new@example.com"] == ["A"]


def test_who_has_become_an_owner_meanwhile_is_no_agent_by_an_older_invitation(app, people, invited):
    token = invited(people.tom.email)
    make_member(people.harbor, people.tom_row, OWNER)

    with saving():
        assert links.accept(Side.STORE, token, "", "").id == people.tom.id

    roles = {(row["store_id"], row["user_id"]): row["role"] for row in all_rows(app)["store_members"]}
    assert roles[people.harbor.id, people.tom.id] == "owner"
