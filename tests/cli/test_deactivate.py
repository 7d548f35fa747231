"""deactivate and activate: out of every inbox and back, with what was written meanwhile unread."""

from __future__ import annotations

from tests import factories
from tests.cli.conftest import Run, Sql
from tests.people import People
from webapp.accounts import sessions
from webapp.accounts.models import Customer, Side
from webapp.accounts.sessions import Visit
from webapp.database import session

BADGE = "SELECT unread_messages FROM inboxes WHERE participant_type = '{}' AND participant_id = {} AND store_id {}"
HERE = (
    "SELECT count(*) FROM conversation_participants"
    " WHERE participant_type = '{}' AND participant_id = {} AND left_at IS NULL"
)


def test_a_deactivated_user_leaves_their_conversations_and_comes_back_to_what_was_missed(app, run: Run, sql: Sql):
    people = People()
    thread = factories.start(people.olga, people.mara_row)
    olga = people.olga.id

    gone = run("deactivate", people.olga.email)
    factories.send(people.mara, thread, "Is anybody there?")
    factories.send(people.mara, thread, "Hello?")

    assert gone.exit_code == 0, gone.output
    assert sql(f"SELECT is_active FROM users WHERE id = {olga}") in ([(False,)], [(0,)])
    assert sql(HERE.format("store", olga)) == [(0,)]
    assert sql(BADGE.format("store", olga, f"= {people.harbor.id}")) == [(0,)]

    back = run("activate", people.olga.email)

    assert back.exit_code == 0, back.output
    assert "back in 1 conversations" in back.output
    assert sql(BADGE.format("store", olga, f"= {people.harbor.id}")) == [(2,)]
    assert run("doctor").exit_code == 0, run("doctor").output


def test_a_deactivated_membership_leaves_the_other_store_alone(app, run: Run, sql: Sql):
    people = People()
    factories.start(people.wim_at_harbor, people.mara_row)
    factories.start(people.wim_at_tea, people.nina_row)

    result = run("deactivate", people.wim_at_tea.email, "--store", "tea-corner")

    assert result.exit_code == 0, result.output
    assert sql(
        f"SELECT store_id FROM conversation_participants WHERE participant_type = 'store'"
        f" AND participant_id = {people.wim_at_tea.id} AND left_at IS NULL"
    ) == [(people.harbor.id,)]
    assert run("doctor").exit_code == 0


def test_activating_a_user_does_not_restore_a_membership_that_ended(app, run: Run, sql: Sql):
    people = People()
    factories.start(people.wim_at_harbor, people.mara_row)
    factories.start(people.wim_at_tea, people.nina_row)
    run("deactivate", people.wim_at_tea.email, "--store", "tea-corner")
    run("deactivate", people.wim_at_tea.email)

    result = run("activate", people.wim_at_tea.email)

    assert "back in 1 conversations" in result.output
    assert sql(HERE.format("store", people.wim_at_tea.id)) == [(1,)]


def test_a_customer_is_deactivated_at_one_store_only(app, run: Run, sql: Sql):
    people = People()
    factories.make_customer(people.tea, "Mara Lind", email=people.mara.email)
    factories.start(people.olga, people.mara_row)

    result = run("deactivate", people.mara.email, "--store", "harbor-goods", "--customer")

    assert result.exit_code == 0, result.output
    assert sql(f"SELECT count(*) FROM customers WHERE email = '{people.mara.email}' AND is_active") == [(1,)]
    assert sql(HERE.format("customer", people.mara.id)) == [(0,)]
    assert run("activate", people.mara.email, "--store", "harbor-goods", "--customer").exit_code == 0
    assert sql(BADGE.format("customer", people.mara.id, f"= {people.harbor.id}")) == [(1,)]


def test_unknown_people_are_refused(app, run: Run):
    People()

    for words in (
        ["nobody@example.com"],
        ["ada.admin@example.com", "--store", "harbor-goods"],
        ["mara.lind@example.com", "--store", "tea-corner", "--customer"],
        ["mara.lind@example.com", "--customer"],
        ["mara.lind@example.com", "--store", "nowhere", "--customer"],
    ):
        result = run("deactivate", *words)
        assert result.exit_code == 1
        assert result.output.startswith("Error: ")


def test_a_deactivated_store_lets_nobody_in_until_it_is_active_again(app, run: Run):
    people = People()
    with app.app_context():
        before = sessions_of(people.mara_row)
    for command, is_in in (("deactivate-store", False), ("activate-store", True)):
        result = run(command, "harbor-goods")

        assert result.exit_code == 0, result.output
        with app.app_context():
            token = sessions_of(people.mara_row)
            assert (sessions.find(Side.CUSTOMER, token) is not None) is is_in
            assert sessions.find(Side.CUSTOMER, before) is None
    assert run("deactivate-store", "nowhere").exit_code == 1


def sessions_of(customer: Customer) -> str:
    with factories.saving():
        return sessions.start(session.merge(customer), customer.store_id, Visit("192.0.2.1", "Firefox"))


def test_the_last_admin_cannot_be_deactivated(app, run: Run, sql: Sql):
    people = People()
    assert run("deactivate", people.ben.email).exit_code == 0

    refused = run("deactivate", people.ada.email)

    assert refused.exit_code != 0
    assert "The platform needs an admin" in refused.output
    assert sql("SELECT count(*) FROM users WHERE role = 'admin' AND is_active") == [(1,)]
    assert run("deactivate", people.ben.email).exit_code == 0, "who is deactivated already may be so again"
