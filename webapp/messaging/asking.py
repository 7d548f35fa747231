"""About whom and what a statement asks: given with each execution, so that it is built once and kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, String, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from webapp.accounts.models import Side
from webapp.accounts.viewer import OnASide, Viewer
from webapp.database import Id
from webapp.messaging.models import Conversation


class Anybody(OnASide):
    """A viewer of a side whose id and tenant come with the execution, so that a statement is built once and kept."""

    id: Any = bindparam("viewer_id", type_=Id)
    tenant_id: Any = bindparam("viewer_store_id", type_=Id)

    def __init__(self, side: Side) -> None:
        self.side = side


class OneConversation:
    """A conversation by its id: for a condition on the bare column PostgreSQL might walk all of its store instead."""

    conversation_type = Conversation.conversation_type
    store_id = func.coalesce(Conversation.store_id, 0)


class AnyConversation:
    """A conversation whose id, store and channel come with the execution."""

    id = bindparam("in_conversation", type_=Id)
    store_id = bindparam("in_store", type_=Id)
    conversation_type = bindparam("in_channel", type_=Conversation.conversation_type.type)


Asking = Viewer | Anybody


def as_parameters(viewer: Viewer, conversation: Conversation | None = None) -> dict[str, Any]:
    """Return what a statement that was built for Anybody, and for AnyConversation, needs to be about these."""
    asked = {"viewer_id": viewer.id, "viewer_store_id": viewer.store_id}
    return asked | parameters_of(conversation) if conversation else asked


def parameters_of(conversation: Conversation) -> dict[str, Any]:
    """Return what a statement that was built for AnyConversation needs to be about this one."""
    channel = conversation.conversation_type
    return {"in_conversation": conversation.id, "in_store": conversation.store_id, "in_channel": channel}


def given_ids(name: str, *, postgresql: bool) -> Select[Any]:
    """Select the ids, however many, that come with the execution under this name: see ``ids_as_parameter``."""
    if postgresql:
        return select(func.unnest(bindparam(name, type_=ARRAY(Id))).column_valued("id"))
    values = func.json_each(bindparam(name, type_=String)).table_valued("value")
    return select(values.c.value.label("id"))


def ids_as_parameter(ids: Iterable[int], *, postgresql: bool) -> Any:
    """Return what ``given_ids`` needs to be these."""
    return list(ids) if postgresql else json.dumps(list(ids))
