"""Files of messages: what may be sent, where it is kept, and what it really is."""
