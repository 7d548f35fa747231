"""A person's own sessions: listed, ended, confirmed, restricted; each act is noted."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, select, update

from webapp.accounts.factors import second
from webapp.accounts.models import SignInSession, User
from webapp.accounts.sessions import IDLE_LIMIT, end
from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import now, session


def of_viewer(viewer: Viewer) -> list[SignInSession]:
    """Return the viewer's own sessions at their portal that have not ended, the last seen first."""
    moment = now()
    statement = select(SignInSession).where(
        _own(viewer), SignInSession.expires_at > moment, SignInSession.last_seen_at > moment - IDLE_LIMIT
    )
    return list(session.scalars(statement.order_by(SignInSession.last_seen_at.desc(), SignInSession.token_hash)))


def end_own(viewer: Viewer, token_hash: str) -> bool:
    """End one of the viewer's own sessions; tell whether there was one."""
    gone = session.execute(
        delete(SignInSession)
        .where(_own(viewer), SignInSession.token_hash == token_hash)
        .returning(SignInSession.token_hash)
    )
    there = gone.first() is not None
    if there:
        log.note(viewer, Action.SESSION_ENDED, "session", after={"sessions": 1})
    return there


def end_others(viewer: Viewer, but: str) -> None:
    """End the viewer's sessions at their portal, but for one."""
    log.note(viewer, Action.SESSION_ENDED, "session", after={"sessions": end_all(viewer, but)})


def end_all(viewer: Viewer, but: str | None = None) -> int:
    """End the viewer's sessions at their portal, but for one; return how many there were."""
    gone = delete(SignInSession).where(_own(viewer))
    if but is not None:
        gone = gone.where(SignInSession.token_hash != but)
    return len(session.execute(gone.returning(SignInSession.token_hash)).all())


def sign_out(viewer: Viewer, token: str) -> None:
    """End the session of a person who leaves, and note it."""
    end(token)
    log.note(viewer, Action.SIGNED_OUT, "session")


def confirm(token_hash: str) -> None:
    """Note that the person has shown again who they are."""
    session.execute(update(SignInSession).where(SignInSession.token_hash == token_hash).values(confirmed_at=now()))


def lift_restriction(viewer: Viewer) -> None:
    """Let the viewer's sessions do everything again: they have a second step now."""
    session.execute(update(SignInSession).where(_own(viewer)).values(restricted_at=None))


def restrict_where_required() -> None:
    """Restrict the sessions of all users who lack a second step that the settings have begun to demand."""
    users = select(User).where(User.id.in_(select(SignInSession.user_id)), User.is_active)
    _restrict([user.id for user in session.scalars(users) if _lacks_second_step(user)])


def restrict_if_required(user_id: int) -> None:
    """Restrict the sessions of a user whose new role demands a second step that they lack."""
    if _lacks_second_step(session.get_one(User, user_id)):
        _restrict([user_id])


def _lacks_second_step(user: User) -> bool:
    return second.is_required(user) and not second.is_on(user)


def _restrict(user_ids: list[int]) -> None:
    session.execute(
        update(SignInSession)
        .where(SignInSession.user_id.in_(user_ids), SignInSession.restricted_at.is_(None))
        .values(restricted_at=now())
    )


def _own(viewer: Viewer) -> ColumnElement[bool]:
    person = SignInSession.customer_id if viewer.is_customer else SignInSession.user_id
    return and_(SignInSession.side == viewer.side, person == viewer.id)
