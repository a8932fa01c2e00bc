# file: core/access/sessions.py
"""Sessions of the dashboard, kept by the server: what the browser has is a secret that can be revoked."""

from __future__ import annotations

from tradingbot.core.access.accounts import Proven
from tradingbot.core.access.file import AccessFile
from tradingbot.core.access.lifetime import IDLE, SESSION, TOUCH, fresh
from tradingbot.core.access.secret import csrf_of, digest, new_id, new_secret, same
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.accessview import Entered, Kind, Role, SessionView, Visitor

__all__ = ["Sessions", "csrf_ok"]

_AGENT = 200
_SECOND = 1_000_000_000
_WHO = """SELECT sessions.id, accounts.name, role, sessions.created, seen
FROM sessions JOIN accounts ON accounts.name = sessions.name WHERE digest = ?"""
_ALL = """SELECT id, accounts.name, role, agent, sessions.created, seen
FROM sessions JOIN accounts ON accounts.name = sessions.name ORDER BY sessions.created DESC, id"""


class Sessions:
    """The sessions in a file; RunFailed, from every method, when the file cannot be used."""

    def __init__(self, file: AccessFile) -> None:
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
            file.execute("DELETE FROM sessions WHERE created <= ? OR seen <= ?", (now - SESSION, now - IDLE))
            cells = (name, digest(secret), proven.name, _agent(agent), now, now)
            file.execute("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)", cells)
        visitor = Visitor(proven.name, role, Kind.SESSION, name, csrf_of(secret))
        return Entered(secret, visitor, SESSION // _SECOND)

    def who(self, secret: str, now: int) -> Visitor | None:
        """Return whose session it is; None when it was never begun, has ended, or was begun later than now."""
        with self._file.reading() as file:
            row = file.execute(_WHO, (digest(secret),)).fetchone()
            if row is None:
                return None
            name, owner, role, created, seen = row
            if not (fresh(now, created, SESSION) and fresh(now, seen, IDLE)):
                return None
            visitor = Visitor(owner, Role(role), Kind.SESSION, name, csrf_of(secret))
            if now - seen >= TOUCH:
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
                SessionView(name, owner, Role(role), agent, created, seen, min(created + SESSION, seen + IDLE))
                for name, owner, role, agent, created, seen in file.execute(_ALL)
            ]
        return [view for view in found if fresh(now, view.created, SESSION) and fresh(now, view.seen, IDLE)]


def csrf_ok(visitor: Visitor, given: str) -> bool:
    """Return whether the visitor's change comes from a page of ours; a token is sent by no page of anybody's."""
    return visitor.kind is Kind.TOKEN or (visitor.csrf != "" and same(visitor.csrf, given))


def _agent(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text[:_AGENT]).strip()


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
