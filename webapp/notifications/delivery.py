"""Draining the queue: plan, claim a few, write, send, and commit the outcome of each by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack

from webapp.database import reading
from webapp.notifications import options, planning, queue
from webapp.notifications.composing import NothingToSay, compose
from webapp.notifications.emails import EmailService
from webapp.notifications.queue import POISON_TRIES, Claimed
from webapp.notifications.transports import NotNow, Post, Refused, Unreachable

BATCH = 20
log = logging.getLogger(__name__)


def never() -> bool:
    """Go on."""
    return False


def deliver(stopping: Callable[[], bool] = never) -> int:
    """Plan what is due and send it, until nothing is due any more or somebody asks to stop; return how many left."""
    while planning.plan() == planning.PEOPLE_AT_ONCE and not stopping():
        continue
    count = 0
    while not stopping() and (batch := queue.claim(BATCH)):
        count += _send_batch(batch, stopping)
    return count


def _send_batch(batch: list[Claimed], stopping: Callable[[], bool]) -> int:
    """Send claimed mails over one connection. When nobody takes any, the others need not be tried."""
    with reading():
        service = EmailService(options.read())
    count, unreachable = 0, ""
    with ExitStack() as stack:
        try:
            post = stack.enter_context(service.post())
        except OSError as error:
            unreachable = str(error)
        for claimed in batch:
            if stopping():
                queue.released(claimed)
            elif not queue.begin(claimed):
                continue
            elif claimed.mail.tries > queue.most_tries():
                queue.failed(claimed, "Whoever sent it ended while doing so, each time", for_good=True)
            elif unreachable:
                queue.failed(claimed, unreachable)
            else:
                try:
                    count += _send(service, post, claimed)
                except Unreachable as error:
                    unreachable = str(error)
                    queue.failed(claimed, unreachable)
    return count


def _send(service: EmailService, post: Post, claimed: Claimed) -> bool:
    try:
        with reading():
            letter = compose(claimed.mail)
        service.send(post, service.write(claimed.mail, letter), letter.reader.email)
    except NothingToSay as reason:
        queue.skipped(claimed, str(reason))
        return False
    except Refused as error:
        queue.failed(claimed, str(error), for_good=True)
        return False
    except Unreachable:
        raise
    except NotNow as error:
        queue.failed(claimed, str(error))
        return False
    except Exception as error:
        log.exception("mail %s cannot be written", claimed.mail.id)
        queue.failed(claimed, f"{type(error).__name__}: {error}", most_allowed=POISON_TRIES)
        return False
    return queue.sent(claimed)
