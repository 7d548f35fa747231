"""How much a program may ask: per token, per address and per verb, and how it is told."""

from __future__ import annotations

import io
import re

import pytest
from limits import parse

from tests.api.program import Program
from tests.factories import start
from webapp.extensions import limiter

POLICY = re.compile(r'"[a-z-]+";q=\d+;w=\d+(, "[a-z-]+";q=\d+;w=\d+)*')
LEFT = re.compile(r'"[a-z-]+";r=\d+;t=\d+(, "[a-z-]+";r=\d+;t=\d+)*')


def left(answer, name):
    return int(re.search(rf'"{name}";r=(\d+)', answer.headers["RateLimit"])[1])


def test_every_answer_says_what_is_left(people, program):
    olga = program(people.olga)

    first, second = olga.get(), olga.get()

    assert POLICY.fullmatch(first.headers["RateLimit-Policy"])
    assert LEFT.fullmatch(first.headers["RateLimit"])
    assert '"token";q=600;w=60' in first.headers["RateLimit-Policy"]
    assert '"address";q=1200;w=60' in first.headers["RateLimit-Policy"]
    assert left(second, "token") == left(first, "token") - 1


def test_one_call_counts_once_at_every_portal(people, program):
    for who in (people.ada, people.olga, people.mara):
        answer = program(who).get()
        assert left(answer, "token") == 599


def test_sending_is_limited_per_person_whatever_the_token_and_the_door(people, program, sign_in):
    conversation = start(people.olga, people.mara_row)
    path = f"/{conversation.id}/messages"
    answers = [program(people.mara).post(path, json={"content": f"{n}"}) for n in range(20)]
    assert {answer.status_code for answer in answers} == {201}

    refused = program(people.mara).post(path, json={"content": "One more"})

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert left(refused, "send") == 0
    assert program(people.olga).post(path, json={"content": "Mine"}).status_code == 201
    browser = sign_in(people.mara)
    browser.get(f"/storefront/account/messages/{conversation.id}")
    assert browser.submit("/messages", body="From the page").status_code == 429


def test_a_token_that_runs_wild_stops_itself_only(people, program):
    wild, calm = program(people.olga), program(people.olga)
    statuses = [wild.get("/unread-count").status_code for _ in range(601)]

    assert statuses == [200] * 600 + [429]
    assert calm.get("/unread-count").status_code == 200


def test_guessing_tokens_has_a_limit_per_address(app, people, program):
    guessing, olga = Program(app, people.olga, "parley_" + "x" * 43), program(people.olga)

    statuses = [guessing.get().status_code for _ in range(61)]

    assert statuses == [401] * 60 + [429]
    assert olga.get().status_code == 200


@pytest.mark.usefixtures("unlimited")
def test_without_limits_nothing_is_said_of_them(people, program):
    assert "RateLimit" not in program(people.olga).get().headers


def test_files_are_limited_per_person_by_their_number(people, program):
    conversation = start(people.olga, people.mara_row)
    mara, path = program(people.mara), f"/{conversation.id}/messages"

    def send(*names):
        return mara.post(path, data={"files": [(io.BytesIO(b"text"), name) for name in names]})

    first = send("a.txt", "b.txt")
    assert (first.status_code, left(first, "upload")) == (201, 298)
    key = ("parley", f"customer:{people.mara.id}:{people.harbor.id}", "upload")
    limiter.limiter.hit(parse("300 per hour"), *key, cost=297)  # as if they had been sent

    refused, one = send("c.txt", "d.txt"), mara.post(path, json={"content": "Text goes on"})

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 3000
    assert one.status_code == 201
    assert len(mara.read(f"/{conversation.id}")["messages"]) == 3
