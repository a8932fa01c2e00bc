# file: core/config/lanes.py
"""`config/lanes.json`: costs of trading in each lane, and the simulated venue's behaviour."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt

from tradingbot.core.config.load import Section
from tradingbot.core.lane import Lane


class Fees(Section):
    """How commission is counted from the instrument's rates.

    `rate`: notional x maker or taker rate. `rate_minimum`: the same with a minimum per order in account currency.
    `per_contract`: `amount` a contract with a minimum per order. `multiplier` is for stress: what is paid is multiplied
    by it, a maker's rebate is divided by it (and never grows where it is below 1), so that a larger one costs more.
    """

    kind: Literal["rate", "rate_minimum", "per_contract"] = "rate"
    amount: Decimal = Field(default=Decimal(0), ge=0)
    minimum: Decimal = Field(default=Decimal(0), ge=0)
    multiplier: Decimal = Field(default=Decimal(1), ge=0)

    def stressed(self, commission: Decimal) -> Decimal:
        """Return what a commission (a rebate is negative) becomes under the multiplier: never less for a larger one."""
        return commission * self.multiplier if commission >= 0 else commission / max(self.multiplier, Decimal(1))


class Spread(Section):
    """The full bid-ask spread where the data has none: the larger of `ticks` price steps and `bps` of the price."""

    ticks: Decimal = Field(default=Decimal(1), ge=0)
    bps: Decimal = Field(default=Decimal(0), ge=0, lt=10_000)


class Depth(Section):
    """How much can be traded at once, and what it moves.

    `participation` is the share of a bar's volume that one order may take; `size` replaces the volume (base units)
    where the data has none. `impact` is Y of the square-root law: price moves Y x range x sqrt(quantity / volume).
    """

    participation: Decimal = Field(default=Decimal("0.1"), gt=0, le=1)
    size: Decimal | None = Field(default=None, gt=0)
    impact: Decimal = Field(default=Decimal("0.5"), ge=0)


class Carry(Section):
    """What holding costs besides funding.

    `rollover`: forex, the difference of the two currencies' rates in `config/rates.json` less `markup` (annual), booked
    at 17:00 New York, for three days where the pair's value date passes over the weekend. `borrow`: a short spot
    position pays `annual` on its notional each hour.
    """

    kind: Literal["none", "rollover", "borrow"] = "none"
    markup: Decimal = Field(default=Decimal(0), ge=0, le=1)
    annual: Decimal = Field(default=Decimal(0), ge=0, le=5)


class LaneVenue(Section):
    """One lane's simulated venue."""

    currency: str
    leverage: Decimal = Field(ge=1, le=125)
    latency_ms: PositiveInt
    spread: Spread = Spread()
    depth: Depth = Depth()
    fees: Fees = Fees()
    carry: Carry = Carry()
    limit_fill_probability: float = Field(default=0.5, ge=0, le=1)
    unfilled_retries: NonNegativeInt = 0
    liquidation: bool = True
    short: bool = True

    @property
    def carries(self) -> bool:
        """Whether positions cost or bring something besides funding."""
        return self.carry.kind == "rollover" or (self.carry.kind == "borrow" and self.short)


class LanesConfig(Section):
    """The whole file: a venue per lane."""

    lanes: dict[Lane, LaneVenue]
