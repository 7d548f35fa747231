"""The only module that reads or writes HX-* headers: replies, redirects, pieces and what a page should refresh."""

from __future__ import annotations

from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask import Response, make_response, redirect, render_template, request


def is_asking() -> bool:
    """Whether htmx sent this request, and so expects pieces."""
    return request.headers.get("HX-Request") == "true"


def piece(template: str, page: str, push: str | None = None, **context: Any) -> Response:
    """Answer with a piece; opened without htmx, redirect to the page it belongs to."""
    if not is_asking():
        return _redirect(page)
    response = make_response(render_template(template, **context))
    if push:
        response.headers["HX-Push-Url"] = push
    return response


def nothing(page: str) -> Response:
    """Answer that there is nothing to swap: htmx leaves the page as it is on 204."""
    return Response(status=204) if is_asking() else _redirect(page)


def reply(change: str, page: str, refresh: str | None = None, **context: Any) -> Response:
    """Answer a POST: with the change to htmx, which may also ask lists to refresh, else with 303 to the page."""
    if not is_asking():
        return _redirect(page)
    response = make_response(render_template(change, **context))
    if refresh:
        response.headers["HX-Trigger"] = refresh
    return response


def move_on(change: str, page: str, target: str, refresh: str, **context: Any) -> Response:
    """Answer a POST after which another page is shown: its piece into the target, its address into the browser."""
    response = reply(change, page, refresh, **context)
    if is_asking():
        response.headers["HX-Retarget"] = target
        response.headers["HX-Reswap"] = "outerHTML"
        response.headers["HX-Push-Url"] = page
    return response


def go(page: str) -> Response:
    """Lead the browser to a page, whole, whoever asked."""
    if not is_asking():
        return _redirect(page)
    response = Response(status=204)
    response.headers["HX-Redirect"] = page
    return response


def sign_in_again(login: str) -> Response:
    """Lead somebody whose session ended to the sign-in page: a redirect would put that page into a panel."""
    response = Response(status=401)
    response.headers["HX-Redirect"] = login
    return response


def refuse(status: int, html: str, target: str | None = None) -> Response:
    """Answer a refusal; with ``target`` it goes there wherever the request wanted to go."""
    response = make_response(html, status)
    if target:
        response.headers["HX-Retarget"] = target
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def shown_id(below: str) -> int | None:
    """The id of the conversation whose page below this path the browser shows, if it shows one."""
    folder, _, last = _shown().path.rpartition("/")
    return int(last) if folder == below and last.isascii() and last.isdigit() and len(last) < 19 else None


def shown_page() -> str:
    """The path and query of the page that the browser shows, empty when it does not say."""
    parts = _shown()
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _shown() -> SplitResult:
    try:
        return urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:  # such as http://[
        return urlsplit("")


def _redirect(page: str) -> Response:
    response = redirect(page, code=303)
    return response if isinstance(response, Response) else make_response(response)
