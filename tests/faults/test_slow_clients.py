"""Clients that send or read very slowly: nobody waits for them, and what they may is asked when all has come."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from sqlalchemy import delete, select

from tests.api.conftest import token_of
from tests.factories import attach, saving, send
from tests.guards.rows import all_rows
from tests.portals.fixtures import start_session
from webapp.accounts.models import ApiToken, Side, SignInAttempt, SignInSession
from webapp.database import session
from webapp.serving import SMALL, THREADS

CROWD = THREADS + 2
PROMPT = 10
"""Seconds in which a server that waits for nobody answers, however busy the machine is."""


@contextmanager
def crowd(server, request: bytes, number: int = CROWD) -> Iterator[list[socket.socket]]:
    """So many connections that have sent this much of a request, and neither send nor read any more."""
    with ExitStack() as stack:
        sockets = []
        for _ in range(number):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", server.port))
            one.sendall(request)
            sockets.append(one)
        time.sleep(0.5)  # all of them are in the server's hands
        yield sockets


def begun(server, method: str, path: str, *headers: str, body: str = "") -> bytes:
    lines = (f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *headers)
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def chunk(text: str) -> str:
    return f"{len(text):x}\r\n{text}\r\n"


@pytest.mark.parametrize(
    "headers", [("Content-Length: 200",), ("Transfer-Encoding: chunked",), (f"Content-Length: {SMALL + 1}",)]
)
def test_those_who_never_end_their_form_keep_nobody_waiting(marketplace_on, headers):
    server = marketplace_on("sqlite").server
    form = "Content-Type: application/x-www-form-urlencoded"
    body = chunk("email=") if "chunked" in headers[0] else "email="
    with crowd(server, begun(server, "POST", "/store/login", form, *headers, body=body)):
        assert httpx.get(f"{server.url}/store/login", timeout=PROMPT).status_code == 200


def test_those_who_never_read_their_file_keep_nobody_waiting(marketplace_on):
    market = marketplace_on("sqlite")
    file = attach(market.people.mara, market.conversation, "noise.txt", os.urandom(3 * 1024 * 1024).hex().encode())
    path = f"/storefront/account/messages/{market.conversation.id}/attachments/{file}"
    cookie = f"Cookie: parley_storefront={start_session(market.people.mara)}"
    with crowd(market.server, begun(market.server, "GET", path, cookie)):
        assert httpx.get(f"{market.server.url}/store/login", timeout=PROMPT).status_code == 200


def answer_of(one: socket.socket, rest: str) -> bytes:
    one.sendall(rest.encode())
    one.settimeout(PROMPT)
    return one.recv(4096)


def test_a_token_that_ends_before_its_message_has_come_sends_nothing(marketplace_on):
    market = marketplace_on("sqlite")
    token = token_of(market.people.olga)
    path = f"/api/v1/store/messages/{market.conversation.id}/messages"
    headers = (f"Authorization: Bearer {token}", "Content-Type: application/json", "Transfer-Encoding: chunked")
    request = begun(market.server, "POST", path, *headers, body=chunk('{"content": "Too '))
    with crowd(market.server, request, 1) as (one,):
        with saving():
            session.execute(delete(ApiToken))
        answer = answer_of(one, chunk('late"}') + "0\r\n\r\n")

    assert b" 401 " in answer.splitlines()[0]
    assert "Too late" not in [row["content"] for row in all_rows(market.app)["messages"]]


def test_a_session_that_ends_before_its_form_has_come_does_nothing(marketplace_on):
    market = marketplace_on("sqlite")
    cookie, page = start_session(market.people.mara), f"/storefront/account/messages/{market.conversation.id}"
    with httpx.Client(base_url=market.server.url, cookies={"parley_storefront": cookie}) as client:
        token = client.get(page).text.partition('name="csrf_token" value="')[2].partition('"')[0]
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    headers = (f"Cookie: {cookies}", "Content-Type: application/x-www-form-urlencoded", "Transfer-Encoding: chunked")
    request = begun(market.server, "POST", f"{page}/messages", *headers, body=chunk(f"csrf_token={token}&body=Too+"))
    with crowd(market.server, request, 1) as (one,):
        with saving():
            session.execute(delete(SignInSession).where(SignInSession.side == Side.CUSTOMER))
        answer = answer_of(one, chunk("late") + "0\r\n\r\n")

    assert b" 302 " in answer.splitlines()[0]
    assert b"/storefront/login" in answer
    assert "Too late" not in [row["content"] for row in all_rows(market.app)["messages"]]


def test_a_chunked_reply_of_somebody_who_may_is_sent(marketplace_on):
    market = marketplace_on("sqlite")
    send(market.people.olga, market.conversation)
    token = token_of(market.people.olga)
    path = f"{market.server.url}/api/v1/store/messages/{market.conversation.id}/messages"
    answer = httpx.post(
        path,
        content=iter([b'{"content": ', b'"In time"}']),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        timeout=PROMPT,
    )
    assert (answer.status_code, answer.json()["content"]) == (201, "In time")


def test_an_address_is_told_by_a_proxy_and_by_no_header_that_only_looks_like_its_own(marketplace_on):
    market = marketplace_on("sqlite", is_served=False)
    market.server.environment["PARLEY_TRUSTED_PROXIES"] = "1"
    market.server.start()
    try:
        with httpx.Client(base_url=market.server.url, timeout=PROMPT) as client:
            token = client.get("/store/login").text.partition('name="csrf_token" value="')[2].partition('"')[0]
            form = {"csrf_token": token, "email": "nobody@example.com", "password": "wrong"}
            told = {"X-Forwarded-For": "203.0.113.7", "X_Forwarded_For": "198.51.100.9"}
            assert client.post("/store/login", data=form, headers=told).status_code in {401, 422}
    finally:
        market.server.kill()
    with saving():
        assert session.scalars(select(SignInAttempt.address)).all() == ["203.0.113.7"]
