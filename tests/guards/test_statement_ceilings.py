"""How many SQL statements a request costs, its session's look-up included: the same for 5 and for 500 rows."""

from __future__ import annotations

import uuid
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tests.api.conftest import token_of
from tests.api.program import Program
from tests.backends import engine_of
from tests.factories import make_member, make_store_user, send, start
from tests.messaging.bulk_rows import fill
from tests.portals.fixtures import inbox_of
from webapp.database import WRITING

CALLS = {"list": 3, "badge": 2, "detail": 4, "send": 10, "read": (8, 9), "close": 9, "recipients": 2}
"""Of programs; a send reads the message again to show it."""

SEARCH = 5
"""What a search adds to a list: the platform's name, how much is found, and the snippets; a walk that was too short."""

NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SET LOCAL ROLE")

PAGES = {"inbox": 4, "thread_page": 7, "home": 4, "compose": 3, "settings": 3}
PIECES = {"badge": 2, "rows": 3, "thread": 4, "earlier": 4, "nothing_new": 4, "arrived": 5, "news": 2, "recipients": 2}
POSTS = {
    "send": (9, 9),
    "send_and_read": (12, 14),
    "send_htmx": (13, 14),
    "close": (7, 7),
    "reopen": (7, 7),
    "read": (8, 9),
    "unread": (8, 9),
    "preferences": (4, 4),
    "start": (14, 15),
}
"""Ceilings of writes on SQLite and PostgreSQL, which also locks inboxes in an order.

The goals are badge 2, rows 3, thread 4, send 10; only a reply that also reads what was unread is above. A page of an
admin has one more, the names of the stores; a page around a message has one more, its second half.
"""


