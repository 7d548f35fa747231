"""Whatever is wrong with an address, a header or a body: a problem below 500, and the same on both databases."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.factories import start
from tests.guards.rows import all_rows

pytestmark = pytest.mark.usefixtures("unlimited")

ODD_NUMBERS = ["0", "-1", "1.5", "abc", "01", "%D9%A3", "+1", "%201", "1e3", "0x1", "9" * 19, "9" * 5000, "%00", "%FF"]
ODD_QUERIES = {
    "": [
        *("limit=0", "limit=101", "limit=10.0", "limit=+5", "limit=1_0", "limit=%D9%A3", f"limit={'9' * 5000}"),
        *("cursor=x", "cursor=%00", "cursor=null", f"cursor={'a' * 5000}", "cursor=.", "cursor=%F0%9F%91%8D"),
        *("status=Open", "scope=all", "type=admin", "unread=2", "unread=yes", "store_id=0", "store_id=1.0"),
        *("store_id=9223372036854775808", "q=%00", "q=a%07", f"q={'x' * 201}", "limit=5&limit=5", "q=&q=", "page=2"),
        *("limit[]=1", "%00=1", "=1"),
    ],
    "/recipients": ["type=admin", "limit=0", "cursor=x", "store_id=x", "q=%00", "scope=mine"],
    "/unread-count": ["limit=1"],
    "/{id}": ["before=-1", "after=1.0", "before=1&after=1", "limit=201", "before=9223372036854775808", "cursor=x"],
}
ODD_BODIES = {
    400: [
        *(b"{", b"{'content': 'x'}", b'{"content":"x",}', b'{"content":"\xff"}', b'\xef\xbb\xbf{"content":"x"}'),
        *(b'{"content":NaN}', b'{"content":"a","content":"b"}', b"[" * 100_000, b'{"content":"x"} and more', b""),
        *('{"content":"x"}'.encode("utf-16"), b'{"content":%s}' % (b"9" * 5000)),
    ],
    413: [b'{"content":"%s"}' % (b"x" * 2**21)],
    422: [
        *(b"[]", b"null", b"1", b'"x"', b"{}", b'{"content":null}', b'{"content":1}', b'{"content":["x"]}'),
        *(b'{"content":"\\ud800"}', b'{"content":"a\\u0000b"}', b'{"content":" \\n "}', b'{"content":1e999}'),
        *(b'{"content":"x","kind":"event"}', b'{"content":"x","\\ud800":1}', b'{"content":"x","":1}'),
        b'{"content":"%s"}' % (b"x" * 10_001),
    ],
}
ODD_KINDS = {
    "text/plain": 415,
    "application/x-www-form-urlencoded": 415,
    "application/json; charset=utf-16": 415,
    "application/json, text/plain": 415,
    "application/vnd.api+json": 415,
    "multipart/mixed; boundary=x": 415,
    "": 415,
    "multipart/form-data": 400,
    "multipart/form-data; boundary=": 400,
    "multipart/form-data; boundary=x": 400,
    "application/json; charset=UTF-8": 201,
    "APPLICATION/JSON; profile=x": 201,
}
ODD_KEYS = ["", "null", "1", "0" * 36, f"{{{uuid.uuid4()}}}", uuid.uuid4().hex, f"{uuid.uuid4()},{uuid.uuid4()}", "é"]


def part(name, value, more=""):
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


END = b"--x--\r\n"
ODD_FORMS = {
    400: [
        b"garbage",
        part("content", b"never ends"),
        part("content", b"\xff\xfe") + END,
        part("content", b"\xed\xa0\x80") + END,
        b"--x\r\nno header\r\n\r\nx\r\n" + END,
        b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + END,
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="\xff.txt"\r\n\r\nx\r\n' + END,
    ],
    413: [part("content", b"x" * 2**21) + END, b"".join(part(f"f{n}", b"") for n in range(250)) + END],
    422: [
        END,
        part("content", b"") + END,
        part("content", b"a\x00b") + END,
        part("content", b"a") + part("content", b"b") + END,
        part("content", b"a") + part("kind", b"event") + END,
        part("files", b"a text") + END,
        part("file", b"x", '; filename="a.txt"') + END,
        part("content", b"x", '; filename="a.txt"') + END,
        part("files", b"x", '; filename="../../etc/passwd"') + END,
    ],
}
ODD_RECIPIENTS = [
    *("", "x", "{}", "[]", "null", "1", '"customer:1"', '{"type":"customer"}', '{"type":"customer","id":"1"}'),
    *('{"type":"customer","id":1.0}', '{"type":"customer","id":true}', '{"type":"customer","id":0}'),
    *('{"type":"customer","id":9223372036854775808}', '{"type":"customer","id":%s}' % ("9" * 5000), "[" * 50_000),
    *('{"type":"customer","id":1,"id":2}', '{"type":"\\ud800","id":1}', '{"type":"customer","id":1,"email":"x"}'),
]


@pytest.fixture
def olga(people, program):
    return program(people.olga)


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


def as_form(body, **more):
    return {"data": body, "content_type": "multipart/form-data; boundary=x", **more}


def test_an_id_that_no_row_can_have_leads_nowhere(olga, conversation):
    for number in ODD_NUMBERS:
        for path in (f"/{number}", f"/{number}/attachments/{uuid.uuid4()}"):
            assert olga.get(path).status_code == 404, path
        assert olga("PUT", f"/{number}/read").status_code == 404, number
    for file in ("x", "0", uuid.uuid4().hex, "%00"):
        assert olga.get(f"/{conversation.id}/attachments/{file}").status_code == 404, file


def test_an_address_is_written_in_one_way(olga, conversation):
    for path in (
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/store/messages",
        "/api/v1/store//messages",
        "/api/v1/store/messages/",
    ):
        assert olga.get(path).status_code == 404, path


def test_a_parameter_that_is_not_valid_is_named(olga, conversation):
    for path, queries in ODD_QUERIES.items():
        for query in queries:
            answer = olga.get(f"{path.format(id=conversation.id)}?{query}")
            assert answer.status_code == 422, query
            named = "" if "&after" in query else query.split("=")[0].replace("%00", "\x00")
            assert answer.json["errors"][0]["field"] == named, query


@pytest.mark.parametrize("query", ["q=%FF", "q=%ED%A0%80", "%FF=1", "cursor=%C3"])
def test_an_address_that_is_not_utf8_cannot_be_understood(olga, query):
    assert olga.get(f"?{query}").status_code == 400


def test_a_write_takes_no_parameters(olga, conversation):
    assert olga.post(f"/{conversation.id}/messages?content=x", json={"content": "x"}).status_code == 422
    assert olga("PUT", f"/{conversation.id}/read?up_to_seq=1").status_code == 422
    assert olga("DELETE", "/api/v1/store/auth/token?x=1").status_code == 422


def test_a_body_that_cannot_be_taken_changes_nothing(app, olga, conversation):
    path, before = f"/{conversation.id}/messages", all_rows(app)
    for status, bodies in ODD_BODIES.items():
        for body in bodies:
            answer = olga.post(path, data=body, content_type="application/json")
            assert answer.status_code == status, (body[:60], answer.text)
    for status, forms in ODD_FORMS.items():
        for form in forms:
            answer = olga.post(path, **as_form(form))
            assert answer.status_code == status, (form[:200], answer.text)
    after = all_rows(app)
    for rows in ("messages", "conversations", "conversation_participants", "message_attachments"):
        assert after[rows] == before[rows]


def test_a_kind_of_body_is_documented_or_415(olga, conversation):
    for kind, status in ODD_KINDS.items():
        answer = olga.post(f"/{conversation.id}/messages", data=b'{"content":"x"}', content_type=kind)
        assert answer.status_code == status, kind
    for coding, status in {"gzip": 415, "br": 415, "identity": 201}.items():
        headers = {"Content-Encoding": coding}
        answer = olga.post(f"/{conversation.id}/messages", json={"content": "x"}, headers=headers)
        assert answer.status_code == status, coding


def test_a_key_is_one_uuid(olga, conversation):
    for key in ODD_KEYS:
        answer = olga.post(f"/{conversation.id}/messages", json={"content": "x"}, headers={"Idempotency-Key": key})
        assert answer.status_code == 422, key
        assert answer.json["errors"][0]["field"] == "Idempotency-Key"


def test_a_recipient_in_a_form_is_json(olga, people):
    form = {"conversation_type": "store_customer", "subject": "Hi", "content": "Hi"}
    for text in ODD_RECIPIENTS:
        answer = olga.post("", data={**form, "recipient": text}, content_type="multipart/form-data")
        assert answer.status_code == 422, text[:60]
        assert answer.json["errors"][0]["field"].startswith("recipient"), text[:60]
    good = json.dumps({"type": "customer", "id": people.mara.id})
    assert olga.post("", data={**form, "recipient": good}, content_type="multipart/form-data").status_code == 201


@pytest.mark.parametrize("mark", ["-1", "1.0", "true", '"1"', "9223372036854775808", "1e0"])
def test_a_mark_is_a_whole_number(olga, conversation, mark):
    for path, field in (("read", "up_to_seq"), ("unread", "from_seq")):
        answer = olga(
            "PUT", f"/{conversation.id}/{path}", data=f'{{"{field}":{mark}}}', content_type="application/json"
        )
        assert answer.status_code == 422, path
        assert answer.json["errors"][0]["field"] == field


def test_every_method_is_answered_or_405_with_what_is_allowed(olga, conversation):
    for path in (
        "",
        "/unread-count",
        f"/{conversation.id}",
        f"/{conversation.id}/messages",
        f"/{conversation.id}/read",
    ):
        allowed = set(olga("PATCH", path).headers["Allow"].split(", "))
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "PROPFIND"):
            answer = olga(method, path)
            assert (answer.status_code == 405) == (method not in allowed), (method, path)
            assert answer.status_code < 500


def test_a_head_is_a_get_without_its_body(olga, conversation):
    for path in ("", f"/{conversation.id}", "/unread-count"):
        whole, head = olga.get(path), olga("HEAD", path)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(len(whole.data))
