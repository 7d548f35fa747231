"""A session ends with the account, the membership or the store it rests on, at the next request."""

from __future__ import annotations

import pytest

from tests.factories import deactivate, make_member, make_store, start, viewer_of

HOMES = {"ada": "/admin/messages", "olga": "/store/messages", "mara": "/storefront/account"}


@pytest.mark.parametrize(
    ("who", "ended"),
    [
        ("ada", "ada_row"),
        ("olga", "olga_row"),
        ("olga", "harbor"),
        ("mara", "mara_row"),
        ("mara", "harbor"),
    ],
)
def test_who_is_deactivated_is_signed_out_at_the_next_request(sign_in, people, who, ended):
    browser, other = sign_in(getattr(people, who)), sign_in(people.ben)
    assert browser.get(HOMES[who]).status_code == 200

    deactivate(getattr(people, ended))

    assert browser.get(HOMES[who]).status_code == 302
    assert other.get(HOMES["ada"]).status_code == 200


def test_a_membership_that_ends_signs_out_of_that_store_only(sign_in, people):
    attic = make_store("attic")
    member = make_member(attic, people.olga_row)
    at_harbor, in_the_attic = sign_in(people.olga), sign_in(viewer_of(people.olga_row, attic))

    deactivate(member)

    assert at_harbor.get("/store").status_code == 200
    assert in_the_attic.get("/store").status_code == 302


def test_htmx_is_sent_to_the_whole_page_when_the_session_is_over(sign_in, people):
    conversation = start(people.olga, people.mara_row)
    browser = sign_in(people.olga)
    browser.get(f"/store/messages/{conversation.id}?status=all")
    deactivate(people.olga_row)

    for answer in (
        browser.get("/store/messages/_/badge", htmx=True),
        browser.submit("/messages", body="Hi", htmx=True),
    ):
        assert answer.status_code == 401
        assert (
            answer.headers["HX-Redirect"] == f"/store/login?next=%2Fstore%2Fmessages%2F{conversation.id}%3Fstatus%3Dall"
        )
        assert not answer.data
