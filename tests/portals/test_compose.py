"""Starting a conversation: recipients by portal, everything typed is kept, every error is listed, without htmx too."""

from __future__ import annotations

import pytest

from tests.factories import deactivate
from tests.guards.rows import all_rows
from tests.portals import pages

TYPED = {"recipient": "Mara", "subject": "My subject", "body": "My long text"}


def compose(sign_in, viewer, query=""):
    browser = sign_in(viewer)
    page = browser.get(f"/{viewer.side.value}/messages/new{query}")
    assert page.status_code == 200
    return browser


def conversations(app):
    return [(row["conversation_type"], row["store_id"], row["customer_id"]) for row in all_rows(app)["conversations"]]


def participants(app):
    rows = all_rows(app)["conversation_participants"]
    return {(row["participant_type"], row["participant_id"]) for row in rows}


def test_a_store_writes_to_its_customer(app, sign_in, people):
    browser = compose(sign_in, people.olga)

    response = browser.submit("/new", **TYPED, choice=f"customer:{people.mara.id}")

    assert (response.status_code, response.location) == (303, "/store/messages/1")
    assert conversations(app) == [("store_customer", people.harbor.id, people.mara.id)]
    assert "My long text" in browser.get(response.location).text


def test_an_admin_writes_to_a_customer_a_store_or_one_of_its_people(app, sign_in, people):
    browser = compose(sign_in, people.ada)
    for to, side in (
        (f"customer:{people.mara.id}", "customer"),
        (f"store:{people.harbor.id}", "store"),
        (f"member:{people.tom.id}:{people.tea.id}", "store"),
    ):
        browser.get("/admin/messages/new")
        assert browser.submit("/new", **TYPED, choice=to, side=side).status_code == 303

    assert conversations(app) == [
        ("admin_customer", people.harbor.id, people.mara.id),
        ("admin_store", people.harbor.id, None),
        ("admin_store", people.tea.id, None),
    ]


def test_the_whole_store_takes_part(app, sign_in, people):
    browser = compose(sign_in, people.ada)
    browser.submit("/new", **TYPED, choice=f"store:{people.harbor.id}", side="store")

    everybody = (people.olga, people.sam, people.wim_at_harbor)
    assert participants(app) == {("admin", people.ada.id)} | {("store", one.id) for one in everybody}


def test_htmx_is_led_to_the_new_page(sign_in, people):
    response = compose(sign_in, people.olga).submit("/new", htmx=True, **TYPED, choice=f"customer:{people.mara.id}")

    assert (response.status_code, response.headers["HX-Redirect"]) == (204, "/store/messages/1")


def test_the_same_form_twice_starts_one(app, sign_in, people):
    browser = compose(sign_in, people.olga)
    answers = [browser.submit("/new", **TYPED, choice=f"customer:{people.mara.id}") for _ in range(2)]

    assert {answer.location for answer in answers} == {"/store/messages/1"}
    assert len(conversations(app)) == 1


@pytest.mark.parametrize("htmx", [False, True])
def test_a_foreign_recipient_is_answered_like_an_unknown_one(app, sign_in, people, htmx):
    deactivate(people.luis_row)
    answers = []
    for to in (
        f"customer:{people.nina.id}",
        f"customer:{people.luis.id}",
        "customer:987654",
        f"store:{people.tea.id}",
        f"member:{people.tom.id}:{people.tea.id}",
        "store:987654",
    ):
        browser = compose(sign_in, people.olga)
        response = browser.submit("/new", htmx=htmx, recipient="Zoe", subject="S", body="B", choice=to, client_key="")
        assert response.status_code == 422
        answers.append(pages.bad_html(response.text) or masked(response.text))

    assert len(set(answers)) == 1
    assert "Nobody was found" in answers[0]
    assert conversations(app) == []


def masked(text):
    return text.replace(pages.csrf_token(text), "") if "csrf_token" in text else text


@pytest.mark.parametrize(
    "to",
    ["", "x", "customer", "customer:", "customer:0", "customer:-1", "customer:" + "9" * 20, "customer:1:2", "\x00",
     "store:1:1", "member:1", "customer:١", "\ud800", "admin:1"],
)  # fmt: skip
def test_no_recipient_breaks_the_form_and_all_that_was_typed_is_kept(app, sign_in, people, to):
    browser = compose(sign_in, people.olga)
    form = browser.form("/new")
    data = {**pages.fields(form), **TYPED, "recipient": "Somebody", "choice": to.encode("utf-8", "surrogatepass")}

    response = browser.post(form.get("action"), data=data)

    assert response.status_code == 422
    kept = pages.fields(browser.form("/new"))
    assert (kept["recipient"], kept["subject"], kept["body"]) == ("Somebody", "My subject", "My long text")
    assert conversations(app) == []


def test_all_errors_are_listed_and_lead_to_their_fields(sign_in, people):
    for htmx in (False, True):
        response = compose(sign_in, people.olga).submit("/new", htmx=htmx, recipient="", subject=" ", body="")
        tree = pages.parse(response.text)
        links = {a.get("href"): pages.text_of(a) for a in pages.by_id(tree, "error-summary").iter("a")}

        assert response.status_code == 422
        assert links == {
            "#recipient": "Select who to write to",
            "#subject": "Enter a subject",
            "#new-body": "Enter a message",
        }
        if not htmx:
            assert "<title>Error: New conversation" in response.text
            assert pages.by_id(tree, "subject").get("aria-invalid") == "true"


