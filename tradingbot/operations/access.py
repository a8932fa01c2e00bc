# file: operations/access.py
"""OPERATIONS: who may see and command through the web and scripts. The web knows of access through this file alone.

A kill is never limited by what is here: only logins are, and the command line needs none.
"""

from __future__ import annotations

from tradingbot.core.audit.command import Face
from tradingbot.core.errors import RunFailed
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

_SOON = "access is being built"


def needs_setup() -> bool:
    """Return whether there is no account yet; RunFailed when that cannot be known."""
    raise RunFailed(_SOON)


def setup_secret() -> str:
    """Return a new secret for `/setup/SECRET`, good for 24 hours and once; earlier ones are good no more.

    Raises
    ------
    PolicyRefused
        When there is an account.
    """
    raise RunFailed(_SOON)


def setup_open(secret: str) -> bool:
    """Return whether `setup` would take the secret now, so that the page can say so before a password is typed."""
    raise RunFailed(_SOON)


def setup(secret: str, name: str, password: str) -> None:
    """Make the first account, an admin, and burn the secret; audited.

    Raises
    ------
    BadInput
        When name or password are not allowed, in a sentence that says what is; the secret stays good.
    PolicyRefused
        When there is an account, or the secret is not the last one, is used or expired.
    """
    raise RunFailed(_SOON)


def login(name: str, password: str, address: str, agent: str = "") -> Entered | Denied:
    """Begin a session of whoever knows the password; `address` is the client's, `agent` the browser's name for itself.

    The answer and the work are the same for a wrong password and a name that is not known. Failed logins are counted;
    with too many of them the answer says how long to wait. It takes tens of milliseconds: call it from a thread.
    """
    raise RunFailed(_SOON)


def logout(secret: str) -> None:
    """End the session with this secret, if there is one."""
    raise RunFailed(_SOON)


def who(secret: str) -> Visitor | None:
    """Return whose session this is; None without one that lives. RunFailed when it cannot be known: then deny."""
    raise RunFailed(_SOON)


def bearer(token: str) -> Visitor | None:
    """Return whose token this is (`tb_ID_SECRET`, without `Bearer`); None and RunFailed as for `who`."""
    raise RunFailed(_SOON)


def csrf_ok(visitor: Visitor, given: str) -> bool:
    """Return whether a change asked for by the visitor came from a page of ours; a token's always did."""
    raise RunFailed(_SOON)


def sessions() -> tuple[SessionView, ...]:
    """Return the sessions that live, newest first."""
    raise RunFailed(_SOON)


def revoke(session: str, operator: str, face: Face = Face.WEB) -> str:
    """End a session by its id; return a sentence. Audited.

    Raises
    ------
    BadInput
        When there is none with that id.
    """
    raise RunFailed(_SOON)


def revoke_all(name: str, operator: str, face: Face = Face.WEB) -> str:
    """End every session of an account; return a sentence. Audited. BadInput when there is no such account."""
    raise RunFailed(_SOON)


def accounts() -> tuple[AccountView, ...]:
    """Return every account by name."""
    raise RunFailed(_SOON)


def add_account(name: str, role: Role, password: str, operator: str, face: Face = Face.CLI) -> str:
    """Make an account; return a sentence. Audited.

    Raises
    ------
    BadInput
        When name or password are not allowed or the name is taken.
    PolicyRefused
        When it would be the first account and no admin.
    """
    raise RunFailed(_SOON)


def set_password(name: str, password: str, operator: str, face: Face = Face.CLI) -> str:
    """Replace an account's password, which ends its sessions; return a sentence. Audited; BadInput as above."""
    raise RunFailed(_SOON)


def remove_account(name: str, operator: str, face: Face = Face.CLI) -> str:
    """Remove an account and end its sessions; return a sentence. Audited.

    Raises
    ------
    BadInput
        When there is none of that name.
    PolicyRefused
        When it is the last admin.
    """
    raise RunFailed(_SOON)


def tokens() -> tuple[TokenView, ...]:
    """Return every bearer token, newest first, those that expired included."""
    raise RunFailed(_SOON)


def add_token(role: Role, name: str, days: int, operator: str, face: Face = Face.CLI) -> IssuedToken:
    """Make a bearer token that is good for `days`; its secret is in the answer alone. Audited.

    Commands of it are answered for by `token NAME`, which is no account's name. BadInput for a name or days that are
    not allowed.
    """
    raise RunFailed(_SOON)


def revoke_token(token: str, operator: str, face: Face = Face.CLI) -> str:
    """End a bearer token by its id; return a sentence. Audited. BadInput when there is none with that id."""
    raise RunFailed(_SOON)