@contextmanager
def counting(app):
    """Collect the statements that are sent to the database."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(NOT_COUNTED):
            statements.append(statement)

    engine = engine_of(app)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(params=[5, 500])
def size(request, app, people):
    """So many conversations there are, and a tenth as many further people in the store."""
    for number in range(request.param // 10):
        make_member(people.harbor, make_store_user(people.tea, f"Member {number}"))
    with engine_of(app).connect().execution_options(**{WRITING: True}) as connection, connection.begin():
        fill(connection, people, request.param)
    return request.param


@pytest.fixture
def conversation(people, size):
    """A conversation with many messages, in which the store, its customer and the platform's admin could be."""
    found = start(people.olga, people.mara_row)
    for number in range(min(size // 5, 60)):  # more than a page
        send((people.olga, people.mara)[number % 2], found, f"Nr {number}")
    return found


def the_conversation_of(people, who, conversation):
    return start(people.ada, people.harbor) if who == "ada" else conversation


def ask(browser, app, method, path, ceiling, **kwargs):
    with counting(app) as statements:
        response = browser(method, path, **kwargs) if callable(browser) else browser.open(path, method=method, **kwargs)
    assert response.status_code < 400, response.text
    assert 0 < len(statements) <= ceiling, "\n\n".join([f"{len(statements)} statements for {path}", *statements])


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_pages_and_pieces(app, sign_in, people, conversation, who):
    viewer = getattr(people, who)
    mine = the_conversation_of(people, who, conversation)
    browser, inbox, more = sign_in(viewer), inbox_of(viewer), int(who == "ada")
    one = f"{inbox}/{mine.id}"
    home = inbox.rpartition("/")[0]

    ask(browser, app, "GET", home, PAGES["home"])
    for query in ("", "?scope=team&status=all", "?unread=1", "?q=nr&status=all", "?q=x%20before:2100&scope=team"):
        searching = SEARCH if "q=" in query else 0
        ask(browser, app, "GET", inbox + query, PAGES["inbox"] + more + searching)
        ask(browser, app, "GET", f"{inbox}/_/rows{query}", PIECES["rows"] + searching, htmx=True)
    for query in ("", "?before=4", "?m=2"):
        ask(browser, app, "GET", one + query, PAGES["thread_page"] + more + (query == "?m=2"))
    ask(browser, app, "GET", f"{inbox}/_/badge", PIECES["badge"], htmx=True)
    ask(browser, app, "GET", f"{inbox}/_/news?thread={mine.id}&badge=0&list=0", PIECES["news"])
    ask(browser, app, "GET", f"{one}/_/thread", PIECES["thread"], htmx=True)
    ask(browser, app, "GET", f"{one}/_/messages?before=4", PIECES["earlier"], htmx=True)
    ask(browser, app, "GET", f"{one}/_/messages?after=9999", PIECES["nothing_new"], htmx=True)
    ask(browser, app, "GET", f"{one}/_/messages?after=1", PIECES["arrived"], htmx=True)
    if who != "mara":
        ask(browser, app, "GET", f"{inbox}/new", PAGES["compose"])
        ask(browser, app, "GET", f"{inbox}/_/recipients?recipient=a", PIECES["recipients"], htmx=True)
    if who == "ada":
        ask(browser, app, "GET", "/admin/settings", PAGES["settings"])


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_writes(app, backend, sign_in, people, conversation, who):
    viewer = getattr(people, who)
    mine = the_conversation_of(people, who, conversation)
    browser, inbox = sign_in(viewer), inbox_of(viewer)
    one = f"{inbox}/{mine.id}"
    browser.get(one)
    token = browser.csrf_token()

    def post(path, name, htmx=False, **data):
        ceiling = POSTS[name][backend == "postgres"]
        ask(browser, app, "POST", path, ceiling, htmx=htmx, data={"csrf_token": token, **data})

    post(f"{one}/messages", "send_and_read", body="Hello", client_key=str(uuid.uuid4()), up_to_seq="999")
    post(f"{one}/messages", "send", body="Hello", client_key=str(uuid.uuid4()), up_to_seq="1")
    post(f"{one}/messages", "send_htmx", htmx=True, body="Hello", client_key=str(uuid.uuid4()), up_to_seq="1")
    post(f"{one}/read", "read", up_to_seq="3")
    post(f"{one}/unread", "unread")
    post(f"{one}/preferences", "preferences", email_notifications="on")
    if who != "mara":
        post(f"{one}/close", "close")
        post(f"{one}/reopen", "reopen")
        to = "customer:1" if who == "olga" else f"store:{people.harbor.id}"
        post(f"{inbox}/new", "start", choice=to, subject="Hi", body="Hello", side=to.partition(":")[0])


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_programs(app, backend, people, conversation, who):
    viewer = getattr(people, who)
    mine = the_conversation_of(people, who, conversation)
    program, one = Program(app, viewer, token_of(viewer)), f"/{mine.id}"
    program.get()  # notes that the token is used

    def call(method, path, ceiling, json=None):
        statements = ceiling if isinstance(ceiling, int) else ceiling[backend == "postgres"]
        ask(program, app, method, path, statements, json=json)

    for query in ("", "?scope=team&status=all", "?unread=1", "?q=nr&status=all"):
        call("GET", query, CALLS["list"] + (SEARCH if "q=" in query else 0))
    call("GET", "/unread-count", CALLS["badge"])
    for query in ("", "?before=4", "?after=1"):
        call("GET", one + query, CALLS["detail"])
    call("POST", f"{one}/messages", CALLS["send"], {"content": "Hello"})
    call("PUT", f"{one}/read", CALLS["read"], {"up_to_seq": 3})
    if who != "mara":
        call("GET", "/recipients?q=a", CALLS["recipients"])
        call("POST", f"{one}/close", CALLS["close"])


def test_the_count_sees_every_statement(app, sign_in, people):
    browser = sign_in(people.olga)

    with counting(app) as statements:
        browser.get("/store")

    assert "sessions" in statements[0]
    assert "inboxes" in statements[1]
