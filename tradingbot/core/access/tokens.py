# file: core/access/tokens.py
"""Bearer tokens for scripts: each has a role, an end, and a secret that was shown once."""

from __future__ import annotations

import re

from tradingbot.core.access.file import AccessFile
from tradingbot.core.access.lifetime import DAY, TOUCH, fresh
from tradingbot.core.access.naming import check_name
from tradingbot.core.access.secret import digest, new_secret, same
from tradingbot.core.errors import BadInput
from tradingbot.core.messages.accessview import IssuedToken, Kind, Role, TokenView, Visitor

__all__ = ["MOST_DAYS", "Tokens"]

MOST_DAYS = 366
_FORM = re.compile(r"tb_([0-9a-f]{12})_[0-9a-f]{64}")
_VIEWS = "SELECT id, name, role, maker, created, used, created + lasts FROM tokens ORDER BY created DESC, id"


class Tokens:
    """The tokens in a file; RunFailed, from every method, when the file cannot be used."""

    def __init__(self, file: AccessFile) -> None:
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
            if row is None or not same(row[0], digest(secret)) or not fresh(now, row[3], row[5]):
                return None
            visitor = Visitor(f"token {row[1]} ({form[1]})", Role(row[2]), Kind.TOKEN, form[1])
            if now - row[4] >= TOUCH:
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
