"""Signing in by an identity provider with a real browser, under the policy that lets it go there and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import backends, factories
from tests.accounts import identity_provider
from tests.accounts.identity_provider import CLIENT, SECRET, Client
from tests.browser.conftest import Watch, serving
from tests.people import People

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_there_and_back_with_the_keyboard(browser, tmp_path, worker_name, scripts):
    with identity_provider.running() as provider:
        known = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        with serving(f"sqlite:///{tmp_path / worker_name}.db", demo=False, oidc_name="Acme ID", **known) as (app, url):
            provider.client = Client(url)
            backends.empty(app)
            factories.save_in(app)
            people = People()
            factories.save_in(None)
            seen = Watch(url)
            size = {"width": 390, "height": 844}
            context = seen.over(browser.new_context(base_url=url, viewport=size, java_script_enabled=scripts))
            page = context.new_page()

            provider.email = "nobody@example.com"
            page.goto("/store/login?next=/store/access")
            page.get_by_role("link", name="Continue with Acme ID").press("Enter")
            expect(page.get_by_role("alert")).to_contain_text("Acme ID did not sign you in")

            provider.email = people.olga.email
            page.goto("/store/login?next=/store/access")
            page.get_by_role("link", name="Continue with Acme ID").press("Enter")
            expect(page.get_by_role("heading", name="Access and tokens")).to_be_visible()
            context.close()
        assert [problem for problem in seen.problems if not problem.startswith(f"request to {provider.url}")] == []
