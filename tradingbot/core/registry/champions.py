# file: core/registry/champions.py
"""Which candidates of a lane are promoted with a certificate that is good, read anew only when files changed."""

from __future__ import annotations

import time
from pathlib import Path

from tradingbot.core.appendonly import stamp
from tradingbot.core.errors import TradingbotError
from tradingbot.core.lane import Lane
from tradingbot.core.registry.certificate import Certificate, verify
from tradingbot.core.registry.change import Change
from tradingbot.core.registry.signing import verifying_key
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry

__all__ = ["Champions"]

_SETTLED_NS = 100_000_000
"""A file that changed less long ago may change again without its time of change telling."""

type _Stamp = tuple[tuple[int, int, int, int], ...]


class Champions:
    """Answer for the registry at `path` and the signing key at `key`; what cannot be checked vouches for nobody.

    The registry's chain and the signatures are checked when a file changed; the time is checked at every look.
    """

    def __init__(self, path: Path, key: Path) -> None:
        self._path = path
        self._key = key
        self._seen: _Stamp = ()
        self._found: dict[Lane, list[tuple[Certificate | None, str]]] = {}
        self._unread = ""

    def missing(self, lane: Lane, now: int) -> str:
        """Return why no candidate may trade real money in the lane at `now` (UTC ns); nothing when one may."""
        self._look()
        if self._unread:
            return self._unread
        troubles = [trouble or _expired(certificate, now) for certificate, trouble in self._found.get(lane, [])]
        return "no candidate of it is promoted" if not troubles else "" if "" in troubles else "; ".join(troubles)

    def _look(self) -> None:
        names = (self._path, self._path.with_name(self._path.name + "-wal"), self._key)
        seen = tuple(map(stamp, names))
        if seen == self._seen:
            return
        self._found, self._unread = {}, ""
        try:
            changes = Registry(self._path).current()
        except TradingbotError as error:
            changes, self._unread = [], str(error)
        for change in changes:
            if change.state is State.PROMOTED:
                self._found.setdefault(change.lane, []).append(self._checked(change))
        self._seen = seen if time.time_ns() - max(one[0] for one in seen) > _SETTLED_NS else ()

    def _checked(self, change: Change) -> tuple[Certificate | None, str]:
        try:
            certificate = change.certified()
            if certificate is not None:
                verify(certificate, verifying_key(self._key))
        except TradingbotError as error:
            return None, str(error)
        return certificate, "" if certificate else f"{change.candidate} has no certificate"


def _expired(certificate: Certificate | None, now: int) -> str:
    if certificate is None or certificate.issued_ns <= now < certificate.expires_ns:
        return ""
    how = "is good no more" if now >= certificate.expires_ns else "is not good yet"
    return f"the certificate of {certificate.candidate} {how}"
