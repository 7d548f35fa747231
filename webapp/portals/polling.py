"""Polls are answered before Flask's routing: most say "nothing new", and there is one from every tab all the time.

Who asks and what they may see is decided by the functions that the guard and the view call too. Whatever is not simply
answered, such as a session that ended, goes on to Flask, which knows how to refuse.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g
from sqlalchemy.exc import SQLAlchemyError

from webapp.accounts import sessions
from webapp.accounts.sessions import SignedIn
from webapp.doors import guard, headers, hosts, journal, metrics
from webapp.doors.portal import PORTALS, Portal
from webapp.messaging.errors import MessagingError
from webapp.portals.inbox import as_answer, news, what_is_new

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Request


ADDRESSES = {f"{portal.messages}/_/news": portal for portal in PORTALS.values()}


class Polls:
    """The application as WSGI, with the shorter way for polls."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self.app = app
        self.inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return (self.answer(environ) or self.inner)(environ, start_response)

    def answer(self, environ: WSGIEnvironment) -> Response | None:
        """Return the answer to a poll, or None for whatever else Flask has to find one for."""
        portal = ADDRESSES.get(environ.get("PATH_INFO", ""))
        if portal is None or environ["REQUEST_METHOD"] != "GET":
            return None
        with self.app.app_context():
            return self._answer(portal, self.app.request_class(environ))

    def _answer(self, portal: Portal, request: Request) -> Response | None:
        config, g.begun = self.app.extensions["parley"], time.perf_counter()
        token = request.cookies.get(portal.cookie)
        if not token or not hosts.is_own(request.host, config):
            return None
        journal.begin(request, config)
        try:
            found = sessions.find(portal.side, token)
            if found is None:
                return None
            guard.admit(found, news, request.headers.get("X-Parley-Store"))
            guard.act_as(found.viewer)
            events = what_is_new(found.viewer, request.args)
        except (guard.Refusal, MessagingError, SQLAlchemyError):
            return None
        return self._response(portal, found, request, events)

    def _response(self, portal: Portal, found: SignedIn, request: Request, events: list[str]) -> Response:
        response = as_answer(events)
        g.viewer = found.viewer
        endpoint = f"{portal.name}.{news.__name__}"
        config = self.app.extensions["parley"]
        headers.add(response, config, endpoint)
        journal.end(request, response, config, endpoint)
        metrics.count(self.app, request.method, endpoint, response.status_code, g.begun)
        return response
