"""Odd input in addresses, headers and forms: an answer with words, never a 500, and nothing changed."""

from __future__ import annotations

import pytest

from tests.factories import start
from tests.guards.rows import all_rows
from tests.portals import pages


@pytest.mark.parametrize("path", ["/store/login?next=//[", "/admin/login?next=http://[", "/store/login?next=%00"])
def test_a_next_that_is_no_address_is_left_out(stranger, path):
    response = stranger.get(path)

    assert response.status_code == 200
    assert 'name="next"' not in response.text


@pytest.mark.parametrize("shown", ["http://[", "//[", "x" * 5000, "/store/messages/" + "9" * 30])
def test_a_current_address_that_is_none_is_ignored(sign_in, stranger, people, shown):
    headers = {"HX-Request": "true", "HX-Current-URL": shown}

    assert stranger.get("/store/messages/_/rows", headers=headers).status_code == 401
    assert sign_in(people.olga).get("/store/messages/_/rows", headers=headers).status_code == 200


@pytest.mark.parametrize("to", ["customer:" + "0" * 19 + "1" + "9" * 40, "customer:" + "9" * 19, "customer:-1", "::"])
def test_a_recipient_that_no_row_can_have_is_nobody(sign_in, people, to):
    response = sign_in(people.olga).get(f"/store/messages/new?to={to}")

    assert response.status_code == 200
    assert 'value=""' in response.text


ACTS_ON_IDS = ("tokens/{}/revoke", "second-step/passkeys/{}/rename", "second-step/passkeys/{}/remove")


@pytest.mark.parametrize(("who", "path"), [("ada", "/admin"), ("olga", "/store"), ("mara", "/storefront/account")])
def test_an_id_that_no_row_can_have_leads_nowhere(sign_in, people, who, path):
    browser = sign_in(getattr(people, who))
    browser.get(f"{path}/access")
    form = {"csrf_token": browser.csrf_token(), "acting_store": people.harbor.code, "name": "x"}

    for act in ACTS_ON_IDS:
        for number in (2**63 - 1, 2**63, 10**19 - 1):
            assert browser.post(f"{path}/access/{act.format(number)}", data=form).status_code == 404


def test_a_number_with_many_zeros_is_refused_and_the_page_still_opens(sign_in, people):
    ada = sign_in(people.ada)
    ada.get("/admin/settings")

    assert ada.submit("/settings", message_attachment_max_size_mb="00000000001099999999").status_code == 422
    assert ada.get("/admin/settings").status_code == 200


@pytest.mark.parametrize("text", ["می‌خواهم", "Help 👩‍💻", "Ελλάς"])
def test_any_script_can_be_searched_for_and_be_the_platforms_name(sign_in, people, text):
    start(people.olga, people.mara_row, subject=text)
    ada = sign_in(people.ada)
    ada.get("/admin/settings")

    assert text in sign_in(people.olga).get(f"/store/messages?q={text}").text.split('id="rows"')[1]
    assert ada.submit("/settings", platform_display_name=text).status_code == 303
    assert pages.fields(ada.open("/admin/settings") and ada.form("/settings"))["platform_display_name"] == text


def test_a_mark_beyond_the_end_is_the_end(app, sign_in, people):
    conversation = start(people.olga, people.mara_row)
    mara = sign_in(people.mara)
    path = f"/storefront/account/messages/{conversation.id}"
    mara.get(path)
    for up_to in ("999999", "9" * 40, "-5"):
        response = mara.post(
            f"{path}/messages", data={"csrf_token": mara.csrf_token(), "body": "Hi", "up_to_seq": up_to}
        )
        assert response.status_code == 303

    marks = [row["last_read_seq"] for row in all_rows(app)["conversation_participants"]]
    assert all(0 <= mark <= 4 for mark in marks)


def test_asking_for_the_head_of_the_sign_in_page_is_like_asking_for_it(stranger):
    assert stranger.head("/store/login").status_code == stranger.get("/store/login").status_code == 200


def test_a_signed_in_person_keeps_the_header_on_an_address_that_does_not_exist(sign_in, stranger, people):
    page = sign_in(people.olga).get("/store/nothing")

    assert page.status_code == 404
    assert "Sign out" in page.text
    assert "Sign out" not in stranger.get("/store/nothing").text


def test_a_signed_in_customer_is_led_on_from_the_sign_in_page(sign_in, people):
    response = sign_in(people.mara).get("/storefront/login")

    assert (response.status_code, response.location) == (303, "/storefront/account")
