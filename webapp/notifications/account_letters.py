"""Mails about accounts: written down in the transaction that makes their link, claimed, sent, tried again."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete, or_, select, update

from webapp.accounts.factors import sealing
from webapp.accounts.link_models import AccountLetter
from webapp.accounts.models import Customer, Side, User
from webapp.accounts.service import AccountService
from webapp.database import now, reading, session, writing
from webapp.notifications import office, options
from webapp.notifications.emails import EmailService
from webapp.notifications.transports import NotNow, Refused, Unreachable

_FORGOT = {Side.ADMIN: "/admin/forgot", Side.STORE: "/store/forgot", Side.CUSTOMER: "/storefront/forgot"}
LEASE = timedelta(minutes=2)
BATCH = 10
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
log = logging.getLogger(__name__)


def write(template: str, subject: str, email: str, name: str, /, **context: str) -> None:
    """Write a mail down that is to be sent once the transaction is committed."""
    session.add(
        AccountLetter(
            template=template,
            subject=subject[:200],
            email=email,
            name=name,
            sealed=sealing.seal(json.dumps(context)),
            due_at=now(),
        )
    )
    session.flush()


def notice(account: User | Customer, what: str) -> None:
    """Tell a person that somebody, they themselves it is hoped, changed how they sign in; ``what`` is a sentence."""
    page, store = _FORGOT[Side.CUSTOMER if isinstance(account, Customer) else Side(account.role.value)], ""
    if isinstance(account, Customer):
        held = AccountService().store_of(account)
        page, store = f"{page}?store={held.code}", held.name
    moment = f"{now():%d %B %Y, %H:%M} UTC"
    write(
        "security_notice",
        "Your account was changed",
        account.email,
        account.name,
        name=account.name,
        store=store,
        what=what,
        moment=moment,
        address=address_of(page),
    )


def address_of(path: str) -> str:
    """Return a page of ours as a mail names it."""
    return office.current().links.base_url.rstrip("/") + path


def deliver(stopping: Callable[[], bool]) -> int:
    """Send the mails about accounts that are due, and return how many left."""
    count = 0
    while not stopping() and (batch := _claim()):
        with reading():
            service = EmailService(options.read())
        for letter in batch:
            count += _send(service, letter)
    return count


def _claim() -> list[AccountLetter]:
    free = (AccountLetter.due_at <= now()) & or_(
        AccountLetter.claimed_until.is_(None), AccountLetter.claimed_until <= now()
    )
    with reading():
        if session.scalar(select(AccountLetter.id).where(free).limit(1)) is None:
            return []
    with writing():
        ids = select(AccountLetter.id).where(free).order_by(AccountLetter.id).limit(BATCH)
        claimed = session.scalars(
            update(AccountLetter)
            .where(AccountLetter.id.in_(ids.with_for_update(skip_locked=True)))
            .values(claimed_until=now() + LEASE, tries=AccountLetter.tries + 1)
            .returning(AccountLetter),
            execution_options={"synchronize_session": False, "populate_existing": True},
        ).all()
        session.expunge_all()
    return list(claimed)


def _send(service: EmailService, letter: AccountLetter) -> bool:
    context = sealing.unseal(letter.sealed)
    if context is None:
        log.error("the mail %s about an account was sealed with a key that is gone", letter.id)
        _forget(letter)
        return False
    message = service.write_about_account(
        letter.template, letter.subject, letter.name, letter.email, json.loads(context)
    )
    try:
        with service.post() as post:
            service.send(post, message, letter.email)
    except Refused as error:
        log.warning("the mail %s about an account was refused: %s", letter.id, _without_addresses(str(error)))
        _forget(letter)
        return False
    except (Unreachable, NotNow, OSError) as error:
        _try_again(letter, str(error))
        return False
    _forget(letter)
    return True


def _try_again(letter: AccountLetter, why: str) -> None:
    waits = office.current().retry_seconds
    if letter.tries > len(waits):
        log.warning("the mail %s about an account is given up: %s", letter.id, _without_addresses(why))
        _forget(letter)
        return
    with writing():
        again = now() + timedelta(seconds=waits[letter.tries - 1])
        session.execute(
            update(AccountLetter).where(AccountLetter.id == letter.id).values(claimed_until=None, due_at=again)
        )


def _without_addresses(said: str) -> str:
    """Return what a server said as it may be logged: servers like to repeat whom a mail was for."""
    return _ADDRESS.sub("[address]", said)


def _forget(letter: AccountLetter) -> None:
    with writing():
        session.execute(delete(AccountLetter).where(AccountLetter.id == letter.id))
