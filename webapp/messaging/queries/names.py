"""Under which names a viewer may know people: admins stand behind the platform's name for everybody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, select
from sqlalchemy.orm import aliased

from webapp.accounts.models import Customer, Side, User
from webapp.accounts.viewer import Viewer
from webapp.messaging.asking import Asking
from webapp.messaging.queries.rows import Party
from webapp.settings import service as settings
from webapp.settings.definitions import PLATFORM_DISPLAY_NAME


def name(viewer: Asking, side: Any, customer: Any, user: Any) -> ColumnElement[str]:
    """The name under which this viewer may know a person: admins stand behind the platform's for everybody else."""
    if viewer.is_admin:
        return case((side == Side.CUSTOMER, customer), else_=user)
    return case(
        (side == Side.CUSTOMER, customer),
        (side == Side.ADMIN, settings.text_of(PLATFORM_DISPLAY_NAME)),
        else_=user,
    )


def party(viewer: Viewer, side: Side, number: int, name: str | None) -> Party:
    """Admins have no id for the other sides: who of the platform wrote is the platform's own affair."""
    hidden = side is Side.ADMIN and not viewer.is_admin
    return Party(side, None if hidden else number, name or "")


def known_name(viewer: Asking, side: Any, number: Any) -> ColumnElement[str]:
    """The name under which this viewer may know whoever has this id on this side, looked up for each row by its key."""
    return name(viewer, side, name_of_customer(number), name_of_user(number))


def name_of_user(number: Any) -> ScalarSelect[str]:
    """The name of an admin or a store user."""
    return _looked_up(User, number)


def name_of_customer(number: Any) -> ScalarSelect[str]:
    """The name of a customer."""
    return _looked_up(Customer, number)


def _looked_up(account: type[User | Customer], number: Any) -> ScalarSelect[str]:
    one = aliased(account)
    return select(one.name).where(one.id == number).scalar_subquery()
