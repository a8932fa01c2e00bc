# file: tests/operations/accounts/samples.py
"""Passwords that cost little, and people who have them."""

from __future__ import annotations

from pathlib import Path

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tradingbot.core.messages.accessview import Entered, Role
from tradingbot.operations.accounts.account import Accounts
from tradingbot.operations.accounts.credential import Passwords
from tradingbot.operations.accounts.database import AccessDatabase
from tradingbot.operations.accounts.sessions import Sessions

__all__ = ["NOW", "PASSWORD", "SECOND", "cheap", "entered", "opened", "with_ann"]

SECOND = 1_000_000_000
NOW = 1_800_000_000 * SECOND
PASSWORD = "correct horse battery"  # noqa: S105 - of nobody


def cheap(time_cost: int = 1) -> Passwords:
    """Return passwords hashed with argon2 at a thousandth of its cost."""
    return Passwords(PasswordHash((Argon2Hasher(time_cost=time_cost, memory_cost=8, parallelism=1),)))


def opened(folder: Path) -> AccessDatabase:
    """Return an access file that waits for nobody."""
    return AccessDatabase(folder / "state" / "access.db", patience=0.01)


def with_ann(file: AccessDatabase) -> Accounts:
    """Return accounts of which ann, an admin, is the first."""
    accounts = Accounts(file, cheap())
    accounts.add("ann", Role.ADMIN, PASSWORD, NOW)
    return accounts


def entered(file: AccessDatabase, accounts: Accounts, now: int = NOW, name: str = "ann") -> Entered:
    """Log in with the right password."""
    proven = accounts.prove(name, PASSWORD)
    assert proven is not None
    found = Sessions(file).begin(proven, "Firefox", now)
    assert found is not None
    return found
