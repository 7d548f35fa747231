"""The addresses that e-mails and jobs need without a request; a test holds them against the URL map."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode
from uuid import UUID

from webapp.accounts.models import Side
from webapp.accounts.viewer import Viewer

_INBOXES = {
    Side.ADMIN: "/admin/messages",
    Side.STORE: "/store/messages",
    Side.CUSTOMER: "/storefront/account/messages",
}

_PREFERENCES = {side: f"{path.removesuffix('/messages')}/email-preferences" for side, path in _INBOXES.items()}


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute addresses below ``PARLEY_BASE_URL``. None of them signs anybody in."""

    base_url: str

    def inbox(self, viewer: Viewer) -> str:
        """The viewer's inbox."""
        return self._page(viewer, _INBOXES[viewer.side])

    def thread(self, viewer: Viewer, conversation_id: int) -> str:
        """A conversation as the viewer's portal shows it, or the way to sign in there."""
        return self._page(viewer, f"{_INBOXES[viewer.side]}/{conversation_id}")

    def attachment(self, viewer: Viewer, conversation_id: int, attachment_id: UUID) -> str:
        """A file of a conversation."""
        return self._page(viewer, f"{_INBOXES[viewer.side]}/{conversation_id}/attachments/{attachment_id}")

    def preferences(self, viewer: Viewer) -> str:
        """The page on which the viewer says when they want e-mails."""
        return self._page(viewer, _PREFERENCES[viewer.side])

    def unsubscribe(self, token: str) -> str:
        """Where somebody ends mails without signing in."""
        return f"{self.base_url.rstrip('/')}/unsubscribe/{token}"

    def _page(self, viewer: Viewer, path: str) -> str:
        """A customer who is not signed in must say at which store: the sign-in page lets others through."""
        if viewer.is_customer and viewer.store:
            path = f"/storefront/login?{urlencode({'store': viewer.store.code, 'next': path}, quote_via=quote)}"
        return self.base_url.rstrip("/") + path
