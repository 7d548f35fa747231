"""Platform settings: typed, with defaults in code, bounded, and changed one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, text

from tests.factories import make_admin, saving
from webapp.database import now, reading, session, writing
from webapp.settings.definitions import (
    ATTACHMENT_MAX_FILES,
    ATTACHMENT_MAX_SIZE_MB,
    DEFINITIONS,
    PLATFORM_DISPLAY_NAME,
    STOREFRONT_ADMIN_CONVERSATIONS,
)
from webapp.settings.models import PlatformSetting
from webapp.settings.service import PlatformSettings, is_on, text_of

settings = PlatformSettings()


def change(by=None, **values):
    with writing():
        return settings.change(values, by)


@pytest.mark.usefixtures("db_context")
class TestStored:
    def test_nothing_stored_is_the_defaults(self):
        assert settings.all() == {
            "message_attachment_max_size_mb": 10,
            "message_attachment_max_files": 10,
            "message_attachment_old_office": True,
            "message_attachment_locked_archives": False,
            "message_delete_minutes": 15,
            "store_quota_mb": 0,
            "second_factor_admins": False,
            "second_factor_owners": False,
            "second_factor_agents": False,
            "audit_retention_days": 365,
            "retention_days_admin_store": 0,
            "retention_days_store_customer": 0,
            "retention_days_admin_customer": 0,
            "storefront_admin_conversations": True,
            "platform_display_name": "Platform support",
            "email_sender": "",
            "email_show_text": True,
            "email_introduction": "",
            "email_closing": "",
            "email_coalesce_seconds": "",
            "email_most_per_hour": 20,
            "email_digest_hour": 8,
        }
        assert session.scalar(select(is_on(STOREFRONT_ADMIN_CONVERSATIONS)))
        assert session.scalar(select(text_of(PLATFORM_DISPLAY_NAME))) == "Platform support"

    @pytest.mark.parametrize(
        ("definition", "value"),
        [
            (ATTACHMENT_MAX_SIZE_MB, 25),
            (STOREFRONT_ADMIN_CONVERSATIONS, False),
            (PLATFORM_DISPLAY_NAME, "Hilfe & Café ☕"),
        ],
    )
    def test_a_change_is_read_back_with_its_type(self, definition, value):
        assert change(**{definition.key: value}) == {definition.key}

        assert settings.get(definition) == value
        assert type(settings.get(definition)) is type(value)
        assert settings.all()[definition.key] == value

    def test_sql_reads_what_python_reads(self):
        change(storefront_admin_conversations=False, platform_display_name="Marktplatz")

        assert not session.scalar(select(is_on(STOREFRONT_ADMIN_CONVERSATIONS)))
        assert session.scalar(select(text_of(PLATFORM_DISPLAY_NAME))) == "Marktplatz"

    def test_only_what_is_another_value_is_a_change(self):
        assert change(message_attachment_max_files=10) == set()
        assert change(message_attachment_max_files=5, platform_display_name="Platform support") == {
            ATTACHMENT_MAX_FILES.key
        }
        assert session.scalars(select(PlatformSetting.key)).all() == [ATTACHMENT_MAX_FILES.key]

    def test_who_changed_it_and_when_is_kept(self):
        ada, before = make_admin(), now()
        change(ada.id, message_attachment_max_files=5)
        row = session.scalars(select(PlatformSetting)).one()

        assert (row.updated_by, row.category, row.value_type) == (ada.id, "messaging", "int")
        assert before <= row.updated_at <= now()

    def test_back_to_the_default_is_a_change_too(self):
        change(storefront_admin_conversations=False)
        assert change(storefront_admin_conversations=True) == {STOREFRONT_ADMIN_CONVERSATIONS.key}
        assert settings.get(STOREFRONT_ADMIN_CONVERSATIONS) is True

    def test_an_error_afterwards_undoes_the_change(self):
        with pytest.raises(ZeroDivisionError):
            self._change_and_fail()
        assert settings.get(ATTACHMENT_MAX_FILES) == 10

    def _change_and_fail(self):
        with writing():
            settings.change({ATTACHMENT_MAX_FILES.key: 5}, None)
            raise ZeroDivisionError


def test_two_who_change_the_same_setting_first_at_once_both_succeed(app):
    barrier = Barrier(4)

    def name_it(number):
        with app.app_context():
            barrier.wait()
            with saving():
                settings.change({PLATFORM_DISPLAY_NAME.key: f"Name {number}"}, None)

    for _ in range(5):
        with app.app_context(), writing():
            session.execute(text("DELETE FROM platform_settings"))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(name_it, range(4)))
        with app.app_context(), reading():
            assert str(settings.get(PLATFORM_DISPLAY_NAME)).startswith("Name ")


@pytest.mark.parametrize(
    ("definition", "typed", "value"),
    [
        (ATTACHMENT_MAX_SIZE_MB, "1", 1),
        (ATTACHMENT_MAX_SIZE_MB, " 100 ", 100),
        (ATTACHMENT_MAX_FILES, "050", 50),
        (STOREFRONT_ADMIN_CONVERSATIONS, "false", False),
        (PLATFORM_DISPLAY_NAME, "  Hilfe  ", "Hilfe"),
        (PLATFORM_DISPLAY_NAME, "x" * 60, "x" * 60),
    ],
)
def test_what_an_admin_types_is_parsed(definition, typed, value):
    assert definition.parse(typed) == value
    assert definition.parse(definition.format(value)) == value


@pytest.mark.parametrize(
    ("definition", "typed"),
    [(ATTACHMENT_MAX_SIZE_MB, typed) for typed in ("", "0", "101", "-1", "1.5", "1e2", "٣", "²", "9" * 5000, "ten")]
    + [(STOREFRONT_ADMIN_CONVERSATIONS, typed) for typed in ("", "on", "True", "1")]
    + [(PLATFORM_DISPLAY_NAME, typed) for typed in ("", "  ", "x" * 61, "two\nlines", "bell\x07", "\ud800")],
)
def test_anything_else_is_refused_with_words(definition, typed):
    with pytest.raises(ValueError, match=r"Enter|Choose"):
        definition.parse(typed)


def test_every_default_is_within_its_own_bounds():
    for definition in DEFINITIONS.values():
        assert definition.parse(definition.format(definition.default)) == definition.default
