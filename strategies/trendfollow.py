# file: strategies/trendfollow.py
"""Trend following: follow a market that leaves its range, for as long as it keeps going."""

from __future__ import annotations

from typing import Any, Self

from nautilus_trader.indicators import AverageTrueRange, DonchianChannel, MovingAverageType
from pydantic import Field, model_validator

from tradingbot.strategy import Approved, Indicator, LaneStrategy, Side, StrategyParams


class TrendFollowParams(StrategyParams):
    """Say what counts as leaving, and how much room a position gets.

    Lengths are in bars: `entry_bars` of the channel whose break is followed, `exit_bars` of the one whose break ends
    it, `range_bars` of the average true range. The stop lies `stop_ranges` average true ranges from the close, but at
    most `max_stop_pct`, a fraction of the price.
    """

    entry_bars: int = Field(default=576, ge=2, le=20_000)
    exit_bars: int = Field(default=288, ge=1, le=20_000)
    range_bars: int = Field(default=288, ge=1, le=20_000)
    stop_ranges: float = Field(default=12.0, gt=0, le=100)
    max_stop_pct: float = Field(default=0.12, gt=0, le=0.15)

    @model_validator(mode="after")
    def _shorter(self) -> Self:
        if self.exit_bars >= self.entry_bars:
            raise ValueError(f"exit_bars was {self.exit_bars}, allowed is less than entry_bars, {self.entry_bars}")
        return self


class TrendFollow(LaneStrategy):
    """Enter on a close outside the channel of the last bars, trail a stop, leave on the break of a shorter channel.

    Idea: who buys highs pays for many false starts and is paid by the few moves that go on; profit comes from letting
    those run. When the close lies above the highest high of the last `entry_bars` bars it buys, below the lowest low it
    sells where the lane lets it. The stop keeps the distance it was set at from the best close since. A close beyond
    the other side of the channel of `exit_bars` ends the position as well.

    Works when moves last several times longer than the channel: crypto and futures in years of trends. Fails in ranges
    and after sharp reversals, with long strings of small losses (a win rate of a third is normal), and where costs are
    large beside the range of a bar. The defaults are the two-to-one channels of the Turtles on two days of 5 minute or
    four weeks of hourly bars. They find the trends planted in the synthetic market, which says nothing about real ones.

    Source: R. Donchian's channel rule; C. Faith, Way of the Turtle, 2007; Y. Lemperiere and others, Two centuries of
    trend following, 2014.
    """

    params_class = TrendFollowParams
    params: TrendFollowParams

    def on_start(self) -> None:
        self.watched = {str(item.id): _Watch(self.params) for item in self.context.instruments}

    def on_bar(self, bar: Any) -> None:
        """Judge the bar by those before it, then count it among them."""
        name = str(bar.bar_type.instrument_id)
        watch = self.watched[name]
        high, low, close = float(bar.high), float(bar.low), float(bar.close)
        watch.range.update_raw(high, low, close)
        if held := self.holding(name):
            self._hold(name, watch, close, 1 if held > 0 else -1)
        elif watch.ready and not self.busy(name):
            self._seek(name, watch, close)
        watch.entry.update_raw(high, low)
        watch.exit.update_raw(high, low)

    def _seek(self, name: str, watch: _Watch, close: float) -> None:
        if close > watch.entry.upper:
            side = Side.LONG
        elif close < watch.entry.lower and self.context.shorting:
            side = Side.SHORT
        else:
            return
        room = min(self.params.stop_ranges * watch.range.value, self.params.max_stop_pct * close)
        if isinstance(self.propose(self.intent(name, side, close, close - side.sign * room)), Approved):
            watch.room = room

    def _hold(self, name: str, watch: _Watch, close: float, sign: int) -> None:
        if close < watch.exit.lower if sign > 0 else close > watch.exit.upper:
            self.close(name, "signal")
        else:
            self.tighten(name, close - sign * watch.room)


class _Watch:
    """One instrument: its channels and range, and how far behind the best close its stop stays (price)."""

    def __init__(self, params: TrendFollowParams) -> None:
        self.entry, self.exit = (
            Indicator(DonchianChannel, params.entry_bars),
            Indicator(DonchianChannel, params.exit_bars),
        )
        self.range = Indicator(AverageTrueRange, params.range_bars, MovingAverageType.Wilder)
        self.room = 0.0

    @property
    def ready(self) -> bool:
        return bool(self.entry.initialized and self.range.initialized)
