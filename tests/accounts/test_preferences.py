"""preferences: each person's own, only of the values there are, and what is unknown is left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import saving
from tests.people import People
from webapp.accounts import preferences
from webapp.accounts.models import Customer, User
from webapp.database import session


@pytest.fixture
def people(db_context: object) -> People:
    return People()


def test_a_preference_is_kept_for_its_person_alone(people: People):
    with saving():
        taken = preferences.change(people.olga, {"theme": "dark", "density": "tiny", "colour": "red"})
        preferences.change(people.mara, {"hint": "keys"})

    assert taken == {"theme": "dark"}
    with saving():
        users = (session.get_one(User, viewer.id) for viewer in (people.olga, people.sam))
        customers = (session.get_one(Customer, viewer.id) for viewer in (people.mara, people.luis))
        kept = [account.preferences for account in (*users, *customers)]
    assert kept == [{"theme": "dark"}, None, {"hint_keys": "seen"}, None]


def test_a_value_of_another_version_counts_as_the_default(people: People):
    olga = replace(people.olga, preferences={"theme": "sepia", "keys": "off", "hint_email": "seen"})

    assert preferences.of(olga) == {**preferences.DEFAULTS, "keys": "off"}
    assert preferences.seen_hints(olga) == {"email"}
