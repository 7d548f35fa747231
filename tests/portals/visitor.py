"""A browser for tests that come through a door: it checks every answer, and fills in forms as people do."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.portals import pages


class Visitor(FlaskClient):
    """One browser with its cookies; ``htmx=True`` asks as htmx does, from the page that was fetched last."""

    shown: tuple[str, str] | None = None
    """The address of the page on screen, and its HTML."""

    def open(self, *args: Any, htmx: bool = False, **kwargs: Any) -> TestResponse:
        if htmx:
            path, html = self.shown or ("/", "")
            headers = {
                "HX-Request": "true",
                "HX-Current-URL": f"http://localhost{path}",
                **pages.inherited_headers(html),
            }
            kwargs["headers"] = {**headers, **dict(kwargs.get("headers") or {})}
        response = super().open(*args, **{"buffered": True, **kwargs})
        response.request.environ["wsgi.input"].close()  # a large body lies in a file
        pages.check(response)
        if response.mimetype == "text/html" and pages.is_document(response.text) and not response.location:
            self.shown = (response.request.full_path.rstrip("?"), response.text)
        return response

    def form(self, action: str) -> Element:
        """Return the form on screen whose action ends so."""
        assert self.shown, "open a page first"
        found = [form for form in pages.forms(pages.parse(self.shown[1])) if form.get("action", "").endswith(action)]
        assert found, f"no form {action} on {self.shown[0]}"
        return found[0]

    def submit(
        self, action: str, *, htmx: bool = False, without: tuple[str, ...] = (), **typed: str | list[str]
    ) -> TestResponse:
        """Send the form on screen whose action ends so, its hidden fields included, with what is typed into it."""
        form = self.form(action)
        data = {name: value for name, value in {**pages.fields(form), **typed}.items() if name not in without}
        return self.post(form.get("action"), data=data, htmx=htmx)

    def csrf_token(self) -> str:
        """Return the token of the page on screen."""
        assert self.shown, "open a page first"
        return pages.csrf_token(self.shown[1])
