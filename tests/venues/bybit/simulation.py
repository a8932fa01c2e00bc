# file: tests/venues/bybit/simulation.py
"""The venue without its doors: market, clock, faults, and what is answered and published of them.

Belongs to the thread of its event loop. Private requests and sockets, when there are some, are rooms beside `rest` and
`streams` that share market, clock and faults.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.venues.bybit.clock import VenueClock
from tests.venues.bybit.faults import ANYTHING, About, Fault, Faults
from tests.venues.bybit.listings import Listing
from tests.venues.bybit.market import INTERVALS, Kline, Market
from tests.venues.bybit.rest import PublicRest
from tests.venues.bybit.streams import PublicStreams


class Simulation:
    """One venue. Times are ms UTC."""

    def __init__(self, listings: Iterable[Listing], clock: VenueClock, seed: int) -> None:
        self.market = Market(listings, seed)
        self.clock = clock
        self.faults = Faults()
        self.rest = PublicRest(self.market, self.faults)
        self.streams = PublicStreams(self.market, clock, self.faults)

    def hit(self, kind: str, about: About = ANYTHING) -> Fault | None:
        """Return the fault of this kind that applies now, and count it."""
        return self.faults.hit(kind, self.clock.now(), about)

    async def fault(self, fault: Fault) -> None:
        """Switch a fault on."""
        self.faults.add(fault)
        if fault.kind == "drop":
            self.streams.drop(fault.category)

    async def clear(self, kind: str | None) -> None:
        """Switch off every fault, or those of one kind."""
        self.faults.clear(kind)

    async def advance(self, seconds: float) -> None:
        """Move a standing clock and hand everything that happens on the way to the sockets."""
        if self.clock.speed is not None:
            raise ValueError("a clock with a speed was advanced by hand; start the venue without one")
        self.clock.advance(seconds)
        await self.streams.flush()

    async def bars(self, category: str, symbol: str, start: int, end: int, interval: str = "1") -> list[Kline]:
        """Return the closed bars that start in [start, end), as they are listed now."""
        now, step = self.clock.now(), INTERVALS[interval]
        listing = self.market.listings[category, symbol]
        return self.rest.listed(listing, start, min(end, now // step * step), interval, now)
