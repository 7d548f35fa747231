"""The settings there are: key, category, type, default, bounds, and the words an admin reads."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import category

Value = int | bool | str


@dataclass(frozen=True, slots=True)
class Definition:
    """One setting. ``low`` and ``high`` bound a number's value or a text's length, inclusive."""

    key: str
    category: str
    label: str
    hint: str
    default: Value
    low: int = 0
    high: int = 0

    @property
    def value_type(self) -> str:
        return type(self.default).__name__

    def parse(self, text: str) -> Value:
        """Return the typed value of what was stored or typed; raises ValueError with words for the admin."""
        text = text.strip()
        if isinstance(self.default, bool):
            if text not in {"true", "false"}:
                raise ValueError("Choose on or off")
            return text == "true"
        if isinstance(self.default, int):
            if not (text.isascii() and text.isdigit() and len(text) < 10 and self.low <= int(text) <= self.high):
                raise ValueError(f"Enter a whole number from {self.low} to {self.high}")
            return int(text)
        if not self.low <= len(text) <= self.high or any(category(one) in {"Cc", "Cs"} for one in text):
            raise ValueError(f"Enter {self.low} to {self.high} characters on one line")
        return text

    def format(self, value: Value) -> str:
        """Return the text in which the value is stored."""
        return str(value).lower() if isinstance(value, bool) else str(value)


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

DEFINITIONS = {
    definition.key: definition
    for definition in (
        STOREFRONT_ADMIN_CONVERSATIONS,
        PLATFORM_DISPLAY_NAME,
        ATTACHMENT_MAX_SIZE_MB,
        ATTACHMENT_MAX_FILES,
        ATTACHMENT_OLD_OFFICE,
    )
}
