"""A new secret key with the former one behind it: sessions, open pages, links of mails and second steps go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.backends import SECRET_KEY, migrate, running_app
from tests.factories import save_in, start
from tests.guards.rows import all_rows
from tests.notifications.conftest import SETTINGS
from tests.people import People
from tests.portals.fixtures import browser_of, people, sign_in, start_session
from tests.portals.test_second_step import app, clock, password, set_up
from webapp.database import now
from webapp.notifications import addresses

__all__ = ["app", "clock", "people", "sign_in"]

NEW_KEY = "another key of more than 32 characters"
MAILING = {"base_url": "http://localhost", "inbound_domain": "in.parley.test", **SETTINGS}


@pytest.mark.parametrize("is_known", [True, False], ids=["with the former key", "without it"])
def test_what_was_signed_with_the_former_key_holds_as_long_as_that_is_known(tmp_path, is_known):
    url = f"sqlite:///{tmp_path / 'parley.db'}"
    with running_app(url, **MAILING) as before:
        migrate(before)
        save_in(before)
        people = People()
        conversation = start(people.olga, people.mara_row)
        page, session = f"/store/messages/{conversation.id}", start_session(people.olga)
        olga = browser_of(before)
        olga.set_cookie("parley_store", session)
        assert olga.get(page).status_code == 200
        mara = people.mara.side, people.mara.id
        with before.app_context():
            unsubscribe = addresses.unsubscribe(mara, conversation.id).removeprefix("http://localhost")
            reply = addresses.reply_to(mara, conversation.id)
        save_in(None)

    fallbacks = SECRET_KEY if is_known else ""
    with running_app(url, secret_key=NEW_KEY, secret_key_fallbacks=fallbacks, **MAILING) as after:
        again = browser_of(after)
        for name in ("parley_store", "parley"):
            again.set_cookie(name, olga.get_cookie(name).value)
        sent = again.post(
            f"{page}/messages",
            data={"csrf_token": olga.csrf_token(), "body": "Typed before"},
        )
        assert sent.status_code == (303 if is_known else 400), "the page that was open"
        assert again.get(page).status_code == 200, "sessions rest on no key"
        ended = browser_of(after).post(unsubscribe, data={"List-Unsubscribe": "One-Click"})
        assert ended.status_code == (200 if is_known else 404)
        with after.app_context():
            assert (addresses.to_reply(reply) is not None) is is_known
        assert len(all_rows(after)["messages"]) == (2 if is_known else 1)


def test_a_new_application_key_still_opens_what_the_former_one_sealed(app, sign_in, people, clock):
    totp, _ = set_up(sign_in(people.olga), "/store/access")
    clock.shift(timedelta(seconds=30))
    old = app.secret_key
    app.config.update(SECRET_KEY=NEW_KEY, SECRET_KEY_FALLBACKS=[old])
    try:
        browser, first = password(app, people.olga, "store")
        browser.get(first.location)
        assert browser.submit("/login/step", code=totp.at(now())).status_code == 303
    finally:
        app.config.update(SECRET_KEY=old, SECRET_KEY_FALLBACKS=[])
