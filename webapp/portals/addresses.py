"""The addresses of a portal: those of its own routes, and which of those that are given it leads to."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, g, request, url_for
from werkzeug.exceptions import HTTPException

from webapp.doors.portal import Portal, portal_of

NO_DESTINATIONS = {
    *("login", "logout", "sign_in_step", "passkey_sign_in", "provider_sign_in", "provider_back"),
    *("confirm", "passkey_confirm", "provider_confirm"),
}
"""Steps on the way to a page, to which nobody is led afterwards."""


def within_portal(endpoint: str, **values: Any) -> str:
    """Return the address of a route of this request's portal; the same every time, wherever we are mounted."""
    endpoint, mounted_at = f"{g.portal.name}.{endpoint}", request.script_root
    if not values:
        return _address(mounted_at, endpoint, ())
    if len(values) > len(_MARKS) or {*map(type, values.values())} != {int}:
        return _address(mounted_at, endpoint, tuple(values.items()))
    address = _address(mounted_at, endpoint, tuple(zip(values, _MARKS, strict=False)))
    for mark, value in zip(_MARKS, values.values(), strict=False):
        address = address.replace(mark, str(value))
    return address


_MARKS = tuple(str(10**17 + number) for number in range(3))
"""Numbers in the place of others, so that an address is put together once for all conversations and messages."""


@lru_cache(maxsize=4096)
def _address(_mounted_at: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def page_before(portal: Portal) -> str:
    """Return the page of this portal whose form the browser says it has sent; nothing when it does not say."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:  # such as http://[
        return ""
    return own_path(portal, f"{parts.path}?{parts.query}" if parts.query else parts.path)


def own_path(portal: Portal, text: str | None) -> str:
    """Return the address to go to, if it is a page of this portal that a browser can GET; else nothing.

    It is matched against our own routes instead of comparing hosts, which ``/\\evil.test`` and ``//evil.test`` pass.
    """
    if not text or not text.startswith("/") or not text.isprintable():
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:  # such as //[
        return ""
    if parts.scheme or parts.netloc or "\\" in text or portal_of(parts.path) is not portal:
        return ""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(parts.path, method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return ""
    is_page = endpoint.startswith(f"{portal.name}.") and "/_/" not in parts.path
    if not is_page or endpoint.rpartition(".")[2] in NO_DESTINATIONS:
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
