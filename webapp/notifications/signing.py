"""Short proofs for addresses in mails: a text and its HMAC, in letters that survive any mail system."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

LENGTH = 20
"""Letters of a proof: 100 bits."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with the first key, and takes what any of them signed, so that a rotation breaks no link."""

    keys: Sequence[str]

    def proof(self, purpose: str, text: str) -> str:
        """Return the proof of a text for one purpose; a proof for another is worth nothing."""
        return _proof(self.keys[0], purpose, text)

    def holds(self, purpose: str, text: str, proof: str) -> bool:
        """Tell whether a proof is ours, in constant time; letters may have become capitals on the way."""
        given = proof.lower().encode("utf-8", "surrogatepass")
        return any(hmac.compare_digest(_proof(key, purpose, text).encode(), given) for key in self.keys)


def _proof(key: str, purpose: str, text: str) -> str:
    digest = hmac.new(key.encode(), f"{purpose}\x00{text}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]
