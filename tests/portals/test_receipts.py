"""Read receipts: the platform and stores see by how many their last message was read, customers that it was sent."""

from __future__ import annotations

import re

import pytest

from tests.factories import read, send, start
from tests.portals.fixtures import inbox_of


@pytest.fixture
def app(sqlite_app):
    return sqlite_app


def receipts(text):
    return dict(re.findall(r'id="receipt-(\d+)">([^<]+)<', text))


def page(sign_in, viewer, conversation):
    return receipts(sign_in(viewer).get(f"{inbox_of(viewer)}/{conversation.id}").text)


def piece(sign_in, viewer, conversation, up_to):
    address = f"{inbox_of(viewer)}/{conversation.id}/_/receipt?up_to_seq={up_to}"
    response = sign_in(viewer).get(address, htmx=True)
    return receipts(response.text) if response.status_code == 200 else response.status_code


def test_a_store_sees_that_the_customer_has_read(sign_in, people):
    conversation = start(people.olga, people.mara_row)
    send(people.olga, conversation)
    assert page(sign_in, people.olga, conversation) == {"1": "Sent", "2": "Sent"}

    read(people.mara, conversation, 1)
    assert page(sign_in, people.olga, conversation) == {"1": "Read", "2": "Sent"}
    assert piece(sign_in, people.olga, conversation, 2) == {"2": "Sent"}
    read(people.mara, conversation)
    assert piece(sign_in, people.olga, conversation, 2) == {"2": "Read"}
    assert piece(sign_in, people.olga, conversation, 1) == {"1": "Read"}


def test_the_platform_sees_by_how_many_of_a_store(sign_in, people):
    conversation = start(people.ada, people.harbor)
    for reader in (people.olga, people.sam):
        read(reader, conversation)

    assert page(sign_in, people.ada, conversation) == {"1": "Read by 2"}
    assert piece(sign_in, people.ada, conversation, 1) == {"1": "Read by 2"}


def test_a_colleague_who_read_it_is_not_counted(sign_in, people):
    conversation = start(people.ada, people.harbor)
    send(people.olga, conversation)
    read(people.sam, conversation)

    assert page(sign_in, people.olga, conversation) == {"2": "Sent"}
    assert piece(sign_in, people.olga, conversation, 2) == {"2": "Sent"}


def test_a_customer_learns_that_it_was_sent_and_no_more(sign_in, people):
    conversation = start(people.olga, people.mara_row)
    send(people.mara, conversation)
    read(people.olga, conversation)

    assert page(sign_in, people.mara, conversation) == {"2": "Sent"}
    assert piece(sign_in, people.mara, conversation, 2) == 204


def test_without_a_message_of_ones_own_near_the_end_there_is_nothing_to_say(sign_in, people):
    conversation = start(people.olga, people.mara_row)
    for _ in range(26):
        send(people.mara, conversation)

    assert piece(sign_in, people.olga, conversation, 27) == 204
    assert piece(sign_in, people.olga, conversation, 26) == {"1": "Sent"}
    assert piece(sign_in, people.sam, conversation, 5) == 204
    for odd in ("", "x", "-1", "9" * 30):
        assert piece(sign_in, people.sam, conversation, odd) == 204
