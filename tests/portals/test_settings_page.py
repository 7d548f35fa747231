"""The settings page: types and bounds, all or nothing, for admins only."""

from __future__ import annotations

import re

import pytest

from tests.guards.rows import all_rows
from tests.portals import pages
from webapp.settings.definitions import DEFINITIONS

KEYS = {key for key, definition in DEFINITIONS.items() if definition.default is not False}
"""A switch that is off sends nothing."""


def stored(app):
    return {row["key"]: row["value"] for row in all_rows(app)["platform_settings"]}


@pytest.fixture
def ada(sign_in, people):
    browser = sign_in(people.ada)
    browser.get("/admin/settings")
    return browser


def test_it_shows_every_setting_with_its_value(ada):
    fields = pages.fields(ada.form("/settings"))

    assert fields.keys() - {"csrf_token"} == KEYS
    assert fields["message_attachment_max_size_mb"] == "10"
    assert fields["platform_display_name"] == "Platform support"
    assert fields["storefront_admin_conversations"] == "true"


def test_the_category_messaging_comes_first(ada):
    form = ada.get("/admin/settings").text.partition('<form class="settings"')[2]
    legends = re.findall("<legend>(.*?)</legend>", form)
    assert legends[0] == "Messaging"
    assert "Email" in legends[1:]


def test_saving_says_so_and_holds(app, ada):
    response = ada.submit("/settings", platform_display_name="  The Bazaar ", message_attachment_max_files="3")
    assert (response.status_code, response.location) == (303, "/admin/settings")

    page = ada.get("/admin/settings")
    assert "Settings saved" in page.text
    assert "Settings saved" not in ada.get("/admin/settings").text
    assert stored(app)["platform_display_name"] == "The Bazaar"
    assert stored(app)["message_attachment_max_files"] == "3"


def test_a_switch_that_is_off_sends_nothing(app, ada):
    ada.submit("/settings", without=("storefront_admin_conversations",))

    assert stored(app)["storefront_admin_conversations"] == "false"
    ada.get("/admin/settings")
    assert "storefront_admin_conversations" not in pages.fields(ada.form("/settings"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("message_attachment_max_size_mb", value) for value in ("0", "101", "-1", "x", "", "1.5", "9" * 30, "١")),
        *(("message_attachment_max_files", value) for value in ("0", "51", " ")),
        *(("platform_display_name", value) for value in ("", "  ", "x" * 61, "a\nb", "a\x00b")),
        *(("storefront_admin_conversations", value) for value in ("maybe", "1", "\x00")),
    ],
)
def test_a_bad_value_changes_nothing_at_all_and_is_kept(app, ada, key, value):
    typed = {"platform_display_name": "Another name", "message_attachment_max_files": "7", key: value}

    response = ada.submit("/settings", **typed)

    assert response.status_code == 422
    assert stored(app) == {}
    summary = pages.by_id(pages.parse(response.text), "error-summary")
    assert [a.get("href") for a in summary.iter("a")] == [f"#{key}"]
    assert "<title>Error: Settings" in response.text
    kept = pages.fields(ada.form("/settings"))
    assert kept["message_attachment_max_files"] == typed["message_attachment_max_files"]


@pytest.mark.parametrize(("low", "high"), [("1", "100")])
def test_the_bounds_are_inclusive(app, ada, low, high):
    for value in (low, high):
        ada.get("/admin/settings")
        assert ada.submit("/settings", message_attachment_max_size_mb=value).status_code == 303
        assert stored(app).get("message_attachment_max_size_mb", "10") == value


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_nobody_else_has_it(app, sign_in, people, who):
    browser = sign_in(getattr(people, who))

    assert browser.get("/admin/settings").status_code == 302
    assert browser.get("/store/settings").status_code in {302, 404}
    assert browser.post("/admin/settings", data={"platform_display_name": "Mine"}).status_code == 302
    assert stored(app) == {}
