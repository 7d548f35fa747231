"""The directory: whom a viewer may write to, found by name or address, and nobody else."""

from __future__ import annotations

import pytest

from tests.factories import deactivate, make_customer, make_store
from webapp.accounts.models import Side
from webapp.database import reading
from webapp.messaging.errors import Invalid
from webapp.messaging.recipients import MOST, Directory, Recipient, find_choice, find_choices


def names(viewer, side, text=""):
    with reading():
        return [choice.name for choice in find_choices(viewer, Directory(side, text=text))]


def test_a_store_user_finds_their_own_customers(people):
    assert names(people.olga, Side.CUSTOMER) == ["Luis Gomez", "Mara Lind"]
    assert names(people.wim_at_tea, Side.CUSTOMER) == ["Nina Tran"]
    assert names(people.olga, Side.CUSTOMER, "nina") == []


def test_an_admin_finds_the_customers_of_all_stores(people):
    assert names(people.ada, Side.CUSTOMER) == ["Luis Gomez", "Mara Lind", "Nina Tran"]


def test_an_admin_finds_whole_stores_first_and_then_their_people(people):
    found = names(people.ada, Side.STORE)

    assert found[:2] == ["Harbor Goods", "Tea Corner"]
    assert sorted(found[2:]) == ["Olga Owner", "Sam Agent", "Tom Teaman", "Wim Both", "Wim Both"]


@pytest.mark.parametrize(("who", "side"), [("mara", Side.CUSTOMER), ("mara", Side.STORE), ("olga", Side.STORE)])
def test_who_may_not_write_there_finds_nobody(people, who, side):
    viewer = getattr(people, who)
    with reading():
        one = find_choice(viewer, Recipient(side, 1, people.harbor.id))

    assert names(viewer, side) == []
    assert one is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MARA", ["Mara Lind"]),
        ("lind@", ["Mara Lind"]),
        ("lindt", []),
        ("nul\x00", []),
        ("\ud800 lone", []),
        ("mara.lind@", ["Mara Lind"]),
        ("%", []),
        ("  mara ", ["Mara Lind"]),
        ("_", []),
        ("\\", []),
    ],
)
def test_the_text_is_part_of_a_name_or_an_address(people, text, found):
    assert names(people.olga, Side.CUSTOMER, text) == found


def test_who_is_not_active_is_not_listed(people):
    deactivate(people.mara_row)
    deactivate(people.sam_row)
    deactivate(people.tea)

    assert names(people.ada, Side.CUSTOMER) == ["Luis Gomez"]
    assert sorted(names(people.ada, Side.STORE)) == ["Harbor Goods", "Olga Owner", "Wim Both"]
    with reading():
        assert find_choice(people.ada, Recipient(Side.CUSTOMER, people.mara.id)) is None
        assert find_choice(people.ada, Recipient(Side.CUSTOMER, people.luis.id)).name == "Luis Gomez"


def test_a_long_directory_is_cut(people):
    for number in range(MOST + 5):
        make_customer(people.harbor, f"Customer {number:03}")
        make_store(f"store-{number}")

    assert len(names(people.olga, Side.CUSTOMER)) == MOST
    assert len(names(people.ada, Side.STORE)) == MOST
    assert names(people.ada, Side.STORE, "sam agent") == ["Sam Agent"]


@pytest.mark.parametrize("text", ["customer:7", "store:3", "member:5:3"])
def test_a_recipient_reads_what_it_writes(text):
    assert Recipient.from_text(text).as_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "customer",
        "customer:",
        "customer:0",
        "customer:-1",
        "customer:x",
        "customer:1:2",
        "store:1:2",
        "member:1",
        "admin:1",
        "customer:٣",
        "customer:9223372036854775808",
        "customer:" + "9" * 5000,
        "store: 1",
        "store:1\n",
    ],
)
def test_any_other_text_is_refused(text):
    with pytest.raises(Invalid):
        Recipient.from_text(text)
