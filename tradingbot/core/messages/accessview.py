# file: core/messages/accessview.py
"""Access: roles, visitors, and views of accounts, sessions and tokens; never a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do: see; see and command; see, command and say who else may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def allows(self, needed: Role) -> bool:
        """Return whether this role may do what needs the role `needed`."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class Kind(StrEnum):
    """How a visitor showed who it is: by the cookie of a session, or by a bearer token."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a word, not a secret


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who showed who they are: `name` answers for commands; `id` is the session's or the token's.

    A token is called `token NAME (ID)`, as no account is.

    `csrf` is what a form of this session must bring along; it is empty for a token, which needs none.
    """

    name: str
    role: Role
    kind: Kind
    id: str
    csrf: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Entered:
    """A login that succeeded: the secret for the cookie, shown this once, and how long it can be of use at most."""

    secret: str = field(repr=False)
    visitor: Visitor
    seconds: int


@dataclass(frozen=True, slots=True)
class Denied:
    """A login that was refused; `wait_s` is 0, or after how many seconds the next attempt is looked at at all."""

    sentence: str
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account and how many sessions of it live; `created` is UTC ns."""

    name: str
    role: Role
    created: int
    sessions: int


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session that lives: whose, from which browser, since when; ends at `ends` unless used before (UTC ns)."""

    id: str
    name: str
    role: Role
    agent: str
    created: int
    seen: int
    ends: int


@dataclass(frozen=True, slots=True)
class TokenView:
    """A bearer token: what it may do, who made it, when it was last used (0 for never) and ends; times are UTC ns."""

    id: str
    name: str
    role: Role
    by: str
    created: int
    used: int
    ends: int


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new bearer token; `secret` is shown this once and stored nowhere."""

    secret: str = field(repr=False)
    view: TokenView
