# file: operations/accounts/access.py
"""Log in, sessions, tokens and accounts, every change audited; the web knows access through this file alone.

A kill is never limited by what is here: only logins are, and the command line needs none.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from tradingbot.core.config.home import existing_home, home
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.messages.accessview import (
    AccountView,
    Denied,
    Entered,
    IssuedToken,
    Kind,
    Role,
    SessionView,
    TokenView,
    Visitor,
)
from tradingbot.operations.accounts.account import Accounts, FirstAdmin
from tradingbot.operations.accounts.credential import Passwords, new_id
from tradingbot.operations.accounts.database import AccessDatabase
from tradingbot.operations.accounts.sessions import Sessions, Tokens, csrf_ok
from tradingbot.operations.audit.audited import audit_before
from tradingbot.operations.audit.entry import Command, Interface
from tradingbot.operations.audit.log import audit_log

if TYPE_CHECKING:
    from tradingbot.operations.accounts.loginlimit import LoginLimit

__all__ = [
    "AccountView",
    "Denied",
    "Entered",
    "IssuedToken",
    "Kind",
    "Role",
    "SessionView",
    "TokenView",
    "Visitor",
    "accounts",
    "add_account",
    "add_token",
    "bearer",
    "csrf_ok",
    "login",
    "logout",
    "needs_setup",
    "remove_account",
    "revoke",
    "revoke_all",
    "revoke_token",
    "sessions",
    "set_password",
    "setup",
    "setup_open",
    "setup_secret",
    "tokens",
    "who",
]

_first = threading.Lock()
_WRONG = "the name or the password is wrong"


def needs_setup() -> bool:
    """Return whether there is no account yet; RunFailed when that cannot be known."""
    return not _accounts().any()


def setup_secret() -> str:
    """Return a new secret for `/setup/SECRET`, good for 24 hours and once; earlier ones are good no more.

    Raises PolicyRefused when there is an account.
    """
    return _first_admin().new_link_token(time.time_ns())


def setup_open(secret: str) -> bool:
    """Return whether `setup` would take the secret now, so that the page can say so before a password is typed."""
    return _first_admin().opens(secret, time.time_ns())


def setup(secret: str, name: str, password: str) -> None:
    """Make the first account, an admin, and burn the secret. Audited, unless the secret is not good.

    Raises BadInput when name or password are not allowed, in a sentence that says what is; the secret stays good;
    PolicyRefused when there is an account, or the secret is not the last one, is used or expired.
    """
    first, now = _first_admin(), time.time_ns()
    # Whoever has no secret must not be able to fill the audit log.
    first.check(secret, now)
    command = Command(name, "setup", name, "", Interface.WEB)
    act = partial(first.make, secret, name, password, now)
    _audited(command, act, f"{name} is the first admin", "nobody was made the first admin")


def login(name: str, password: str, address: str, agent: str = "") -> Entered | Denied:
    """Begin a session of whoever knows the password; `address` is the client's, `agent` the browser's name for itself.

    The answer and the work are the same for a wrong password and a name that is not known. Failed logins are counted;
    with too many of them the answer says how long to wait. It takes tens of milliseconds: call it from a thread.
    RunFailed when the file cannot be used.
    """
    attempts, failed = _attempts(home()), False
    if wait := attempts.enter(name, address):
        return Denied(f"too many logins failed; the next one is looked at in {wait} s", wait)
    try:
        proven = _accounts().prove(name, password)
        entered = proven and Sessions(_file()).begin(proven, agent, time.time_ns())
        failed = entered is None
    finally:
        attempts.leave(name, address, failed)
    return entered or Denied(_WRONG)


def logout(secret: str) -> None:
    """End the session with this secret, if there is one."""
    Sessions(_file()).end(secret)


def who(secret: str) -> Visitor | None:
    """Return whose session this is; None without one that lives. RunFailed when it cannot be known: then deny."""
    return Sessions(_file()).who(secret, time.time_ns())


def bearer(token: str) -> Visitor | None:
    """Return whose token this is (`tb_ID_SECRET`, without `Bearer`); None and RunFailed as for `who`."""
    return Tokens(_file()).bearer(token, time.time_ns())


def sessions() -> tuple[SessionView, ...]:
    """Return the sessions that live, newest first."""
    return tuple(Sessions(_file()).views(time.time_ns()))


def revoke(session: str, operator: str, face: Interface = Interface.WEB) -> str:
    """End a session by its id; return a sentence. Audited.

    Raises BadInput when there is none with that id.
    """
    done, act = f"session {session} is ended", partial(Sessions(_file()).revoke, session)
    return _told(Command(operator, "session revoke", session, "", face), act, done, f"session {session} was not ended")


def revoke_all(name: str, operator: str, face: Interface = Interface.WEB) -> str:
    """End every session of an account; return a sentence. Audited. BadInput when there is no such account."""
    done, act = f"every session of {name} is ended", partial(_accounts().end_sessions, name)
    return _told(Command(operator, "session revoke", name, "", face), act, done, f"no session of {name} was ended")


def accounts() -> tuple[AccountView, ...]:
    """Return every account by name."""
    return tuple(_accounts().views(time.time_ns()))


def add_account(name: str, role: Role, password: str, operator: str, face: Interface = Interface.CLI) -> str:
    """Make an account; return a sentence. Audited.

    Raises BadInput when name or password are not allowed or the name is taken; PolicyRefused when it would be the first
    account and no admin.
    """
    done, act = f"{name} has an account as {role}", partial(_accounts().add, name, role, password, time.time_ns())
    return _told(Command(operator, "account add", name, "", face), act, done, f"{name} was given no account")


def set_password(name: str, password: str, operator: str, face: Interface = Interface.CLI) -> str:
    """Replace an account's password, which ends its sessions; return a sentence. Audited; BadInput as above."""
    done = f"the password of {name} is changed and every session of it ended"
    act = partial(_accounts().set_password, name, password)
    undone = f"the password of {name} was not changed"
    return _told(Command(operator, "account password", name, "", face), act, done, undone)


