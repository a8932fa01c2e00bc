# file: core/access/passwords.py
"""Hash passwords with argon2 and know them again, at the same cost whether there is one to compare with or not."""

from __future__ import annotations

import unicodedata
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError

from tradingbot.core.errors import BadInput, RunFailed

__all__ = ["LONGEST", "SHORTEST", "Passwords"]

SHORTEST = 12
LONGEST = 1024


class Passwords:
    """The policy of passwords and their hasher: argon2 as pwdlib recommends it, unless another is given."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash.recommended()

    def hashed(self, name: str, password: str) -> str:
        """Return the hash to store for the account `name`.

        Raises
        ------
        BadInput
            When the password is not allowed, in a sentence that says what is and does not repeat it.
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
