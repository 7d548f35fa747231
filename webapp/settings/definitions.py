"""The settings there are: key, category, type, default, bounds, and the words an admin reads."""

from __future__ import annotations

from email.utils import parseaddr

from email_validator import EmailNotValidError, validate_email

from webapp.settings.definition import Definition, Value

__all__ = ["DEFINITIONS", "Definition", "Value"]


def _check_sender(text: str) -> None:
    try:
        validate_email(parseaddr(text)[1], check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError("Enter an address such as Parley <messages@example.com>") from None


def _check_wait(text: str) -> None:
    if not (text.isascii() and text.isdigit() and int(text) <= LONGEST_WAIT):
        raise ValueError(f"Enter seconds from 0 to {LONGEST_WAIT}, or nothing")


LONGEST_WAIT = 86_400

ATTACHMENT_MAX_SIZE_MB = Definition(
    "message_attachment_max_size_mb",
    "messaging",
    "Largest attachment, in MB",
    "The size one file of a message may have. 1 MB is 1,048,576 bytes.",
    default=10,
    low=1,
    high=100,
)
ATTACHMENT_MAX_FILES = Definition(
    "message_attachment_max_files",
    "messaging",
    "Most attachments in a message",
    "How many files one message may carry.",
    default=10,
    low=1,
    high=50,
)
ATTACHMENT_OLD_OFFICE = Definition(
    "message_attachment_old_office",
    "messaging",
    "Accept old Office files",
    "Word, Excel and PowerPoint files from before 2007 (doc, xls, ppt). They can hold macros that are not looked for.",
    default=True,
)
ATTACHMENT_LOCKED_ARCHIVES = Definition(
    "message_attachment_locked_archives",
    "messaging",
    "Accept ZIP files with a password",
    "Nobody can look into them before they are opened: neither the checks of Parley nor a virus scanner.",
    default=False,
)
STOREFRONT_ADMIN_CONVERSATIONS = Definition(
    "storefront_admin_conversations",
    "messaging",
    "Customers see conversations with the platform",
    "When off, customers see only the conversations with their store.",
    default=True,
)
PLATFORM_DISPLAY_NAME = Definition(
    "platform_display_name",
    "messaging",
    "Name of the platform",
    "Stores and customers see this name instead of an admin’s own.",
    default="Platform support",
    low=1,
    high=60,
)

STORE_QUOTA_MB = Definition(
    "store_quota_mb",
    "messaging",
    "Room for the files of a store, in MB",
    "All files in all conversations of one store together. 0: as much as there is.",
    default=0,
    low=0,
    high=10_000_000,
)
MESSAGE_DELETE_MINUTES = Definition(
    "message_delete_minutes",
    "messaging",
    "Own messages can be deleted for, in minutes",
    "After that they stay; admins and owners of a store can still remove them with a reason. 0: not at all.",
    default=15,
    low=0,
    high=1440,
)
SECOND_FACTOR_ADMINS = Definition(
    "second_factor_admins",
    "security",
    "Admins need a second step to sign in",
    "Who has none sets one up before they can do anything else, from now on.",
    default=False,
)
SECOND_FACTOR_OWNERS = Definition(
    "second_factor_owners",
    "security",
    "Owners of stores need a second step to sign in",
    "Holds for everybody who owns a store, in all their stores.",
    default=False,
)
SECOND_FACTOR_AGENTS = Definition(
    "second_factor_agents",
    "security",
    "Agents of stores need a second step to sign in",
    "Holds for everybody who is an agent of a store, in all their stores.",
    default=False,
)
AUDIT_RETENTION_DAYS = Definition(
    "audit_retention_days",
    "security",
    "Keep the audit log for, in days",
    "Older entries may be deleted by “flask prune-audit-log”; the database keeps anybody from deleting younger ones.",
    default=365,
    low=30,
    high=3650,
)
EMAIL_SENDER = Definition(
    "email_sender",
    "email",
    "Sender",
    "Such as Parley <messages@example.com>. Empty: what PARLEY_MAIL_FROM says.",
    default="",
    high=200,
    check=_check_sender,
)
EMAIL_SHOW_TEXT = Definition(
    "email_show_text",
    "email",
    "E-mails carry the text of messages",
    "When off, an e-mail says only that there is a message.",
    default=True,
)
EMAIL_INTRODUCTION = Definition(
    "email_introduction",
    "email",
    "Line above the messages",
    "Stands at the beginning of every e-mail. Empty: nothing.",
    default="",
    high=300,
)
EMAIL_CLOSING = Definition(
    "email_closing",
    "email",
    "Line below the messages",
    "Such as who runs this platform, and where. Empty: nothing.",
    default="",
    high=300,
)
EMAIL_COALESCE_SECONDS = Definition(
    "email_coalesce_seconds",
    "email",
    "Seconds to wait for more messages",
    "Messages of one conversation within this time become one e-mail. Empty: what PARLEY_MAIL_COALESCE_SECONDS says.",
    default="",
    high=5,
    check=_check_wait,
)
EMAIL_MOST_PER_HOUR = Definition(
    "email_most_per_hour",
    "email",
    "Most e-mails to one person in an hour",
    "What is above waits for a digest.",
    default=20,
    low=1,
    high=1000,
)
EMAIL_DIGEST_HOUR = Definition(
    "email_digest_hour",
    "email",
    "Hour of the daily digest",
    "From 0 to 23, in the zone of the person who gets it.",
    default=8,
    low=0,
    high=23,
)

RETENTIONS = {
    channel: Definition(
        f"retention_days_{channel}",
        "retention",
        f"Keep closed conversations {words} for, in days",
        "What is older is deleted for good in the next night, or when an admin confirms it at Retention. 0: for ever.",
        default=0,
        low=0,
        high=36_500,
    )
    for channel, words in (
        ("admin_store", "of the platform and stores"),
        ("store_customer", "of stores and customers"),
        ("admin_customer", "of the platform and customers"),
    )
}
"""By channel."""

SECOND_FACTORS = {definition.key for definition in (SECOND_FACTOR_ADMINS, SECOND_FACTOR_OWNERS, SECOND_FACTOR_AGENTS)}
"""The settings that demand a second step."""

DEFINITIONS = {
    definition.key: definition
    for definition in (
        STOREFRONT_ADMIN_CONVERSATIONS,
        PLATFORM_DISPLAY_NAME,
        ATTACHMENT_MAX_SIZE_MB,
        ATTACHMENT_MAX_FILES,
        ATTACHMENT_OLD_OFFICE,
        ATTACHMENT_LOCKED_ARCHIVES,
        STORE_QUOTA_MB,
        MESSAGE_DELETE_MINUTES,
        SECOND_FACTOR_ADMINS,
        SECOND_FACTOR_OWNERS,
        SECOND_FACTOR_AGENTS,
        AUDIT_RETENTION_DAYS,
        EMAIL_SENDER,
        EMAIL_SHOW_TEXT,
        EMAIL_INTRODUCTION,
        EMAIL_CLOSING,
        EMAIL_COALESCE_SECONDS,
        EMAIL_MOST_PER_HOUR,
        EMAIL_DIGEST_HOUR,
        *RETENTIONS.values(),
    )
}
