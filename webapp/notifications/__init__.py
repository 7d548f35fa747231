"""E-mail: the outbox beside the messages, what becomes a mail and when, and how it leaves."""
