# file: core/execution/riskview.py
"""Risk view builder: read market, ledger, approvals and kill latch into the frozen facts the risk desk judges by."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.lanes import LaneVenue
from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.execution.approvals import Approvals
from tradingbot.core.execution.conversion import CurrencyConverter
from tradingbot.core.execution.marketwindow import MarketWindow
from tradingbot.core.execution.record import Record
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.lane import Lane, Stage
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.risk.rounding import decimal_of
from tradingbot.core.risk.view import Contract, Exposure, RiskView, Terms

_ZERO = Decimal(0)


def return_correlation(one: tuple[Ints, Floats], other: tuple[Ints, Floats], window: int, minimum: int) -> float | None:
    """Return Pearson's correlation of the last `window` log returns between common stamps, None where too few. Each
    argument is ascending close times (int64 ns) and prices (float64). A stamp that only one of them has counts for
    neither, so that gaps do not shift one series against the other. None also where prices are not positive or did not
    move, since then nothing is known."""
    stamps, left, right = np.intersect1d(one[0], other[0], assume_unique=True, return_indices=True)
    if len(stamps) <= minimum:
        return None
    prices = np.stack([one[1][left[-window - 1 :]], other[1][right[-window - 1 :]]])
    if not np.all((prices > 0) & np.isfinite(prices)):
        return None
    returns = np.diff(np.log(prices), axis=1)
    returns -= returns.mean(axis=1, keepdims=True)
    squares = np.einsum("ij,ij->i", returns, returns)
    if not np.all(squares > 1e-24):
        return None
    correlation = float(returns[0] @ returns[1] / math.sqrt(squares[0] * squares[1]))
    return max(-1.0, min(1.0, correlation))


def terms_of(instrument: Any, rate: Decimal = Decimal(1)) -> Terms:
    """Return a Nautilus instrument as the desk needs it; `rate` is account currency per unit of quote currency."""
    minimum, least = instrument.min_quantity, getattr(instrument, "min_notional", None)
    step = instrument.size_increment.as_decimal()
    return Terms(
        instrument=str(instrument.id),
        asset=_asset(instrument),
        tick=instrument.price_increment.as_decimal(),
        step=step,
        minimum=step if minimum is None else minimum.as_decimal(),
        minimum_notional=_ZERO if least is None else least.as_decimal(),
        multiplier=instrument.multiplier.as_decimal(),
        rate=rate,
        contract=_contract(instrument),
    )


@dataclass(slots=True)
class RiskViewBuilder:
    """Answer with the lane's `RiskView` at this moment. `quote` gives the last (bid, ask) of an instrument id, or
    nothing where the run has no quotes; `now` the run's time. Both exist only once the host does."""

    lane: Lane
    stage: Stage
    policy: LaneRisk
    venue: LaneVenue
    instruments: Mapping[str, Any]
    bar: int
    tape: MarketWindow
    rates: CurrencyConverter
    approvals: Approvals
    record: Record
    latch: KillLatch
    now: Callable[[], int] = lambda: 0
    quote: Callable[[Any], tuple[Decimal, Decimal] | None] = lambda _instrument: None
    _terms: dict[str, Terms] = field(default_factory=dict)

    def of(self, intent: Intent | SpreadIntent) -> RiskView:
        now = self.now()
        legs = [leg.instrument for leg in intent.legs] if isinstance(intent, SpreadIntent) else []
        terms = self._with_rate(legs[0] if legs else intent.instrument, intent.price)
        exposures = self._exposures()
        killed = self.latch.read()
        last = self.tape.last(intent.instrument, now)
        return RiskView(
            ts=now,
            lane=self.lane,
            stage=self.stage,
            equity=self.record.equity(),
            peak=self.record.peak(),
            realised_today=self.record.realised_today(now),
            terms=terms,
            legs={leg: self._with_rate(leg, intent.price) for leg in legs},
            exposures=exposures,
            correlations=self._correlations(intent.instrument, terms.asset, exposures, now),
            mark=None if last is None else Decimal(str(last[1])),
            about=_asset(self.instruments[intent.instrument]),
            spread=self._spread(legs or [intent.instrument], intent.price),
            data_age=0 if last is None else max(0, now - last[0]),
            bar=self.bar,
            leverage=self.venue.leverage,
            halted=None if killed is None else killed.reason,
        )

    def market(self, instrument: Any, sign: int) -> Decimal | None:
        """Return what a position of `sign` would be left at: the bid or ask, the last price where nothing is quoted."""
        if (quoted := self.quote(instrument.id)) is not None:
            return quoted[0] if sign > 0 else quoted[1]
        mark = self.tape.mark(str(instrument.id), self.now())
        return None if mark is None else decimal_of(mark)

    def _with_rate(self, name: str, price: Decimal) -> Terms:
        terms = self._terms.get(name)
        if terms is None:
            terms = terms_of(self.instruments[name])
            self._terms[name] = terms
        rate = self.rates.to_account(name, price)
        return terms if rate == 1 else replace(terms, rate=rate)

    def _exposures(self) -> tuple[Exposure, ...]:
        lines = []
        for held in self.record.positions():
            if not held.premium:
                lines.append(self._line(held.strategy, held.instrument, held.signed, held.entry_price))
        for approved, name, signed in self.approvals.on_its_way():
            lines.append(self._line(approved.strategy, name, signed, None))
        for approved, units in self.approvals.structures(self.record.net):
            first = approved.instruments[0][0]
            asset = self._with_rate(first, Decimal(1)).asset
            lines.append(Exposure(approved.strategy, first, asset, _ZERO, approved.reserved * units))
        return tuple(lines)

    def _line(self, strategy: str, name: str, signed: Decimal, otherwise: Decimal | None) -> Exposure:
        mark = self.tape.mark(name, self.now())
        price = (otherwise or _ZERO) if mark is None else Decimal(str(mark))
        terms = self._with_rate(name, price)
        return Exposure(strategy, name, terms.asset, signed * price * terms.multiplier * terms.rate)

    def _correlations(self, name: str, asset: str, exposures: Sequence[Exposure], now: int) -> dict[str, float | None]:
        others = {each.instrument for each in exposures if each.asset != asset}
        if not others:
            return {}
        window, least = self.policy.correlation.window, self.policy.correlation.minimum
        mine = self.tape.closes(name, now, window + 1)
        correlations: dict[str, float | None] = {}
        for other in others:
            theirs = self.tape.closes(self._underlying(other), now, window + 1)
            if mine is not None and theirs is not None:
                correlations[other] = return_correlation(mine, theirs, window, least)
        return correlations

    def _underlying(self, name: str) -> str:
        instrument = self.instruments[name]
        if _contract(instrument) is None:
            return name
        asset = _asset(instrument)
        return next((other for other, item in self.instruments.items() if _asset(item) == asset), name)

    def _spread(self, names: Sequence[str], price: Decimal) -> Decimal:
        total = _ZERO
        for name in names:
            instrument = self.instruments[name]
            quoted = self.quote(instrument.id)
            if quoted is not None:
                total += quoted[1] - quoted[0]
            else:
                spread = self.venue.spread
                tick = instrument.price_increment.as_decimal()
                total += max(spread.ticks * tick, spread.bps * price / 10_000)
        return total


def _asset(instrument: Any) -> str:
    base = getattr(instrument, "base_currency", None)
    if base is not None:
        return str(base.code)
    underlying = getattr(instrument, "underlying", None)
    return str(underlying) if underlying is not None else str(instrument.id.symbol)


def _contract(instrument: Any) -> Contract | None:
    strike = getattr(instrument, "strike_price", None)
    if strike is None:
        return None
    call = instrument.option_kind.name.upper() == "CALL"
    return Contract(strike.as_decimal(), "C" if call else "P", int(instrument.expiration_ns))
