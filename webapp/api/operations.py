"""Every operation of the API in one table: its address, its view, and what it takes, gives and refuses.

The routes are registered from it and the specification is written from it, so neither can say what the other does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from flask import Response
from pydantic import BaseModel

from webapp.api import messages, requests, schemas, tokens
from webapp.doors import limits
from webapp.doors.guard import is_public
from webapp.doors.portal import Portal

_ONE = "/messages/<int:conversation_id>"
_FILE = f"{_ONE}/attachments/<uuid:attachment_id>"
FILE, IMAGE = "application/octet-stream", "image/webp"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    """Below the portal's base."""
    view: Callable[..., Response]
    gives: type[BaseModel] | str | None
    """A schema, the media type of a file, or nothing."""
    statuses: tuple[int, ...] = (200,)
    """Of success."""
    query: type[requests.Asked] = requests.NoQuery
    takes: type[requests.Incoming] | None = None
    may_be_empty: bool = False
    takes_files: bool = False
    conflicts: bool = False
    """Whether it can be refused because of what is there already."""
    not_of_customers: bool = False

    @property
    def name(self) -> str:
        return self.view.__name__

    @property
    def is_public(self) -> bool:
        return is_public(self.view)

    @property
    def writes(self) -> bool:
        return self.method != "GET"


_OPERATIONS = (
    Operation(
        "GET", "/messages", messages.list_conversations, schemas.ConversationListResponse, query=requests.ListQuery
    ),
    Operation(
        "POST",
        "/messages",
        messages.create_conversation,
        schemas.ConversationDetailResponse,
        (201, 200),
        takes=requests.ConversationCreate,
        takes_files=True,
        conflicts=True,
        not_of_customers=True,
    ),
    Operation("GET", "/messages/unread-count", messages.get_unread_count, schemas.UnreadCountResponse, (200, 304)),
    Operation(
        "GET",
        "/messages/recipients",
        messages.list_recipients,
        schemas.RecipientListResponse,
        query=requests.RecipientQuery,
        not_of_customers=True,
    ),
    Operation("GET", _ONE, messages.get_conversation, schemas.ConversationDetailResponse, query=requests.WindowQuery),
    Operation(
        "POST",
        f"{_ONE}/messages",
        messages.send_message,
        schemas.MessageResponse,
        (201, 200),
        takes=requests.MessageCreate,
        takes_files=True,
        conflicts=True,
    ),
    Operation(
        "POST",
        f"{_ONE}/close",
        messages.close_conversation,
        schemas.ConversationSummary,
        takes=requests.Nothing,
        may_be_empty=True,
        not_of_customers=True,
    ),
    Operation(
        "POST",
        f"{_ONE}/reopen",
        messages.reopen_conversation,
        schemas.ConversationSummary,
        takes=requests.Nothing,
        may_be_empty=True,
        not_of_customers=True,
    ),
    Operation(
        "PUT",
        f"{_ONE}/read",
        messages.mark_read,
        schemas.ReadMarkResponse,
        takes=requests.ReadUpdate,
        may_be_empty=True,
    ),
    Operation("PUT", f"{_ONE}/unread", messages.mark_unread, schemas.ReadMarkResponse, takes=requests.UnreadUpdate),
    Operation(
        "PUT",
        f"{_ONE}/preferences",
        messages.set_preferences,
        schemas.PreferencesResponse,
        takes=requests.PreferencesUpdate,
    ),
    Operation("GET", _FILE, messages.download, FILE, (200, 206, 302)),
    Operation("GET", f"{_FILE}/preview", messages.preview, IMAGE, query=requests.PreviewQuery),
    Operation("DELETE", "/auth/token", tokens.revoke_token, None, (204,), takes=requests.Nothing, may_be_empty=True),
)


def operations_of(portal: Portal) -> list[Operation]:
    """Return the operations of a portal; each has credentials of its own."""
    credentials = tokens.CREDENTIALS[portal.side]
    signing_in = Operation("POST", "/auth/token", tokens.create_token, schemas.TokenResponse, (201,), takes=credentials)
    return [signing_in, *(one for one in _OPERATIONS if portal.may_start or not one.not_of_customers)]


@cache
def limited(view: Callable[..., Response]) -> Callable[..., Response]:
    """Return the view under the limits of every call, for a token and for an address; once for all portals."""
    return limits.calling_from(limits.calling(view))
