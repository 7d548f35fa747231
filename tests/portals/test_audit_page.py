"""The page of the audit log: what is in it, for whom, how it is searched, and the file it gives."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from tests.api.program import Program
from tests.factories import PASSWORD, change_settings, close, saving, send, start
from tests.guards.rows import all_rows
from tests.portals.fixtures import browser_of
from webapp.accounts import sessions, tokens
from webapp.accounts.audit_trail import PAGE
from webapp.accounts.models import Scope
from webapp.audit import log
from webapp.audit.models import Action
from webapp.portals.csv_cells import as_csv, cell


def entries(app, action=None):
    return [row for row in all_rows(app)["audit_log"] if action is None or row["action"] == action]


def by_form(app, path, email, password=PASSWORD):
    browser = browser_of(app)
    browser.get(path)
    return browser, browser.submit("/login", email=email, password=password)


def exported(browser, path="/admin/audit", **filters):
    if "Nothing was found." in browser.get(path, query_string=filters).text:
        return []
    answer = browser.submit("/audit/export")
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def test_signing_in_and_out_is_noted_with_its_address(app, people):
    browser, _ = by_form(app, "/admin/login", people.ada.email)
    browser.get("/admin")
    browser.submit("/logout")
    by_form(app, "/admin/login", people.ada.email, "wrong password")
    by_form(app, "/admin/login", "nobody@example.com")

    found = [(row["action"], row["actor_id"], row["object_id"], row["address"]) for row in entries(app)][-4:]
    ada = str(people.ada.id)
    assert found == [
        ("signed_in", people.ada.id, ada, "127.0.0.1"),
        ("signed_out", people.ada.id, "", "127.0.0.1"),
        ("sign_in_failed", None, ada, "127.0.0.1"),
        ("sign_in_failed", None, "", "127.0.0.1"),
    ]


def test_a_change_of_a_setting_says_before_and_after(app, sign_in, people):
    browser = sign_in(people.ada)
    browser.get("/admin/settings")
    browser.submit("/settings", message_attachment_max_files="3")

    (entry,) = entries(app, "setting_changed")
    assert (entry["before"], entry["after"], entry["actor_id"]) == ({"value": 10}, {"value": 3}, people.ada.id)
    page = browser.get("/admin/audit").text
    assert "Changed a setting: setting message_attachment_max_files" in page
    assert "<del>10</del> → <ins>3</ins>" in page


def test_tokens_sessions_and_passwords_are_noted(app, sign_in, people):
    other, browser = sign_in(people.olga), sign_in(people.olga)
    browser.get("/store/access")
    browser.submit("/end-others")
    browser.submit("/access/tokens", name="Stock", scopes="messages:read", days="30")
    browser.get("/store/access")
    browser.submit("/revoke")
    browser.get("/store/access/password")
    browser.submit("/password", current=PASSWORD, password="another password", again="another password")

    assert other.get("/store").status_code == 302
    mine = [row["action"] for row in entries(app) if row["actor_id"] == people.olga.id]
    assert mine == ["session_ended", "token_created", "token_revoked", "password_changed"]
    assert "Stock" not in str(entries(app))


def test_programs_are_noted_too(app, people):
    conversation = start(people.ada, people.harbor)
    with saving():
        token = tokens.issue_sign_in(sessions.account_of(people.ada), None)[0]
    Program(app, people.ada, token).post(f"/{conversation.id}/close")

    (entry,) = entries(app, "conversation_closed")
    assert (entry["actor_side"], entry["object_id"], entry["store_id"]) == (
        "admin",
        str(conversation.id),
        people.harbor.id,
    )
    assert entry["address"] == "unknown"  # the test client of programs has no address


def test_the_platform_reads_nothing_of_what_it_is_no_party_to(sign_in, people):
    private = close(people.olga, start(people.olga, people.mara_row))
    shared = close(people.olga, start(people.ada, people.harbor))

    of_ada = exported(sign_in(people.ada))
    of_olga = exported(sign_in(people.olga), "/store/audit")

    def closed(rows):
        return [row["id"] for row in rows if row["did"] == "Closed a conversation"]

    assert closed(of_ada) == [str(shared.id)]
    assert closed(of_olga) == [str(shared.id), str(private.id)]


def test_an_owner_reads_what_their_own_people_did_and_nobody_else_does(app, sign_in, people):
    close(people.ada, start(people.ada, people.harbor))
    close(people.tom, start(people.tom, people.nina_row))
    by_form(app, "/storefront/login?store=harbor-goods", people.mara.email)
    close(people.sam, start(people.olga, people.mara_row))

    assert [(row["who"], row["did"]) for row in exported(sign_in(people.olga), "/store/audit")] == [
        ("Sam Agent", "Closed a conversation")
    ]
    for who, path in (("sam", "/store/audit"), ("wim_at_tea", "/store/audit")):
        browser = sign_in(getattr(people, who))
        assert browser.get(path).status_code == 403
        assert "Audit log" not in browser.get("/store").text
        assert browser.post(f"{path}/export", data={"csrf_token": browser.csrf_token()}).status_code == 403
    assert sign_in(people.mara).get("/storefront/audit").status_code == 404


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"q": "ADA"}, 2),
        ({"q": "ben.admin@example"}, 1),
        ({"q": "x%"}, 0),
        ({"action": "token_created"}, 1),
        ({"action": "no such action", "q": "ben"}, 1),
        ({"since": "2000-01-01", "until": "2000-01-02"}, 0),
        ({"until": "9999-12-30", "q": "ben"}, 1),
    ],
)
def test_it_is_searched(sign_in, people, filters, count):
    for who in (people.ada, people.ben):
        with saving():
            log.note(who, Action.SETTING_CHANGED, "setting", "x")
    with saving():
        tokens.issue_own(people.ada, "Orders", [Scope.READ], 30)

    assert len(exported(sign_in(people.ada), **filters)) == count


@pytest.mark.parametrize("wrong", [{"since": "soon"}, {"until": "9999-12-31"}])
def test_a_day_that_is_none_is_said_at_its_field(sign_in, people, wrong):
    answer = sign_in(people.ada).get("/admin/audit", query_string=wrong)

    assert answer.status_code == 422
    assert "Enter a day" in answer.text


def test_pages_go_back_to_the_first_entry_without_a_gap(sign_in, people):
    for number in range(PAGE + 3):
        with saving():
            log.note(people.ada, Action.SETTING_CHANGED, "setting", f"n{number}-")
    browser = sign_in(people.ada)
    first = browser.get("/admin/audit?action=setting_changed").text
    older = first.split('href="/admin/audit?before=')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(f"/admin/audit?before={older}").text

    assert "n3-" in first
    assert "n2-" not in first
    assert ("n2-" in second, "n0-" in second, "n3-" in second) == (True, True, False)
    assert browser.get("/admin/audit?before=0").status_code == 404
    assert browser.get("/admin/audit?before=99999999999999999999").status_code == 404


def test_taking_the_file_is_noted(app, sign_in, people):
    browser = sign_in(people.ada)
    exported(browser)
    (entry,) = entries(app, "audit_exported")

    assert entry["actor_id"] == people.ada.id


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text):
    assert cell(text) == f"'{text}"
    assert list(csv.reader(StringIO(as_csv([text], [[text, "a, b", None]])[1:]))) == [
        [f"'{text}"],
        [f"'{text}", "a, b", ""],
    ]


def test_a_name_that_is_a_formula_reaches_no_spreadsheet(sign_in, people):
    change_settings(platform_display_name='=HYPERLINK("x")')
    rows = exported(sign_in(people.ada), action="setting_changed")

    assert not [value for row in rows for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_reading_and_sending_leave_no_line(app, sign_in, people):
    conversation = start(people.olga, people.mara_row)
    before = entries(app)
    send(people.mara, conversation)
    sign_in(people.olga).get(f"/store/messages/{conversation.id}")

    assert entries(app) == before
