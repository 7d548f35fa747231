"""What people see when something is refused: the words next to where it happened, and nothing they typed is lost."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from webapp import row_security
from webapp.accounts import sessions
from webapp.accounts.viewer import Viewer
from webapp.attachments.errors import AttachmentError, FilesRefused, StorageUnavailable
from webapp.database import end_reading
from webapp.doors import journal, limits
from webapp.doors.guard import (
    ACTING_STORE,
    ConfirmationNeeded,
    SecondStepRequired,
    SignInRequired,
    StoreSwitched,
)
from webapp.doors.identity import signed_in
from webapp.doors.portal import portal_of
from webapp.doors.refusals import DATABASE_AWAY, RETRY_SECONDS, STORAGE_RETRY_SECONDS, note_refusal, status_of
from webapp.messaging import access, queries
from webapp.messaging.errors import MessagingError, NotFound
from webapp.portals import htmx, panels
from webapp.portals.addresses import page_before

log = logging.getLogger(__name__)

WORDS = {
    400: ("This request cannot be understood", "Go back, reload the page and try again."),
    403: ("You are not allowed to do this", "Ask somebody who is."),
    404: ("Page not found", "Check the address, or go back to your messages."),
    405: ("This cannot be done here", "Go back to your messages."),
    409: ("This has changed meanwhile", "Reload the page to see it as it is now."),
    413: ("This is too large", "Send less at once."),
    429: ("You are doing this too fast", "Wait a moment and try again."),
    500: ("Sorry, there is a problem with the service", "Try again later."),
    503: ("Sorry, the service is busy", "Try again in a few seconds."),
}
KEPT_HEADERS = {"Allow", "Content-Range", "Retry-After"}
"""What a refusal by Werkzeug says beside its words."""

_KEPT = ("recipient", "subject", "body")


def register(app: Flask) -> None:
    """Answer every refusal of the HTML doors."""
    app.register_error_handler(SignInRequired, _sign_in_required)
    app.register_error_handler(StoreSwitched, _store_switched)
    app.register_error_handler(ConfirmationNeeded, _confirmation_needed)
    app.register_error_handler(SecondStepRequired, _second_step_required)
    app.register_error_handler(MessagingError, _refused)
    app.register_error_handler(AttachmentError, _refused)
    app.register_error_handler(RateLimitExceeded, _too_fast)
    app.register_error_handler(CSRFError, _page_too_old)
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(InternalServerError, _broken)


def _sign_in_required(error: SignInRequired) -> Response:
    wanted = htmx.shown_page() if htmx.is_asking() else _asked_page()
    query = {"next": wanted} if wanted else {}
    if request.args.get("store") and error.portal.name == "storefront":
        query["store"] = request.args["store"]
    login = f"{error.portal.prefix}/login" + (f"?{urlencode(query)}" if query else "")
    is_script = htmx.is_asking() or request.path.endswith(("/_/news", "/live"))
    return htmx.sign_in_again(login) if is_script else _redirect(login)


def _confirmation_needed(_error: ConfirmationNeeded) -> Response:
    back = htmx.shown_page() or _asked_page() or page_before(g.portal) or url_for(f"{g.portal.name}.access")
    return htmx.go(url_for(f"{g.portal.name}.confirm", next=back))


def _second_step_required(_error: SecondStepRequired) -> Response:
    return htmx.go(url_for(f"{g.portal.name}.second_step"))


def _store_switched(error: StoreSwitched) -> Response:
    current = g.viewer.store
    left = next((store for store in sessions.stores_of(g.viewer) if store.code == error.page_code), None)
    context = {"current": current, "left": left, "next": htmx.shown_page() or _asked_page()}
    if htmx.is_asking():
        writes = request.method != "GET"
        html = render_template("errors/_store_switched.html", writes=writes, **context)
        return htmx.refuse(409, html, None if writes else "#page-notice")
    return make_response(render_template("errors/store_switched.html", kept=_kept(), badge=_badge(), **context), 409)


def _refused(error: MessagingError | AttachmentError) -> Response:
    status = status_of(error)
    if isinstance(error, NotFound):
        return _not_found()
    refused = error if isinstance(error, FilesRefused) else None
    if not htmx.is_asking() and _endpoint() == "send_message":
        response = _thread_again(error, status)
    else:
        response = _answer(status, error.message, refused=refused)
    if isinstance(error, StorageUnavailable):
        response.headers["Retry-After"] = str(STORAGE_RETRY_SECONDS)
    return response


def _not_found() -> Response:
    elsewhere = _other_store()
    if htmx.is_asking() and request.method == "GET":
        html = render_template("messaging/_thread_not_found.html", elsewhere=elsewhere, next=htmx.shown_page())
        return htmx.refuse(404, html)
    if request.method == "GET" and elsewhere:
        page = render_template("errors/other_store.html", store=elsewhere, next=_asked_page(), badge=_badge())
        return make_response(page, 404)
    return _answer(404, NotFound.message, "It may belong to somebody else, or it may not exist.")


def _too_fast(_error: RateLimitExceeded) -> Response:
    seconds = limits.seconds_to_wait()
    response = _answer(429, f"You are sending messages too fast. Try again in {seconds} seconds.")
    response.headers["Retry-After"] = str(seconds)
    return response


def _page_too_old(_error: CSRFError) -> Response:
    return _answer(400, "This page is too old to be sent. Reload it and try again: your text is kept below.")


def _database_away(error: Exception) -> Response:
    log.warning("the database did not answer: %s", type(error).__name__)
    end_reading()
    g.pop("viewer", None)
    response = _answer(503, "The service is busy. Nothing was changed. Try again in a few seconds.")
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error)
    title, hint = WORDS.get(status, WORDS[400 if status < 500 else 500])
    response = _answer(status, title, hint)
    for name, value in error.get_headers():
        if name in KEPT_HEADERS:
            response.headers[name] = value
    return response


def _broken(error: InternalServerError) -> Response:
    log.error("unhandled error at %s %s", request.method, journal.path_of(request), exc_info=error.original_exception)
    title, hint = WORDS[500]
    kept = request.method == "POST" and bool(request.form.get("body"))
    place = "We kept it as a draft." if htmx.is_asking() else "Your text is kept below."
    return _answer(500, title, f"Your message was not sent. {place}" if kept else hint)


def _answer(status: int, title: str, hint: str = "", refused: FilesRefused | None = None) -> Response:
    """Answer htmx with a box for the place where it happened, and everybody else with a page that keeps the text."""
    _recognise()
    note_refusal(status)
    if htmx.is_asking():  # a refused read keeps the panel it was for
        place = "#page-notice" if request.method == "GET" else None
        html = render_template("errors/_refusal.html", title=title, hint=hint, status=status, refused=refused)
        return htmx.refuse(status, html, place)
    page = render_template(
        "errors/error.html", status=status, title=title, hint=hint, kept=_kept(), again=_form_again(), badge=_badge()
    )
    return make_response(page, status)


def _recognise() -> None:
    """Know the person also where no route, and so no guard, was found: their pages have a header and a way out."""
    portal = portal_of(request.path)
    if "portal" in g or portal is None:
        return
    try:
        found = signed_in()
    except OperationalError:
        end_reading()
        return
    g.portal, g.signed_in, g.viewer = portal, found, found.viewer if found else None


def _thread_again(error: MessagingError | AttachmentError, status: int) -> Response:
    conversation_id = (request.view_args or {})["conversation_id"]
    try:
        page = panels.refused_reply(conversation_id, error)
    except NotFound:
        return _not_found()
    return make_response(page, status)


def _other_store() -> object | None:
    """The other store of this person to which the conversation asked for belongs: the page offers to switch."""
    viewer: Viewer | None = g.get("viewer")
    found = g.get("signed_in")
    number = (request.view_args or {}).get("conversation_id")
    if not viewer or not viewer.is_store or found is None or found.store_count < 2 or number is None:
        return None
    for store in sessions.stores_of(viewer):
        there = Viewer(viewer.side, viewer.id, viewer.name, viewer.email, store=store, role=viewer.role)
        with row_security.acting_for(there.side.value, there.id, store.id):
            if store != viewer.store and access.exists(there, number):
                return store
    return None


def _kept() -> dict[str, str]:
    if request.method != "POST":
        return {}
    try:
        return {name: request.form[name] for name in _KEPT if request.form.get(name)}
    except HTTPException:  # the form itself was what could not be read
        return {}


def _form_again() -> dict[str, str]:
    """The hidden fields that let the kept text be sent again from the error page."""
    names = ("client_key", "up_to_seq", "to", "side", ACTING_STORE)
    return {name: request.form[name] for name in names if name in request.form} if _kept() else {}


def _badge() -> queries.Badge | None:
    try:
        return queries.badge(g.viewer) if g.get("viewer") else None
    except OperationalError:  # the page about a database that is away must not need it
        end_reading()
        return None


def _asked_page() -> str:
    if request.method != "GET" or "/_/" in request.path:
        return ""
    return request.full_path.rstrip("?")


def _endpoint() -> str:
    return (request.endpoint or "").rpartition(".")[2]


def _redirect(path: str) -> Response:
    return current_app.make_response((b"", 302, {"Location": path}))
