"""Files through the doors for people: what is sent with them, who gets them, and how they are served."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from tests.attachments.packages import compound
from tests.attachments.samples import PDF
from tests.factories import a_photo, change_settings, close, start
from tests.guards.rows import all_rows
from tests.portals.fixtures import inbox_of
from webapp.attachments import storage

TEXT = "Here are the pictures you asked for"


def file(name="photo.png", content=None):
    return BytesIO(a_photo() if content is None else content), name


def stored(app):
    """Return the paths of all files in the storage."""
    with app.app_context():
        return {found.path for found in storage.current().list("uploads")}


def staged(app):
    with app.app_context():
        return list(storage.current().staging.glob("*"))


@pytest.fixture
def conversation(people):
    return start(people.olga, people.mara_row)


@pytest.fixture
def mara(sign_in, people, conversation):
    """Mara with the thread open."""
    browser = sign_in(people.mara)
    browser.get(f"{inbox_of(people.mara)}/{conversation.id}")
    return browser


@pytest.fixture
def olga(sign_in, people, conversation):
    browser = sign_in(people.olga)
    browser.get(f"{inbox_of(people.olga)}/{conversation.id}")
    return browser


def links(html):
    return re.findall(r'href="(/[^"]*/attachments/[0-9a-f-]{36})(?:/preview)?"', html)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_reply_with_files_shows_them_to_both(app, mara, olga, htmx):
    before = stored(app)

    sent = mara.submit("/messages", body=TEXT, files=[file(), file("invoice.pdf", PDF)], htmx=htmx)

    assert sent.status_code == (200 if htmx else 303)
    rows = all_rows(app)["message_attachments"]
    assert [(row["filename"], row["is_image"], row["width"], row["height"]) for row in rows] == [
        ("photo.png", True, 640, 480),
        ("invoice.pdf", False, None, None),
    ]
    assert stored(app) - before == {row["storage_path"] for row in rows}
    assert staged(app) == []
    for browser in (mara, olga):
        page = browser.get(browser.shown[0]).text
        assert 'width="240" height="180"' in page
        assert f"invoice.pdf, PDF, {len(PDF)} bytes, download" in page
        for link in links(page):
            assert browser.get(link).status_code == 200


def test_a_path_is_of_the_month_and_the_conversation(app, mara, conversation):
    mara.submit("/messages", body="", files=[file("scan.PDF", PDF)])

    (row,) = all_rows(app)["message_attachments"]
    assert re.fullmatch(rf"uploads/messages/\d{{4}}/\d\d/{conversation.id}/[0-9a-f-]{{36}}\.pdf", row["storage_path"])


def test_a_message_may_be_files_only_and_the_list_names_them(app, mara, olga):
    assert mara.submit("/messages", body="  ", files=[file("a.png"), file("b.png")]).status_code == 303

    assert all_rows(app)["messages"][-1]["content"] == ""
    assert "Attached: a.png, b.png" in olga.get("/store/messages").text


def test_an_empty_file_field_is_no_file(app, mara):
    assert mara.submit("/messages", body=TEXT, files=[(BytesIO(), "")]).status_code == 303
    assert mara.submit("/messages", body="", files=[(BytesIO(), "")]).status_code == 422
    assert all_rows(app)["message_attachments"] == []


@pytest.mark.parametrize("htmx", [False, True])
def test_a_start_with_files_is_one_thing(app, sign_in, people, htmx):
    browser = sign_in(people.olga)
    browser.get(f"/store/messages/new?to=customer:{people.mara_row.id}")

    sent = browser.submit("/new", subject="Your photos", body=TEXT, files=[file(), file("a.pdf", PDF)], htmx=htmx)

    assert sent.status_code == (204 if htmx else 303)
    data = all_rows(app)
    (conversation,) = data["conversations"]
    assert [row["conversation_id"] for row in data["message_attachments"]] == [conversation["id"]] * 2
    assert all(f"/{conversation['id']}/" in row["storage_path"] for row in data["message_attachments"])


def test_ids_of_conversations_never_meet(app, sign_in, people):
    """One whose id was taken for its files, and one that began and ended meanwhile."""
    browser = sign_in(people.olga)
    for files in ([], [file()], [], [file(), file()]):
        browser.get(f"/store/messages/new?to=customer:{people.mara_row.id}")
        assert browser.submit("/new", subject="One", body=TEXT, files=files).status_code == 303

    assert len({row["id"] for row in all_rows(app)["conversations"]}) == 4


@pytest.mark.parametrize("htmx", [False, True])
def test_one_bad_file_sends_nothing_and_says_which(app, mara, htmx):
    before = stored(app)

    refused = mara.submit(
        "/messages", body=TEXT, files=[file(), file("page.html", b"<p>"), file("e.txt", b"")], htmx=htmx
    )

    assert refused.status_code == 422
    assert '<li data-file="1"><bdi>page.html</bdi>' in refused.text
    assert (
        '<li data-file="2"><bdi>e.txt</bdi>: <span class="why" data-code="empty_file">The selected file is empty'
        in refused.text
    )
    assert 'data-file="0"' not in refused.text
    assert (TEXT in refused.text) is not htmx, "without JavaScript the text comes back, with it the form stays"
    assert len(all_rows(app)["messages"]) == 1
    assert stored(app) == before
    assert staged(app) == []


@pytest.mark.parametrize("htmx", [False, True])
def test_a_bad_file_of_a_start_is_named_by_its_field(app, sign_in, people, htmx):
    browser = sign_in(people.ada)
    browser.get(f"/admin/messages/new?to=customer:{people.mara_row.id}")

    refused = browser.submit("/new", subject="Photos", body=TEXT, files=[file("a.exe", b"MZ")], htmx=htmx)

    assert refused.status_code == 422
    assert '<a href="#new-files">a.exe: The selected file must be a JPG' in refused.text
    assert all_rows(app)["conversations"] == []


def test_the_size_is_inclusive(app, mara):
    change_settings(message_attachment_max_size_mb=1)
    megabyte = 1024 * 1024

    assert mara.submit("/messages", body="", files=[file("a.txt", b"x" * megabyte)]).status_code == 303
    mara.get(mara.shown[0])
    refused = mara.submit("/messages", body=TEXT, files=[file(), file("b.txt", b"x" * (megabyte + 1))])

    assert refused.status_code == 413
    assert "The selected file must be 1 MB or smaller" in refused.text
    assert TEXT in refused.text
    assert len(all_rows(app)["message_attachments"]) == 1


def test_a_request_beyond_all_limits_is_not_read(app, mara):
    change_settings(message_attachment_max_size_mb=1, message_attachment_max_files=1)

    refused = mara.submit("/messages", body=TEXT, files=[file("b.txt", b"x" * 4 * 1024 * 1024)], htmx=True)

    assert refused.status_code == 413
    assert all_rows(app)["message_attachments"] == []


def test_too_many_files_are_refused(app, mara):
    change_settings(message_attachment_max_files=2)

    assert mara.submit("/messages", body="", files=[file(), file()]).status_code == 303
    mara.get(mara.shown[0])
    refused = mara.submit("/messages", body="", files=[file(), file(), file()])

    assert refused.status_code == 422
    assert "You can attach up to 2 files to a message" in refused.text


def test_old_office_files_can_be_switched_off(mara):
    old = compound("WordDocument")
    assert mara.submit("/messages", body="", files=[file("a.doc", old)]).status_code == 303
    change_settings(message_attachment_old_office=False)
    mara.get(mara.shown[0])
    assert mara.submit("/messages", body="", files=[file("a.doc", old)]).status_code == 422


def test_the_same_key_with_the_same_files_is_one_message(app, mara):
    before = stored(app)
    shown = mara.shown
    for _ in range(3):
        mara.shown = shown
        assert mara.submit("/messages", body=TEXT, files=[file()]).status_code == 303

    assert len(all_rows(app)["messages"]) == 2
    assert len(stored(app) - before) == 1


def test_the_same_key_with_another_file_is_refused(app, mara):
    shown = mara.shown
    mara.submit("/messages", body=TEXT, files=[file()])
    mara.shown = shown

    assert mara.submit("/messages", body=TEXT, files=[file("b.png", a_photo(10, 10))]).status_code == 409
    assert len(all_rows(app)["message_attachments"]) == 1


def test_a_closed_conversation_takes_no_files_but_answers_a_retry(app, mara, people, conversation):
    shown, before = mara.shown, stored(app)
    mara.submit("/messages", body=TEXT, files=[file()])
    close(people.olga, conversation)

    mara.shown = shown
    assert mara.submit("/messages", body=TEXT, files=[file()]).status_code == 303
    assert mara.submit("/messages", body=TEXT, files=[file()], client_key="").status_code == 409
    assert len(stored(app) - before) == 1


def test_a_stranger_s_upload_is_refused_before_it_is_read(app, stranger, conversation, people, sign_in):
    path = f"/storefront/account/messages/{conversation.id}/messages"
    assert stranger.post(path, data={"body": TEXT, "files": [file()]}).status_code == 302

    luis = sign_in(people.luis)
    luis.get(inbox_of(people.luis))
    answer = luis.post(path, data={"body": TEXT, "files": [file()], "csrf_token": luis.csrf_token()})
    assert answer.status_code == 404
    assert all_rows(app)["message_attachments"] == []
    assert staged(app) == []