@pytest.mark.parametrize("field", ["recipient", "subject", "body", "client_key", "side"])
@pytest.mark.parametrize("value", ["\x00", "a\x00b", "\ud800", "a\u202eb\x1b", "x" * 10_001, "😀" * 200, "%_\\'\""])
def test_no_text_breaks_the_form(sign_in, people, field, value):
    browser = compose(sign_in, people.olga)
    form = browser.form("/new")
    data = {**pages.fields(form), **TYPED, "choice": f"customer:{people.mara.id}"}

    for find in ({}, {"find": "1"}):
        response = browser.post(
            form.get("action"), data={**data, field: value.encode("utf-8", "surrogatepass"), **find}
        )
        assert response.status_code in {200, 303, 422}


def test_without_javascript_one_finds_and_chooses(app, sign_in, people):
    browser = compose(sign_in, people.olga)

    found = browser.submit("/new", **{**TYPED, "recipient": "customer"}, find="1")
    assert found.status_code == 200
    assert pages.fields(browser.form("/new"))["body"] == "My long text"

    browser.submit("/new", **{**TYPED, "recipient": "i"}, find="1")
    choices = [e for e in pages.parse(browser.shown[1]).iter("input") if e.get("name") == "choice"]
    assert {e.get("value") for e in choices} == {f"customer:{people.mara.id}", f"customer:{people.luis.id}"}
    assert "Nina" not in browser.shown[1]


@pytest.mark.parametrize("typed", ["Mara Lind", "mara lind", "mara.lind@example.com", "  Mara.Lind@example.com "])
def test_a_whole_name_or_address_is_enough(app, sign_in, people, typed):
    response = compose(sign_in, people.olga).submit("/new", **{**TYPED, "recipient": typed})

    assert response.status_code == 303
    assert conversations(app) == [("store_customer", people.harbor.id, people.mara.id)]


def test_a_link_fills_the_form_in(app, sign_in, people):
    query = f"?to=customer:{people.mara.id}&subject=Order%201042&body=Hello"
    browser = compose(sign_in, people.olga, query)
    filled = pages.fields(browser.form("/new"))

    assert (filled["recipient"], filled["subject"], filled["body"]) == ("Mara Lind", "Order 1042", "Hello")
    assert browser.submit("/new").status_code == 303
    assert conversations(app) == [("store_customer", people.harbor.id, people.mara.id)]


@pytest.mark.parametrize("to", ["customer:999", "x", "%00", "customer:" + "9" * 25])
def test_a_link_to_nobody_leaves_the_recipient_open(sign_in, people, to):
    foreign = compose(sign_in, people.olga, f"?to=customer:{people.nina.id}")
    assert pages.fields(foreign.form("/new"))["recipient"] == ""
    assert "Nina" not in foreign.shown[1]

    assert pages.fields(compose(sign_in, people.olga, f"?to={to}").form("/new"))["recipient"] == ""


def test_the_combobox_offers_ones_own_customers(sign_in, people):
    browser = compose(sign_in, people.olga)
    text = browser.get("/store/messages/_/recipients?recipient=n&side=store", htmx=True).text

    assert "Mara Lind" in text
    assert "Nina" not in text
    assert "Tom" not in text
    admins = compose(sign_in, people.ada).get("/admin/messages/_/recipients?recipient=tea&side=store", htmx=True).text
    assert "The whole store" in admins


def test_a_customer_has_no_such_page(sign_in, people):
    browser = sign_in(people.mara)
    browser.get("/storefront/account")
    token = browser.csrf_token()

    assert browser.get("/storefront/account/messages/new").status_code == 404
    assert browser.post("/storefront/account/messages/new", data={"csrf_token": token}).status_code in {404, 405}


def test_what_stands_in_the_recipient_field_decides_who_gets_it(app, sign_in, people):
    prefilled = f"/store/messages/new?to=customer:{people.mara.id}"
    browser = compose(sign_in, people.olga)
    for typed in ("Somebody else", ""):
        browser.get(prefilled)
        assert browser.submit("/new", **{**TYPED, "recipient": typed}).status_code == 422
    assert conversations(app) == []

    browser.get(prefilled)
    assert browser.submit("/new", **{**TYPED, "recipient": people.mara.name}).status_code == 303
    assert conversations(app) == [("store_customer", people.harbor.id, people.mara.id)]


def test_a_foreign_choice_is_no_choice(app, sign_in, people):
    browser = compose(sign_in, people.olga)

    refused = browser.submit("/new", **{**TYPED, "recipient": "Nina Tran"}, choice=f"customer:{people.nina.id}")
    assert refused.status_code == 422
    assert conversations(app) == []

    accepted = browser.submit("/new", **TYPED, choice=f"customer:{people.luis.id}")
    assert accepted.status_code == 303
    assert conversations(app) == [("store_customer", people.harbor.id, people.luis.id)]
