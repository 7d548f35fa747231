"""What holds for every answer that a test fetches: valid HTML, unique ids, a title, the security headers."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import lru_cache
from html import unescape
from xml.etree.ElementTree import Element

import html5lib
import lxml.html
from html5lib.html5parser import ParseError
from werkzeug.test import TestResponse

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
REFUSALS = {"text/html", "application/problem+json"}
FILE_SECURITY_POLICY = "default-src 'none'; sandbox"

_RANDOM = re.compile(r'((?:csrf_token|client_key)" value="|X-CSRF-Token": ")[^"]+')
_MOMENT = re.compile(r'datetime="[^"]+"')


class BadPage(AssertionError):
    """An answer that no browser should get from us."""


def check(response: TestResponse) -> None:
    """Raise BadPage with the address and the reason if the answer breaks a rule of every answer."""
    reasons = bad_headers(response)
    if response.mimetype == "text/html" and response.data and response.request.method != "HEAD":
        reasons += bad_html(response.text)
    if reasons:
        raise BadPage(
            f"{response.request.method} {response.request.path} ({response.status_code}): {'; '.join(reasons)}"
        )


def bad_headers(response: TestResponse) -> list[str]:
    """Return what the headers lack."""
    headers = response.headers
    reasons = []
    is_file = "/attachments/" in response.request.path and response.mimetype not in REFUSALS
    if headers.get("Content-Security-Policy") != (FILE_SECURITY_POLICY if is_file else CONTENT_SECURITY_POLICY):
        reasons.append("another Content-Security-Policy")
    if headers.get("X-Content-Type-Options") != "nosniff":
        reasons.append("no nosniff")
    if "Referrer-Policy" not in headers:
        reasons.append("no Referrer-Policy")
    if not response.request.path.startswith("/static/"):
        if headers.get("Cache-Control") != "no-store, private":
            reasons.append("it may be stored")
        if "Cookie" not in response.vary:
            reasons.append("no Vary: Cookie")
    return reasons


@lru_cache(maxsize=4096)
def _bad_html(html: str) -> tuple[str, ...]:
    try:
        tree = _parse_strictly(html)
    except ParseError as error:
        return (f"not valid HTML: {error!r}",)
    reasons = []
    twice = [id for id, count in Counter(e.get("id") for e in tree.iter() if e.get("id")).items() if count > 1]
    if twice:
        reasons.append(f"ids twice: {twice}")
    if is_document(html):
        title = tree.find("head/title")
        if title is None or not (title.text or "").strip():
            reasons.append("no title")
        if not tree.get("lang"):
            reasons.append("no language")
        if len(list(tree.iter("main"))) != 1 and not is_redirect(tree):
            reasons.append("not one <main>")
    for element in tree.iter():
        names = element.attrib.keys()
        if "style" in names or any(str(name).startswith(("on", "hx-on")) for name in names):
            reasons.append(f"inline style or script in <{element.tag}>")
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            reasons.append(f"an inline <{element.tag}>")
    known = {e.get("id") for e in tree.iter()}
    labels = [e for e in tree.iter("label") if e.get("for") and e.get("for") not in known]
    reasons += [f"a label for {e.get('for')!r}, which is not there" for e in labels]
    return tuple(reasons)


def bad_html(html: str) -> list[str]:
    """Return what is wrong with a page or a piece. One that differs only in its moments was checked before."""
    return list(_bad_html(_MOMENT.sub('datetime="x"', without_random(html))))


def without_random(html: str) -> str:
    """Return a page or a piece with the values masked that are new each time: CSRF tokens and keys."""
    return _RANDOM.sub(r"\1x", html)


def is_document(html: str) -> bool:
    """Whether it is a whole page; a piece has no doctype."""
    return html.lstrip()[:9].lower() == "<!doctype"


def is_redirect(tree: Element) -> bool:
    """Whether it is the page that Werkzeug writes beside a Location, which nobody sees."""
    return tree.findtext("head/title") == "Redirecting..."


def parse(html: str) -> Element:
    """Return the tree of a page or a piece, in a small part of the time that it takes to check it."""
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True)
    if is_document(html):
        return lxml.html.document_fromstring(html, parser=parser)
    return lxml.html.fragment_fromstring(html, create_parent="div", parser=parser)


def _parse_strictly(html: str) -> Element:
    """Return the tree as a browser with JavaScript off builds it; raises ParseError for what is not valid."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    return parser.parse(html) if is_document(html) else parser.parseFragment(html, container="div")


def text_of(element: Element) -> str:
    """Return an element's text on one line."""
    return " ".join("".join(element.itertext()).split())


def by_id(tree: Element, identifier: str) -> Element:
    """Return the element with an id."""
    return next(e for e in tree.iter() if e.get("id") == identifier)


def forms(tree: Element) -> list[Element]:
    """Return the forms that write."""
    return [form for form in tree.iter("form") if form.get("method") == "post"]


def fields(form: Element) -> dict[str, str]:
    """Return what a browser would send for a form, without its buttons."""
    values: dict[str, str] = {}
    for element in form.iter():
        name = element.get("name")
        if not name or element.get("disabled") is not None:
            continue
        if element.tag == "textarea":
            values[name] = (element.text or "").removeprefix("\n")
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options
            values[name] = chosen[0].get("value", "")
        elif element.tag == "input" and (
            element.get("type") not in {"checkbox", "radio"} or element.get("checked") is not None
        ):
            values[name] = element.get("value", "")
    return values


def inherited_headers(html: str) -> dict[str, str]:
    """Return the headers that htmx adds to each request of a page."""
    found = re.search(r"<body[^>]* hx-headers:inherited='([^']+)'", html)
    return json.loads(unescape(found[1])) if found else {}


def csrf_token(html: str) -> str:
    """Return the CSRF token in the forms of a page."""
    return re.findall(r'name="csrf_token" value="([^"]+)"', html)[0]
