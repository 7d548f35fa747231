"""Who did what, when, from where, to which object: a log that the database lets nobody change."""
