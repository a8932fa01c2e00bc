# file: core/risk/view.py
"""Risk view: the frozen facts a rule may look at; no rule sees anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from tradingbot.core.lane import Lane, Stage

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Contract:
    """What an option is: its strike (quote currency per share), right, and expiry (UTC nanoseconds)."""

    strike: Decimal
    right: Literal["C", "P"]
    expiry: int


@dataclass(frozen=True, slots=True)
class Terms:
    """An instrument as the desk needs it. `asset` is what one is exposed to: the base currency, or the underlying.
    `tick`, `step`, `minimum` and `minimum_notional` (quote currency) are the venue's, `multiplier` is units a contract,
    `rate` converts one unit of the quote currency into the account's."""

    instrument: str
    asset: str
    tick: Decimal
    step: Decimal
    minimum: Decimal
    minimum_notional: Decimal
    multiplier: Decimal
    rate: Decimal
    contract: Contract | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """One line of what the lane has at stake: a position, or what is approved and not filled yet; account currency.
    `signed` is notional, negative for short, and 0 for options; `reserved` is the worst loss of an option structure."""

    strategy: str
    instrument: str
    asset: str
    signed: Decimal
    reserved: Decimal = Decimal(0)

    @property
    def gross(self) -> Decimal:
        return abs(self.signed) + self.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskView:
    """What is known when an intent is judged, at `ts`.

    `equity`, its `peak` and `realised_today` (closed trades since the lane's day began, costs included) are in account
    currency. `legs` holds the terms of a structure's contracts. `exposures` are all of the lane, the asking strategy's
    among them. `correlations` are of returns with each other instrument in `exposures`, None where too little is known.
    `mark` is the last price of the intent's instrument and `about` its asset, None where there is none. `spread` is the
    whole bid-ask spread in quote currency (of all legs together), `data_age` nanoseconds since the last price, `bar`
    the run's bar length. `halted` is why the lane is killed; `enabled` and `promoted` matter live. `leverage` is the
    venue's.
    """

    ts: int
    lane: Lane
    stage: Stage
    equity: Decimal
    peak: Decimal
    realised_today: Decimal
    terms: Terms
    legs: Mapping[str, Terms] = field(default_factory=dict)
    exposures: tuple[Exposure, ...] = ()
    correlations: Mapping[str, float | None] = field(default_factory=dict)
    mark: Decimal | None = None
    about: str | None = None
    spread: Decimal = Decimal(0)
    data_age: int = 0
    bar: int = 0
    leverage: Decimal = Decimal(1)
    halted: str | None = None
    enabled: bool = False
    promoted: bool = False

    def prices(self, named: Decimal) -> tuple[Decimal, ...]:
        """Return what an intent is judged at: the price it names and, where more than a tick apart, the market's."""
        if self.mark is None or abs(self.mark - named) <= self.terms.tick:
            return (named,)
        return (named, self.mark)

    @property
    def drawdown(self) -> Decimal:
        """How far equity lies below its peak, a fraction; free of the dust of a division, so that 5 % is 5 %."""
        return max(Decimal(0), round(1 - self.equity / self.peak, _DIGITS)) if self.peak > 0 else Decimal(0)
