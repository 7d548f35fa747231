"""The demo's front: be the admin, the store or the customer with one click, or all three in one browser."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request

from webapp.accounts import without_password
from webapp.accounts.errors import WrongCredentials
from webapp.doors import identity
from webapp.doors.identity import current_visit
from webapp.doors.portal import ADMIN, STORE, STOREFRONT, Portal, config
from webapp.extensions import csrf
from webapp.portals.arriving import greet


@dataclass(frozen=True, slots=True)
class Part:
    """Whom a visitor of the demo can be. ``store`` is the code of a customer's store."""

    portal: Portal
    title: str
    name: str
    email: str
    does: str
    store: str = ""


PARTS = (
    Part(ADMIN, "Be the admin", "Ada Quist", "ada@parley.example", "Writes to stores and customers for the platform."),
    Part(STORE, "Be the store", "Olga Petrova", "olga@harbor.example", "Answers the customers of Harbor Goods."),
    Part(
        STOREFRONT,
        "Be the customer",
        "Mara Lindholm",
        "mara@customers.example",
        "Asks Harbor Goods about her parcel.",
        "harbor-goods",
    ),
)


def register(blueprint: Blueprint) -> None:
    """Add the demo's page; it answers only where the demo is on."""
    blueprint.add_url_rule("/demo", "demo", demo)
    blueprint.add_url_rule("/demo/everybody", "be_everybody", be_everybody, methods=["POST"])


def demo() -> str:
    """Show the three people one can be."""
    _refuse_elsewhere()
    return render_template("demo.html", parts=PARTS, signed_in_to_all=request.args.get("ready") == "1")


def be_everybody() -> Response:
    """Sign this browser in to the three portals at once, each with its own cookie."""
    _refuse_elsewhere()
    csrf.protect()
    response = make_response(redirect("/demo?ready=1", code=303))
    for part in PARTS:
        try:
            token = without_password.in_demo(part.portal.side, part.email, current_visit(), part.store)
        except WrongCredentials:  # the demo's data is not loaded, or somebody deactivated this person
            abort(404)
        identity.set_session_cookie(response, part.portal, token)
        greet(part.portal, token)
        if part.store:
            identity.remember_store(response, part.portal, part.store)
    return response


def _refuse_elsewhere() -> None:
    if not config().demo:
        abort(404)
