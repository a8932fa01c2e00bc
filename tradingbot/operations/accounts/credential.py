# file: operations/accounts/credential.py
"""Names, secrets and lifetimes of credentials; stored is a digest, which opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from tradingbot.core.errors import BadInput, RunFailed

_SECOND = 1_000_000_000
DAY = 86_400 * _SECOND
"""Nanoseconds, as all that follow."""

SESSION_LIFETIME = DAY // 2
"""Of a session since its login."""

IDLE_LIFETIME = DAY // 12
"""Of a session since it was last seen."""

SETUP_LIFETIME = DAY
"""Of the link that makes the first account."""

TOUCH_INTERVAL = 60 * _SECOND
"""How old what is written of a last use may be before it is written anew: not every look is a write."""

_STEP = 60 * _SECOND
"""How far a clock may be set back before what it timed is good no more."""


def is_valid(now: int, since: int, lasts: int) -> bool:
    """Return whether what began at `since` and `lasts` is good at `now`.

    What begins later than now is not: a clock that was set back must not lengthen a life.
    """
    return since - _STEP <= now < since + lasts


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,31}")


def is_name(text: str) -> bool:
    """Return whether an account may be called so."""
    return _NAME.fullmatch(text) is not None


def check_name(text: str, what: str) -> str:
    """Return the name of `what`, such as an account; BadInput when it may not be called so."""
    if is_name(text):
        return text
    raise BadInput(
        f"the name of {what} was {text!r:.70}, allowed are 1 to 32 letters, digits and . _ @ -, a letter or digit first"
    )


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


def equal_digests(one: str | bytes, other: str | bytes) -> bool:
    """Return whether two texts are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: str | bytes) -> bytes:
    # A request may bring halves of surrogate pairs, which are no text.
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


SHORTEST = 12
LONGEST = 1024


class Passwords:
    """The policy of passwords and their hasher: argon2 as pwdlib recommends it, unless another is given."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash.recommended()

    def hashed(self, name: str, password: str) -> str:
        """Return the hash to store for the account `name`.

        Raises BadInput when the password is not allowed, in a sentence that says what is and does not repeat it.
        """
        found = _normal(password)
        if found is None:
            raise BadInput("the password was no text: it has characters that Unicode does not know")
        if not SHORTEST <= len(found) <= LONGEST:
            raise BadInput(f"the password had {len(found)} characters, allowed are {SHORTEST} to {LONGEST}")
        if found.casefold() == name.casefold():
            raise BadInput("the password was the account's name, allowed is any other")
        return self._hasher.hash(found)

    def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Return whether the password is the one `stored`, and its hash anew where it was hashed in an older way.

        Without a stored one the answer is no, after the same work.
        """
        dummy, found = self._dummy, _normal(password)
        given = found if found is not None and len(found) <= LONGEST else ""
        try:
            right, renewed = self._hasher.verify_and_update(given, dummy if stored is None else stored)
        except PwdlibError:
            raise RunFailed("the password cannot be compared: it was stored in a way that is not known") from None
        right = right and stored is not None and given != ""
        return right, renewed if right else None

    @cached_property
    def _dummy(self) -> str:
        return self._hasher.hash("nobody's password")


def _normal(password: str) -> str | None:
    """Return the password as every keyboard writes it; None when it is no text."""
    try:
        return unicodedata.normalize("NFC", password.encode().decode())
    except UnicodeEncodeError:
        return None
