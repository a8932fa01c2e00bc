# file: bench/desktime.py
"""How long the risk desk takes for one intent: reading the facts, sizing, every rule."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tradingbot.core.execution.riskview import RiskViewBuilder
from tradingbot.core.risk.desk import RiskDesk

_AGAIN = 2_000


class Stopwatch:
    """Time `Viewer.of` and `Desk.ask` in this process from now on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.asked = 0
        self._last: Callable[[], Any] = lambda: None
        self._ask = RiskDesk.ask
        RiskViewBuilder.of = self._timed(RiskViewBuilder.of)  # type: ignore[method-assign]
        RiskDesk.ask = self._timed(RiskDesk.ask, count=True)  # type: ignore[method-assign]

    @property
    def per_intent(self) -> float:
        """Seconds an intent, 0 before the first."""
        return self.seconds / self.asked if self.asked else 0.0

    @property
    def again(self) -> float:
        """Seconds the rules and the sizing take when the same intent is asked many times in a row, caches warm."""
        began = time.thread_time()
        for _ in range(_AGAIN):
            self._last()
        return (time.thread_time() - began) / _AGAIN

    def _timed(self, method: Callable[..., Any], count: bool = False) -> Callable[..., Any]:
        def timed(*args: Any) -> Any:
            began = time.thread_time()
            answer = method(*args)
            self.seconds += time.thread_time() - began
            if count:
                self.asked += 1
                self._last = partial(self._ask, *args)
            return answer

        return timed
