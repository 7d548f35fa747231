"""Modules: HX-* headers in one, no commit in the domain, a docstring and a bearable size for each."""

from __future__ import annotations

import ast
import re

import pytest

from tests.guards.sources import ROOT, named, python_files

LONG = {
    "webapp/messaging/models.py": "the tables of a conversation are read side by side with their constraints",
    "migrations/versions/0003_messaging.py": "a migration is written once",
}
"""Files over 250 lines, each with its reason; take a file off the list when it has become shorter."""

MOST_LINES, MOST_SCRIPT_LINES = 250, 80
STYLES = {
    "every page": ({"app.css"}, 13 * 1024),
    "the inbox": ({"app.css", "inbox.css", "thread.css"}, 28 * 1024),
    "the other pages": ({"app.css", "pages.css", "thread.css"}, 30 * 1024),
    "a new conversation": ({"app.css", "pages.css", "thread.css", "compose.css"}, 32 * 1024),
}
"""What a page may weigh in style sheets, before they are compressed to a quarter."""
DOMAIN = ("webapp/accounts", "webapp/settings", "webapp/audit", "webapp/attachments", "webapp/messaging")
ALL = ("webapp", "tests", "migrations", "bench")
HEADER = re.compile(r"""["']HX-[A-Za-z-]+["']""")


@pytest.mark.parametrize("path", python_files("webapp"), ids=named)
def test_hx_headers_are_named_in_one_module_only(path):
    assert named(path) == "webapp/portals/htmx.py" or not HEADER.search(path.read_text())


def test_the_header_rule_finds_a_header():
    assert HEADER.search('response.headers["HX-Redirect"] = page')
    assert HEADER.search((ROOT / "webapp/portals/htmx.py").read_text())


def commits(source: str) -> list[int]:
    """Return the lines that commit, or open a session of their own."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "begin_nested", "sessionmaker"}
    ]


@pytest.mark.parametrize("path", python_files(*DOMAIN), ids=named)
def test_the_domain_never_commits(path):
    assert not commits(path.read_text())


def test_the_commit_rule_finds_a_commit():
    assert commits("def save(self):\n    db.session.commit()\n") == [2]


def without_docstring(source: str) -> bool:
    """Whether a module does not begin with a line that tells what belongs in it."""
    line = (ast.get_docstring(ast.parse(source)) or "").split("\n")[0]
    return not line.endswith((".", ":", "?"))


@pytest.mark.parametrize("path", python_files(*ALL), ids=named)
def test_a_module_begins_with_what_belongs_in_it(path):
    assert not without_docstring(path.read_text()) or not path.read_text().strip()


def test_the_packages_of_the_application_say_what_they_are():
    assert not [named(path) for path in python_files("webapp") if not path.read_text().strip()]


def test_the_docstring_rule_finds_a_module_without_one():
    assert without_docstring("import os\n")
    assert without_docstring('"""No full stop"""\n')


def test_no_file_is_longer_than_it_should_be():
    files = [*python_files(*ALL), *sorted((ROOT / "static/js").rglob("*.js"))]
    long = {named(path) for path in files if len(path.read_text().splitlines()) > MOST_LINES}

    assert long - LONG.keys() == set(), "split them, or give a reason in LONG"


def test_the_list_of_long_files_is_true():
    files = {named(path): len(path.read_text().splitlines()) for path in python_files(*ALL)}

    assert {name for name in LONG if files.get(name, 0) <= MOST_LINES} == set(), "take them off the list"
    assert all(len(reason.split()) >= 5 for reason in LONG.values())


def test_scripts_are_short_and_the_style_sheet_is_small():
    scripts = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "static/js").glob("*.js")}
    assert scripts
    assert {name for name, lines in scripts.items() if lines > MOST_SCRIPT_LINES} == set()
    weights = {
        page: sum((ROOT / "static/css" / name).stat().st_size for name in names) for page, (names, _) in STYLES.items()
    }
    assert {page for page, weight in weights.items() if weight > STYLES[page][1]} == set()


def test_a_script_says_what_it_does_and_what_is_without_it():
    for path in (ROOT / "static/js").glob("*.js"):
        head = path.read_text()[:400]
        assert head.startswith("// "), path.name
        assert "Without it" in head, path.name
