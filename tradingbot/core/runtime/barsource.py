# file: core/runtime/barsource.py
"""Bar source: where an instrument's prices come from, as midpoints with a real or a modelled spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.coverage import missing, notable
from tradingbot.core.market.calendars.sessions import Session
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Kind, PriceSide
from tradingbot.core.market.series import Step
from tradingbot.core.time import DAY

_CHOICES = ((PriceSide.BID, PriceSide.ASK), (PriceSide.LAST,), (PriceSide.MID,))
_NEAR = 10 * DAY


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
    def spans(self) -> dict[PriceSide, tuple[int, int]]:
        """The closes of the first and last bar of each side, UTC ns."""
        return {side: _span(self.catalog, self.name, self.step, side) or (self.first, self.last) for side in self.sides}

    @property
    def real_spread(self) -> bool:
        """Whether the data holds both sides."""
        return len(self.sides) == 2

    def last_close(self, start: int, end: int) -> int | None:
        """Return when the last bar that closes in `start` < ts <= `end` does, or nothing."""
        for since in (max(start, end - _NEAR), start):
            if len(closes := self.read(since, end)[0].ts):
                return int(closes[-1])
        return None

    def read(self, start: int, end: int) -> tuple[Bars, Bars | None, Bars | None]:
        """Return midpoint, bid and ask bars closing in `start` < ts <= `end`; the sides are None where modelled."""
        parts = [self.catalog.bars(self.name, self.step, side, start + 1, end) for side in self.sides]
        if not self.real_spread:
            return parts[0], None, None
        common = np.intersect1d(parts[0].ts, parts[1].ts, assume_unique=True)
        bid, ask = (part.take(np.isin(part.ts, common)) for part in parts)
        opened, high, low = (bid.open + ask.open) / 2, (bid.high + ask.high) / 2, (bid.low + ask.low) / 2
        return Bars(bid.ts, opened, high, low, (bid.close + ask.close) / 2, bid.volume), bid, ask


def find_sources(catalog: Catalog, instrument: Any, step: Step) -> list[BarSource]:
    """Return what an instrument's bars could come from, the preferred first: real sides, last prices, midpoints.

    Raises BadInput naming what the catalog holds, when it has no bars of that step.
    """
    name = str(instrument.id)
    spans = {side: span for side in PriceSide if (span := _span(catalog, name, step, side)) is not None}
    sources = []
    for sides in _CHOICES:
        if all(side in spans for side in sides):
            first, last = max(spans[side][0] for side in sides), min(spans[side][1] for side in sides)
            sources.append(BarSource(catalog, instrument, step, sides, first, last))
    if sources:
        return sources
    held = sorted({f"{entry.instrument} {entry.step}" for entry in catalog.listing() if entry.kind is Kind.BARS})
    raise BadInput(
        f"instruments: the catalog {catalog.path} has no {step} bars of {name}; it has {', '.join(held) or 'no bars'}"
    )


def choose_source(sources: Sequence[BarSource], session: Session, start: int, end: int) -> BarSource:
    """Return the first of an instrument's sources that covers a period about as well as the best of them."""
    step = sources[0].step.ns
    lacks = [sum(missing(session, step, source.first, source.last, start, end)) for source in sources]
    return next(source for source, bars in zip(sources, lacks, strict=True) if not notable(bars - min(lacks), step))


def modelled_spread(venue: LaneVenue, middle: Bars, tick: float) -> np.typing.NDArray[np.float64]:
    """Return half the lane's spread at each bar's open, in price."""
    full = np.maximum(float(venue.spread.ticks) * tick, float(venue.spread.bps) * 1e-4 * middle.open)
    return np.asarray(full / 2)


def _span(catalog: Catalog, name: str, step: Step, side: PriceSide) -> tuple[int, int] | None:
    span = catalog.span(name, Kind.BARS, step, side)
    return None if span is None else span[:2]
