# file: core/execution/venue/venuemodels.py
"""Simulated venue models of one lane: fees, fills, latency, financing, transfers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from nautilus_trader.execution import StaticLatencyModel

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.errorcollector import ErrorCollector
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.venue.fees import LaneFeeModel
from tradingbot.core.execution.venue.fills import DepthFillModel
from tradingbot.core.execution.venue.financing import (
    BorrowCost,
    FinancingModule,
    RolloverInterest,
    TransferModule,
    next_hour,
    next_rollover,
)


@dataclass(frozen=True, slots=True)
class VenueModels:
    """The models of one simulated venue, ready for `add_venue`. `latency` is None where bars trade directly (fast)."""

    fees: LaneFeeModel
    fills: DepthFillModel
    latency: StaticLatencyModel | None
    modules: list[FinancingModule | TransferModule]


def venue_models(
    venue: LaneVenue,
    charges: Mapping[str, tuple[Decimal, Decimal]],
    quoted: bool,
    seed: int,
    tape: MarketWindow,
    rates: CurrencyConverter,
    record: Record,
    faults: ErrorCollector,
    policy_rates: RatesConfig | None,
    transfers: Sequence[tuple[int, Decimal]],
    arrivals: dict[str, float],
    now: Callable[[], int],
) -> VenueModels:
    """Build a lane's models. `charges` are (maker, taker) rates per instrument id; `quoted` says that the engine is fed
    quotes, so that the touch is quoted and orders travel; `policy_rates` is needed for rollover only; `transfers` are
    (UTC ns, signed amount) of the account's owner; `arrivals` takes the middle price at which each order met the
    market, by client order id; `now` is the venue's time. Raises ConfigError when the rates are needed and missing."""
    modules: list[FinancingModule | TransferModule] = []
    shared: tuple[Any, ...] = (venue.currency, tape, rates, record)
    if venue.carry.kind == "rollover":
        if policy_rates is None:
            raise ConfigError("carry.kind was rollover, which needs the rates of config/rates.json; none were given")
        modules = [FinancingModule(RolloverInterest(policy_rates, venue.carry.markup), next_rollover, *shared)]
    elif venue.carry.kind == "borrow" and venue.short:
        modules = [FinancingModule(BorrowCost(venue.carry.annual), next_hour, *shared)]
    if transfers:
        modules.append(TransferModule(transfers, venue.currency, record))
    return VenueModels(
        LaneFeeModel(venue.fees, charges, venue.currency, rates, faults),
        DepthFillModel(
            tape, venue.depth, venue.spread, quoted, venue.limit_fill_probability, seed, faults, arrivals, now
        ),
        StaticLatencyModel(venue.latency_ms * 1_000_000) if quoted else None,
        modules,
    )
