"""Files served to people: guarded, named, in parts, re-encoded as previews, and said to be gone when they are."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import unquote

import pytest
from PIL import Image
from sqlalchemy import text

from tests.attachments import pictures
from tests.attachments.samples import PDF
from tests.backends import engine_of
from tests.factories import attach, send, start
from tests.guards.rows import all_rows
from tests.portals.fixtures import inbox_of
from webapp.attachments import storage


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


@pytest.fixture
def olga(sign_in, people, conversation):
    browser = sign_in(people.olga)
    browser.get(f"{inbox_of(people.olga)}/{conversation.id}")
    return browser


def test_a_download_is_guarded_and_named(people, olga, conversation):
    number = attach(people.mara, conversation, "見積書 “Ü”.pdf", PDF)

    answer = olga.get(f"/store/messages/{conversation.id}/attachments/{number}")

    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    headers = answer.headers
    assert headers["Content-Disposition"].startswith('attachment; filename="')
    assert unquote(headers["Content-Disposition"].rpartition("''")[2]) == "見積書 “Ü”.pdf"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=10-", 206, 10, None),
        ("bytes=-5", 206, -5, None),
        ("bytes=0-99999999", 200, 0, None),
        ("bytes=5-2", 200, 0, None),
        ("bytes=0-1,4-5", 200, 0, None),
        ("lines=0-1", 200, 0, None),
        ("nonsense", 200, 0, None),
    ],
)
def test_a_range_is_served(people, olga, conversation, asked, status, start, end):
    number = attach(people.mara, conversation, "a.pdf", PDF)

    answer = olga.get(f"/store/messages/{conversation.id}/attachments/{number}", headers={"Range": asked})

    assert answer.status_code == status
    assert answer.data == PDF[start:end]
    if status == 206:
        first = start % len(PDF)
        assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(answer.data) - 1}/{len(PDF)}"


def test_a_range_of_another_version_is_the_whole_file(people, olga, conversation):
    number = attach(people.mara, conversation, "a.pdf", PDF)
    address = f"/store/messages/{conversation.id}/attachments/{number}"
    etag = olga.get(address).headers["ETag"]

    assert olga.get(address, headers={"Range": "bytes=0-3", "If-Range": etag}).data == PDF[:4]
    assert olga.get(address, headers={"Range": "bytes=0-3", "If-Range": '"other"'}).data == PDF
    assert olga.head(address).content_length == len(PDF)


def test_text_is_served_as_text_whatever_it_looks_like(people, olga, conversation):
    for name in ("page.txt", "page.csv"):
        number = attach(people.mara, conversation, name, b"<script>alert(1)</script>")
        answer = olga.get(f"/store/messages/{conversation.id}/attachments/{number}")
        assert answer.content_type == "text/plain; charset=utf-8"


def test_a_preview_is_re_encoded_and_turned(app, people, olga, conversation):
    photo = pictures.encoded("JPEG", pictures.painted(1200, 900), exif=pictures.exif(6))
    number = attach(people.mara, conversation, "turned.jpg", photo)
    address = f"/store/messages/{conversation.id}/attachments/{number}/preview"

    for query, size in (("?size=thumbnail", (360, 480)), ("", (900, 1200)), ("?size=nonsense", (900, 1200))):
        for _ in range(2):
            answer = olga.get(address + query)
            assert answer.mimetype == "image/webp"
            with Image.open(BytesIO(answer.data)) as image:
                assert (image.format, image.size) == ("WEBP", size)
                assert not image.getexif()
    with app.app_context():
        assert len(list(storage.current().list("previews/messages"))) >= 2


def test_what_is_no_image_has_no_preview(people, olga, conversation):
    number = attach(people.mara, conversation, "a.pdf", PDF)

    assert olga.get(f"/store/messages/{conversation.id}/attachments/{number}/preview").status_code == 404


def test_a_file_of_one_conversation_is_not_found_in_another(people, olga, conversation):
    other = start(people.olga, people.luis_row)
    number = attach(people.mara, conversation)

    assert olga.get(f"/store/messages/{conversation.id}/attachments/{number}").status_code == 200
    assert olga.get(f"/store/messages/{other.id}/attachments/{number}").status_code == 404
    assert olga.get(f"/store/messages/{conversation.id}/attachments/nonsense").status_code == 404


def test_a_file_that_is_gone_is_said_to_be(app, people, olga, conversation):
    number = attach(people.mara, conversation, "a.pdf", PDF)
    with app.app_context():
        storage.current().delete(all_rows(app)["message_attachments"][0]["storage_path"])

    answer = olga.get(f"/store/messages/{conversation.id}/attachments/{number}")
    assert answer.status_code == 404
    assert "This file is not there any more" in answer.text


def test_an_infected_file_is_not_given_out(app, people, olga, conversation):
    number = attach(people.mara, conversation)
    with engine_of(app).begin() as connection:
        connection.execute(text("UPDATE message_attachments SET scan_state = 'infected'"))
    for end in ("", "/preview"):
        assert olga.get(f"/store/messages/{conversation.id}/attachments/{number}{end}").status_code == 403


def test_active_content_is_named_on_the_card(people, olga, conversation):
    attach(people.mara, conversation, "form.pdf", PDF.replace(b"/Type/Catalog", b"/OpenAction<</S/JavaScript>>"))

    assert "can run scripts when opened" in olga.get(f"/store/messages/{conversation.id}").text


def test_a_thread_with_files_takes_no_more_statements(people, olga, conversation):
    """Files come with their messages; windows and gaps are counted in messages, not in files."""
    for number in range(32):
        send(people.mara, conversation, f"Text {number}")
        if number % 4 == 0:
            attach(people.mara, conversation, "a.pdf", PDF)
    page = olga.get(f"/store/messages/{conversation.id}").text

    assert page.count('class="file"') == 6
    assert len(re.findall(r'<li class="msg[^"]*" id="m-', page)) == 30


def test_a_range_behind_the_end_is_refused_and_told_the_size(people, olga, conversation):
    number = attach(people.mara, conversation, "a.pdf", PDF)

    answer = olga.get(f"/store/messages/{conversation.id}/attachments/{number}", headers={"Range": "bytes=99999999-"})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(PDF)}"
