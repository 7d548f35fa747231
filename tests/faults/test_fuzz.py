"""Every route and form with whatever somebody may send: never a 500, and never a change in what is not theirs."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import attach, send, start
from tests.guards.routes import Route, routes, routes_of
from tests.guards.rows import all_rows
from tests.people import People
from tests.portals.fixtures import browser_of, inbox_of, start_session, unlimited

__all__ = ["unlimited"]

EXAMPLES = int(os.environ.get("PARLEY_FUZZ_EXAMPLES", "40"))
"""Requests by each person; ``make test-slow`` sends many more."""

FIELDS = [
    "body",
    "subject",
    "content",
    "client_key",
    "up_to_seq",
    "from_seq",
    "recipient",
    "to",
    "side",
    "choice",
    "q",
    "next",
    "email",
    "password",
    "current",
    "again",
    "code",
    "answer",
    "name",
    "scopes",
    "days",
    "session",
    "reason",
    "blocked",
    "role",
    "typed",
    "action",
    "since",
    "until",
    "before",
    "after",
    "status",
    "scope",
    "type",
    "store",
    "cursor",
    "limit",
    "m",
    "acting_store",
    "email_notifications",
    "removes",
    "message_attachment_max_files",
    "platform_display_name",
]
NASTY = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "\ud800",
        "\u202e",
        "A" * 20_000,
        "-1",
        "0",
        "1",
        "2",
        "9" * 40,
        "1e9",
        "NaN",
        "null",
        "[]",
        "{}",
        "' OR 1=1 --",
        '"><script>x</script>',
        "{{7*7}}",
        "../../etc/passwd",
        "//evil.test",
        "/\\evil.test",
        "%00",
        "é́",
        "on",
        "off",
        "open",
        "closed",
        "all",
        "team",
        "store:1",
        "customer:1",
        "2026-02-30",
        "9999-12-31",
        "=1+1",
        "owner",
        "messages:read",
        "00000000-0000-4000-8000-000000000000",
        "mara.lind@example.com",
        "harbor-goods",
        "tea-corner",
    ]
)
TEXT = NASTY | st.text(max_size=40)
FORM = st.dictionaries(st.sampled_from(FIELDS), TEXT, max_size=6)
LEAVES = {"logout", "revoke_token", "end_session", "end_other_sessions", "erase_person", "deactivate"}
"""What ends the session of the one who asks, or somebody's account, as it should: not sent here."""


@pytest.fixture
def app(sqlite_app):
    """What is asked here does not depend on the database."""
    return sqlite_app


def foreign(app, tea_id):
    """Every row that belongs to the other store."""
    return {
        name: [row for row in rows if row.get("store_id") == tea_id]
        for name, rows in all_rows(app).items()
        if name not in {"audit_log", "sessions"}
    }


@pytest.mark.parametrize("who", ["ada", "olga", "mara", "nobody"])
def test_nothing_breaks_and_nothing_foreign_changes(app, unlimited, who):
    people = People()
    own = start(people.olga, people.mara_row)
    file = attach(people.mara, own)
    platform = start(people.ada, people.harbor)
    other = start(people.tom, people.nina_row, "Elsewhere", "Hello")
    send(people.nina, other, "Hello")
    viewer = None if who == "nobody" else getattr(people, who)
    browser = browser_of(app)
    if viewer:
        portal = "storefront" if viewer.is_customer else viewer.side.value
        browser.set_cookie(f"parley_{portal}", start_session(viewer))
        browser.get(inbox_of(viewer))
    else:
        browser.get("/admin/login")
    token = browser.csrf_token()
    asked = [route for route in (routes_of(app, viewer) if viewer else routes(app)) if route.name not in LEAVES]
    before = foreign(app, people.tea.id)
    ids = [own.id, platform.id, other.id, 0, 2**63]

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(route=st.sampled_from(asked), number=st.sampled_from(ids), form=FORM, query=FORM, htmx=st.booleans())
    def ask(route: Route, number: int, form: dict[str, str], query: dict[str, str], htmx: bool) -> None:
        headers = {"X-CSRF-Token": token, **({"HX-Request": "true"} if htmx else {})}
        sent = {"json": form} if route.of_programs else {"data": {**form, "csrf_token": token}}
        answer = browser.open(
            route.path(number, file),
            method=route.method,
            query_string=_encoded(query),
            headers=headers,
            **({} if route.method == "GET" else _encodable(sent)),
        )
        assert answer.status_code < 500 or answer.status_code in {503, 507}, f"{route} {form} {query}: {answer.text}"

    ask()
    if who != "ada":
        assert foreign(app, people.tea.id) == before


def _encoded(form: dict[str, str]) -> dict[str, str]:
    """A lone surrogate cannot be written into an address: it comes as the bytes that stand for it."""
    return {name: value.encode("utf-8", "replace").decode() for name, value in form.items()}


def _encodable(sent: dict) -> dict:
    return {kind: _encoded(values) for kind, values in sent.items()}
