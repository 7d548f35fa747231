"""The names of channels: one for each viewer, one for each team, one for each session, and one for everybody."""

from __future__ import annotations

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer

EVERYBODY = "everybody"
_SESSION = "session."


def of_person(side: Side, person: int, store_id: int | None) -> str:
    """The channel of one viewer: an admin, a user in one store, or a customer."""
    return f"{side.value}.{store_id or 0}.{person}"


def of_viewer(viewer: Viewer) -> str:
    return of_person(viewer.side, viewer.id, viewer.store_id)


def of_team(side: Side, store_id: int) -> str | None:
    """The channel of a side's people who share their conversations: the admins, or one store's users."""
    match side:
        case Side.ADMIN:
            return "team.admin"
        case Side.STORE:
            return f"team.store.{store_id}"
        case Side.CUSTOMER:
            return None


def of_session(side: Side, token_hash: str, store_id: int | None) -> str:
    """The channel of one sign-in in one store: it ends with them."""
    return f"{_SESSION}{side.value}.{store_id or 0}.{token_hash}"


def session_of(channel: str) -> tuple[Side, int | None, str] | None:
    """Return side, store and hash of the secret of a session's channel; None for another channel."""
    if not channel.startswith(_SESSION):
        return None
    side, store_id, token_hash = channel.removeprefix(_SESSION).split(".")
    return Side(side), int(store_id) or None, token_hash


def heard_by(viewer: Viewer, token_hash: str) -> tuple[str, ...]:
    """Return the channels of a viewer's stream: the viewer's own first, then the session's."""
    team = of_team(viewer.side, viewer.store_id or 0)
    own = (of_viewer(viewer), of_session(viewer.side, token_hash, viewer.store_id))
    return (*own, *([team] if team else []), EVERYBODY)
