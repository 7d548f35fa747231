"""Definition: what a setting is, and how its value is read and written."""

from __future__ import annotations

from collections.abc import Callable
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
    check: Callable[[str], None] | None = None
    """Raises ValueError with words for the admin when a text is not acceptable; an empty one always is."""

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
        if text and self.check:
            self.check(text)
        return text

    def format(self, value: Value) -> str:
        """Return the text in which the value is stored."""
        return str(value).lower() if isinstance(value, bool) else str(value)
