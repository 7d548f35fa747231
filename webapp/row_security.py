"""PostgreSQL's own check of which rows a viewer may touch: an optional last wall, behind ``messaging/access.py``.

The policies are in the schema (migrations) and hold for everybody but its owner. With a role set, the transactions of
a request that knows its viewer run as that role, which is neither owner nor superuser, and say for whom. All of it ends
with the transaction, so nothing survives in the pool. Commands and jobs have no viewer, and run as the owner.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import Session

from webapp.database import session

_ROLE, _ACTING = "parley_role", "parley_acting"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def set_up(engine: Engine, role: str) -> None:
    """Let the viewers' transactions on this engine run as the role; ``grant`` makes it."""
    if engine.dialect.name == "postgresql" and role:
        engine.update_execution_options(**{_ROLE: _checked(role)})


def act_for(side: str, person: int, store_id: int | None) -> None:
    """Let this transaction, and the later ones of the session, touch only what this viewer may."""
    values = {"side": side, "id": int(person), "store": int(store_id or 0)}
    session.info[_ACTING] = "; ".join(f"SET LOCAL parley.{name} = '{value}'" for name, value in values.items())
    if session.in_transaction():
        _take_role(session, session.connection())


@contextmanager
def acting_for(side: str, person: int, store_id: int | None) -> Iterator[None]:
    """Look as another viewer of the same person for a moment."""
    before = session.info.get(_ACTING)
    act_for(side, person, store_id)
    try:
        yield
    finally:
        session.info[_ACTING] = before
        if before and session.in_transaction():
            _take_role(session, session.connection())


def grant(connection: Connection, role: str) -> None:
    """Make the role, unless it is there, and let it use all tables there are and will be."""
    name = _checked(role)
    make = f"CREATE ROLE {name} NOLOGIN"
    connection.execute(
        text(f"DO $$ BEGIN {make}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$")
    )
    rights = {"TABLES": "SELECT, INSERT, UPDATE, DELETE", "SEQUENCES": "USAGE, SELECT"}
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {name}"))
    connection.execute(text(f"GRANT {name} TO CURRENT_USER"))
    for kind, right in rights.items():
        connection.execute(text(f"GRANT {right} ON ALL {kind} IN SCHEMA public TO {name}"))
        connection.execute(text(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {right} ON {kind} TO {name}"))


@event.listens_for(Session, "after_begin")
def _after_begin(began: Session, _transaction: object, connection: Connection) -> None:
    _take_role(began, connection)


def _take_role(acting: Session, connection: Connection) -> None:
    role, viewer = connection.get_execution_options().get(_ROLE), acting.info.get(_ACTING)
    if role and viewer:
        connection.exec_driver_sql(f"SET LOCAL ROLE {role}; {viewer}")


def _checked(role: str) -> str:
    if not _NAME.fullmatch(role):
        raise ValueError(f"{role!r} is no name of a role: small letters, digits and underscores")
    return role
