# file: core/execution/venue/venuemodels.py
"""Simulated venue models of one lane: fees, fills, latency, financing, transfers."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
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
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.execution.venue.fees import LaneFeeModel
from tradingbot.core.execution.venue.fills import DepthFillModel
from tradingbot.core.execution.venue.financing import (
    BorrowCost,
    FinancingModule,
    MarginLoan,
    RolloverInterest,
    TransferModule,
    next_hour,
    next_rollover,
)
from tradingbot.core.stateful import Stateful, put_back


@dataclass(frozen=True, slots=True)
class VenueModels(Stateful):
    """The models of one simulated venue, ready for `add_venue`. `latency` is None where bars trade directly (fast);
    `loans` is a module where the holdings of a checkpoint are expected."""

    state_names = ("fees", "fills", "modules")

    fees: LaneFeeModel
    fills: DepthFillModel
    latency: StaticLatencyModel | None
    modules: list[FinancingModule | TransferModule]
    loans: list[MarginLoan] = field(default_factory=list)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Put back what `state_dict` returned."""
        for name in self.state_names:
            put_back(getattr(self, name), state[name])

    def due_by(self, ts: int) -> bool:
        """Whether a transfer is due at `ts` (UTC ns) that no event has brought about yet."""
        return any(isinstance(module, TransferModule) and module.due_by(ts) for module in self.modules)

    def forget_ended(self, live: Container[str]) -> None:
        """Let go of what is known of orders that are not `live`, client order ids."""
        self.fees.forget_ended(live)
        self.fills.forget_ended(live)


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
    reenactment: Reenactment,
    now: Callable[[], int],
) -> VenueModels:
    """Build a lane's models. `charges` are (maker, taker) rates per instrument id; `quoted` says that the engine is fed
    quotes, so that the touch is quoted and orders travel; `policy_rates` is needed for rollover only; `transfers` are
    (UTC ns, signed amount) of the account's owner; `arrivals` takes the middle price at which each order met the
    market, by client order id; by the `reenactment` fills and fees are done once more; `now` is the venue's
    time. Raises ConfigError when the rates are needed and missing."""
    modules: list[FinancingModule | TransferModule] = []
    shared: tuple[Any, ...] = (venue.currency, tape, rates, record, reenactment)
    if venue.carry.kind == "rollover":
        if policy_rates is None:
            raise ConfigError("carry.kind was rollover, which needs the rates of config/rates.json; none were given")
        modules = [FinancingModule(RolloverInterest(policy_rates, venue.carry.markup), next_rollover, *shared)]
    elif venue.carry.kind == "borrow" and venue.short:
        modules = [FinancingModule(BorrowCost(venue.carry.annual), next_hour, *shared)]
    if transfers:
        modules.append(TransferModule(transfers, venue.currency, record, reenactment))
    return VenueModels(
        LaneFeeModel(venue.fees, charges, venue.currency, rates, faults, reenactment),
        DepthFillModel(
            tape,
            venue.depth,
            venue.spread,
            quoted,
            venue.limit_fill_probability,
            seed,
            faults,
            arrivals,
            now,
            reenactment,
        ),
        StaticLatencyModel(venue.latency_ms * 1_000_000) if quoted else None,
        modules,
        [MarginLoan(venue.currency, reenactment)] if reenactment.expected else [],
    )
