"""Which portal an address belongs to: by its whole first segment, since /storefront begins with /store."""

from __future__ import annotations

import pytest

from webapp.doors.portal import ADMIN, PORTALS, STORE, STOREFRONT, portal_of


@pytest.mark.parametrize(
    ("path", "portal"),
    [
        ("/store", STORE),
        ("/store/messages", STORE),
        ("/storefront", STOREFRONT),
        ("/storefront/account", STOREFRONT),
        ("/admin/", ADMIN),
        ("/stores", None),
        ("/store.evil", None),
        ("/STORE", None),
        ("/", None),
        ("", None),
        ("store/messages", None),
        ("//store/messages", None),
        ("/static/admin", None),
        ("/health", None),
    ],
)
def test_the_first_segment_decides(path, portal):
    assert portal_of(path) is portal


def test_each_side_has_one_portal_and_each_portal_a_cookie(sqlite_app):
    with sqlite_app.app_context():
        assert len({portal.side for portal in PORTALS.values()}) == 3
        assert {portal.cookie for portal in PORTALS.values()} == {"parley_admin", "parley_store", "parley_storefront"}


@pytest.mark.parametrize("portal", PORTALS.values(), ids=str)
def test_a_portals_paths_are_its_own(portal):
    assert portal_of(portal.messages) is portal_of(portal.home) is portal
