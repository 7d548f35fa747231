"""A passkey of a real browser's virtual device: added, the second step, both steps at once, and removed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy import update

from tests import backends, factories
from tests.browser.conftest import Watch, serving
from tests.browser.screen import LOGIN, login_of, sign_in_by_form
from tests.factories import PASSWORD
from tests.people import People
from webapp.accounts.models import SignInSession
from webapp.database import now, session, writing

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def named(tmp_path_factory, worker_name):
    """The app at an address with a name: devices hold no passkeys for numbers."""
    database = f"sqlite:///{tmp_path_factory.mktemp('passkeys') / worker_name}.db"
    with serving(database, host="localhost", demo=False) as running:
        yield running


@pytest.fixture
def at(named):
    """The small marketplace in that app, and its address."""
    backends.empty(named[0])
    factories.save_in(named[0])
    yield People(), named[1]
    factories.save_in(None)


@pytest.fixture
def phone(at, browser):
    """A page on a phone-sized screen whose browser has a device that says yes; with it what speaks to the device."""
    seen = Watch(at[1])
    context = seen.over(browser.new_context(base_url=at[1], viewport={"width": 390, "height": 844}, locale="en-GB"))
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.number = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield page, device, seen
    context.close()
    assert seen.problems == []


def add(page: Page, name: str) -> None:
    """Add a passkey with the keyboard alone."""
    page.get_by_role("button", name="Add a passkey").press("Enter")
    expect(page.get_by_role("button", name="Add the passkey")).to_be_enabled()
    page.get_by_label("Name").focus()
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def sign_out(page: Page, seen: Watch) -> None:
    seen.allow(401)  # a page's first question may be on its way when its session ends
    page.get_by_role("button", name="Sign out").click()


def held(device: CDPSession) -> list:
    return device.send("WebAuthn.getCredentials", {"authenticatorId": device.number})["credentials"]


def test_it_is_added_signs_in_alone_and_after_the_password_and_is_removed(at, phone):
    people, _ = at
    page, device, seen = phone
    sign_in_by_form(page, people.olga, "/store/access/second-step")
    add(page, "My phone")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(page.get_by_label("Name of the passkey")).to_have_value("My phone")
    assert [one["rpId"] for one in held(device)] == ["localhost"]

    sign_out(page, seen)
    page.goto("/store/login?next=/store/access")
    page.get_by_role("button", name="Continue with a passkey").press("Enter")
    expect(page.get_by_role("heading", name="Access and tokens")).to_be_visible()

    sign_out(page, seen)
    page.goto(login_of(people.olga))
    page.get_by_role("textbox", name="Email").fill(people.olga.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    page.goto("/store/access/second-step")
    page.get_by_label("Name of the passkey").fill("Old phone")
    page.get_by_role("button", name="Rename My phone").press("Enter")
    page.get_by_role("button", name="Remove Old phone").press("Enter")
    expect(page.get_by_text("The passkey is removed")).to_be_visible()
    expect(page.get_by_label("Name of the passkey")).to_have_count(0)


@pytest.mark.slow
def test_a_device_that_says_no_is_told_in_words_and_may_be_asked_again(at, phone):
    people, _ = at
    page, device, seen = phone
    sign_in_by_form(page, people.mara, "/storefront/account/access/second-step")
    add(page, "My phone")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name").fill("The same phone")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("holds a passkey of yours already")
    expect(page.get_by_role("button", name="Add the passkey")).to_be_enabled()

    sign_out(page, seen)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": device.number, "isUserVerified": False})
    page.goto(login_of(people.mara))
    page.get_by_role("button", name="Continue with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Try again")
    device.send("WebAuthn.setUserVerified", {"authenticatorId": device.number, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_it_confirms_who_one_is_before_a_dangerous_act(at, phone, named):
    people, _ = at
    page, device, _ = phone
    sign_in_by_form(page, people.olga, "/store/access/second-step")
    add(page, "My phone")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    with named[0].app_context(), writing():
        session.execute(update(SignInSession).values(confirmed_at=now() - timedelta(minutes=16)))

    page.goto("/store/access/second-step")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": device.number, "isUserVerified": False})
    page.get_by_role("button", name="Continue with a passkey").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Try again")
    device.send("WebAuthn.setUserVerified", {"authenticatorId": device.number, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").press("Enter")
    page.wait_for_url("**/store/access/second-step")
    page.get_by_role("button", name="Remove My phone").click()
    expect(page.get_by_text("The passkey is removed")).to_be_visible()


@pytest.mark.slow
def test_a_passkey_of_nobody_leads_back_to_the_password(at, phone):
    people, _ = at
    page, _, seen = phone
    sign_in_by_form(page, people.olga, "/store/access/second-step")
    add(page, "My phone")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    page.get_by_role("button", name="Remove My phone").click()
    expect(page.get_by_text("The passkey is removed")).to_be_visible()
    sign_out(page, seen)
    page.goto(LOGIN[people.olga.side])
    page.get_by_role("button", name="Continue with a passkey").click()

    expect(page.get_by_text("This passkey does not sign in here")).to_be_visible()
    expect(page.get_by_label("Password")).to_be_visible()


def test_without_javascript_the_code_is_still_there(at, browser):
    people, url = at
    context = browser.new_context(base_url=url, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in_by_form(page, people.olga, "/store/access/second-step")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Passkeys need JavaScript.")).to_be_visible()
    context.close()
