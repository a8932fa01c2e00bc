# file: core/runtime/gaps.py
"""Leave data out on purpose: a feed that went silent."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tradingbot.core.config.events import Event
from tradingbot.core.market.arrays import Columns

__all__ = ["Gaps"]


class Gaps:
    """The silences of a run, from its events: what closes in (at, at + length] does not arrive."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events = [event for event in events if event.gap is not None]

    def cut[C: Columns](self, name: str, columns: C) -> C:
        """Return the rows of an instrument that do arrive."""
        for event in self._events:
            if event.instruments and name not in event.instruments:
                continue
            silent = (columns.ts > event.ts) & (columns.ts <= event.ts + event.gap_ns)
            if np.any(silent):
                columns = columns.take(~silent)
        return columns
