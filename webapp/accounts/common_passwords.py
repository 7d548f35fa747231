"""Whether a password is among those that are guessed first: by the lists and the estimate of zxcvbn."""

from __future__ import annotations

BEGINNING = 16
"""Characters that are estimated: what many people have is not longer, and long odd ones would take seconds."""

FEW_GUESSES = 1_000_000
"""What is found within so many guesses is refused: zxcvbn calls it too guessable or very guessable."""

SHORTEST_WORD, MOST_AROUND = 4, 8
"""A word of the lists stands out among no more digits and signs than that."""


def read_lists() -> None:
    """Have the lists in memory. The first time takes a second, for which no write transaction should wait."""
    import zxcvbn.matching  # noqa: F401


def is_common(password: str, word: str) -> bool:
    """Tell whether a password without capitals, with ``word`` in the middle of digits and signs, is guessed early.

    The lists hold 30,000 passwords that leaked, and common English words and names. They are 15 MB in memory, so they
    are read when the first password is set.
    """
    from zxcvbn import zxcvbn
    from zxcvbn.matching import RANKED_DICTIONARIES

    if zxcvbn(password[:BEGINNING])["guesses"] < FEW_GUESSES:
        return True
    stands_out = len(word) >= SHORTEST_WORD and len(password) - len(word) <= MOST_AROUND
    sought = {password, word} if stands_out else {password}
    return any(one in ranked for ranked in RANKED_DICTIONARIES.values() for one in sought)
