# file: core/runtime/livefeed/settlements.py
"""Funding settlements to come: what the venue announces, and the schedule beside it."""

from __future__ import annotations

from tradingbot.core.time import MINUTE

_NEAR = 2 * MINUTE
_REMEMBERED = 3


class Settlements:
    """Know when a perpetual settles next, and at which rate and interval as far as was announced.

    Beside what is announced it is expected to settle every so many minutes from 00:00 UTC on, `minutes` until the venue
    names another interval: an announcement may be missed. What is expected and not listed is missing, no more.
    """

    def __init__(self, minutes: int) -> None:
        self._every = minutes
        self._announced: dict[int, tuple[float, int] | None] = {}

    def announced(self, due: int, rate: float, minutes: int | None, newest: int) -> None:
        """Take what the venue says of its next settlement, `due` then (UTC ns); `newest` is the last known close.

        What is said of a settlement when it has passed does not count. One that was announced before is taken back by
        an earlier one, since then the interval was shortened; by a later one it has passed, but if the market was not
        near it, its rate is not known: an outage lay between, or the interval was lengthened.
        """
        if due <= newest:
            return
        self._every = minutes or self._every
        kept = {at: known if at <= newest + _NEAR else None for at, known in self._announced.items() if at < due}
        self._announced = dict(sorted(kept.items())[-_REMEMBERED:]) | {due: (rate, self._every)}

    def after(self, ts: int) -> int:
        """Return when the first settlement after `ts` is due."""
        every = self._every * MINUTE
        return min([(ts // every + 1) * every, *(at for at in self._announced if at > ts)])

    def rate(self, ts: int) -> tuple[float, int] | None:
        """Return the last announced rate (a fraction) of the settlement at `ts` and its interval in minutes."""
        return self._announced.get(ts)

    def interval(self, ts: int) -> int:
        """Return the interval in minutes of the settlement at `ts`."""
        known = self._announced.get(ts)
        return self._every if known is None else known[1]
