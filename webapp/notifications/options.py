"""What an admin has set about e-mails, with what the environment says where nothing is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from webapp.notifications import office
from webapp.settings import definitions
from webapp.settings.service import PlatformSettings


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of e-mails, read once per batch."""

    sender: str
    shows_text: bool
    introduction: str
    closing: str
    coalesce: timedelta
    most_per_hour: int
    digest_hour: int
    platform_name: str


def read() -> Options:
    """Read the settings, in one statement."""
    values, ours = PlatformSettings().all(), office.current()
    wait = values[definitions.EMAIL_COALESCE_SECONDS.key]
    return Options(
        sender=str(values[definitions.EMAIL_SENDER.key]) or ours.sender,
        shows_text=bool(values[definitions.EMAIL_SHOW_TEXT.key]),
        introduction=str(values[definitions.EMAIL_INTRODUCTION.key]),
        closing=str(values[definitions.EMAIL_CLOSING.key]),
        coalesce=timedelta(seconds=int(wait) if wait else ours.coalesce_seconds),
        most_per_hour=int(values[definitions.EMAIL_MOST_PER_HOUR.key]),
        digest_hour=int(values[definitions.EMAIL_DIGEST_HOUR.key]),
        platform_name=str(values[definitions.PLATFORM_DISPLAY_NAME.key]),
    )
