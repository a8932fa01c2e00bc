# file: core/execution/seat.py
"""What a strategy is given when it joins a run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.faults import Faults
from tradingbot.core.execution.lineup import Lineup
from tradingbot.core.execution.rates import Rates
from tradingbot.core.execution.record import Record
from tradingbot.core.lane import Lane
from tradingbot.core.risk.desk import Desk
from tradingbot.core.risk.view import OptionFacts, RiskView

__all__ = ["Seat"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A strategy's place in a lane: its name, instruments (Nautilus) and bar types, and whom it must ask.

    From `until` (ns; 0 = never) on nothing is sent any more: an order at the last bar of a backtest has no next price.

    `minimum_notional` holds the venue's least order value per instrument id, in quote currency.
    """

    name: str
    lane: Lane
    instruments: tuple[Any, ...]
    bar_types: dict[str, Any]
    venue: LaneVenue
    leverage: Decimal
    minimum_notional: dict[str, Decimal]
    desk: Desk
    approvals: Approvals
    record: Record
    rates: Rates
    faults: Faults
    lineup: Lineup
    until: int = 0

    def over(self, now: int) -> bool:
        """Whether an order sent at `now` would arrive when the run has no next price."""
        return bool(self.until) and now + self.venue.latency_ms * 1_000_000 > self.until

    def view(self, instrument: Any, price: Decimal, about: str, legs: tuple[OptionFacts, ...] = ()) -> RiskView:
        """Return the facts for an entry of `instrument` at `price`.

        `about` is whose last price counts: the instrument itself, or the underlying of a structure of `legs`.
        """
        name = str(instrument.id)
        minimum = instrument.min_quantity
        step = instrument.size_increment.as_decimal()
        return RiskView(
            equity=self.record.equity(),
            rate=self.rates.to_account(name, price),
            tick=instrument.price_increment.as_decimal(),
            step=step,
            minimum=step if minimum is None else minimum.as_decimal(),
            minimum_notional=self.minimum_notional.get(name, Decimal(0)),
            multiplier=instrument.multiplier.as_decimal(),
            leverage=min(self.leverage, self.venue.leverage),
            mark=self.rates.mark(about),
            legs=legs,
        )
