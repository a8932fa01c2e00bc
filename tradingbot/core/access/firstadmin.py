# file: core/access/firstadmin.py
"""Make the first account, an admin, through a link that is good once, for a day, and while nobody has an account."""

from __future__ import annotations

import sqlite3

from tradingbot.core.access.accounts import insert_account
from tradingbot.core.access.file import AccessFile
from tradingbot.core.access.lifetime import SETUP, fresh
from tradingbot.core.access.naming import check_name
from tradingbot.core.access.passwords import Passwords
from tradingbot.core.access.secret import digest, new_secret, same
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.messages.accessview import Role

__all__ = ["FirstAdmin"]

_STALE = "the setup link is not the last one, was used or is older than a day; start the dashboard anew for a new one"


class FirstAdmin:
    """The link's secret in a file; RunFailed, from every method, when the file cannot be used."""

    def __init__(self, file: AccessFile, passwords: Passwords) -> None:
        self._file = file
        self._passwords = passwords

    def new_link_token(self, now: int) -> str:
        """Return a new secret, which takes the place of an earlier one; PolicyRefused when there is an account."""
        secret = new_secret()
        with self._file.changing() as file:
            if _accounts(file):
                raise PolicyRefused("there is an account; an admin makes further ones")
            file.execute("INSERT OR REPLACE INTO setup VALUES (1, ?, ?)", (digest(secret), now))
        return secret

    def opens(self, secret: str, now: int) -> bool:
        """Return whether `make` would take the secret."""
        with self._file.reading() as file:
            return _opens(file, secret, now)

    def check(self, secret: str, now: int) -> None:
        """Raise PolicyRefused unless `make` would take the secret."""
        if not self.opens(secret, now):
            raise PolicyRefused(_STALE)

    def make(self, secret: str, name: str, password: str, now: int) -> None:
        """Make the account and burn the secret.

        Raises
        ------
        PolicyRefused
            When the secret is not good.
        BadInput
            When the name or the password is not allowed; the secret stays good.
        """
        self.check(secret, now)
        hashed = self._passwords.hashed(check_name(name, "an account"), password)
        with self._file.changing() as file:
            # Somebody else may have been faster while the password was hashed.
            if not _opens(file, secret, now):
                raise PolicyRefused(_STALE)
            insert_account(file, name, Role.ADMIN, hashed, now)


def _accounts(file: sqlite3.Connection) -> bool:
    return file.execute("SELECT 1 FROM accounts LIMIT 1").fetchone() is not None


def _opens(file: sqlite3.Connection, secret: str, now: int) -> bool:
    if _accounts(file):
        return False
    row = file.execute("SELECT digest, created FROM setup").fetchone()
    return row is not None and same(row[0], digest(secret)) and fresh(now, row[1], SETUP)
