# file: operations/accounts/loginlimit.py
"""Rate limit of failed logins, by name and address; nothing but logins asks here, never a kill."""

from __future__ import annotations

import hashlib
import ipaddress
import math
import threading
import time
from collections import Counter

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PER_NAME = 5
"""Failed logins a minute that one address may have with one name."""

PER_ADDRESS = 30
"""Failed logins a minute that one address may have."""

MAX_CONCURRENT = 4
"""Logins under way at once, of everybody: each takes 64 MiB and a thread that others need."""

_LONGEST = 64
_NETWORK = 64

type _Key = tuple[RateLimitItem, str]


class LoginLimit:
    """The failed logins of the last minute, in this process's memory.

    A login that is under way counts as failed until it `leave`s, so that many at once get no more guesses than many in
    a row.
    """

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limits = RateLimitItemPerMinute(PER_NAME), RateLimitItemPerMinute(PER_ADDRESS)
        self._under_way: Counter[_Key] = Counter()
        self._together = 0
        self._lock = threading.Lock()

    def enter(self, name: str, address: str) -> int:
        """Return 0 when a login may be tried, which then has to `leave`; else the seconds to wait before another."""
        keys = self._keys(name, address)
        with self._lock:
            wait = max(map(self._wait, keys))
            if not wait and self._together >= MAX_CONCURRENT:
                wait = 1
            if not wait:
                self._together += 1
                self._under_way.update(keys)
            return wait

    def leave(self, name: str, address: str, failed: bool) -> None:
        """Say what came of a login that entered."""
        keys = self._keys(name, address)
        with self._lock:
            self._together -= 1
            self._under_way -= Counter(keys)
            if failed:
                for item, key in keys:
                    self._limiter.hit(item, key)

    def _keys(self, name: str, address: str) -> tuple[_Key, _Key]:
        whence = _whence(address)
        per_name, per_address = self._limits
        return (per_name, _short(name.casefold()[:_LONGEST], whence)), (per_address, _short(whence))

    def _wait(self, at: _Key) -> int:
        item, key = at
        if self._limiter.test(item, key, cost=self._under_way[at] + 1):
            return 0
        stats = self._limiter.get_window_stats(item, key)
        return max(1, math.ceil(stats.reset_time - time.time())) if stats.remaining <= 0 else 1


def _whence(address: str) -> str:
    """Return what stands for the client: a whole IPv6 network, since whoever has one has all of its addresses."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:_LONGEST]
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), _NETWORK), strict=False))


def _short(*words: str) -> str:
    return hashlib.sha256(repr(words).encode()).hexdigest()
