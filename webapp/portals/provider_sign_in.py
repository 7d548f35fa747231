"""To an identity provider and back, for admins and store users: to sign in, or to show again who one is."""

from __future__ import annotations

import logging

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from webapp.accounts import without_password
from webapp.accounts.errors import SecondStepNeeded, TooManyAttempts, WrongCredentials
from webapp.accounts.provider import LASTS, Journey, NotProved, Proof, Provider, ProviderAway
from webapp.database import end_reading
from webapp.doors import limits
from webapp.doors.guard import from_any_store, public, while_restricted
from webapp.doors.identity import current_visit
from webapp.doors.portal import Portal, config
from webapp.messaging import queries
from webapp.portals import sign_in_step
from webapp.portals.addresses import own_path
from webapp.portals.arriving import arrive
from webapp.portals.waiting import waiting

REFUSED = {
    "login": "did not sign you in: it has to confirm the e-mail of an account here.",
    "confirm": "did not confirm that it is you: sign in there again, with the e-mail of this account.",
}
"""What is said on the page on which it began."""

log = logging.getLogger(__name__)


def provider() -> Provider | None:
    """The provider of the running application, if there is one."""
    found: Provider | None = current_app.extensions["parley.provider"]
    return found


def register(blueprint: Blueprint) -> None:
    """Give a portal the way to the provider and back; without a provider it has none."""
    if provider() is not None:
        blueprint.add_url_rule("/login/provider", "provider_sign_in", leave)
        blueprint.add_url_rule("/login/provider/back", "provider_back", come_back)


def register_confirming(blueprint: Blueprint, path: str) -> None:
    """Give a portal the way to the provider for somebody who is signed in; they come back where sign-ins do."""
    if provider() is not None:
        blueprint.add_url_rule(f"{path}/confirm/provider", "provider_confirm", leave_to_confirm)


@public
@limits.signing_in
def leave() -> Response:
    """Send the browser to the provider."""
    return _leave("login")


@while_restricted
@from_any_store
@limits.signing_in
def leave_to_confirm() -> Response:
    """Send the browser to the provider, which is to ask the person who they are, signed in there or not."""
    return _leave("confirm", g.signed_in.token_hash, g.signed_in.viewer.email)


@public
@limits.signing_in
def come_back() -> Response:
    """Sign in whoever the provider proves; the answer is the same for everybody who has no account here."""
    portal, known = _here()
    end_reading()
    begun = "login"
    try:
        journey = Journey.opened(
            request.cookies.get(_cookie(portal), ""), portal.side.value, request.args.get("state", "")
        )
        if request.args.get("iss", known.issuer).rstrip("/") != known.issuer:
            raise NotProved("another provider answered")
        begun = "confirm" if journey.confirms and g.signed_in else "login"
        proof = known.prove(journey, _back_to(portal), request.args.get("code", ""))
        if journey.confirms:
            response = _confirm(journey, proof)
        else:
            token = without_password.by_provider(portal.side, proof, current_visit())
            response = arrive(portal, token, "", journey.next)
    except SecondStepNeeded as needed:
        response = sign_in_step.ask(portal, needed.challenge, "", journey.next)
    except TooManyAttempts as error:
        response = _has_to_wait(error)
    except ProviderAway as error:
        response = _is_away(known, begun, error)
    except (NotProved, WrongCredentials) as error:
        log.warning("what the identity provider proved was refused: %s", error)
        response = _back(begun, f"{known.name} {REFUSED[begun]}")
    _set_cookie(response, portal, "", 0)
    return response


def _leave(begun: str, confirms: str = "", email: str = "") -> Response:
    portal, known = _here()
    end_reading()
    destination = own_path(portal, request.args.get("next"))
    try:
        address, journey = known.begin(portal.side.value, _back_to(portal), destination, confirms, email)
    except ProviderAway as error:
        return _is_away(known, begun, error)
    response = make_response(redirect(address, code=303))
    _set_cookie(response, portal, journey.sealed(), LASTS)
    return response


def _confirm(journey: Journey, proof: Proof) -> Response:
    """Confirm the session in which the journey began, if it is this browser's; raises NotProved, WrongCredentials."""
    if g.signed_in is None or g.signed_in.token_hash != journey.confirms:
        raise NotProved("the session that was to be confirmed is another one")
    without_password.confirm_by_provider(g.signed_in.viewer, journey.confirms, proof)
    return make_response(redirect(journey.next or url_for(f"{g.portal.name}.access"), code=303))


def _here() -> tuple[Portal, Provider]:
    known = provider()
    if known is None:
        abort(404)
    return g.portal, known


def _back_to(portal: Portal) -> str:
    """The address to which the provider sends browsers back; it has to be told beforehand."""
    return config().base_url.rstrip("/") + url_for(f"{portal.name}.provider_back")


def _is_away(known: Provider, begun: str, error: ProviderAway) -> Response:
    log.warning("the identity provider does not answer: %s", error)
    return _back(begun, f"{known.name} does not answer. Try again later, or use your password.")


def _has_to_wait(error: TooManyAttempts) -> Response:
    """Answer somebody whose second steps were begun too often; back at the provider it would begin once more."""
    page = render_template(
        "errors/error.html",
        title="Too many attempts",
        hint=f"Try again in {waiting(error.seconds)}.",
        kept={},
        again={},
        badge=queries.badge(g.viewer) if g.viewer else None,
    )
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _back(begun: str, words: str) -> Response:
    """Lead back to the page on which it began, and say why."""
    flash(words, "refused")
    return make_response(redirect(url_for(f"{g.portal.name}.{begun}"), code=303))


def _cookie(portal: Portal) -> str:
    return f"{portal.cookie}_provider"


def _set_cookie(response: Response, portal: Portal, value: str, seconds: int) -> None:
    response.set_cookie(
        _cookie(portal), value, max_age=seconds, path="/", secure=config().is_secure, httponly=True, samesite="Lax"
    )
