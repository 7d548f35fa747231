"""Templates: every piece is used, endings escape, and nothing needs a looser Content-Security-Policy."""

from __future__ import annotations

import re

import pytest

from tests.guards.sources import ROOT, named, python_files, templates

FORBIDDEN = {
    "switches escaping off": r"\|\s*safe\b|autoescape\s+false|\bMarkup\(",
    "an inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "an inline style": r"<style\b|\sstyle=",
    "a handler in an attribute": r"<[^>]*\s(?:on[a-z]+|hx-on[^=\s]*)\s*=",
    "a value that is evaluated": r"\bjs:|javascript:",
    "a filter in a trigger": r"hx-trigger=[\"'][^\"']*\[",
    "a template that decides who may do what": r"\bis_owner\b|\brole\s*==",
}


def broken_rules(source: str) -> set[str]:
    """Return the rules that a template's source breaks."""
    return {rule for rule, pattern in FORBIDDEN.items() if re.search(pattern, source)}


@pytest.mark.parametrize("path", templates(), ids=named)
def test_a_template_keeps_the_rules(path):
    assert path.suffix == ".html", "Flask escapes by the ending"
    assert not broken_rules(path.read_text())


@pytest.mark.parametrize(
    "source",
    [
        "{{ text|safe }}",
        "{{ text | safe }}",
        "{% autoescape false %}",
        "<script>go()</script>",
        '<script type="module">go()</script>',
        "<style>p{}</style>",
        '<p style="color: red">',
        '<a onclick="x()">',
        '<a class="b" hx-on:click="x()">',
        "<a hx-vals='js:{a: 1}'>",
        '<a href="javascript:x()">',
        '<a hx-trigger="click[ctrlKey]">',
    ],
)
def test_the_rules_find(source):
    assert broken_rules(source)


def test_the_rules_let_ordinary_templates_be():
    assert not broken_rules('<script src="/x.js" defer></script><a hx-trigger="live:badge from:body">{{ on }} = 1</a>')


def unused(pieces: set[str], sources: list[str]) -> set[str]:
    """Return the pieces that no source names."""
    return {piece for piece in pieces if not any(f'"{piece}"' in source for source in sources)}


def test_every_piece_is_included_or_rendered():
    there = {path.relative_to(ROOT / "templates").as_posix(): path for path in templates()}
    pieces = {name for name, path in there.items() if path.name.startswith("_")}
    sources = [path.read_text() for path in [*templates(), *python_files("webapp")]]

    assert len(pieces) > 10
    assert not unused(pieces, sources)
    assert unused({"messaging/_lost.html"}, sources)


def test_every_page_and_change_is_rendered_or_extended():
    others = {path.relative_to(ROOT / "templates").as_posix() for path in templates() if not path.name.startswith("_")}
    sources = [path.read_text() for path in [*templates(), *python_files("webapp")]]

    assert not unused(others, sources)


def test_every_template_that_is_named_is_there():
    there = {path.relative_to(ROOT / "templates").as_posix() for path in templates()}
    sources = "\n".join(path.read_text() for path in [*templates(), *python_files("webapp/portals", "webapp/doors")])
    wanted = set(re.findall(r'"([a-z_]+/[a-z_]+\.html)"', sources))

    assert wanted <= there
