"""import-threads: what arrives, what is skipped with its line number, and that a second run adds nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, Sql

OWNER = ("--owner", "olga@harbor.example")
COUNT = "SELECT (SELECT count(*) FROM conversations), (SELECT count(*) FROM messages)"


def thread(external_id: str = "a-1", *texts: str, **fields: Any) -> dict[str, Any]:
    """A good line: the customer asks, the store answers, in turn."""
    said = [{"from": ("customer", "store")[i % 2], "text": text} for i, text in enumerate(texts or ("Hi", "Hello"))]
    return {"external_id": external_id, "store": "Harbor Goods", "subject": "Late parcel", "messages": said} | fields


def saying(*messages: dict[str, Any]) -> dict[str, Any]:
    return thread("bad", messages=list(messages))


@pytest.fixture
def file(tmp_path: Path):
    """Write lines, objects as JSON, to a file and return its path."""

    def file(*lines: dict[str, Any] | str | bytes, name: str = "threads.jsonl") -> str:
        raw = [
            line if isinstance(line, bytes) else line.encode() if isinstance(line, str) else json.dumps(line).encode()
            for line in lines
        ]
        packed = b"\n".join(raw) + b"\n"
        path = tmp_path / name
        path.write_bytes(gzip.compress(packed) if name.endswith(".gz") else packed)
        return str(path)

    return file


def test_a_conversation_arrives_with_its_store_people_and_messages_all_read(run: Run, sql: Sql, file):
    result = run("import-threads", file(thread("a-1", "Hi", "Hello", "  Where is it?\r\nI wait ")), *OWNER)

    assert result.exit_code == 0, result.output
    assert "Imported 1 conversations with 3 messages; 0 already there, 0 empty texts, 0 lines skipped." in result.output
    assert sql("SELECT code, name FROM stores") == [("harbor-goods", "Harbor Goods")]
    assert sql("SELECT role FROM store_members") == [("owner",)]
    assert sql("SELECT email, name, password_hash FROM customers") == [
        ("import@harbor-goods.invalid", "Imported customer", "!")
    ]
    assert sql(
        "SELECT conversation_type, status, subject, external_id, last_seq, message_count, last_message_preview,"
        " created_by_type, last_sender_type FROM conversations"
    ) == [("store_customer", "open", "Late parcel", "a-1", 3, 3, "Where is it? I wait", "customer", "customer")]
    assert sql("SELECT seq, sender_type, content FROM messages ORDER BY seq") == [
        (1, "customer", "Hi"),
        (2, "store", "Hello"),
        (3, "customer", "Where is it?\nI wait"),
    ]
    assert sql(
        "SELECT participant_type, unread_count, last_read_seq FROM conversation_participants ORDER BY participant_type"
    ) == [("customer", 0, 3), ("store", 0, 3)]
    assert sql("SELECT unread_messages, unread_conversations FROM inboxes") == [(0, 0), (0, 0)]
    assert run("recount-unread").output.endswith("nothing to repair.\n")
    assert run("doctor").exit_code == 0, run("doctor").output


def test_a_second_run_adds_nothing_but_what_is_new(run: Run, sql: Sql, file):
    run("import-threads", file(thread("a-1"), thread("a-2")), *OWNER)

    result = run("import-threads", file(thread("a-1"), thread("a-2"), thread("a-3"), thread("a-3")), *OWNER)

    assert "Imported 1 conversations with 2 messages; 3 already there" in result.output
    assert sql(COUNT) == [(3, 6)]
    assert sql("SELECT count(*) FROM stores") == [(1,)]


def test_the_same_external_id_at_another_store_is_another_conversation(run: Run, sql: Sql, file):
    run("import-threads", file(thread("a-1"), thread("a-1", store="Tea Corner")), *OWNER)

    assert sql(COUNT) == [(2, 4)]
    assert sql("SELECT code FROM stores ORDER BY code") == [("harbor-goods",), ("tea-corner",)]


def test_given_customers_are_found_or_made_at_the_store(run: Run, sql: Sql, file):
    run("import-threads", file(thread("a-0")), *OWNER)
    run("create-customer", "mara@customers.example", "--store", "harbor-goods", "--name", "Mara Lindholm")
    mara = {"name": "M. L.", "email": "Mara@Customers.example"}
    joon = {"email": "joon@customers.example"}

    result = run("import-threads", file(thread("a-1", customer=mara), thread("a-2", customer=joon)), *OWNER)

    assert result.exit_code == 0, result.output
    assert sql(
        "SELECT c.external_id, p.name, p.email FROM conversations c JOIN customers p ON p.id = c.customer_id"
        " WHERE c.external_id <> 'a-0' ORDER BY c.external_id"
    ) == [("a-1", "Mara Lindholm", "mara@customers.example"), ("a-2", "joon", "joon@customers.example")]
    assert run("doctor").exit_code == 0


def test_given_times_are_kept_and_the_latest_orders_the_inbox(run: Run, sql: Sql, file):
    times = ["2024-03-01T10:00:00+02:00", "2024-03-05T09:30:00", "2024-03-02T08:00:00Z"]
    said = [{"from": "customer", "text": "Hi", "at": at} for at in times]

    run("import-threads", file(thread("a-1", messages=said)), *OWNER)

    found = [str(at)[:19] for (at,) in sql("SELECT created_at FROM messages ORDER BY seq")]
    assert found == ["2024-03-01 08:00:00", "2024-03-05 09:30:00", "2024-03-02 08:00:00"]
    ((last, created),) = sql("SELECT last_message_at, created_at FROM conversations")
    assert (str(last)[:19], str(created)[:19]) == ("2024-03-05 09:30:00", "2024-03-01 08:00:00")
    assert run("doctor").exit_code == 0, run("doctor").output


BAD = [
    ("{no json", "no JSON"),
    ("[1]", "no JSON object"),
    (b'{"external_id": "\xff"}', "no JSON"),
    ("[" * 100_000, "no JSON"),
    ({"store": "X", "subject": "Y", "messages": [{"from": "store", "text": "Hi"}]}, "external_id is missing"),
    (thread("bad", store=None), "store is not text"),
    (thread("bad", subject=" "), "Enter a subject"),
    (thread("bad", subject="x" * 201), "200 characters or fewer"),
    (thread("bad", subject="a\nb"), "U+000A"),
    (thread("x" * 201), "external_id must have 1 to 200"),
    (thread("bad", messages=[]), "no messages"),
    (thread("bad", customer={"name": "Mara"}), "email is missing"),
    (thread("bad", customer={"email": "no address"}), "Enter an email address"),
    (saying({"from": "courier", "text": "Hi"}), "message 1: from is 'courier'"),
    (saying({"from": "store"}), "message 1: text is missing"),
    (saying({"from": "store", "text": "x" * 10_001}), "1 characters too long"),
    (saying({"from": "store", "text": "Hi"}, {"from": "store", "text": "a\x00b"}), "message 2: The message has a"),
    (saying({"from": "store", "text": "\ud800"}), "U+D800"),
    (saying({"from": "store", "text": "Hi", "at": "yesterday"}), "no time in ISO 8601"),
    (saying({"from": "store", "text": "Hi", "at": "0001-01-01T00:00:00+14:00"}), "no time in ISO 8601"),
    (saying({"from": "store", "text": "Hi", "at": "2999-01-01T00:00:00Z"}), "in the future"),
]


def test_bad_lines_are_reported_by_number_and_skipped(run: Run, sql: Sql, file):
    lines = [thread("a-1"), "", *(line for line, _ in BAD), thread("a-2")]

    result = run("import-threads", file(*lines), *OWNER)

    assert result.exit_code == 0, result.output
    for number, (_, why) in enumerate(BAD, start=3):
        (said,) = [line for line in result.output.splitlines() if line.startswith(f"Line {number} skipped: ")]
        assert why in said
    assert f"Imported 2 conversations with 4 messages; 0 already there, 0 empty texts, {len(BAD)} lines skipped." in (
        result.output
    )
    assert sql("SELECT external_id FROM conversations ORDER BY external_id") == [("a-1",), ("a-2",)]


def test_strict_stops_at_the_first_bad_line_and_imports_nothing(run: Run, sql: Sql, file):
    lines = file(thread("a-1"), "{no json", thread("a-2"))

    result = run("import-threads", lines, *OWNER, "--strict")

    assert result.exit_code == 1
    assert "Line 2: no JSON" in result.output
    assert sql(COUNT) == [(0, 0)]
    assert run("import-threads", file(thread("a-1")), *OWNER, "--strict").exit_code == 0
    assert sql(COUNT) == [(1, 2)]


def test_empty_texts_are_imported_as_no_text_and_counted(run: Run, sql: Sql, file):
    result = run("import-threads", file(thread("a-1", "Hi", "", " \n")), *OWNER)

    assert "2 empty texts" in result.output
    assert sql("SELECT content FROM messages ORDER BY seq") == [("Hi",), ("(no text)",), ("(no text)",)]


def test_a_gzip_file_is_read_with_its_byte_order_mark(run: Run, sql: Sql, file):
    marked = b"\xef\xbb\xbf" + json.dumps(thread()).encode()

    assert run("import-threads", file(marked, name="threads.jsonl.gz"), *OWNER).exit_code == 0
    assert sql(COUNT) == [(1, 2)]


def test_a_file_that_is_missing_or_no_gzip_or_truncated_gets_a_clear_error(run: Run, sql: Sql, file, tmp_path):
    whole = Path(file(*(thread(f"a-{n}", "Hi" * n) for n in range(400)), name="whole.gz")).read_bytes()
    (tmp_path / "cut.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "plain.gz").write_text(json.dumps(thread()))

    missing = run("import-threads", str(tmp_path / "nowhere.gz"), *OWNER)
    plain = run("import-threads", str(tmp_path / "plain.gz"), *OWNER)
    cut = run("import-threads", str(tmp_path / "cut.gz"), *OWNER)

    assert missing.exit_code == 2
    assert "does not exist" in missing.output
    assert plain.exit_code == cut.exit_code == 1
    assert "no intact gzip file" in plain.output
    assert "is truncated" in cut.output
    assert "Traceback" not in plain.output + cut.output


def test_the_owner_is_made_when_missing_and_joins_new_stores(run: Run, sql: Sql, file):
    run("create-store", "tea-corner", "--name", "Tea Corner", "--owner", "tess@tea.example")

    result = run("import-threads", file(thread("a-1"), thread("a-2", store="Tea Corner")), *OWNER)

    assert result.exit_code == 0, result.output
    assert "New stores: Harbor Goods." in result.output
    assert sql(
        "SELECT s.code, u.email, m.role FROM store_members m JOIN users u ON u.id = m.user_id"
        " JOIN stores s ON s.id = m.store_id ORDER BY 1, 2"
    ) == [
        ("harbor-goods", "olga@harbor.example", "owner"),
        ("tea-corner", "olga@harbor.example", "agent"),
        ("tea-corner", "tess@tea.example", "owner"),
    ]


def test_an_admin_or_a_deactivated_user_cannot_be_the_owner(run: Run, sql: Sql, file):
    run("create-admin", "ada@parley.example", "--name", "Ada")
    run("create-store", "tea-corner", "--name", "Tea Corner", "--owner", "tess@tea.example")
    run("deactivate", "tess@tea.example")

    for email in ("ada@parley.example", "tess@tea.example"):
        assert run("import-threads", file(thread()), "--owner", email).exit_code == 1
    assert sql(COUNT) == [(0, 0)]


@pytest.mark.slow
def test_the_real_file_arrives_whole_and_once(shared_data: Path, run: Run, sql: Sql):
    path = shared_data / "threads.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"no {path}")

    first = run("import-threads", str(path), *OWNER)
    second = run("import-threads", str(path), *OWNER, "--strict")

    assert "Imported 2,921 conversations with 49,726 messages; 0 already there, 2 empty texts, 0 lines skipped." in (
        first.output
    )
    assert "Imported 0 conversations with 0 messages; 2,921 already there" in second.output
    assert sql(COUNT) == [(2921, 49726)]
    assert sql("SELECT count(*) FROM stores") == [(20,)]
    assert run("recount-unread").output == "Checked 2,921 conversations and 40 inboxes: nothing to repair.\n"
    assert run("doctor").exit_code == 0
