"""Conversations from another system: the file, its lines, and writing them in batches."""

from webapp.cli.importing.command import import_threads

__all__ = ["import_threads"]
