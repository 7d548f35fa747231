"""create-token: whose token it is, what it may do, and what is refused."""

from __future__ import annotations

import pytest

from tests.api.program import Program
from tests.cli.conftest import Run
from tests.factories import deactivate
from tests.people import People

READ, WRITE = ("--scope", "messages:read"), ("--scope", "messages:write")


@pytest.fixture
def people(app):
    return People()


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("ada", ("--portal", "admin")),
        ("olga", ("--portal", "store")),
        ("wim_at_tea", ("--portal", "store", "--store", "tea-corner")),
        ("mara", ("--portal", "storefront", "--store", "harbor-goods")),
    ],
)
def test_it_prints_a_token_and_nothing_else(app, run: Run, people, who, words):
    viewer = getattr(people, who)

    result = run("create-token", viewer.email, *words, *READ)

    assert result.exit_code == 0, result.output
    token = result.stdout.removesuffix("\n")
    assert token.startswith("parley_")
    assert token not in result.stderr
    program = Program(app, viewer, token)
    assert program.get().status_code == 200
    assert program.put("/1/read").status_code == 403


def test_both_scopes_a_name_and_days(run: Run, people, app):
    result = run("create-token", people.ada.email, "--portal", "admin", *READ, *WRITE, "--name", "ERP", "--days", "7")

    assert "for messages:read, messages:write, 7 days" in result.stderr
    assert Program(app, people.ada, result.stdout.strip()).put("/1/read").status_code == 404


@pytest.mark.parametrize(
    ("email", "words", "message"),
    [
        ("nobody@example.com", ("--portal", "admin", *READ), "no active admin user nobody@example.com"),
        ("ada.admin@example.com", ("--portal", "store", *READ), "no active store user ada.admin@example.com"),
        ("ada.admin@example.com", ("--portal", "admin", "--store", "tea-corner", *READ), "leave out --store"),
        ("wim.both@example.com", ("--portal", "store", *READ), "works for harbor-goods, tea-corner: say --store"),
        (
            "olga.owner@example.com",
            ("--portal", "store", "--store", "tea-corner", *READ),
            "does not work for tea-corner",
        ),
        ("mara.lind@example.com", ("--portal", "storefront", *READ), "Say --store"),
        ("mara.lind@example.com", ("--portal", "storefront", "--store", "tea-corner", *READ), "no active customer"),
        ("mara.lind@example.com", ("--portal", "storefront", "--store", "nowhere", *READ), "no active customer"),
        ("ada.admin@example.com", ("--portal", "admin", *READ, "--days", "366"), "1 to 365 days"),
        ("ada.admin@example.com", ("--portal", "admin", *READ, "--name", ""), "Enter a name"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_line(run: Run, people, email, words, message):
    result = run("create-token", email, *words)

    assert result.exit_code == 1
    assert message in result.output
    assert "parley_" not in result.output


@pytest.mark.parametrize("words", [("--portal", "admin"), ("--portal", "admin", "--scope", "all"), READ])
def test_portal_and_scope_are_needed(run: Run, people, words):
    assert run("create-token", people.ada.email, *words).exit_code == 2


def test_somebody_who_left_gets_none(run: Run, people):
    deactivate(people.sam_row)

    assert run("create-token", people.sam.email, "--portal", "store", *READ).exit_code == 1
