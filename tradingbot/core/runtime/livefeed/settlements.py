# file: core/runtime/livefeed/settlements.py
"""Funding settlements to come: what the venue announces, and the schedule where it is silent."""

from __future__ import annotations

from tradingbot.core.time import MINUTE


class Settlements:
    """Know when a perpetual settles next, and at which rate and interval as far as was announced.

    Without an announcement it settles every `minutes` from 00:00 UTC on.
    """

    def __init__(self, minutes: int) -> None:
        self._every = minutes
        self._announced: dict[int, tuple[float, int]] = {}
        self._since = 0

    def announced(self, ts: int, due: int, rate: float, minutes: int | None) -> None:
        """Take what the venue says at `ts` (UTC ns) of its next settlement, `due` then.

        It takes back one that was announced for a later time than `ts`: the venue changed the interval. What is said of
        a settlement when it has passed does not count.
        """
        if due <= ts:
            return
        self._every = minutes or self._every
        if due not in self._announced:
            self._since = ts
        kept = [at for at in self._announced if at <= ts][-2:]
        self._announced = {at: self._announced[at] for at in kept} | {due: (rate, self._every)}

    def after(self, ts: int) -> int:
        """Return when the first settlement after `ts` is due."""
        every = self._every * MINUTE
        scheduled = (ts // every + 1) * every
        # Between an announcement and what it announces there is none.
        known = [at for at in self._announced if at > ts]
        return min(known) if known and scheduled > self._since else scheduled

    def rate(self, ts: int) -> tuple[float, int] | None:
        """Return the last announced rate (a fraction) of the settlement at `ts` and its interval in minutes."""
        return self._announced.get(ts)

    def interval(self, ts: int) -> int:
        """Return the interval in minutes of the settlement at `ts`."""
        known = self._announced.get(ts)
        return self._every if known is None else known[1]
