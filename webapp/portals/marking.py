"""How what a search found is marked on screen."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup, escape

from webapp.search.highlighting import Snippet


def marked(snippet: Snippet) -> Markup:
    """Return a snippet as HTML: escaped, what was found in it marked."""
    mark = Markup("<mark>{}</mark>")
    return Markup("").join(mark.format(part) if is_found else escape(part) for part, is_found in snippet.parts)


def set_up(app: Flask) -> None:
    """Give the templates the filter."""
    app.add_template_filter(marked)
