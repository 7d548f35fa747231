"""States of a thread: closed, signed out, refused, broken, without e-mails, in two tabs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import delete

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.browser.talks import talk_with
from tests.factories import close, reopen, saving, send, start
from tests.people import People
from webapp.accounts.models import SignInSession
from webapp.accounts.viewer import Viewer
from webapp.database import session

pytestmark = pytest.mark.browser

SENDS = re.compile(r"/messages/\d+/messages$")


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_a_closed_conversation_offers_what_its_reader_may_do(people: People, signed_in: SignIn, name: str) -> None:
    """Behaviour 49: Closed thread. Behaviour 48: Close / reopen, the line in the thread."""
    viewer: Viewer = getattr(people, name)
    author = people.ada if name == "ada" else people.olga
    talk = talk_with(people, name)
    page = signed_in(viewer, screen.page_of(viewer, talk))
    screen.reply_box(page).fill("Not sent yet")
    close(author, talk)
    page.evaluate(f"document.body.dispatchEvent(new CustomEvent('live:thread-{talk.id}', {{bubbles: true}}))")
    note = page.locator("#composer")
    expect(note).to_contain_text("This conversation is closed.")
    expect(screen.reply_box(page)).to_be_hidden()
    expect(screen.log(page).get_by_text(re.compile("Closed by"))).to_have_count(1)
    again = note.get_by_role("button", name="Reopen conversation")
    expect(again).to_have_count(0 if name == "mara" else 1)
    page.reload()
    expect(page.get_by_role("button", name="Close conversation")).to_have_count(0)
    if name == "mara":
        reopen(author, talk)
        page.evaluate(f"document.body.dispatchEvent(new CustomEvent('live:thread-{talk.id}', {{bubbles: true}}))")
    else:
        again.click()
    expect(screen.reply_box(page)).to_have_value("Not sent yet")
    expect(screen.log(page).get_by_text(re.compile("Reopened by"))).to_have_count(1)


@pytest.mark.usefixtures("without_stream")
@pytest.mark.parametrize("name", EACH_PORTAL)
def test_what_was_typed_is_back_after_signing_in_again(
    people: People, signed_in: SignIn, watch: Watch, name: str
) -> None:
    """Behaviour 62: Session expiry."""
    watch.allow(401, 409)
    viewer: Viewer = getattr(people, name)
    path = screen.page_of(viewer, talk_with(people, name))
    page = signed_in(viewer, path)
    screen.reply_box(page).fill("Do not lose me")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    with saving():
        session.execute(delete(SignInSession))
    page.evaluate("document.body.dispatchEvent(new CustomEvent('live:badge', {bubbles: true}))")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=10_000)
    screen.fill_sign_in(page, viewer)
    expect(page).to_have_url(re.compile(re.escape(path)))
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    expect(screen.reply_box(page)).to_have_value("Do not lose me")
    expect(page.get_by_text("Draft restored")).to_be_visible()


def test_a_foreign_conversation_is_a_panel_beside_a_list_that_works(
    people: People, signed_in: SignIn, watch: Watch
) -> None:
    """Behaviour 63: Forbidden / not found."""
    watch.allow(404)
    other = start(people.tom, people.nina_row, "At the tea shop")
    start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga)
    page.locator("#rows .row").evaluate(
        "(row, id) => { row.setAttribute('hx-get', row.getAttribute('hx-get').replace(/\\d+/, id)) }", str(other.id)
    )
    screen.row(page, "Late parcel").click()
    expect(page.get_by_text("You cannot open this conversation")).to_be_visible()
    expect(screen.rows(page)).to_have_count(1)


def test_a_broken_service_says_what_happened_to_the_text(people: People, signed_in: SignIn, watch: Watch) -> None:
    """Behaviour 65: 5xx page wording."""
    watch.provoke(500)
    talk = talk_with(people, "olga")
    page = signed_in(people.olga, screen.page_of(people.olga, talk))
    page.route(SENDS, lambda route: route.fulfill(status=500, content_type="text/html", body="<h1>500</h1>"))
    screen.reply_with(page, "Please look")
    alert = screen.log(page).get_by_role("alert")
    expect(alert).to_contain_text("Sorry, there is a problem with the service")
    expect(alert).to_contain_text("Your message was not sent. We kept it as a draft.")
    assert "500" not in alert.inner_text()
    expect(screen.row(page, "Late parcel").locator(".snip")).to_have_text("Draft: Please look")


def test_a_customer_knows_where_replies_go(people: People, signed_in: SignIn) -> None:
    """Behaviour 55: Customer knows where replies go. Behaviour 56: Notification preference per conversation."""
    page = signed_in(people.mara, screen.page_of(people.mara, talk_with(people, "olga")))
    expect(page.get_by_text("We email you when somebody replies")).to_be_visible()
    expect(page.locator("#composer").get_by_role("link", name="Your e-mails")).to_be_visible()
    screen.open_menu(page)
    page.get_by_role("switch", name="Email me about new messages").click()
    expect(page.locator("#announcer")).to_have_text("Emails about this conversation are off")
    expect(page.get_by_text("You get no e-mails about this conversation.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You get no e-mails about this conversation.")).to_be_visible()


def test_two_tabs_agree(people: People, signed_in: SignIn, context: BrowserContext) -> None:
    """Behaviour 75: Multi-tab agreement."""
    talk = talk_with(people, "olga")
    first = signed_in(people.mara)
    second = context.new_page()
    second.goto("/storefront/account")
    expect(screen.badge(second)).to_have_text("1")
    first.goto(screen.page_of(people.mara, talk))
    first.bring_to_front()
    expect(screen.badge(first)).to_be_hidden()
    expect(screen.badge(second)).to_be_hidden(timeout=1500)


def test_nothing_stands_between_an_unread_thread_and_its_composer(people: People, signed_in: SignIn) -> None:
    talk = talk_with(people, "olga")
    send(people.mara, talk, "What came in")
    page = signed_in(people.olga)
    screen.row(page, "Late parcel").click()
    expect(screen.message(page, "What came in")).to_be_visible()
    assert page.locator("#read-form").evaluate("form => form.offsetHeight") == 0


def test_a_closed_thread_promises_its_customer_no_mails(people: People, signed_in: SignIn) -> None:
    talk = talk_with(people, "mara")
    close(people.olga, talk)
    page = signed_in(people.mara, screen.page_of(people.mara, talk))
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_text("We email you")).to_be_hidden()
    lock, words = page.locator(".closed-note .icon").bounding_box(), page.locator(".closed-note p").bounding_box()
    assert lock
    assert words
    assert words["y"] < lock["y"] + lock["height"] / 2 < words["y"] + words["height"]
