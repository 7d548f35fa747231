"""Every sample through the HTML door: a good file arrives, a hostile one is refused with its reason."""

from __future__ import annotations

from io import BytesIO

import pytest

from tests.attachments import packages as pack
from tests.attachments.samples import ACCEPT, SAMPLES, Sample
from tests.factories import change_settings, save_in, start
from tests.guards.rows import all_rows
from tests.people import People
from tests.portals.fixtures import browser_of, inbox_of, start_session
from webapp.attachments import storage
from webapp.extensions import limiter

TEXT = "My text stays here"


@pytest.fixture
def mara(sqlite_app):
    """A customer with a thread open; what a file is does not depend on the database."""
    save_in(sqlite_app)
    people = People()
    conversation = start(people.olga, people.mara_row)
    browser = browser_of(sqlite_app)
    browser.set_cookie("parley_storefront", start_session(people.mara))
    browser.get(f"{inbox_of(people.mara)}/{conversation.id}")
    was, limiter.enabled = limiter.enabled, False
    yield browser
    limiter.enabled = was


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_a_file_gets_its_decision(sqlite_app, mara, sample: Sample):
    answer = mara.submit("/messages", body=TEXT, files=[(BytesIO(sample.make()), sample.name)])

    rows = all_rows(sqlite_app)["message_attachments"]
    if sample.decision == ACCEPT:
        assert answer.status_code == 303, answer.text[-2000:]
        (row,) = rows
        with sqlite_app.app_context():
            assert storage.current().find(row["storage_path"]).size_bytes == row["size_bytes"]
        return
    assert answer.status_code == 422
    assert f'<span class="why" data-code="{sample.decision}">' in answer.text
    assert TEXT in answer.text
    assert rows == []
    with sqlite_app.app_context():
        assert list(storage.current().staging.glob("*")) == []


@pytest.mark.slow
@pytest.mark.parametrize("sample", [one for one in SAMPLES if one.name.endswith((".zip", ".docx", ".odt"))], ids=str)
def test_with_the_setting_an_archive_may_have_a_password_and_nothing_else_changes(sqlite_app, mara, sample: Sample):
    change_settings(message_attachment_locked_archives=True)
    answer = mara.submit("/messages", body=TEXT, files=[(BytesIO(sample.make()), sample.name)])

    if sample.decision == ACCEPT or sample.name == "locked.zip":
        assert answer.status_code == 303, answer.text[-2000:]
    else:
        assert f'<span class="why" data-code="{sample.decision}">' in answer.text


@pytest.mark.parametrize(
    ("archive", "decision"),
    [
        (pack.zip_locked_by_aes, ACCEPT),
        (pack.zip_locked_beside_a_bomb, "archive_too_large"),
        (pack.zip_hidden, "encrypted"),
    ],
)
def test_what_is_not_locked_in_it_is_still_looked_at(sqlite_app, mara, archive, decision):
    change_settings(message_attachment_locked_archives=True)
    answer = mara.submit("/messages", body=TEXT, files=[(BytesIO(archive()), "locked.zip")])

    assert answer.status_code == 303 if decision == ACCEPT else f'data-code="{decision}"' in answer.text
