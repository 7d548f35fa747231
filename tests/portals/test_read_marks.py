"""Read, unread and the e-mail switch through the door: one's own, up to what the page showed, never by reading."""

from __future__ import annotations

import pytest

from tests.factories import send, start
from tests.guards.rows import all_rows
from tests.portals import pages
from tests.portals.fixtures import inbox_of

BAD_NUMBERS = ["", "x", "-1", "0", "9" * 20, "-" + "9" * 20, "\x00", "1.5"]


@pytest.fixture
def conversation(people):
    """Mara wrote three times to Olga's one message."""
    found = start(people.olga, people.mara_row)
    for number in range(3):
        send(people.mara, found, f"Nr {number}")
    return found


def badge(browser, home="/store"):
    page = browser.get(home)
    return pages.by_id(pages.parse(page.text), "messages-link").get("aria-label")


def marks(app, viewer):
    (row,) = [
        row for row in all_rows(app)["conversation_participants"]
        if (row["participant_type"], row["participant_id"]) == (viewer.side.value, viewer.id)
    ]  # fmt: skip
    return row


def on_page(sign_in, viewer, conversation):
    browser = sign_in(viewer)
    browser.get(f"{inbox_of(viewer)}/{conversation.id}")
    return browser


def test_reading_up_to_a_message_leaves_what_came_after(app, sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    assert badge(browser) == "Messages, 3 unread"
    browser.get(f"/store/messages/{conversation.id}")
    send(people.mara, conversation, "Meanwhile")

    response = browser.submit("/read")

    assert (response.status_code, response.location) == (303, f"/store/messages/{conversation.id}")
    assert badge(browser) == "Messages, 1 unread"


def test_htmx_gets_the_badge_and_refreshes_the_list(sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    response = browser.submit("/read", up_to_seq="3", htmx=True)

    assert response.status_code == 200
    assert response.headers["HX-Trigger"] == "live:list"
    assert "Messages, 1 unread" in response.text


def test_a_page_that_htmx_changed_is_read_up_to_what_it_shows_now(app, sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    browser.submit("/read", up_to_seq=["2", "4"], htmx=True)
    assert marks(app, people.olga)["last_read_seq"] == 4
    assert badge(browser) == "Messages"


def test_unread_again_leads_to_the_list(sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    browser.submit("/read", up_to_seq="4")
    assert badge(browser) == "Messages"
    browser.get(f"/store/messages/{conversation.id}")

    response = browser.submit("/unread")
    assert (response.status_code, response.location) == (303, "/store/messages")
    assert badge(browser) == "Messages, 1 unread"

    browser.get(f"/store/messages/{conversation.id}")
    led = browser.submit("/unread", from_seq="2", htmx=True)
    assert led.headers["HX-Redirect"] == "/store/messages"
    assert badge(browser) == "Messages, 3 unread"


def test_a_mark_is_ones_own(app, sign_in, people, conversation):
    send(people.sam, conversation, "Sam answers")
    on_page(sign_in, people.olga, conversation).submit("/read", up_to_seq="5")

    assert marks(app, people.olga)["unread_count"] == 0
    assert marks(app, people.mara)["unread_count"] == 2


@pytest.mark.parametrize("number", BAD_NUMBERS)
@pytest.mark.parametrize(("verb", "field"), [("/read", "up_to_seq"), ("/unread", "from_seq")])
def test_no_number_breaks_a_mark(app, sign_in, people, conversation, verb, field, number):
    browser = on_page(sign_in, people.olga, conversation)

    assert browser.submit(verb, **{field: number}).status_code in {303, 422}
    assert 0 <= marks(app, people.olga)["unread_count"] <= 3
    assert 0 <= marks(app, people.olga)["last_read_seq"] <= 4


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_the_email_switch_is_ones_own(app, sign_in, people, conversation, who):
    viewer, other = (people.olga, people.mara) if who == "olga" else (people.mara, people.olga)
    browser = on_page(sign_in, viewer, conversation)

    off = browser.submit("/preferences", without=("email_notifications",), htmx=True)
    assert "are off" in off.text
    assert not marks(app, viewer)["email_notifications"]
    assert marks(app, other)["email_notifications"]

    assert browser.submit("/preferences", email_notifications="on").status_code == 303
    assert marks(app, viewer)["email_notifications"]


def test_without_javascript_there_is_a_button_while_something_is_unread(sign_in, people, conversation):
    browser = on_page(sign_in, people.olga, conversation)
    assert "Mark as read" in browser.shown[1]
    browser.submit("/read")

    assert "Mark as read" not in browser.get(f"/store/messages/{conversation.id}").text


@pytest.mark.parametrize("verb", ["read", "unread", "preferences"])
@pytest.mark.parametrize("who", ["tom", "luis", "nina", "ada"])
def test_a_strangers_mark_is_404(sign_in, people, conversation, verb, who):
    viewer = getattr(people, who)
    browser = sign_in(viewer)
    browser.get(inbox_of(viewer))
    data = {"csrf_token": browser.csrf_token(), "up_to_seq": "1", "from_seq": "1"}

    assert browser.post(f"{inbox_of(viewer)}/{conversation.id}/{verb}", data=data).status_code == 404
