"""The demo's mailbox shows the e-mails that were written to files; elsewhere there is no such address."""

from __future__ import annotations

import pytest

from tests import backends
from tests.portals.fixtures import browser_of

MAIL = "From: Olga <a@b.test>\nTo: Mara <m@b.test>\nSubject: New message: <b>Hi</b>\n\n<script>1</script> https://x.test/a\n"


@pytest.fixture
def demo(sqlite_app, tmp_path):
    url = sqlite_app.config["SQLALCHEMY_DATABASE_URI"]
    with backends.running_app(url, demo=True, mail_folder=str(tmp_path)) as app:
        yield browser_of(app)


def test_it_lists_and_shows_mails_as_text(demo, tmp_path):
    assert "There is none yet" in demo.get("/demo/mail").text
    (tmp_path / "1-a.eml").write_text(MAIL)

    assert "New message: &lt;b&gt;Hi&lt;/b&gt;" in demo.get("/demo/mail").text
    shown = demo.get("/demo/mail/1-a.eml").text
    assert "&lt;script&gt;1&lt;/script&gt;" in shown
    assert 'href="https://x.test/a"' in shown


@pytest.mark.parametrize("name", ["2-b.eml", "..%2f1-a.eml", "*", "%00"])
def test_nothing_else_is_shown(demo, tmp_path, name):
    (tmp_path / "1-a.eml").write_text(MAIL)
    assert demo.get(f"/demo/mail/{name}").status_code == 404


def test_there_is_none_without_the_demo_or_with_a_server(sqlite_app, tmp_path):
    assert browser_of(sqlite_app).get("/demo/mail").status_code == 404
    url = sqlite_app.config["SQLALCHEMY_DATABASE_URI"]
    with backends.running_app(url, demo=True, smtp_url="smtp://localhost:2525") as app:
        assert browser_of(app).get("/demo/mail").status_code == 404
