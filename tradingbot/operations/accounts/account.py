# file: operations/accounts/account.py
"""Accounts: name, role and password; the first admin by a setup link; there is always an admin."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.messages.accessview import AccountView, Role
from tradingbot.operations.accounts.credential import (
    IDLE_LIFETIME,
    SESSION_LIFETIME,
    SETUP_LIFETIME,
    Passwords,
    check_name,
    digest,
    equal_digests,
    is_name,
    is_valid,
    new_secret,
)
from tradingbot.operations.accounts.database import AccessDatabase

_VIEWS = """SELECT name, role, created,
    (SELECT count(*) FROM sessions WHERE sessions.name = accounts.name AND created > ? AND seen > ?)
FROM accounts ORDER BY name"""


@dataclass(frozen=True, slots=True)
class Proven:
    """An account whose password was just given; `stored` is its hash, `renewed` the one that replaces it, if any."""

    name: str
    role: Role
    stored: str = field(repr=False)
    renewed: str | None = field(repr=False)


class Accounts:
    """The accounts in a file. Passwords are hashed outside of its transactions: hashing is slow by design.

    RunFailed, from every method, when the file cannot be used.
    """

    def __init__(self, file: AccessDatabase, passwords: Passwords) -> None:
        self._file = file
        self._passwords = passwords

    def any(self) -> bool:
        """Return whether there is an account."""
        with self._file.reading() as file:
            return file.execute("SELECT 1 FROM accounts LIMIT 1").fetchone() is not None

    def views(self, now: int) -> list[AccountView]:
        """Return every account by name, with the number of its sessions that live."""
        with self._file.reading() as file:
            rows = file.execute(_VIEWS, (now - SESSION_LIFETIME, now - IDLE_LIFETIME)).fetchall()
            return [AccountView(name, Role(role), created, count) for name, role, created, count in rows]

    def add(self, name: str, role: Role, password: str, now: int) -> None:
        """Make an account.

        Raises BadInput when the name or the password is not allowed, or the name is taken; PolicyRefused when it is the
        first and no admin.
        """
        hashed = self._passwords.hashed(check_name(name, "an account"), password)
        with self._file.changing() as file:
            if file.execute("SELECT 1 FROM accounts WHERE name = ?", (name,)).fetchone():
                raise BadInput(f"there is an account {name}, allowed is a name that is not taken")
            if role is not Role.ADMIN and _admins(file) == 0:
                raise PolicyRefused(f"the first account was to be {role}, allowed is {Role.ADMIN}")
            insert_account(file, name, role, hashed, now)

    def set_password(self, name: str, password: str) -> None:
        """Replace a password and end the account's sessions; BadInput for no such account or no such password."""
        hashed = self._passwords.hashed(name, password)
        with self._file.changing() as file:
            found, _ = _found(file, name)
            file.execute("UPDATE accounts SET password = ? WHERE name = ?", (hashed, found))
            file.execute("DELETE FROM sessions WHERE name = ?", (found,))

    def remove(self, name: str) -> None:
        """Remove an account and end its sessions.

        Raises BadInput when there is none of that name; PolicyRefused when it is the last admin.
        """
        with self._file.changing() as file:
            found, role = _found(file, name)
            if role is Role.ADMIN and _admins(file) == 1:
                raise PolicyRefused(f"{found} is the last admin and stays: make another one first")
            file.execute("DELETE FROM accounts WHERE name = ?", (found,))
            file.execute("DELETE FROM sessions WHERE name = ?", (found,))

    def end_sessions(self, name: str) -> int:
        """End every session of an account and return how many there were; BadInput when there is no such account."""
        with self._file.changing() as file:
            found, _ = _found(file, name)
            return file.execute("DELETE FROM sessions WHERE name = ?", (found,)).rowcount

    def prove(self, name: str, password: str) -> Proven | None:
        """Return the account if the password is its; None after the same work if it is not, or there is none."""
        known = name if is_name(name) else ""
        with self._file.reading() as file:
            row = file.execute("SELECT name, role, password FROM accounts WHERE name = ?", (known,)).fetchone()
            account = (row[0], Role(row[1]), row[2]) if row else None
        right, renewed = self._passwords.verify(password, account[2] if account else None)
        return Proven(*account, renewed) if account and right else None


def insert_account(file: sqlite3.Connection, name: str, role: Role, hashed: str, now: int) -> None:
    """Add the row of an account; with it no link that makes a first one is good any more."""
    file.execute("INSERT INTO accounts VALUES (?, ?, ?, ?)", (name, role.value, hashed, now))
    file.execute("DELETE FROM setup")


def _admins(file: sqlite3.Connection) -> int:
    (count,) = file.execute("SELECT count(*) FROM accounts WHERE role = ?", (Role.ADMIN.value,)).fetchone()
    return int(count)


def _found(file: sqlite3.Connection, name: str) -> tuple[str, Role]:
    known = name if is_name(name) else ""
    row = file.execute("SELECT name, role FROM accounts WHERE name = ?", (known,)).fetchone()
    if row is None:
        names = ", ".join(found for (found,) in file.execute("SELECT name FROM accounts ORDER BY name")) or "none"
        raise BadInput(f"there is no account {name!r:.70}, known: {names}")
    return row[0], Role(row[1])


_STALE = "the setup link is not the last one, was used or is older than a day; start the dashboard anew for a new one"


class FirstAdmin:
    """The link's secret in a file; RunFailed, from every method, when the file cannot be used."""

    def __init__(self, file: AccessDatabase, passwords: Passwords) -> None:
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

        Raises PolicyRefused when the secret is not good; BadInput when the name or the password is not allowed; the
        secret stays good.
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
    return row is not None and equal_digests(row[0], digest(secret)) and is_valid(now, row[1], SETUP_LIFETIME)
