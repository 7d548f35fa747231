"""An open page of somebody who was removed: nothing of the store is left on it, without anything being pressed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser import screen
from tests.browser.conftest import SignIn, Watch
from tests.factories import saving, start
from tests.people import People
from webapp.accounts.models import MemberRole
from webapp.accounts.viewer import Viewer
from webapp.messaging import team

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ["sam", "ben"])
def test_the_page_leads_to_sign_in_within_seconds(people: People, signed_in: SignIn, watch: Watch, name: str) -> None:
    watch.allow(401)
    viewer: Viewer = getattr(people, name)
    talk = start(people.ada, people.harbor, "Late parcel", "A word for those who work here")
    page = signed_in(viewer, screen.page_of(viewer, talk))
    expect(screen.message(page, "A word for those who work here")).to_be_visible()

    with saving():
        by = people.ada if viewer.is_admin else replace(people.olga, role=MemberRole.OWNER)
        team.deactivate(by, viewer.id)

    expect(page).to_have_url(re.compile("/login"), timeout=10_000)
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_text("A word for those who work here")).to_have_count(0)
