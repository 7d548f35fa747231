"""What people do and find on a page, by role and name, for all tests in a browser."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.factories import PASSWORD
from tests.portals.fixtures import portal_of_viewer, start_session
from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer
from webapp.messaging.models import Conversation

MESSAGES = {
    Side.ADMIN: "/admin/messages",
    Side.STORE: "/store/messages",
    Side.CUSTOMER: "/storefront/account/messages",
}
LOGIN = {Side.ADMIN: "/admin/login", Side.STORE: "/store/login", Side.CUSTOMER: "/storefront/login"}
CODES = {1: "harbor-goods", 2: "tea-corner"}


def login_of(viewer: Viewer) -> str:
    code = CODES[viewer.store.id] if viewer.side is Side.CUSTOMER and viewer.store else ""
    return LOGIN[viewer.side] + (f"?store={code}" if code else "")


def fill_sign_in(page: Page, viewer: Viewer) -> None:
    """Fill and send the sign-in form that the page shows."""
    page.get_by_role("textbox", name="Email").fill(viewer.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def sign_in_by_form(page: Page, viewer: Viewer, path: str) -> Page:
    """Sign in as people do, then go to ``path``."""
    page.goto(login_of(viewer))
    fill_sign_in(page, viewer)
    page.goto(path)
    return page


def sign_in(page: Page, viewer: Viewer, path: str | None = None) -> Page:
    """Give the browser what signing in gives it, then go to the inbox or to ``path``; see ``sign_in_by_form``."""
    portal = portal_of_viewer(viewer)
    given = {f"parley_{portal.name}": start_session(viewer)}
    if viewer.is_customer and viewer.store:
        given[f"parley_{portal.name}_store"] = CODES[viewer.store.id]
    place = {"domain": "127.0.0.1", "path": "/", "httpOnly": True, "sameSite": "Lax"}
    page.context.add_cookies([{"name": name, "value": value, **place} for name, value in given.items()])
    page.goto(path or MESSAGES[viewer.side])
    return page


def page_of(viewer: Viewer, conversation: Conversation) -> str:
    return f"{MESSAGES[viewer.side]}/{conversation.id}"


def rows(page: Page) -> Locator:
    """The conversations in the list."""
    return page.get_by_role("list", name="Conversations").get_by_role("link")


def row(page: Page, subject: str) -> Locator:
    return rows(page).filter(has_text=subject)


def heading(page: Page, subject: str) -> Locator:
    """The heading of the open conversation."""
    return page.get_by_role("heading", name=subject, level=1, exact=True)


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


def message(page: Page, text: str) -> Locator:
    return log(page).get_by_role("listitem").filter(has_text=text)


def reply_box(page: Page) -> Locator:
    return page.get_by_role("textbox", name=re.compile("^Reply to "))


def reply_with(page: Page, text: str) -> None:
    """Write a reply and press Send."""
    reply_box(page).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def badge(page: Page) -> Locator:
    return page.get_by_test_id("unread-badge")


def open_menu(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a filter."""
    page.get_by_role("combobox", name=label).select_option(label=option)


def subjects(page: Page) -> list[str]:
    """The subjects in the list, top first."""
    return page.locator("#rows .subj").all_inner_texts()


def is_focused_within(page: Page, selector: str) -> bool:
    return page.evaluate("selector => !!document.activeElement?.closest(selector)", selector)
