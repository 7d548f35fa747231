"""Examples of the specification and its page: one conversation, told through the schemas."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

_STORE = {"id": 1, "code": "harbor-goods", "name": "Harbor Goods"}
_CUSTOMER = {"type": "customer", "id": 7, "name": "Mara Lind"}
_MESSAGE = {
    "id": 1042,
    "conversation_id": 42,
    "seq": 1,
    "sender": {"type": "store", "id": 3, "name": "Olga Owner"},
    "is_own": True,
    "content": "Your parcel is late. We are sorry.",
    "kind": "message",
    "created_at": "2026-11-23T09:30:00Z",
    "attachments": [
        {
            "id": "0193f3a2-7c1e-7000-8000-0123456789ab",
            "filename": "label.png",
            "size_bytes": 48213,
            "mime_type": "image/png",
            "is_image": True,
            "width": 1200,
            "height": 800,
            "scan_state": "unscanned",
            "download_url": "/api/v1/store/messages/42/attachments/0193f3a2-7c1e-7000-8000-0123456789ab",
            "preview_url": "/api/v1/store/messages/42/attachments/0193f3a2-7c1e-7000-8000-0123456789ab/preview",
        }
    ],
}
_SUMMARY = {
    "id": 42,
    "conversation_type": "store_customer",
    "subject": "Late parcel 1042",
    "status": "open",
    "closed_at": None,
    "created_at": "2026-11-23T09:30:00Z",
    "last_message_at": "2026-11-23T09:30:00Z",
    "last_message_preview": "Your parcel is late. We are sorry.",
    "message_count": 1,
    "unread_count": 0,
    "is_participant": True,
    "other_party": _CUSTOMER,
    "store": _STORE,
    "email_notifications": True,
}

OF: dict[str, Any] = {
    "AdminCredentials": {"email": "ada@parley.example", "password": "parley-demo"},
    "StoreCredentials": {"email": "ivo@harbor.example", "password": "parley-demo", "store": "harbor-goods"},
    "CustomerCredentials": {"email": "mara@customers.example", "password": "parley-demo", "store": "harbor-goods"},
    "TokenResponse": {
        "access_token": "parley_Zk3vX0cUe1a8mYqf5tRw7nJ2bLd9sGhKoP4iVxMzEyA",
        "token_type": "Bearer",
        "expires_at": "2026-11-23T21:30:00Z",
    },
    "ConversationCreate": {
        "conversation_type": "store_customer",
        "subject": "Late parcel 1042",
        "content": "Your parcel is late. We are sorry.",
        "recipient": {"type": "customer", "id": 7},
    },
    "MessageCreate": {"content": "It will be with you tomorrow."},
    "ReadUpdate": {"up_to_seq": 3},
    "UnreadUpdate": {"from_seq": 2},
    "PreferencesUpdate": {"email_notifications": False},
    "Nothing": {},
    "ConversationSummary": _SUMMARY,
    "ConversationDetailResponse": {
        **_SUMMARY,
        "participants": [{"type": "store", "id": 3, "name": "Olga Owner", "last_read_seq": 1}],
        "messages": [_MESSAGE],
        "has_earlier": False,
        "has_later": False,
    },
    "ConversationListResponse": {
        "conversations": [_SUMMARY],
        "matches": [],
        "next_cursor": None,
        "total": 1,
        "total_is_capped": False,
        "total_unread": 0,
    },
    "MessageResponse": _MESSAGE,
    "UnreadCountResponse": {"unread_count": 3},
    "ReadMarkResponse": {"unread_count": 0, "last_read_seq": 3},
    "PreferencesResponse": {"email_notifications": False},
    "RecipientListResponse": {
        "recipients": [
            {"type": "customer", "id": 7, "name": "Mara Lind", "email": "mara@customers.example", "store": _STORE}
        ],
        "next_cursor": None,
    },
}
"""By the name of the schema."""


def problem(status: int) -> dict[str, Any]:
    """Return the example of a refusal."""
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": "It does not exist, or you may not see it." if status == 404 else "What was refused, in a sentence.",
        "instance": "/api/v1/store/messages/42",
    }
    if status == 422:
        example["errors"] = [{"field": "subject", "code": "required", "message": "Enter a subject"}]
    return example
