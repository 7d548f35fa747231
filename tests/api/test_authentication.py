"""Who is asking: tokens from a password, tokens with scopes, the browser's session, and everything that is none."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.api.conftest import token_of
from tests.api.program import Program
from tests.factories import PASSWORD, deactivate, email_of, start
from tests.guards.rows import all_rows
from webapp.accounts.models import Scope
from webapp.accounts.tokens import SIGN_IN_LASTS
from webapp.database import now

PORTALS = {"ada": "admin", "olga": "store", "mara": "storefront"}


def sign_in(app, portal, **body):
    return Program(app).post(f"/api/v1/{portal}/auth/token", json=body)


def asked_with(app, viewer, token, path="/unread-count"):
    asking = Program(app, viewer, token)
    return asking.get(path)


@pytest.mark.parametrize("who", PORTALS)
def test_a_password_gives_a_token_of_twelve_hours(app, people, who):
    viewer = getattr(people, who)
    body = {"email": viewer.email, "password": PASSWORD} | ({"store": "harbor-goods"} if who == "mara" else {})

    answer = sign_in(app, PORTALS[who], **body)

    assert answer.status_code == 201, answer.text
    assert set(answer.json) == {"access_token", "token_type", "expires_at"}
    assert answer.json["token_type"] == "Bearer"
    token = answer.json["access_token"]
    assert asked_with(app, viewer, token).json == {"unread_count": 0}
    with time_machine.travel(now() + SIGN_IN_LASTS + timedelta(seconds=1), tick=False):
        assert asked_with(app, viewer, token).status_code == 401


def test_a_user_of_several_stores_says_in_which_one(app, people):
    wim = {"email": people.wim_row.email, "password": PASSWORD}

    neither, tea, foreign = (
        sign_in(app, "store", **wim, **more) for more in ({}, {"store": "tea-corner"}, {"store": "x"})
    )

    assert (neither.status_code, neither.json["errors"][0]["field"]) == (422, "store")
    assert asked_with(app, people.wim_at_tea, tea.json["access_token"]).status_code == 200
    assert foreign.status_code == 401


def test_a_wrong_password_an_unknown_account_and_a_foreign_portal_get_one_answer(app, people):
    answers = [
        sign_in(app, "store", email=people.olga.email, password="wrong"),
        sign_in(app, "store", email="nobody@example.com", password=PASSWORD),
        sign_in(app, "store", email=people.ada.email, password=PASSWORD),
        sign_in(app, "store", email=people.mara.email, password=PASSWORD),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert answers[0].headers["WWW-Authenticate"] == "Bearer"


def test_guessing_has_a_limit(app, people):
    answers = [sign_in(app, "store", email=people.olga.email, password=f"wrong {n}") for n in range(6)]

    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 15 * 60
    assert sign_in(app, "store", email=people.olga.email, password=PASSWORD).status_code == 429


def test_the_storefront_needs_its_store_and_the_platform_knows_none(app, people):
    mara = {"email": people.mara.email, "password": PASSWORD}

    assert sign_in(app, "storefront", **mara).json["errors"][0] == {
        "field": "store",
        "code": "required",
        "message": "This field is required",
    }
    assert sign_in(app, "storefront", **mara, store="tea-corner").status_code == 401
    assert sign_in(app, "admin", email=people.ada.email, password=PASSWORD, store="tea-corner").status_code == 422


@pytest.mark.parametrize("who", ["ada", "olga", "mara"])
def test_a_token_is_of_one_portal(app, people, who):
    token = token_of(getattr(people, who))

    for other in ("ada", "olga", "mara"):
        answer = asked_with(app, getattr(people, other), token)
        assert answer.status_code == (200 if other == who else 401)
        if other != who:
            assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_is_of_one_store(app, people):
    conversation = start(people.tom, people.nina_row)

    at_harbor = asked_with(app, people.wim_at_harbor, token_of(people.wim_at_harbor), f"/{conversation.id}")
    at_tea = asked_with(app, people.wim_at_tea, token_of(people.wim_at_tea), f"/{conversation.id}")

    assert (at_harbor.status_code, at_tea.status_code) == (404, 200)


def test_a_scope_lets_it_do_no_more(people, program):
    conversation = start(people.olga, people.mara_row)
    reads, writes = program(people.olga, Scope.READ), program(people.olga, Scope.WRITE)
    path = f"/{conversation.id}/messages"

    assert reads.get().status_code == 200
    refused = reads.post(path, json={"content": "Hi"})
    assert (refused.status_code, refused.json["type"].rpartition("#")[2]) == (403, "insufficient-scope")
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="messages:write"'
    assert writes.post(path, json={"content": "Hi"}).status_code == 201
    assert writes.get().status_code == 403


def test_a_token_ends_itself(people, program):
    olga = program(people.olga)

    assert olga("DELETE", "/api/v1/store/auth/token").status_code == 204
    assert olga.get().status_code == 401


@pytest.mark.parametrize("what", ["sam_row", "harbor"])
def test_a_token_ends_with_what_it_rests_on(people, program, what):
    sam = program(people.sam)
    assert sam.get().status_code == 200

    deactivate(getattr(people, what))

    assert sam.get().status_code == 401


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ("sam_row", [email_of("Sam Agent")]),
        ("sam_row", [email_of("Sam Agent"), "--store", "harbor-goods"]),
        ("harbor", ["harbor-goods"]),
    ],
)
def test_a_token_and_a_session_that_ended_never_come_back(app, people, program, sign_in, ended, words):
    sam, browser = program(people.sam), sign_in(people.sam)
    kind = "-store" if ended == "harbor" else ""
    for verb in ("deactivate", "activate"):
        assert app.test_cli_runner().invoke(args=[f"{verb}{kind}", *words]).exit_code == 0

    assert sam.get().status_code == 401
    assert browser.get("/store/messages").status_code == 302


def test_the_browsers_session_reads_and_writes_with_the_csrf_token(people, sign_in):
    conversation = start(people.olga, people.mara_row)
    base = "/api/v1/storefront/messages"
    browser = sign_in(people.mara)
    browser.get("/storefront/account")

    assert browser.get(base).json["total"] == 1
    refused = browser.put(f"{base}/{conversation.id}/read")
    assert (refused.status_code, refused.json["type"].rpartition("#")[2]) == (403, "csrf")
    done = browser.put(f"{base}/{conversation.id}/read", headers={"X-CSRF-Token": browser.csrf_token()})
    assert done.json == {"unread_count": 0, "last_read_seq": 1}
    ended = browser.delete("/api/v1/storefront/auth/token", headers={"X-CSRF-Token": browser.csrf_token()})
    assert ended.status_code == 403


def test_a_session_of_one_portal_is_none_at_another(people, sign_in):
    browser = sign_in(people.mara)

    assert browser.get("/api/v1/store/messages").status_code == 401
    assert browser.get("/api/v1/admin/messages").status_code == 401


def test_a_bad_token_is_refused_beside_a_good_session(people, sign_in):
    browser = sign_in(people.mara)

    answer = browser.get("/api/v1/storefront/messages", headers={"Authorization": "Bearer nonsense"})

    assert answer.status_code == 401


def test_a_session_that_is_in_another_store_now_is_409(people, sign_in):
    browser = sign_in(people.wim_at_tea)

    answer = browser.get("/api/v1/store/messages", headers={"X-Parley-Store": "harbor-goods"})

    assert (answer.status_code, answer.json["type"].rpartition("#")[2]) == (409, "store-switched")


def test_nobody_is_told_how_to_begin(app, people):
    answer = Program(app).get("/api/v1/store/messages")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json["type"].endswith("/api/v1/docs#token-required")


def test_using_a_token_is_noted_but_not_by_a_poll(app, people):

    token = token_of(people.olga)
    asked_with(app, people.olga, token, "/unread-count")
    assert all_rows(app)["api_tokens"][0]["last_used_at"] is None

    asked_with(app, people.olga, token, "")
    noted = all_rows(app)["api_tokens"][0]["last_used_at"]
    asked_with(app, people.olga, token, "")

    assert noted is not None
    assert all_rows(app)["api_tokens"][0]["last_used_at"] == noted
