# file: operations/accounts/sessions.py
"""Dashboard sessions, kept by the server and revocable."""

from __future__ import annotations

import re

from tradingbot.core.errors import BadInput
from tradingbot.core.messages.accessview import Entered, IssuedToken, Kind, Role, SessionView, TokenView, Visitor
from tradingbot.operations.accounts.account import Proven
from tradingbot.operations.accounts.credential import (
    DAY,
    IDLE_LIFETIME,
    SESSION_LIFETIME,
    TOUCH_INTERVAL,
    check_name,
    csrf_of,
    digest,
    equal_digests,
    is_valid,
    new_id,
    new_secret,
)
from tradingbot.operations.accounts.database import AccessDatabase

_AGENT = 200
_SECOND = 1_000_000_000
_WHO = """SELECT sessions.id, accounts.name, role, sessions.created, seen
FROM sessions JOIN accounts ON accounts.name = sessions.name WHERE digest = ?"""
_ALL = """SELECT id, accounts.name, role, agent, sessions.created, seen
FROM sessions JOIN accounts ON accounts.name = sessions.name ORDER BY sessions.created DESC, id"""


class Sessions:
    """The sessions in a file; RunFailed, from every method, when the file cannot be used."""

    def __init__(self, file: AccessDatabase) -> None:
        self._file = file

    def begin(self, proven: Proven, agent: str, now: int) -> Entered | None:
        """Begin a session of somebody proven; None when the account or its password changed since the proof."""
        secret, name = new_secret(), new_id()
        with self._file.changing() as file:
            row = file.execute("SELECT role, password FROM accounts WHERE name = ?", (proven.name,)).fetchone()
            if row is None or row[1] != proven.stored:
                return None
            role = Role(row[0])
            if proven.renewed is not None:
                file.execute("UPDATE accounts SET password = ? WHERE name = ?", (proven.renewed, proven.name))
            file.execute(
                "DELETE FROM sessions WHERE created <= ? OR seen <= ?", (now - SESSION_LIFETIME, now - IDLE_LIFETIME)
            )
            cells = (name, digest(secret), proven.name, _agent(agent), now, now)
            file.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)", cells)
        visitor = Visitor(proven.name, role, Kind.SESSION, name, csrf_of(secret))
        return Entered(secret, visitor, SESSION_LIFETIME // _SECOND)

    def who(self, secret: str, now: int) -> Visitor | None:
        """Return whose session it is; None when it was never begun, has ended, or was begun later than now."""
        with self._file.reading() as file:
            row = file.execute(_WHO, (digest(secret),)).fetchone()
            if row is None:
                return None
            name, owner, role, created, seen = row
            if not (is_valid(now, created, SESSION_LIFETIME) and is_valid(now, seen, IDLE_LIFETIME)):
                return None
            visitor = Visitor(owner, Role(role), Kind.SESSION, name, csrf_of(secret))
            if now - seen >= TOUCH_INTERVAL:
                self._file.touch(file, "UPDATE sessions SET seen = ? WHERE id = ? AND seen = ?", (now, name, seen))
        return visitor

    def end(self, secret: str) -> None:
        """End the session with this secret, if there is one."""
        with self._file.reading() as file:
            there = file.execute("SELECT 1 FROM sessions WHERE digest = ?", (digest(secret),)).fetchone()
        if there:
            with self._file.changing() as file:
                file.execute("DELETE FROM sessions WHERE digest = ?", (digest(secret),))

    def revoke(self, session: str) -> None:
        """End a session by its id; BadInput when there is none."""
        with self._file.changing() as file:
            if not file.execute("DELETE FROM sessions WHERE id = ?", (_text(session),)).rowcount:
                raise BadInput(f"there is no session {session!r:.70}: it has ended, or never was")

    def views(self, now: int) -> list[SessionView]:
        """Return the sessions that live, newest first."""
        with self._file.reading() as file:
            found = [
                SessionView(
                    name, owner, Role(role), agent, created, seen, min(created + SESSION_LIFETIME, seen + IDLE_LIFETIME)
                )
                for name, owner, role, agent, created, seen in file.execute(_ALL)
            ]
        return [
            view
            for view in found
            if is_valid(now, view.created, SESSION_LIFETIME) and is_valid(now, view.seen, IDLE_LIFETIME)
        ]


def csrf_ok(visitor: Visitor, given: str) -> bool:
    """Return whether the visitor's change comes from a page of ours; a token is sent by no page of anybody's."""
    return visitor.kind is Kind.TOKEN or (visitor.csrf != "" and equal_digests(visitor.csrf, given))


def _agent(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text[:_AGENT]).strip()


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


MOST_DAYS = 366
_FORM = re.compile(r"tb_([0-9a-f]{12})_[0-9a-f]{64}")
_VIEWS = "SELECT id, name, role, maker, created, used, created + lasts FROM tokens ORDER BY created DESC, id"


class Tokens:
    """The tokens in a file; RunFailed, from every method, when the file cannot be used."""

    def __init__(self, file: AccessDatabase) -> None:
        self._file = file

    def add(self, token: str, role: Role, name: str, days: int, maker: str, now: int) -> IssuedToken:
        """Make the token with the id `token`, from `new_id`; BadInput for a name or days that are not allowed."""
        check_name(name, "a token")
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"the days of a token were {days}, allowed are 1 to {MOST_DAYS}")
        secret = f"tb_{token}_{new_secret()}"
        view = TokenView(token, name, role, maker, now, 0, now + days * DAY)
        cells = (token, digest(secret), name, role.value, maker, now, 0, days * DAY)
        with self._file.changing() as file:
            file.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)", cells)
        return IssuedToken(secret, view)

    def bearer(self, secret: str, now: int) -> Visitor | None:
        """Return whose token it is; None when it was never made, is revoked or has ended."""
        form = _FORM.fullmatch(secret)
        if form is None:
            return None
        with self._file.reading() as file:
            cells = "SELECT digest, name, role, created, used, lasts FROM tokens WHERE id = ?"
            row = file.execute(cells, (form[1],)).fetchone()
            if row is None or not equal_digests(row[0], digest(secret)) or not is_valid(now, row[3], row[5]):
                return None
            visitor = Visitor(f"token {row[1]} ({form[1]})", Role(row[2]), Kind.TOKEN, form[1])
            if now - row[4] >= TOUCH_INTERVAL:
                self._file.touch(file, "UPDATE tokens SET used = ? WHERE id = ? AND used = ?", (now, form[1], row[4]))
        return visitor

    def revoke(self, token: str) -> None:
        """End a token by its id; BadInput when there is none."""
        with self._file.changing() as file:
            given = token.encode("utf-8", "replace").decode()
            if not file.execute("DELETE FROM tokens WHERE id = ?", (given,)).rowcount:
                known = ", ".join(name for (name,) in file.execute("SELECT id FROM tokens ORDER BY created")) or "none"
                raise BadInput(f"there is no token {token!r:.70}, known: {known}")

    def views(self) -> list[TokenView]:
        """Return every token, newest first, those that ended included."""
        with self._file.reading() as file:
            rows = file.execute(_VIEWS).fetchall()
            return [TokenView(row[0], row[1], Role(row[2]), *row[3:]) for row in rows]
