"""Who works here, changed at the same moment: the last owner of a store and the last admin cannot vanish."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.factories import AGENT, OWNER, saving
from tests.messaging.at_once import context_for_looking, overlapping, people
from webapp.accounts.models import StoreMember, User, UserRole
from webapp.database import reading, session
from webapp.messaging import person_data, team
from webapp.messaging.errors import Invalid, NotAllowed

__all__ = ["context_for_looking", "overlapping", "people"]


@pytest.fixture
def owners(people):
    """Olga and Sam, both owners of Harbor Goods."""
    with saving():
        team.change_role(replace(people.olga, role=OWNER), people.sam.id, OWNER)
    return replace(people.olga, role=OWNER), replace(people.sam, role=OWNER)


def names_of_owners(people):
    with reading():
        return set(
            session.scalars(
                select(User.name)
                .join(StoreMember, StoreMember.user_id == User.id)
                .where(StoreMember.store_id == people.harbor.id, StoreMember.role == OWNER, StoreMember.is_active)
            )
        )


def number_of_admins():
    with reading():
        return session.scalar(select(func.count()).where(User.role == UserRole.ADMIN, User.is_active))


def test_of_two_owners_who_demote_each_other_one_stays(people, owners, overlapping):
    olga, sam = owners

    results = overlapping(lambda: team.change_role(olga, sam.id, AGENT), lambda: team.change_role(sam, olga.id, AGENT))

    assert [type(result) for result in results] == [type(None), NotAllowed]
    assert names_of_owners(people) == {olga.name}


def test_of_two_owners_who_deactivate_each_other_one_stays(people, owners, overlapping):
    olga, sam = owners

    results = overlapping(lambda: team.deactivate(olga, sam.id), lambda: team.deactivate(sam, olga.id))

    assert [type(result) for result in results] == [type(None), NotAllowed]
    assert names_of_owners(people) == {olga.name}


def test_of_two_owners_who_step_back_at_once_one_stays(people, owners, overlapping):
    olga, sam = owners

    results = overlapping(lambda: team.change_role(olga, olga.id, AGENT), lambda: team.change_role(sam, sam.id, AGENT))

    assert [type(result) for result in results] == [type(None), Invalid]
    assert names_of_owners(people) == {sam.name}


def test_an_owner_whose_account_is_not_active_is_none(people, owners):
    olga, _ = owners
    factories.deactivate(people.sam_row)

    with pytest.raises(Invalid, match="A store needs an owner"), saving():
        team.change_role(olga, olga.id, AGENT)

    assert olga.name in names_of_owners(people)


def test_of_two_admins_who_deactivate_each_other_one_stays(people, overlapping):
    results = overlapping(
        lambda: team.deactivate(people.ada, people.ben.id), lambda: team.deactivate(people.ben, people.ada.id)
    )

    assert [type(result) for result in results] == [type(None), NotAllowed]
    assert number_of_admins() == 1


def test_of_two_admins_who_erase_each_other_one_stays(people, overlapping):
    results = overlapping(
        lambda: person_data.erase(people.ada, "user", people.ben.id, people.ben.email),
        lambda: person_data.erase(people.ben, "user", people.ada.id, people.ada.email),
    )

    assert [type(result) for result in results] == [type(None), NotAllowed]
    assert number_of_admins() == 1
