"""The heart: conversations, participants, messages, unread counts, and who may do what with them."""
