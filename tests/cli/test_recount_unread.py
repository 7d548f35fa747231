"""recount-unread: nothing after real traffic, and every counter that was broken by hand is found and set right."""

from __future__ import annotations

from tests import factories
from tests.cli.conftest import Run, Sql
from tests.people import People

COUNTERS = (
    "SELECT 'p', conversation_id, participant_type, participant_id, unread_count, 0 FROM conversation_participants"
    " UNION ALL SELECT 'i', id, participant_type, participant_id, unread_messages, unread_conversations FROM inboxes"
    " ORDER BY 1, 2, 3, 4"
)


def traffic() -> People:
    people = People()
    late = factories.start(people.olga, people.mara_row, "Late parcel")
    for _ in range(3):
        factories.send(people.mara, late, "Where is it?")
    factories.send(people.sam, late, "On its way")
    factories.read(people.olga, late, 2)
    factories.close(people.sam, late)
    factories.reopen(people.olga, late)
    payout = factories.start(people.ada, people.harbor, "Payout")
    factories.send(people.olga, payout, "Thanks")
    case = factories.start(people.ben, people.luis_row, "Your case")
    factories.send(people.luis, case, "Yes?")
    factories.deactivate(people.wim_row)
    return people


def test_it_finds_nothing_after_real_traffic(app, run: Run, sql: Sql):
    traffic()
    before = sql(COUNTERS)
    assert sum(row[4] for row in before) > 5, "the test needs unread messages"

    result = run("recount-unread")

    assert result.exit_code == 0, result.output
    assert (
        result.output
        == f"Checked 3 conversations and {sum(row[0] == 'i' for row in before)} inboxes: nothing to repair.\n"
    )
    assert sql(COUNTERS) == before


def test_it_repairs_counts_and_sums_and_says_which(app, run: Run, sql: Sql):
    people = traffic()
    right = sql(COUNTERS)
    sql(
        "UPDATE conversation_participants SET unread_count = unread_count + 7"
        f" WHERE participant_type = 'store' AND participant_id = {people.olga.id}",
        "UPDATE inboxes SET unread_messages = 99, unread_conversations = 1 WHERE participant_type = 'admin'",
    )
    broken = sql(COUNTERS)
    assert broken != right

    tried = run("recount-unread", "--dry-run")
    assert sql(COUNTERS) == broken, "a dry run changes nothing"
    result = run("recount-unread")

    assert f"store {people.olga.id}: " in tried.output
    assert f"store {people.olga.id}: " in result.output
    assert "99 unread in 1 -> " in result.output
    assert "to repair." in tried.output
    assert "repaired." in result.output
    assert sql(COUNTERS) == right
    assert run("recount-unread").output.endswith("nothing to repair.\n")


def test_who_left_has_nothing_unread(app, run: Run, sql: Sql):
    people = traffic()
    run("deactivate", people.olga.email)
    sql(
        f"UPDATE conversation_participants SET unread_count = 2"
        f" WHERE participant_id = {people.olga.id} AND left_at IS NOT NULL"
    )

    result = run("recount-unread")

    assert result.output.count("2 unread -> 0") >= 1
    assert sql("SELECT sum(unread_count) FROM conversation_participants WHERE left_at IS NOT NULL") == [(0,)]


def test_what_the_setting_hides_is_in_no_sum(app, run: Run, sql: Sql):
    people = traffic()
    factories.change_settings(storefront_admin_conversations=False)

    assert run("recount-unread").output.endswith("nothing to repair.\n")
    sql(
        "UPDATE inboxes SET unread_messages = 1, unread_conversations = 1"
        f" WHERE participant_type = 'customer' AND participant_id = {people.luis.id}"
    )
    assert "1 unread in 1 -> 0 in 0" in run("recount-unread").output
