"""Every page there is, in every state, for tests that must see all of them."""

from __future__ import annotations

from tests.factories import close, saving, send, start
from tests.people import People
from webapp.accounts import links, tokens
from webapp.accounts.models import Scope

WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2
PAGES = {
    "nobody": [
        "/",
        "/admin/login",
        "/admin/forgot",
        "/store/reset/no-such-link",
        "/store/login",
        "/storefront/login?store=harbor-goods",
        "/storefront/login",
        "/api/v1/docs",
        "/nowhere",
    ],
    "ada": [
        "/admin",
        "/admin/access",
        "/admin/access/password",
        "/admin/access/second-step",
        "/admin/access/confirm",
        "/admin/messages",
        "/admin/messages/{admin}",
        "/admin/messages/new",
        "/admin/settings",
        "/admin/email",
        "/admin/email-preferences",
        "/admin/audit",
        "/admin/team",
        "/admin/reports",
        "/admin/people?email=mara.lind@example.com",
        "/admin/messages?q=nothing-holds-this",
        "/admin/messages/9999",
    ],
    "wim_at_harbor": [
        "/store",
        "/store/access",
        "/store/messages",
        "/store/messages?scope=team&status=all",
        "/store/messages/{open}",
        "/store/messages/{closed}",
        "/store/messages/new",
        "/store/switch",
        "/store/messages/{other}",
    ],
    "mara": [
        "/storefront/account",
        "/storefront/account/access",
        "/storefront/account/email-preferences",
        "/storefront/account/messages",
        "/storefront/account/messages/{open}",
        "/storefront/account/messages/{closed}",
        "/storefront/account/messages?status=all&unread=1&q=nothing-holds-this",
        "/storefront/account/nowhere",
    ],
}


def prepare(people: People) -> dict[str, list[str]]:
    """Write the conversations that the pages show, hard ones too, and return each person's addresses."""
    talk = start(people.olga, people.mara_row, "Late parcel", "Where is it?")
    send(people.mara, talk, f"https://example.com/{WORD} and {WORD}")
    send(people.sam, talk, "Looking into it.\n\nمرحبا")
    closed = start(people.olga, people.mara_row, f"Long over {WORD}", "Bye")
    close(people.olga, closed)
    admin = start(people.ada, people.harbor, "Your shop", "Welcome")
    send(people.olga, admin, "Thanks")
    start(people.ada, people.mara_row, "Your account", "Hello")
    for who in (people.ada, people.wim_at_harbor, people.mara):
        with saving():
            tokens.issue_own(who, f"Order system {WORD}"[:60], [Scope.READ], 90)
    with saving():
        links.invite(people.ada, "somebody.with.a.long.name.that.does.not.fit@a-long-name-of-a-shop.example.com", None)
    other = start(people.tom, people.nina_row, "At the tea shop", "Hello")
    ids = {"open": talk.id, "closed": closed.id, "admin": admin.id, "other": other.id}
    return {who: [path.format(**ids) for path in paths] for who, paths in PAGES.items()}
