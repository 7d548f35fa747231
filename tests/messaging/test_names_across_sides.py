"""Names across sides: stores and customers know admins as the platform only, whatever they read or search."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from tests.factories import change_settings, close, make_admin, messaging, reopen, send, start, viewer_of
from tests.messaging.looking import listed, thread
from webapp.accounts.models import Side
from webapp.database import reading
from webapp.messaging.queries import ConversationFilters
from webapp.messaging.recipients import Directory, find_choices


@pytest.fixture
def zara(people):
    """An admin whose name and address hold a word that is nowhere else, and whose id is large."""
    for number in range(20):
        make_admin(f"Filler {number}")
    return viewer_of(make_admin("Zaraxa Quill", "zaraxa@platform.example.com"))


@pytest.fixture
def two_threads(people, zara):
    """Threads of the platform with Harbor Goods and with Mara in which Zara wrote, closed and reopened."""
    threads = start(zara, people.harbor, "With the store"), start(zara, people.mara_row, "With Mara")
    for one, other in zip(threads, (people.olga, people.mara), strict=True):
        send(other, one, "A question")
        close(zara, one)
        reopen(zara, one)
        send(zara, one, "An answer")
    return threads


def everything_shown(viewer, conversation):
    with reading():
        page = messaging.list_conversations(viewer, ConversationFilters(team=True, status=None))
    return str(asdict(page)) + str(asdict(thread(viewer, conversation)))


@pytest.mark.parametrize(("who", "nr"), [("olga", 0), ("sam", 0), ("mara", 1)])
def test_no_name_address_or_id_of_an_admin_is_shown(people, zara, two_threads, who, nr):
    viewer, conversation = getattr(people, who), two_threads[nr]
    shown = everything_shown(viewer, conversation)

    assert "zaraxa" not in shown.lower()
    parties = [message.sender for message in thread(viewer, conversation).messages]
    parties += [one.party for one in thread(viewer, conversation).participants]
    parties += [
        thread(viewer, conversation).conversation.last_sender,
        thread(viewer, conversation).conversation.other_party,
    ]
    admins = [party for party in parties if party.type is Side.ADMIN]
    assert len(admins) >= 6
    assert {(party.id, party.name) for party in admins} == {(None, "Platform support")}


def test_admins_see_each_others_names(people, zara, two_threads):
    assert "Zaraxa Quill" in everything_shown(people.ben, two_threads[0])


@pytest.mark.parametrize("team", [False, True])
@pytest.mark.parametrize("text", ["zaraxa", "quill", "platform.example"])
def test_a_search_by_an_admins_name_finds_nothing_outside_the_platform(people, zara, two_threads, text, team):
    assert listed(people.olga, text=text, team=team) == []
    assert listed(people.mara, text=text, team=team) == []


def test_a_search_by_an_admins_name_finds_it_for_admins(people, zara, two_threads):
    assert listed(people.ben, text="zaraxa", team=True) == ["With Mara", "With the store"]


def test_the_platforms_display_name_is_a_setting_and_can_be_searched(people, zara, two_threads):
    change_settings(platform_display_name="Marktplatz Hilfe")

    assert thread(people.mara, two_threads[1]).conversation.other_party.name == "Marktplatz Hilfe"
    assert listed(people.mara, text="marktplatz") == ["With Mara"]
    assert listed(people.olga, text="HILFE", team=True) == ["With the store"]
    assert listed(people.olga, text="platform support", team=True) == []


def test_the_platforms_name_does_not_find_a_stores_own_conversations(people):
    start(people.olga, people.mara_row, "Between us")

    assert listed(people.olga, text="platform support") == []
    assert listed(people.olga, text="between") == ["Between us"]


def test_customers_and_admins_see_store_users_by_name_and_store(people, zara, two_threads):
    conversation = start(people.olga, people.mara_row)
    assert thread(people.mara, conversation).messages[0].sender.name == "Olga Owner"
    assert thread(people.mara, conversation).conversation.store.name == "Harbor Goods"

    sender = thread(zara, two_threads[0]).messages[1].sender
    assert (sender.type, sender.name) == (Side.STORE, "Olga Owner")


def test_no_directory_shows_admins(people, zara):
    for viewer in (people.ada, people.olga, people.mara):
        for side in Side:
            with reading():
                found = find_choices(viewer, Directory(side, text="zaraxa"))
                assert not any("Zaraxa" in choice.name for choice in found)


def test_a_users_id_that_is_also_a_customers_id_takes_nobodys_name(people):
    """Mara has the customer id 1, as has Ada among the users."""
    assert people.mara.id == people.ada.id
    platform = start(people.ada, people.mara_row)
    send(people.mara, platform, "From Mara")

    assert [message.sender.name for message in thread(people.ada, platform).messages] == ["Ada Admin", "Mara Lind"]
    assert [message.is_own for message in thread(people.mara, platform).messages] == [False, True]
    assert [message.is_own for message in thread(people.ada, platform).messages] == [True, False]
