# file: core/execution/venuemodels.py
"""One lane's venue as the simulator runs it: fees, fills, latency, funding, spread, carry, liquidation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from nautilus_trader.execution import StaticLatencyModel

from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.carry import Borrow, CarryModule, Rollover, next_hour, next_rollover
from tradingbot.core.execution.faults import Faults
from tradingbot.core.execution.fees import LaneFeeModel
from tradingbot.core.execution.ladder import LadderFillModel
from tradingbot.core.execution.rates import Rates
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.tape import Tape
from tradingbot.core.execution.transfers import TransferModule

__all__ = ["VenueModels", "venue_models"]


@dataclass(frozen=True, slots=True)
class VenueModels:
    """The models of one simulated venue, ready for `add_venue`. `latency` is None where bars trade directly (fast)."""

    fees: LaneFeeModel
    fills: LadderFillModel
    latency: StaticLatencyModel | None
    modules: list[CarryModule | TransferModule]

    @property
    def arrivals(self) -> dict[str, float]:
        """The middle price at which each order met the market, by client order id."""
        return self.fills.arrivals

    def tell_time(self, now: Callable[[], int]) -> None:
        """Give the models the run's clock, which exists only once the engine does."""
        self.fills.now = now


def venue_models(
    venue: LaneVenue,
    charges: Mapping[str, tuple[Decimal, Decimal]],
    quoted: bool,
    seed: int,
    tape: Tape,
    rates: Rates,
    record: Record,
    faults: Faults,
    policy_rates: RatesConfig | None,
    transfers: Sequence[tuple[int, Decimal]] = (),
) -> VenueModels:
    """Build a lane's models.

    `charges` are (maker, taker) rates per instrument id; `quoted` says that the engine is fed quotes, so that the touch
    is quoted and orders travel; `policy_rates` is needed for rollover only; `transfers` are (UTC ns, signed amount) of
    the account's owner.

    Raises
    ------
    ConfigError
        When the rates are needed and missing.
    """
    modules: list[CarryModule | TransferModule] = []
    shared: tuple[Any, ...] = (venue.currency, tape, rates, record)
    if venue.carry.kind == "rollover":
        if policy_rates is None:
            raise ConfigError("carry.kind was rollover, which needs the rates of config/rates.json; none were given")
        modules = [CarryModule(Rollover(policy_rates, venue.carry.markup), next_rollover, *shared)]
    elif venue.carry.kind == "borrow" and venue.short:
        modules = [CarryModule(Borrow(venue.carry.annual), next_hour, *shared)]
    if transfers:
        modules.append(TransferModule(transfers, venue.currency, record))
    return VenueModels(
        LaneFeeModel(venue.fees, charges, venue.currency, rates, faults),
        LadderFillModel(tape, venue.depth, venue.spread, quoted, venue.limit_fill_probability, seed, faults),
        StaticLatencyModel(venue.latency_ms * 1_000_000) if quoted else None,
        modules,
    )
