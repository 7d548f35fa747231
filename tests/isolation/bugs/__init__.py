"""Bugs that would show people what is not theirs, each a small patch: the machine must fail on every one."""

from tests.isolation.bugs import access, asking, reading
from tests.isolation.bugs.seeding import OF_PAGES_ONLY, OF_PROGRAMS_ONLY, SEEDED, forget_statements

__all__ = ["OF_PAGES_ONLY", "OF_PROGRAMS_ONLY", "SEEDED", "access", "asking", "forget_statements", "reading"]
