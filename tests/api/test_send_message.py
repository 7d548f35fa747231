"""POST a message: with text, with files, exactly once, and refused with a reason."""

from __future__ import annotations

import io
import uuid

import pytest

from tests.api.program import as_missing
from tests.attachments.samples import SAMPLES
from tests.factories import a_photo, change_settings, close, start

FILE = ("a.txt", b"x")
KEY = "Idempotency-Key"


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


def form(*files, **fields):
    return {**fields, "files": [(io.BytesIO(content), name) for name, content in files]}


def test_it_is_sent_as_typed(people, program, conversation):
    text = "Grüße 👍🏽\r\n  שלום\tשם\n\ne\u0301"
    answer = program(people.mara).post(f"/{conversation.id}/messages", json={"content": f"  {text}\n"})

    assert answer.status_code == 201
    assert answer.json["content"] == text.replace("\r\n", "\n")
    assert (answer.json["seq"], answer.json["is_own"], answer.json["kind"]) == (2, True, "message")
    assert answer.json["sender"] == {"type": "customer", "id": people.mara.id, "name": "Mara Lind"}


def test_it_counts_for_the_others_and_marks_nothing_read_for_the_sender(people, program, conversation):
    mara = program(people.mara)
    mara.post(f"/{conversation.id}/messages", json={"content": "Hi"})

    assert mara.read("/unread-count") == {"unread_count": 1}
    assert program(people.olga).read("/unread-count") == {"unread_count": 1}
    assert program(people.sam).read("/unread-count") == {"unread_count": 0}


def test_the_same_key_sends_once_and_answers_the_same(people, program, conversation):
    mara, key, path = program(people.mara), {KEY: str(uuid.uuid4())}, f"/{conversation.id}/messages"

    first = mara.post(path, json={"content": "Hi"}, headers=key)
    again = mara.post(path, json={"content": "Hi"}, headers={KEY: key[KEY].upper()})
    other = mara.post(path, json={"content": "Ho"}, headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.data == again.data
    assert other.json["type"].endswith("#key-reused")
    assert len(mara.read(f"/{conversation.id}")["messages"]) == 2


def test_the_key_of_somebody_else_is_another_key(people, program, conversation):
    key, path = {KEY: str(uuid.uuid4())}, f"/{conversation.id}/messages"

    answers = [program(who).post(path, json={"content": "Hi"}, headers=key) for who in (people.mara, people.olga)]

    assert [answer.status_code for answer in answers] == [201, 201]


def test_a_retry_after_the_close_gets_the_first_answer(people, program, conversation):
    mara, key, path = program(people.mara), {KEY: str(uuid.uuid4())}, f"/{conversation.id}/messages"
    first = mara.post(path, json={"content": "Hi"}, headers=key)
    close(people.olga, conversation)

    again, late = mara.post(path, json={"content": "Hi"}, headers=key), mara.post(path, json={"content": "Ho"})

    assert (again.status_code, again.data) == (200, first.data)
    assert late.status_code == 409
    assert late.json["type"].endswith("#conversation-closed")


def test_files_come_with_it_or_alone(people, program, conversation):
    mara, path = program(people.mara), f"/{conversation.id}/messages"

    both = mara.post(path, data=form(("a.png", a_photo()), ("b.txt", b"text"), content="Two"))
    alone = mara.post(path, data=form(("c.txt", b"text")))
    text = mara.post(path, data={"content": "As a form"}, content_type="multipart/form-data")

    assert [answer.status_code for answer in (both, alone, text)] == [201, 201, 201]
    assert [file["filename"] for file in both.json["attachments"]] == ["a.png", "b.txt"]
    assert (alone.json["content"], len(alone.json["attachments"])) == ("", 1)
    assert text.json["attachments"] == []


def test_files_under_the_same_key_are_the_same_message(people, program, conversation):
    mara, key, path = program(people.mara), {KEY: str(uuid.uuid4())}, f"/{conversation.id}/messages"

    first = mara.post(path, data=form(("a.txt", b"text"), content="Hi"), headers=key)
    again = mara.post(path, data=form(("a.txt", b"text"), content="Hi"), headers=key)
    other = mara.post(path, data=form(("a.txt", b"other"), content="Hi"), headers=key)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.data == again.data


@pytest.mark.parametrize("name", ["icon.svg", "renamed.docx", "empty.txt", "svg.png"])
def test_every_refused_file_is_named_with_its_code(people, program, conversation, name):
    sample = next(one for one in SAMPLES if one.name == name)
    path = f"/{conversation.id}/messages"

    answer = program(people.mara).post(path, data=form(("ok.txt", b"ok"), (name, sample.make())))

    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json["errors"]] == [("files[1]", sample.decision)]
    assert len(program(people.mara).read(f"/{conversation.id}")["messages"]) == 1


def test_too_large_is_413_and_too_many_is_422(people, program, conversation):
    change_settings(message_attachment_max_size_mb=1, message_attachment_max_files=2)
    mara, path = program(people.mara), f"/{conversation.id}/messages"

    large = mara.post(path, data=form(("a.txt", b"x" * (1024 * 1024 + 1))))
    fitting = mara.post(path, data=form(("a.txt", b"x" * 1024 * 1024)))
    many = mara.post(path, data=form(("a.txt", b"a"), ("b.txt", b"b"), ("c.txt", b"c")))

    assert (large.status_code, large.json["errors"][0]["code"]) == (413, "too_large")
    assert fitting.status_code == 201
    assert (many.status_code, many.json["errors"][0]["code"]) == (422, "too_many_files")


@pytest.mark.parametrize("who", ["tom", "luis", "nina", "ada", "wim_at_tea"])
def test_a_stranger_is_told_what_a_missing_one_is_told(people, program, conversation, who):
    asking = program(getattr(people, who))
    for sent in (lambda: {"json": {"content": "Hi"}}, lambda: {"json": {"content": ""}}, lambda: {"data": form(FILE)}):
        foreign = asking.post(f"/{conversation.id}/messages", **sent())
        assert as_missing(foreign, asking.post("/987654321/messages", **sent()), conversation.id)
    assert program(people.olga).read(f"/{conversation.id}")["message_count"] == 1
