"""What e-mail costs: added to a send, to a send while no mail server answers, and mails in a second of CPU.

``python -m bench.mails``; it takes half a minute. Ratios are of sends in turns, A B A B, in one process.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from tests import backends, factories
from tests.notifications.conftest import SETTINGS, mailing
from tests.notifications.smtp import smtp_server
from tests.people import People
from webapp.accounts.viewer import Viewer
from webapp.database import writing
from webapp.messaging import events
from webapp.messaging.drafts import Draft
from webapp.messaging.models import Conversation
from webapp.messaging.service import MessagingService
from webapp.notifications import delivery
from webapp.notifications.service import write_outbox

ROUNDS, SENDS, MAILS = 12, 25, 200
messaging = MessagingService()


def main() -> None:
    """Measure on SQLite and print."""
    with tempfile.TemporaryDirectory() as folder, backends.running_app(f"sqlite:///{Path(folder) / 'bench.db'}") as app:
        backends.migrate(app)
        factories.save_in(app)
        people = People()
        conversation = factories.start(people.olga, people.mara_row)
        with app.app_context():
            cost = _ratio(lambda: _sends(people.olga, conversation), _without_outbox)
            print(f"a send with its outbox, x a send without:        {cost:.2f} (CPU)")
            down = _ratio(lambda: _sends(people.olga, conversation, time.monotonic), lambda: _failing_to_deliver(app))
            print(f"speed of a send while no mail server answers, x:  {down:.2f} (wall clock)")
        print(f"mails a second of CPU, the server's part too:    {_drained(app, people):.0f}")


def _ratio(sends: Callable[[], float], within: Callable[[], object]) -> float:
    """Return the median of a round as it is against one within something else."""
    plain, other = [], []
    for _ in range(ROUNDS):
        plain.append(sends())
        with within():  # type: ignore[attr-defined]
            other.append(sends())
    return statistics.median(plain) / statistics.median(other)


def _sends(viewer: Viewer, conversation: Conversation, clock: Callable[[], float] = time.process_time) -> float:
    begun = clock()
    for _ in range(SENDS):
        with writing():
            messaging.send_message(viewer, conversation.id, Draft("Hello"))
    return clock() - begun


@contextmanager
def _without_outbox():  # type: ignore[no-untyped-def]
    events._in_transaction.remove(write_outbox)
    yield
    events._in_transaction.append(write_outbox)


@contextmanager
def _failing_to_deliver(app: Flask):  # type: ignore[no-untyped-def]
    """Drain all the time towards a port where nobody listens."""
    with smtp_server() as gone:
        url = gone.url
    done = threading.Event()

    def drain() -> None:
        while not done.wait(0.05):
            with app.app_context():
                delivery.deliver()

    with mailing(app, smtp_url=url, mail_coalesce_seconds=0, mail_from=SETTINGS["mail_from"], mail_retry_seconds="0"):
        thread = threading.Thread(target=drain)
        thread.start()
        yield
        done.set()
        thread.join()


def _drained(app: Flask, people: People) -> float:
    with smtp_server() as server, mailing(app, smtp_url=server.url, mail_coalesce_seconds=0, **SETTINGS):
        factories.change_settings(email_most_per_hour=1000)
        with app.app_context():
            delivery.deliver()
        for number in range(MAILS):
            factories.start(people.olga, people.mara_row if number % 2 else people.luis_row)
        begun, before = time.process_time(), len(server.received)
        with app.app_context():
            delivery.deliver()
        return (len(server.received) - before) / (time.process_time() - begun)


if __name__ == "__main__":
    main()
