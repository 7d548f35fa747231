"""Files and the virus scanner: clean, infected, or never scanned; infected ones reach nobody."""

from __future__ import annotations

from contextlib import ExitStack
from io import BytesIO

import pytest

from tests import backends, factories
from tests.api.conftest import token_of
from tests.api.program import Program
from tests.attachments.clamd import SIGNATURE, eicar, fake_clamd
from tests.factories import attach, start
from tests.guards.rows import all_rows
from tests.people import People
from tests.portals.fixtures import browser_of, inbox_of, start_session
from webapp.attachments import scanning, storage


@pytest.fixture
def clamd():
    with fake_clamd() as fake:
        yield fake


@pytest.fixture
def app(tmp_path, clamd):
    """An app of its own with a scanner."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'parley.db'}"
        storage = f"file:{tmp_path / 'files'}"
        app = stack.enter_context(backends.running_app(url, storage_url=storage, clamd_url=clamd.url))
        backends.migrate(app)
        factories.save_in(app)
        yield app
        factories.save_in(None)


@pytest.fixture
def people(app):
    return People()


@pytest.fixture
def talk(people):
    return start(people.ada, people.mara_row)


def sign_in(app, viewer):
    browser = browser_of(app)
    browser.set_cookie(f"parley_{'storefront' if viewer.is_customer else viewer.side.value}", start_session(viewer))
    return browser


def send(app, viewer, conversation, content, name="note.txt"):
    browser = sign_in(app, viewer)
    browser.get(f"{inbox_of(viewer)}/{conversation.id}")
    return browser, browser.submit("/messages", body="See this", files=[(BytesIO(content), name)])


def the_file(app):
    (row,) = all_rows(app)["message_attachments"]
    return row


def test_a_clean_file_is_said_to_be_clean(app, clamd, people, talk):
    browser, sent = send(app, people.mara, talk, b"Nothing but words")

    assert sent.status_code == 303
    assert (the_file(app)["scan_state"], clamd.scanned) == ("clean", [17])
    answer = browser.get(f"{inbox_of(people.mara)}/{talk.id}/attachments/{the_file(app)['id']}")
    assert (answer.status_code, answer.data) == (200, b"Nothing but words")


def test_an_infected_file_reaches_nobody_and_its_sender_and_admins_learn_why(app, people, talk):
    _, sent = send(app, people.mara, talk, eicar())
    number = the_file(app)["id"]

    assert sent.status_code == 303
    assert the_file(app)["scan_state"] == "infected"
    for viewer in (people.mara, people.ada):
        reader = sign_in(app, viewer)
        path = f"{inbox_of(viewer)}/{talk.id}"
        page = reader.get(path).text
        assert f"Infected, cannot be opened: {SIGNATURE}" in page
        assert f"/attachments/{number}" not in page
        for address in (f"{path}/attachments/{number}", f"{path}/attachments/{number}/preview"):
            refused = reader.get(address)
            assert refused.status_code == 403
            assert eicar() not in refused.data
    refused = Program(app, people.ada, token_of(people.ada)).get(f"/{talk.id}/attachments/{number}")
    assert (refused.status_code, eicar() in refused.data) == (403, False)
    (noted,) = [row for row in all_rows(app)["audit_log"] if row["action"] == "file_infected"]
    assert noted["after"] == {"conversation": talk.id, "found": SIGNATURE}


def test_others_are_told_that_it_is_infected_without_its_name(app, people):
    conversation = start(people.olga, people.mara_row)
    send(app, people.mara, conversation, eicar())
    page = sign_in(app, people.sam).get(f"/store/messages/{conversation.id}").text

    assert "Infected, cannot be opened" in page
    assert SIGNATURE not in page


def test_without_a_scanner_nothing_is_said_to_be_clean(app, people, talk, monkeypatch):
    monkeypatch.setitem(app.extensions, "parley.scanner", scanning.open_scanner(""))
    attach(people.mara, talk)

    assert the_file(app)["scan_state"] == "unscanned"
    assert app.test_cli_runner().invoke(args=["scan-attachments"]).exit_code == 1


def test_a_store_has_as_much_room_as_the_setting_says(app, people, talk):
    other = start(people.tom, people.nina_row)
    factories.change_settings(store_quota_mb=1)
    content = b"words " * 120_000  # 720 kB
    _, first = send(app, people.mara, talk, content)
    _, second = send(app, people.mara, talk, content, "second.txt")

    assert (first.status_code, second.status_code) == (303, 507)
    assert "There is no room left for files of this store" in second.text
    assert "See this" in second.text
    assert len(all_rows(app)["message_attachments"]) == 1
    with app.app_context():
        assert len(list(storage.current().list("uploads/"))) == 1
    assert send(app, people.nina, other, content)[1].status_code == 303
    factories.change_settings(store_quota_mb=0)
    assert send(app, people.mara, talk, content, "third.txt")[1].status_code == 303
