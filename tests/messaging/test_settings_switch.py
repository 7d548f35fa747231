"""Switching the platform's channel off for customers: the counters change in the same act, both ways."""

from __future__ import annotations

import pytest

from tests.factories import change_settings, read, send, start
from tests.messaging.looking import badge, counted_anew, listed, stored_counts


@pytest.fixture
def both_channels(people):
    """Mara has two unread messages of the platform and one of her store."""
    platform = start(people.ada, people.mara_row, "Platform")
    send(people.ada, platform)
    return platform, start(people.olga, people.mara_row, "Store")


def switch(on):
    change_settings(storefront_admin_conversations=on)


def test_off_takes_the_platforms_messages_out_of_the_badge(people, both_channels):
    assert badge(people.mara) == 3
    switch(False)

    assert badge(people.mara) == 1
    assert listed(people.mara, unread=True, status=None) == ["Store"]
    assert stored_counts() == counted_anew(customers_see_the_platform=False)


def test_on_again_brings_them_back(people, both_channels):
    switch(False)
    switch(True)

    assert badge(people.mara) == 3
    assert stored_counts() == counted_anew()


def test_what_arrives_while_off_is_unread_when_on(people, both_channels):
    platform, store = both_channels
    switch(False)
    send(people.ada, platform, "While it was off")
    send(people.olga, store, "From the store")
    assert badge(people.mara) == 2

    switch(True)
    assert badge(people.mara) == 5
    assert stored_counts() == counted_anew()


def test_a_conversation_begun_while_off_is_hidden_too(people):
    switch(False)
    start(people.ada, people.luis_row, "Hidden")

    assert (badge(people.luis), listed(people.luis)) == (0, [])
    assert stored_counts() == counted_anew(customers_see_the_platform=False)
    switch(True)
    assert (badge(people.luis), listed(people.luis)) == (1, ["Hidden"])


def test_reading_the_stores_thread_while_off_leaves_the_sums_right(people, both_channels):
    switch(False)
    read(people.mara, both_channels[1])
    assert badge(people.mara) == 0

    switch(True)
    assert badge(people.mara) == 2


def test_it_is_nothing_to_admins_and_stores(people, both_channels):
    send(people.mara, both_channels[0])
    send(people.mara, both_channels[1])
    before = badge(people.ada), badge(people.olga)
    switch(False)

    assert (badge(people.ada), badge(people.olga)) == before == (1, 1)


def test_another_setting_changes_no_counter(people, both_channels):
    before = stored_counts()
    change_settings(platform_display_name="Other name")

    assert stored_counts() == before
