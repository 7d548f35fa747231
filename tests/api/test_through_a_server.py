"""What a server between the program and the application must not change: bodies whose length nobody said."""

from __future__ import annotations

import httpx
import pytest

from tests import backends, factories
from tests.api.conftest import token_of
from tests.api.serving import serving
from tests.factories import read, send, start
from tests.people import People

FORM = {"Content-Type": "multipart/form-data; boundary=x"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with serving(f"sqlite:///{tmp_path_factory.mktemp('served')}/served.db", demo=False) as found:
        yield found


@pytest.fixture
def people(served):
    backends.empty(served[0])
    factories.save_in(served[0])
    yield People()
    factories.save_in(None)


@pytest.fixture
def mara(served, people):
    headers = {"Authorization": f"Bearer {token_of(people.mara)}"}
    with httpx.Client(base_url=f"{served[1]}/api/v1/storefront/messages/", headers=headers) as client:
        yield client


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


def in_pieces(*pieces: bytes):
    """A body that httpx sends in chunks, without its length."""
    yield from pieces


def test_a_body_in_chunks_is_read_to_its_end(mara, conversation):
    path = f"{conversation.id}/messages"

    text = mara.post(path, content=in_pieces(b'{"cont', b'ent": "In ', b'pieces"}'), headers=JSON)
    file = mara.post(
        path,
        content=in_pieces(
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\nsome ', b"text\r\n--x--\r\n"
        ),
        headers=FORM,
    )

    assert (text.status_code, text.json()["content"]) == (201, "In pieces")
    assert (file.status_code, file.json()["attachments"][0]["size_bytes"]) == (201, 9)


def test_a_mark_in_chunks_is_the_mark_that_was_sent(mara, people, conversation):
    read(people.mara, conversation)
    for _ in range(3):
        send(people.olga, conversation)

    answer = mara.put(f"{conversation.id}/read", content=in_pieces(b'{"up_to_seq"', b": 2}"), headers=JSON)

    assert answer.json() == {"unread_count": 2, "last_read_seq": 2}


def test_a_body_in_chunks_has_the_same_limit(mara, conversation):
    path, much = f"{conversation.id}/messages", [b"x" * 65_536] * 20
    field = b'--x\r\nContent-Disposition: form-data; name="content"\r\n\r\n'

    for headers, begin in ((JSON, b'{"content": "x"}'), (FORM, field)):
        answer = mara.post(path, content=in_pieces(begin, *much), headers=headers)
        assert answer.status_code == 413
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert mara.post(path, content=in_pieces(b'{"content"'), headers=JSON).status_code == 400
    assert mara.get(f"{conversation.id}").json()["message_count"] == 1


def test_a_length_that_is_much_too_large_is_refused_unread(mara, conversation):
    answer = mara.post(f"{conversation.id}/messages", content=b"x" * 2**21, headers=JSON)

    assert answer.status_code == 413
