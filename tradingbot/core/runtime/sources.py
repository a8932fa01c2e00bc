# file: core/runtime/sources.py
"""Where a run's prices come from: each instrument's bars as midpoints, with the spread they were or are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.errors import BadInput
from tradingbot.core.market.arrays import Bars, Kind, PriceSide
from tradingbot.core.market.catalog import Catalog
from tradingbot.core.market.steps import Step

__all__ = ["BarSource", "find_source", "modelled_spread"]

_NEAR = 10 * 86_400_000_000_000


@dataclass(frozen=True, slots=True)
class BarSource:
    """One instrument's bars in the catalog.

    `sides` is (LAST,) or (MID,), whose spread is modelled, or (BID, ASK), whose spread is real.
    """

    catalog: Catalog
    instrument: Any
    step: Step
    sides: tuple[PriceSide, ...]
    first: int
    last: int

    @property
    def name(self) -> str:
        """The instrument's id."""
        return str(self.instrument.id)

    @property
    def real_spread(self) -> bool:
        """Whether the data holds both sides."""
        return len(self.sides) == 2

    def last_close(self, start: int, end: int) -> int | None:
        """Return when the last bar that closes in `start` < ts <= `end` does, or nothing."""
        for since in (max(start, end - _NEAR), start):
            found = self.read(since, end)[0].ts
            if len(found):
                return int(found[-1])
        return None

    def read(self, start: int, end: int) -> tuple[Bars, Bars | None, Bars | None]:
        """Return midpoint, bid and ask bars closing in `start` < ts <= `end`; the sides are None where modelled."""
        parts = [self.catalog.bars(self.name, self.step, side, start + 1, end) for side in self.sides]
        if not self.real_spread:
            return parts[0], None, None
        common = np.intersect1d(parts[0].ts, parts[1].ts, assume_unique=True)
        bid, ask = (part.take(np.isin(part.ts, common)) for part in parts)
        middle = Bars(
            bid.ts,
            (bid.open + ask.open) / 2,
            (bid.high + ask.high) / 2,
            (bid.low + ask.low) / 2,
            (bid.close + ask.close) / 2,
            bid.volume,
        )
        return middle, bid, ask


def find_source(catalog: Catalog, instrument: Any, step: Step) -> BarSource:
    """Return the bars of an instrument: real sides where both are there, else last or midpoint prices.

    Raises
    ------
    BadInput
        Naming what the catalog holds, when it has no bars of that step.
    """
    name = str(instrument.id)
    spans = {side: catalog.span(name, Kind.BARS, step, side) for side in PriceSide}
    for sides in ((PriceSide.BID, PriceSide.ASK), (PriceSide.LAST,), (PriceSide.MID,)):
        found = [span for side in sides if (span := spans[side]) is not None]
        if len(found) == len(sides):
            return BarSource(
                catalog, instrument, step, sides, max(span[0] for span in found), min(span[1] for span in found)
            )
    held = sorted({f"{entry.instrument} {entry.step}" for entry in catalog.listing() if entry.kind is Kind.BARS})
    raise BadInput(
        f"instruments: the catalog {catalog.path} has no {step} bars of {name}; it has {', '.join(held) or 'no bars'}"
    )


def modelled_spread(venue: LaneVenue, middle: Bars, tick: float) -> np.typing.NDArray[np.float64]:
    """Return half the lane's spread at each bar's open, in price."""
    full = np.maximum(float(venue.spread.ticks) * tick, float(venue.spread.bps) * 1e-4 * middle.open)
    return np.asarray(full / 2)
