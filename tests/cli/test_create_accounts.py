"""create-admin, create-store, create-member, create-customer: who can sign in afterwards, and what is refused."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cli.conftest import Run, Sql
from tests.factories import PASSWORD
from webapp.accounts.errors import WrongCredentials
from webapp.accounts.models import Side
from webapp.accounts.sessions import Visit
from webapp.accounts.sign_in import sign_in

NEW_STORE = ("create-store", "harbor-goods", "--name", "Harbor Goods", "--owner", "olga@harbor.example")
COUNT = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM stores), (SELECT count(*) FROM customers)"


def can_sign_in(app: Flask, side: Side, email: str, password: str = PASSWORD, store: str | None = None) -> bool:
    with app.app_context():
        try:
            return bool(sign_in(side, email, password, Visit("127.0.0.1", "test"), store))
        except WrongCredentials:
            return False


def test_create_admin_makes_somebody_who_can_sign_in(app, run: Run):
    result = run("create-admin", " Ada@Parley.Example ", "--name", "Ada Quist")

    assert result.exit_code == 0, result.output
    assert result.output == "Ada Quist <ada@parley.example> is an admin.\n"
    assert can_sign_in(app, Side.ADMIN, "ada@parley.example")
    assert not can_sign_in(app, Side.ADMIN, "ada@parley.example", "another password")


def test_a_password_is_asked_for_twice_and_not_shown(app, run: Run):
    result = run("create-admin", "ada@parley.example", "--name", "Ada", typed="a long secret\na long secret\n")

    assert result.exit_code == 0, result.output
    assert "a long secret" not in result.output
    assert can_sign_in(app, Side.ADMIN, "ada@parley.example", "a long secret")


def test_two_different_passwords_make_nobody(run: Run, sql: Sql):
    result = run("create-admin", "ada@parley.example", "--name", "Ada", typed="a long secret\nanother one\n")

    assert result.exit_code == 1
    assert sql(COUNT) == [(0, 0, 0)]


@pytest.mark.parametrize(
    ("words", "password", "said"),
    [
        (("create-admin", "no address", "--name", "Ada"), PASSWORD, "Enter an email address"),
        (("create-admin", "ada@parley.example", "--name", " "), PASSWORD, "A name has 1 to 120 characters"),
        (("create-admin", "ada@parley.example", "--name", "Ada"), "short", "A password has 8 to 256 characters"),
        (("create-store", "No Slug", "--name", "X", "--owner", "o@x.example"), PASSWORD, "small letters"),
        (("create-store", "x", "--name", "", "--owner", "o@x.example"), PASSWORD, "A name has 1 to 120 characters"),
        (("create-customer", "m@x.example", "--store", "nowhere", "--name", "M"), PASSWORD, "no store with the code"),
        (("create-member", "m@x.example", "--store", "nowhere", "--role", "agent"), PASSWORD, "no store with the code"),
    ],
)
def test_a_refusal_is_one_line_and_leaves_nothing_behind(words, password, said, run: Run, sql: Sql):
    result = run(*words, password=password)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert said in result.output
    assert sql(COUNT) == [(0, 0, 0)]


def test_create_admin_refuses_an_address_that_is_taken(run: Run, sql: Sql):
    run("create-admin", "ada@parley.example", "--name", "Ada")

    result = run("create-admin", "ADA@parley.example", "--name", "Ada again", typed="")

    assert result.exit_code == 1
    assert "There is a user ada@parley.example already" in result.output
    assert sql("SELECT name FROM users") == [("Ada",)]


def test_create_store_makes_its_owner(app, run: Run, sql: Sql):
    result = run(*NEW_STORE, "--owner-name", "Olga Petrova")

    assert result.exit_code == 0, result.output
    assert sql("SELECT u.name, m.role FROM store_members m JOIN users u ON u.id = m.user_id") == [
        ("Olga Petrova", "owner")
    ]
    assert can_sign_in(app, Side.STORE, "olga@harbor.example")


def test_an_existing_owner_keeps_their_password_and_is_not_asked(app, run: Run, sql: Sql):
    run(*NEW_STORE)

    result = run("create-store", "tea-corner", "--name", "Tea Corner", "--owner", "olga@harbor.example", typed="")

    assert result.exit_code == 0, result.output
    assert "Password" not in result.output
    assert sql("SELECT count(*) FROM store_members WHERE role = 'owner'") == [(2,)]
    assert can_sign_in(app, Side.STORE, "olga@harbor.example")


def test_create_store_refuses_an_admin_as_owner_and_makes_no_store(run: Run, sql: Sql):
    run("create-admin", "olga@harbor.example", "--name", "Olga")

    result = run(*NEW_STORE)

    assert result.exit_code == 1
    assert "is an admin of the platform" in result.output
    assert sql(COUNT) == [(1, 0, 0)]


def test_create_store_refuses_a_code_that_is_taken(run: Run, sql: Sql):
    run(*NEW_STORE)

    result = run("create-store", "harbor-goods", "--name", "Another", "--owner", "new@harbor.example")

    assert result.exit_code == 1
    assert sql(COUNT) == [(1, 1, 0)]


def test_create_member_makes_a_user_and_lets_an_existing_one_in(app, run: Run, sql: Sql):
    run(*NEW_STORE)
    run("create-store", "tea-corner", "--name", "Tea Corner", "--owner", "tess@tea.example")

    made = run("create-member", "ivo@harbor.example", "--store", "harbor-goods", "--role", "agent", "--name", "Ivo")
    joined = run("create-member", "ivo@harbor.example", "--store", "tea-corner", "--role", "owner", typed="")

    assert made.exit_code == joined.exit_code == 0, made.output + joined.output
    assert can_sign_in(app, Side.STORE, "ivo@harbor.example")
    assert sql(
        "SELECT s.code, m.role FROM store_members m JOIN users u ON u.id = m.user_id"
        " JOIN stores s ON s.id = m.store_id WHERE u.name = 'Ivo' ORDER BY s.code"
    ) == [("harbor-goods", "agent"), ("tea-corner", "owner")]


def test_create_member_needs_a_name_for_a_new_user_and_a_known_role(run: Run, sql: Sql):
    run(*NEW_STORE)

    nameless = run("create-member", "ivo@harbor.example", "--store", "harbor-goods", "--role", "agent")
    roleless = run("create-member", "ivo@harbor.example", "--store", "harbor-goods", "--role", "boss", "--name", "Ivo")

    assert nameless.exit_code == 1
    assert "--name" in nameless.output
    assert roleless.exit_code == 2
    assert sql(COUNT) == [(1, 1, 0)]


def test_the_same_address_can_be_a_customer_of_two_stores_but_once_at_each(app, run: Run, sql: Sql):
    run(*NEW_STORE)
    run("create-store", "tea-corner", "--name", "Tea Corner", "--owner", "tess@tea.example")
    mara = ("create-customer", "mara@customers.example", "--name", "Mara", "--store")

    results = [run(*mara, "harbor-goods"), run(*mara, "tea-corner"), run(*mara, "harbor-goods")]

    assert [result.exit_code for result in results] == [0, 0, 1]
    assert "Harbor Goods has a customer mara@customers.example already" in results[2].output
    assert sql(COUNT) == [(2, 2, 2)]
    assert can_sign_in(app, Side.CUSTOMER, "mara@customers.example", store="tea-corner")


def test_a_database_without_tables_gets_a_clear_answer(run: Run, sql: Sql):
    sql("ALTER TABLE users RENAME TO gone")
    try:
        result = run("create-admin", "ada@parley.example", "--name", "Ada")
    finally:
        sql("ALTER TABLE gone RENAME TO users")

    assert result.exit_code == 1
    assert "flask db upgrade" in result.output
