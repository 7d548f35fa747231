"""Mails that come in: kept first, then taken apart in a child process, and posted as what their sender answers."""
