# file: core/runtime/outbox.py
"""What somebody should be told about a node: sentences, numbered once and for all."""

from __future__ import annotations

import threading
import time
from typing import Any

from tradingbot.core.runtime.statefile import Rows

__all__ = ["Outbox"]


class Outbox:
    """Make rows of the state's table `outbox`; several threads may, and the numbers go on after `last`."""

    def __init__(self, last: int = 0) -> None:
        self._last = last
        self._turn = threading.Lock()

    def of(self, ts: int, kind: str, sentence: str) -> Rows:
        """Return the row that says `sentence` about the market's time `ts`, UTC ns."""
        return "outbox", [self.row(ts, kind, sentence)]

    def row(self, ts: int, kind: str, sentence: str) -> tuple[Any, ...]:
        """Return the row alone."""
        with self._turn:
            self._last += 1
            return self._last, time.time_ns(), ts, kind, sentence
