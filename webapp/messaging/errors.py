"""What messaging refuses; doors turn these into answers."""

from __future__ import annotations


class MessagingError(Exception):
    """A verb that was refused; ``message`` is in words for the person who asked."""

    message = "This cannot be done"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or self.message
        super().__init__(self.message)


class NotFound(MessagingError):
    """It does not exist, or this viewer may not know that it does: one answer for both."""

    message = "You cannot open this conversation"


class NotAllowed(MessagingError):
    """The viewer may see it, but not do this with it."""

    message = "You are not allowed to do this"


class ConversationClosed(MessagingError):
    """Nobody can write to a closed conversation."""

    message = "This conversation was closed. Your message was not sent."


class KeyReused(MessagingError):
    """The idempotency key stands for another content already."""

    message = "This was sent before with other content. Reload the page and send it again."


class Invalid(MessagingError):
    """A value that cannot be accepted: which field, a code for programs, and words for people."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code
