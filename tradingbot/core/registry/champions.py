# file: core/registry/champions.py
"""Who is promoted right now: latest states, promotion check before an entry, certified champions of a lane."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from tradingbot.core.errors import TradingbotError
from tradingbot.core.lane import Lane
from tradingbot.core.registry.certificate import Certificate, verify
from tradingbot.core.registry.signing import verifying_key
from tradingbot.core.registry.states import Change, State
from tradingbot.core.registry.store import Registry
from tradingbot.core.storage.atomicfile import file_stamp

_SETTLED_NS = 100_000_000
"""A file that changed less long ago may change again without its time of change telling."""

type _Stamp = tuple[tuple[int, int, int, int], ...]


class LatestStates:
    """Answer for the registry at `path`. One that cannot be read, or is not what was written, knows nobody."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: _Stamp | None = None
        self._states: dict[str, State] = {}

    def of(self, candidate: str) -> State | None:
        """Return the candidate's last state, None for one the registry does not know."""
        seen = tuple(file_stamp(self._path.with_name(self._path.name + end)) for end in ("", "-wal"))
        if seen != self._seen:
            self._states = {}
            with suppress(TradingbotError):
                self._states = {change.candidate: change.state for change in Registry(self._path).current()}
            self._seen = seen
        return self._states.get(candidate)


class PromotionCheck:
    """Answer for one candidate. A registry that cannot be read, or is not what was written, promotes nobody."""

    def __init__(self, path: Path, candidate: str) -> None:
        self._states = LatestStates(path)
        self._candidate = candidate

    def promoted(self) -> bool:
        """Return whether the candidate's last change is its promotion."""
        return self._states.of(self._candidate) is State.PROMOTED


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
        seen = tuple(map(file_stamp, names))
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
