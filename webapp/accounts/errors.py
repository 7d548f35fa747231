"""What accounts refuse; doors turn these into answers."""

from __future__ import annotations


class Invalid(Exception):
    """A value that cannot be accepted: which field, and why in words for the person who typed it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class HasAccount(Invalid):
    """Somebody cannot be invited, since there is an account with their address."""


class WrongCredentials(Exception):
    """The e-mail or the password is wrong; nobody is told which."""


class StoreNeeded(Exception):
    """The person works for several stores and has to say in which one."""


class SecondStepNeeded(Exception):
    """The password was right, and the account has a second step; ``challenge`` is the secret that continues."""

    def __init__(self, challenge: str) -> None:
        super().__init__("a second step is needed")
        self.challenge = challenge


class ChallengeEnded(Exception):
    """The sign-in that was to be continued is over; it begins with the password again."""


class WrongCode(Exception):
    """The code of the second step is wrong, or was used before."""


class TooManyAttempts(Exception):
    """Too many wrong passwords; try again after so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} seconds")
        self.seconds = seconds
