"""A small marketplace that most tests share: two admins, two stores with users and customers, by first name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import DeclarativeBase

from tests.factories import (
    AGENT,
    make_admin,
    make_customer,
    make_member,
    make_store,
    make_store_user,
    saving,
    viewer_of,
)
from webapp.accounts.models import Store
from webapp.database import Base, session

_copy: list[tuple[Table, list[dict[str, Any]]]] = []
"""The rows of the marketplace, kept when the domain's verbs made it for the first time in this process."""
_keys: dict[str, tuple[type[DeclarativeBase], int]] = {}
"""Which row each name stands for."""


class People:
    """Ada and Ben of the platform; Olga, Sam and Mara at Harbor Goods; Tom and Nina at Tea Corner.

    Each name is a Viewer; the row behind it is ``<name>_row``. Wim works for both stores. The first marketplace of a
    process is made by the domain's verbs, those after it on an empty database are copies of its rows.
    """

    harbor: Store
    tea: Store

    def __init__(self) -> None:
        if _is_empty() and _copy:
            _paste()
            with saving():
                vars(self).update({name: session.get_one(model, key) for name, (model, key) in _keys.items()})
        else:
            first = _is_empty()
            self._make()
            if first:
                _keep(vars(self))
        self._view()

    def _make(self) -> None:
        self.harbor, self.tea = make_store("harbor-goods"), make_store("tea-corner")
        self.ada_row, self.ben_row = make_admin("Ada Admin"), make_admin("Ben Admin")
        self.olga_row = make_store_user(self.harbor, "Olga Owner")
        self.sam_row = make_store_user(self.harbor, "Sam Agent", AGENT)
        self.tom_row = make_store_user(self.tea, "Tom Teaman")
        self.wim_row = make_store_user(self.harbor, "Wim Both", AGENT)
        make_member(self.tea, self.wim_row)
        self.mara_row, self.luis_row = make_customer(self.harbor, "Mara Lind"), make_customer(self.harbor, "Luis Gomez")
        self.nina_row = make_customer(self.tea, "Nina Tran")

    def _view(self) -> None:
        self.ada, self.ben = viewer_of(self.ada_row), viewer_of(self.ben_row)
        self.olga, self.sam = viewer_of(self.olga_row, self.harbor), viewer_of(self.sam_row, self.harbor)
        self.tom = viewer_of(self.tom_row, self.tea)
        self.wim_at_harbor, self.wim_at_tea = viewer_of(self.wim_row, self.harbor), viewer_of(self.wim_row, self.tea)
        self.mara, self.luis = viewer_of(self.mara_row, self.harbor), viewer_of(self.luis_row, self.harbor)
        self.nina = viewer_of(self.nina_row, self.tea)


def _is_empty() -> bool:
    with saving():
        return session.scalar(select(Store.id).limit(1)) is None


def _keep(rows: dict[str, Any]) -> None:
    with saving():
        found = [(table, session.execute(select(table)).mappings()) for table in Base.metadata.sorted_tables]
        _copy.extend((table, [dict(row) for row in kept]) for table, kept in found if table.name != "alembic_version")
    _copy[:] = [(table, kept) for table, kept in _copy if kept]
    _keys.update({name: (type(row), row.id) for name, row in rows.items()})


def _paste() -> None:
    with saving():
        for table, rows in _copy:
            session.execute(insert(table), rows)
            if session.get_bind().dialect.name == "postgresql" and "id" in table.c:
                sequence = func.pg_get_serial_sequence(table.name, "id")
                session.execute(select(func.setval(sequence, len(rows))))
