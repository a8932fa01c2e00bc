# file: core/access/secret.py
"""Make secrets and know them again; what is stored of one is its digest, which opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets

__all__ = ["csrf_of", "digest", "new_id", "new_secret", "same"]

_BYTES = 32
_ID_BYTES = 6


def new_secret() -> str:
    """Return 256 random bits as 64 hex digits."""
    return secrets.token_hex(_BYTES)


def new_id() -> str:
    """Return 12 random hex digits that name a session or a token; they open nothing."""
    return secrets.token_hex(_ID_BYTES)


def digest(secret: str) -> bytes:
    """Return the SHA-256 of a secret, 32 bytes. Secrets are random, so that no slow hash is needed."""
    return hashlib.sha256(_bytes(secret)).digest()


def csrf_of(secret: str) -> str:
    """Return what the forms of the session with this secret bring along; neither can be told from the file."""
    return hmac.new(_bytes(secret), b"csrf", hashlib.sha256).hexdigest()


def same(one: str | bytes, other: str | bytes) -> bool:
    """Return whether two texts are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str | bytes) -> bytes:
    # A request may bring halves of surrogate pairs, which are no text.
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
