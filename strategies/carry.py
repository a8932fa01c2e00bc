# file: strategies/carry.py
"""Carry: be paid to hold a perpetual, where the price does not go against it."""

from __future__ import annotations

from collections import deque
from typing import Any, Self

from nautilus_trader.indicators import AverageTrueRange, MovingAverageType
from pydantic import Field, model_validator

from strategies.signals.indicators import DriftScore
from tradingbot.strategy import Approved, Indicator, LaneStrategy, Side, StrategyParams

_EIGHT_HOURS = 480
_DAY = 86_400_000_000_000


class CarryParams(StrategyParams):
    """How much must be paid, what may speak against it, and how long and far a position may go wrong.

    Rates are fractions of the notional per eight hours, whatever the interval of settlement, averaged over the last
    `settlements`. A side is taken when it is paid at least `least_rate`, and left when it is paid `exit_rate` or less,
    or after `hold_days`. The drift of the last `drift_bars` bars must favour the side by a score of `least_drift`. The
    stop lies `stop_ranges` average true ranges of `range_bars` bars away, never farther than `max_stop_pct`, a fraction
    of the price.
    """

    settlements: int = Field(default=3, ge=1, le=1_000)
    least_rate: float = Field(default=0.00008, gt=0, le=0.05)
    exit_rate: float = Field(default=0.0, ge=-0.05, le=0.05)
    hold_days: float = Field(default=10.0, gt=0, le=365)
    drift_bars: int = Field(default=864, ge=2, le=20_000)
    least_drift: float = Field(default=1.0, ge=-10, le=10)
    range_bars: int = Field(default=288, ge=2, le=20_000)
    stop_ranges: float = Field(default=25.0, gt=0, le=1_000)
    max_stop_pct: float = Field(default=0.10, gt=0, le=0.15)

    @model_validator(mode="after")
    def _lower(self) -> Self:
        if self.exit_rate >= self.least_rate:
            raise ValueError(f"exit_rate was {self.exit_rate}, allowed is less than least_rate, {self.least_rate}")
        return self


class _Watch:
    """One perpetual: its signals, its last rates, whether one of them is new, and when a position was begun (ns)."""

    def __init__(self, params: CarryParams) -> None:
        self.drift, self.range = (
            DriftScore(params.drift_bars),
            Indicator(AverageTrueRange, params.range_bars, MovingAverageType.Wilder),
        )
        self.rates: deque[float] = deque(maxlen=params.settlements)
        self.news = False
        self.begun = 0

    @property
    def ready(self) -> bool:
        return self.drift.initialized and self.range.initialized and len(self.rates) == self.rates.maxlen

    @property
    def rate(self) -> float:
        return sum(self.rates) / len(self.rates)


class Carry(LaneStrategy):
    """Take the side of a perpetual that is paid funding once the price has begun to move its way; leave within days.

    The idea: funding is what the crowded side pays for being crowded. To be paid it nothing has to be forecast, but a
    position has to be held, and one leg bears the whole risk of the price: a coin's daily move is a hundred times a day
    of usual funding. High rates come with strong trends, and to stand against those costs more than it pays; so a side
    is taken only while the drift of the last days favours it, when the crowd is wrong already and pays to stay.

    It earns in slow moves against a patient crowd: rates that stay on one side for days while the price drifts to the
    other. It loses when the drift was chance, and most in squeezes, which is what the stop is for: with the desk's size
    it bounds a trade's loss to about the lane's `risk_fraction`, a gap beyond the stop aside. Most of a trade's result
    is price, not funding: read the two apart in the report. Who wants funding alone needs the coin itself as the other
    leg, which one lane's desk does not approve.

    Source: M. Schmeling, A. Schrimpf, K. Todorov, Crypto carry, BIS Working Papers 1087, 2023; carry with trend: R.
    Koijen, T. Moskowitz, L. Pedersen, E. Vrugt, Carry, Journal of Financial Economics 127, 2018.
    """

    params_class = CarryParams
    params: CarryParams

    def on_start(self) -> None:
        self.watched = {str(item.id): _Watch(self.params) for item in self.context.instruments}
        for item in self.context.instruments:
            self.subscribe_funding_rates(item.id)

    def on_funding_rate(self, update: Any) -> None:
        watch = self.watched[str(update.instrument_id)]
        watch.rates.append(float(update.rate) * _EIGHT_HOURS / (update.interval or _EIGHT_HOURS))
        watch.news = True

    def on_bar(self, bar: Any) -> None:
        """Judge at the first close after each settlement."""
        name, now = str(bar.bar_type.instrument_id), int(bar.ts_event)
        watch = self.watched[name]
        close = float(bar.close)
        watch.range.update_raw(float(bar.high), float(bar.low), close)
        watch.drift.update_raw(close)
        if not watch.news:
            return
        watch.news = False
        if held := self.holding(name):
            self._hold(name, watch, now, 1 if held > 0 else -1)
        elif watch.ready and not self.busy(name):
            self._seek(name, watch, close, now)

    def _seek(self, name: str, watch: _Watch, close: float, now: int) -> None:
        side = Side.SHORT if watch.rate > 0 else Side.LONG
        if abs(watch.rate) < self.params.least_rate or watch.drift.score * side.sign < self.params.least_drift:
            return
        room = min(self.params.stop_ranges * watch.range.value, self.params.max_stop_pct * close)
        answer = self.propose(self.intent(name, side, close, close - side.sign * room))
        if isinstance(answer, Approved):
            watch.begun = now

    def _hold(self, name: str, watch: _Watch, now: int, sign: int) -> None:
        if -sign * watch.rate <= self.params.exit_rate:
            self.close(name, "signal")
        elif now - watch.begun >= self.params.hold_days * _DAY:
            self.close(name, "time")