def remove_account(name: str, operator: str, face: Interface = Interface.CLI) -> str:
    """Remove an account and end its sessions; return a sentence. Audited.

    Raises BadInput when there is none of that name; PolicyRefused when it is the last admin.
    """
    done, act = f"{name} has no account any more", partial(_accounts().remove, name)
    return _told(Command(operator, "account remove", name, "", face), act, done, f"{name} was not removed")


def tokens() -> tuple[TokenView, ...]:
    """Return every bearer token, newest first, those that expired included."""
    return tuple(Tokens(_file()).views())


def add_token(role: Role, name: str, days: int, operator: str, face: Interface = Interface.CLI) -> IssuedToken:
    """Make a bearer token that is good for `days`; its secret is in the answer alone. Audited.

    Commands of it are answered for by `token NAME (ID)`, which is no account's name. BadInput for a name or days that
    are not allowed.
    """
    token = new_id()
    act = partial(Tokens(_file()).add, token, role, name, days, operator, time.time_ns())
    done = f"token {name} ({token}) is made as {role} for {days} days"
    return _audited(Command(operator, "token add", name, "", face), act, done, f"token {name} was not made")


def revoke_token(token: str, operator: str, face: Interface = Interface.CLI) -> str:
    """End a bearer token by its id; return a sentence. Audited. BadInput when there is none with that id."""
    done, act = f"token {token} is revoked", partial(Tokens(_file()).revoke, token)
    return _told(Command(operator, "token revoke", token, "", face), act, done, f"token {token} was not revoked")


def _file() -> AccessDatabase:
    return AccessDatabase(existing_home() / "state" / "access.db")


def _accounts() -> Accounts:
    return Accounts(_file(), _passwords())


def _first_admin() -> FirstAdmin:
    return FirstAdmin(_file(), _passwords())


@cache
def _passwords() -> Passwords:
    return Passwords()


def _attempts(place: Path) -> LoginLimit:
    # Logins that come together must be counted by one and the same.
    with _first:
        return _counted(place)


@cache
def _counted(place: Path) -> LoginLimit:
    # Heavy, and needed by logins alone.
    from tradingbot.operations.accounts.loginlimit import LoginLimit

    return LoginLimit()


def _audited[T](command: Command, act: Callable[[], T], done: str, undone: str) -> T:
    return audit_before(audit_log(), command, partial(_answered_for, command, act, undone), done, undone)


def _told(command: Command, act: Callable[[], object], done: str, undone: str) -> str:
    _audited(command, act, done, undone)
    return done


def _answered_for[T](command: Command, act: Callable[[], T], undone: str) -> T:
    if not command.operator.strip():
        raise PolicyRefused(f"{undone}: an operator's name is needed")
    return act()
