"""A session that ends while its page is open: the next action leads to the sign-in page, and back to the same place."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from tests.browser import screen
from tests.browser.conftest import EACH_PORTAL, SignIn, Watch
from tests.factories import saving, start
from tests.people import People
from webapp.accounts.models import SignInSession
from webapp.database import session

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("without_stream")]


def end_all_sessions() -> None:
    with saving():
        session.execute(delete(SignInSession))


def expect_the_sign_in_page(page: Page, back_to: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(f"/login?next={quote(back_to, safe='')}")))
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_role("list", name="Conversations")).to_have_count(0)
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)


@pytest.mark.parametrize("name", EACH_PORTAL)
def test_the_next_action_leads_to_sign_in_and_back_to_the_thread(
    people: People, signed_in: SignIn, watch: Watch, name: str
) -> None:
    watch.allow(401)
    viewer = getattr(people, name)
    author = people.ada if name == "ada" else people.olga
    start(author, people.mara_row, "The other one")
    talk = start(author, people.mara_row, "Late parcel")
    path = screen.page_of(viewer, talk)
    page = signed_in(viewer, path + "?status=all")
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    end_all_sessions()
    if name == "olga":
        screen.reply_with(page, "Too late")
    elif name == "ada":
        page.get_by_role("button", name="Close conversation").click()
    else:
        screen.row(page, "The other one").click()
    expect_the_sign_in_page(page, path + "?status=all")
    screen.fill_sign_in(page, viewer)
    expect(page).to_have_url(re.compile(re.escape(path + "?status=all") + "$"))
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    if name == "olga":
        expect(screen.reply_box(page)).to_have_value("Too late")
        expect(page.get_by_text("Draft restored")).to_be_visible()
        page.reload()
    expect(screen.message(page, "Too late")).to_have_count(0)


def test_the_poll_of_a_page_whose_session_ended_leads_to_sign_in(
    people: People, signed_in: SignIn, watch: Watch, live_app: Flask
) -> None:
    watch.allow(401)
    talk = start(people.olga, people.mara_row, "Late parcel")
    page = signed_in(people.olga)
    page.clock.install()
    page.goto(screen.page_of(people.olga, talk))
    expect(screen.heading(page, "Late parcel")).to_be_visible()
    end_all_sessions()
    page.clock.fast_forward(31_000)
    expect_the_sign_in_page(page, screen.page_of(people.olga, talk))
