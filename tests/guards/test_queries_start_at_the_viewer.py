"""Queries over conversations are built in a few modules of messaging; portals and doors never see their models."""

from __future__ import annotations

import ast

import pytest

from tests.guards.sources import named, python_files

GUARDED = {"Conversation", "ConversationParticipant", "Message", "Inbox", "MessageAttachment"}
READS = {"select", "query", "get", "get_one", "select_from", "join", "outerjoin", "aliased", "exists", "scalars"}
MAY_READ = {
    "webapp/messaging/access.py": "the only functions that build queries over visible rows",
    "webapp/messaging/maintenance.py": "recount and sweep, without a viewer, for commands and jobs",
    "webapp/messaging/consistency.py": "what doctor checks, without a viewer",
    "webapp/messaging/indexing.py": "the words of messages made anew, without a viewer",
    "webapp/messaging/bulk.py": "imports, without a viewer",
    "webapp/messaging/counters.py": "writes the counts of a conversation that access has loaded",
    "webapp/messaging/retention.py": "counts and deletes what is old, without a viewer, for admins",
    "webapp/messaging/returning.py": "brings people back, without a viewer",
    "webapp/messaging/single_files.py": "takes out a file that access has found, or an operator names",
    "webapp/messaging/locks.py": "locks the inboxes of a conversation that access has loaded",
    "webapp/messaging/standing.py": "where the viewer stands in a conversation that access has loaded",
    "webapp/messaging/membership.py": "who takes part in a conversation that access has loaded",
    "webapp/messaging/service.py": "the verbs, on what access has loaded",
    "webapp/messaging/numbers.py": "the highest id, for the next one",
    "webapp/messaging/starting.py": "the rows of a new conversation",
    "webapp/messaging/person_data.py": "what names somebody whose account is erased, for admins",
    "webapp/messaging/moderation.py": "takes away what access has loaded, or what was reported to the platform",
    "webapp/attachments/rescanning.py": "sets what a later scan found, without a viewer",
    "webapp/attachments/moving.py": "copies every file, without a viewer",
    "webapp/attachments/service.py": "deletes a row by its id, for operators",
    "webapp/attachments/sweeping.py": "rows and files against each other, without a viewer",
    "webapp/messaging/log.py": "writes the messages of a conversation that access has loaded",
}
"""Modules that may build queries over the four tables, each with its reason."""

_MAY_COMPOSE = ("webapp/messaging/queries/", "webapp/search/", "webapp/notifications/")
"""Packages whose queries start at access.py."""

_DOORS = ("webapp/doors", "webapp/portals")


def reads_of_guarded_tables(source: str) -> list[int]:
    """Return the lines of calls that read one of the guarded tables."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        names = {n.id for argument in node.args for n in ast.walk(argument) if isinstance(n, ast.Name)}
        names |= {n.attr for argument in node.args for n in ast.walk(argument) if isinstance(n, ast.Attribute)}
        if called in READS and names & GUARDED:
            found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", python_files("webapp"), ids=named)
def test_a_module_that_may_not_does_not_query_conversations(path):
    if named(path) in MAY_READ or named(path).startswith(_MAY_COMPOSE):
        return
    assert not reads_of_guarded_tables(path.read_text())


def test_the_list_of_modules_that_may_is_true():
    there = {named(path): path.read_text() for path in python_files("webapp/messaging", "webapp/attachments")}

    assert {name for name in MAY_READ if name not in there or not reads_of_guarded_tables(there[name])} == set()


@pytest.mark.parametrize(
    "source",
    [
        "session.scalars(select(Conversation))",
        "select(func.count()).select_from(models.Message)",
        "session.get(Conversation, 7)",
        "db.session.query(Inbox.unread_messages)",
        "statement.join(ConversationParticipant, True)",
    ],
)
def test_the_rule_finds(source):
    assert set(reads_of_guarded_tables(source)) == {1}
    assert not reads_of_guarded_tables(
        source.replace("Conversation", "User").replace("Message", "U").replace("Inbox", "U")
    )


def models_imported(source: str) -> set[str]:
    """Return what a module imports that is, or leads to, a row of a guarded table."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {alias.name for alias in node.names}
            if node.module == "webapp.messaging.models":
                found |= names & GUARDED
            if node.module == "webapp.messaging":
                found |= names & {"models", "maintenance", "consistency", "bulk"}
            if node.module.startswith(("webapp.messaging.maintenance", "webapp.messaging.bulk")):
                found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("webapp.messaging.models")}
    return found


@pytest.mark.parametrize("path", python_files(*_DOORS), ids=named)
def test_a_door_never_imports_the_rows_of_a_conversation(path):
    assert not models_imported(path.read_text())


def test_the_import_rule_finds():
    assert models_imported("from webapp.messaging.models import Conversation, ConversationType") == {"Conversation"}
    assert models_imported("from webapp.messaging import models")
    assert models_imported("from webapp.messaging.maintenance import recount")
    assert models_imported("import webapp.messaging.models")
    assert not models_imported("from webapp.messaging.models import ConversationType")
