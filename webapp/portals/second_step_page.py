"""How the page of the second step looks: read anew for every answer."""

from __future__ import annotations

import segno
from flask import render_template
from markupsafe import Markup

from webapp.accounts import sessions
from webapp.accounts.factors import passkeys, second
from webapp.doors.identity import current_viewer
from webapp.messaging import queries
from webapp.portals.passkey_place import place


def page(errors: dict[str, str] | None = None, codes: list[str] | None = None) -> str:
    """Render the page, with recovery codes that are shown this once."""
    viewer = current_viewer()
    account = sessions.account_of(viewer)
    waiting = second.unconfirmed(account)
    return render_template(
        "accounts/second_step.html",
        is_on=second.is_on(account),
        has_app=second.has_app(account),
        passkeys=passkeys.of_account(account),
        takes_passkeys=place() is not None,
        demanded=second.is_required(account),
        may_lose_one=second.may_lose_one(account),
        secret=waiting[0] if waiting else "",
        picture=qr_code(waiting[1]) if waiting else "",
        left=second.recovery_codes_left(account),
        codes=codes or [],
        errors=errors or {},
        badge=queries.badge(viewer),
        most_of_name=passkeys.NAME_LENGTH,
    )


def qr_code(text: str) -> Markup:
    """Return a QR code as an SVG that stands in the page: dark on white in either theme, 4 modules of margin."""
    code = segno.make(text, error="m").svg_inline(
        scale=4, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=False
    )
    return Markup(code)  # noqa: S704 - made here, of nothing that anybody typed but the address in the modules
