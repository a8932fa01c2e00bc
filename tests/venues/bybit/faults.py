# file: tests/venues/bybit/faults.py
"""Faults that can be switched on and off while the venue runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

HTTP = {"throttle", "fail", "ban", "slow", "skew"}
STREAM = {"drop", "mute", "lost", "duplicate", "late", "swap"}
KINDS = sorted(HTTP | STREAM | {"missing"})


@dataclass(frozen=True)
class About:
    """What a fault may be about: a request, a socket, or the bar that starts at `start` ms UTC."""

    category: str | None = None
    symbol: str | None = None
    path: str | None = None
    start: int | None = None


ANYTHING = About()


@dataclass
class Fault:
    """One fault; what is None does not restrict it.

    drop: public sockets are closed and refused. mute: they stay open and carry nothing, not even a pong.
    lost, duplicate, late, swap: the closing message of a bar is not sent, sent twice, sent `delay` venue seconds
    after its time, sent after the next one of its topic. missing: the minutes are not in `/v5/market/kline` and
    their closing messages are not sent. throttle: retCode 10006 with HTTP 200. fail: HTTP `status`. ban: HTTP 403.
    slow: an answer takes `delay` real seconds. skew: the server's time is `delay` seconds ahead.

    It is over after `seconds` (real), `count` requests or closing messages, or at venue time `until_ms`. It is about
    bars that start in [`start_ms`, `end_ms`) and requests or topics whose name ends with `path`; only one-minute bars
    can be missing.
    """

    kind: str
    category: str | None = None
    symbol: str | None = None
    path: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    until_ms: int | None = None
    count: int | None = None
    seconds: float | None = None
    delay: float = 0.0
    status: int = 500
    _began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"fault was {self.kind!r}, allowed: {', '.join(KINDS)}")

    def over(self, now: int) -> bool:
        """Whether it has run out, by count, by real time or by the venue's."""
        return (
            (self.count is not None and self.count <= 0)
            or (self.seconds is not None and time.monotonic() - self._began >= self.seconds)
            or (self.until_ms is not None and now >= self.until_ms)
        )

    def concerns(self, about: About) -> bool:
        """Whether it is about this request, socket or bar."""
        start = about.start
        return (
            self.category in (None, about.category)
            and self.symbol in (None, about.symbol)
            and (self.path is None or (about.path or "").endswith(self.path))
            and (self.start_ms is None or (start is not None and start >= self.start_ms))
            and (self.end_ms is None or (start is not None and start < self.end_ms))
        )


class Faults:
    """The faults that are on. Only the venue's own thread touches them."""

    def __init__(self) -> None:
        self._on: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        self._on.append(fault)

    def clear(self, kind: str | None = None) -> None:
        """Switch off every fault, or those of one kind."""
        self._on = [fault for fault in self._on if kind not in (None, fault.kind)]

    def hit(self, kind: str, now: int, about: About = ANYTHING) -> Fault | None:
        """Return the first fault of this kind that applies, and count it."""
        self._on = [fault for fault in self._on if not fault.over(now)]
        for fault in self._on:
            if fault.kind == kind and fault.concerns(about):
                if fault.count is not None:
                    fault.count -= 1
                return fault
        return None
