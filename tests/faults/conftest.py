"""What fault tests share: a marketplace in a database of its own, its server, and a customer who sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from tests import backends, factories
from tests.faults.running import Sender, Server, serving
from tests.people import People
from tests.portals.fixtures import inbox_of, start_session
from webapp.messaging.models import Conversation


@dataclass
class Marketplace:
    """The app in this process beside the served one, both on the same database and storage."""

    app: Flask
    server: Server
    people: People
    conversation: Conversation
    folder: Path

    def sender(self) -> Sender:
        """Return a customer with the thread open."""
        thread = f"{inbox_of(self.people.mara)}/{self.conversation.id}"
        return Sender(self.server, thread, start_session(self.people.mara))

    def flask(self, *words: str) -> str:
        """Run a command and return what it says; it must succeed."""
        result = self.app.test_cli_runner().invoke(args=words)
        assert result.exit_code == 0, result.output
        return result.output


@pytest.fixture
def marketplace_on(tmp_path: Path, worker_name: str) -> Iterator[Callable[..., Marketplace]]:
    """Make the marketplace on a kind of database, with its server running, or to be started by the test."""
    with ExitStack() as stack:

        def make(backend: str, is_served: bool = True) -> Marketplace:
            url = stack.enter_context(backends.URLS[backend](tmp_path, f"faults_{worker_name}"))
            storage_url = f"file:{tmp_path / 'files'}"
            app = stack.enter_context(backends.running_app(url, storage_url=storage_url))
            backends.migrate(app)
            factories.save_in(app)
            stack.callback(factories.save_in, None)
            people = People()
            conversation = factories.start(people.olga, people.mara_row)
            server = Server(url, storage_url)
            if is_served:
                stack.enter_context(serving(server))
            return Marketplace(app, server, people, conversation, tmp_path / "files")

        yield make
