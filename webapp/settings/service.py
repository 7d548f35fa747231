"""PlatformSettings: read and change settings by type; also as SQL, so that a rule needs no second statement."""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, String, cast, func, literal, select, text

from webapp.audit import log
from webapp.audit.log import By
from webapp.audit.models import Action
from webapp.database import is_postgresql, now, session
from webapp.settings.definitions import DEFINITIONS, Definition, Value
from webapp.settings.models import PlatformSetting


class PlatformSettings:
    """The settings of the platform; the caller opens and commits the transaction."""

    def all(self) -> dict[str, Value]:
        """Return every setting with its value, by key."""
        rows = session.execute(select(PlatformSetting.key, PlatformSetting.value))
        stored = {row.key: row.value for row in rows}
        return {
            key: parsed(definition, stored[key]) if key in stored else definition.default
            for key, definition in DEFINITIONS.items()
        }

    def get(self, definition: Definition) -> Value:
        """Return the value of one setting."""
        stored = session.scalar(select(PlatformSetting.value).where(PlatformSetting.key == definition.key))
        return definition.default if stored is None else parsed(definition, stored)

    def change(self, values: dict[str, Value], by: int | None) -> set[str]:
        """Store the values and return the keys whose value is another than before."""
        if is_postgresql():  # one change after the other: two that insert the same key would collide
            session.execute(text("LOCK TABLE platform_settings IN SHARE ROW EXCLUSIVE MODE"))
        before = self.all()
        changed = {key for key, value in values.items() if before[key] != value}
        for key in sorted(changed):
            definition = DEFINITIONS[key]
            row = session.get(PlatformSetting, key) or PlatformSetting(
                key=key, value_type=definition.value_type, category=definition.category
            )
            row.value, row.updated_at, row.updated_by = (
                definition.format(values[key]),
                now(),
                by,
            )
            session.add(row)
            actor = By("admin", by) if by is not None else None
            facts = {"value": before[key]}, {"value": values[key]}
            log.note(actor, Action.SETTING_CHANGED, "setting", key, before=facts[0], after=facts[1])
        session.flush()
        return changed


def parsed(definition: Definition, text: str) -> Value:
    """Return the value, or the default for one that no page of ours has stored; ``flask doctor`` names it."""
    try:
        return definition.parse(text)
    except ValueError:
        return definition.default


def is_on(definition: Definition) -> ColumnElement[bool]:
    """The SQL condition that a switch is on, read with the statement it stands in."""
    return _stored(definition) == "true"


def text_of(definition: Definition) -> ColumnElement[str]:
    """The SQL expression of a text setting, read with the statement it stands in."""
    return _stored(definition)


def _stored(definition: Definition) -> ColumnElement[str]:
    value: ScalarSelect[str] = (
        select(PlatformSetting.value).where(PlatformSetting.key == definition.key).scalar_subquery()
    )
    return func.coalesce(value, cast(literal(definition.format(definition.default)), String))
