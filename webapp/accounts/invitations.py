"""The invitations that nobody has taken yet: listed, withdrawn, and ended with the right of whoever made them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, select

from webapp.accounts.link_models import AccountLink, LinkKind
from webapp.accounts.viewer import Viewer
from webapp.audit import log
from webapp.audit.models import Action
from webapp.database import now, session


def of_viewer(viewer: Viewer) -> list[AccountLink]:
    """Return the open invitations to the viewer's store, or to the platform, by e-mail."""
    statement = select(AccountLink).where(_here(viewer), AccountLink.expires_at > now())
    return list(session.scalars(statement.order_by(AccountLink.email)))


def withdraw(viewer: Viewer, token_hash: str) -> bool:
    """Withdraw an invitation to the viewer's store, or to the platform; tell whether there was one."""
    gone = delete(AccountLink).where(_here(viewer), AccountLink.token_hash == token_hash)
    role = session.execute(gone.returning(AccountLink.role)).first()
    if role is None:
        return False
    log.note(viewer, Action.INVITATION_WITHDRAWN, "invitation", after={"role": role[0].value if role[0] else "admin"})
    return True


def forget_those_by(user_id: int, store_id: int | None = None) -> None:
    """End the open invitations of somebody who may invite no more, at one store or everywhere."""
    theirs = delete(AccountLink).where(AccountLink.kind == LinkKind.INVITATION, AccountLink.invited_by == user_id)
    session.execute(theirs.where(AccountLink.store_id == store_id) if store_id is not None else theirs)


def _here(viewer: Viewer) -> ColumnElement[bool]:
    place = AccountLink.store_id.is_(None) if viewer.is_admin else AccountLink.store_id == viewer.tenant_id
    return and_(AccountLink.kind == LinkKind.INVITATION, place)
