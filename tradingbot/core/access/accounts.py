# file: core/access/accounts.py
"""Who has an account, with which role and password; there is always an admin once there is anybody."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from tradingbot.core.access.file import AccessFile
from tradingbot.core.access.lifetime import IDLE, SESSION
from tradingbot.core.access.naming import check_name, is_name
from tradingbot.core.access.passwords import Passwords
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.messages.accessview import AccountView, Role

__all__ = ["Accounts", "Proven", "insert_account"]

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

    def __init__(self, file: AccessFile, passwords: Passwords) -> None:
        self._file = file
        self._passwords = passwords

    def any(self) -> bool:
        """Return whether there is an account."""
        with self._file.reading() as file:
            return file.execute("SELECT 1 FROM accounts LIMIT 1").fetchone() is not None

    def views(self, now: int) -> list[AccountView]:
        """Return every account by name, with the number of its sessions that live."""
        with self._file.reading() as file:
            rows = file.execute(_VIEWS, (now - SESSION, now - IDLE)).fetchall()
            return [AccountView(name, Role(role), created, count) for name, role, created, count in rows]

    def add(self, name: str, role: Role, password: str, now: int) -> None:
        """Make an account.

        Raises
        ------
        BadInput
            When the name or the password is not allowed, or the name is taken.
        PolicyRefused
            When it is the first and no admin.
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

        Raises
        ------
        BadInput
            When there is none of that name.
        PolicyRefused
            When it is the last admin.
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
