# file: strategies/meanreversion.py
"""Mean reversion: trade back to the mean in a market that goes nowhere."""

from __future__ import annotations

from typing import Any, Self

from nautilus_trader.indicators import AverageTrueRange, BollingerBands, MovingAverageType, SimpleMovingAverage
from pydantic import Field, model_validator

from strategies.signals.indicators import DriftScore, band_score
from tradingbot.strategy import Approved, Indicator, LaneStrategy, Side, StrategyParams


class MeanReversionParams(StrategyParams):
    """Say what is far, what is a trend, and how long and how far a position may go wrong.

    Lengths are in bars. The bands are mean and deviation of `band_bars` closes, `entry_score` is how many deviations
    off the mean is far, and `least_way` the least distance to the mean worth its costs, a fraction of the price. The
    market trends when the squared drift scores over `drift_bars`, averaged over `judged_bars`, exceed `trend_limit`.
    `hold_bars` is the longest stay. The stop lies `stop_ranges` average true ranges (of `range_bars`) from the close,
    but at most `max_stop_pct`, a fraction of the price.
    """

    band_bars: int = Field(default=288, ge=2, le=20_000)
    entry_score: float = Field(default=2.5, gt=0, le=10)
    least_way: float = Field(default=0.01, ge=0, lt=1)
    drift_bars: int = Field(default=96, ge=2, le=20_000)
    judged_bars: int = Field(default=1152, ge=1, le=20_000)
    trend_limit: float = Field(default=0.7, gt=0, le=100)
    hold_bars: int = Field(default=288, ge=1, le=20_000)
    range_bars: int = Field(default=288, ge=1, le=20_000)
    stop_ranges: float = Field(default=12.0, gt=0, le=100)
    max_stop_pct: float = Field(default=0.12, gt=0, le=0.15)

    @model_validator(mode="after")
    def _longer(self) -> Self:
        if self.judged_bars < self.drift_bars:
            raise ValueError(f"judged_bars was {self.judged_bars}, allowed is at least drift_bars, {self.drift_bars}")
        return self


class MeanReversion(LaneStrategy):
    """Enter when the close comes back inside the bands, leave at the mean.

    Idea: where nothing is new, prices pushed away by somebody's hurry come back, and who waits is paid for it. When the
    close was `entry_score` deviations below its mean and has turned back inside, it buys (above: sells, where the lane
    lets it), with the mean as target. It leaves at the latest when the close has crossed the mean as that is by then,
    after `hold_bars`, or at the stop.

    Works in quiet ranges of liquid markets, and only if the way to the mean is several times the costs. Fails when a
    trend begins: each step looks like an excursion, and the losses are larger than the wins. Hence the filter: the
    average squared score of Drift is a variance ratio, 1 for a random walk, below 1 where prices come back. It
    knows the past only; the first days of a trend still cost money. The defaults fit 5 minute bars. They find the
    reversion planted in the synthetic market on most seeds, not on all, which says nothing about real markets.

    Source: J. Bollinger, Bollinger on Bollinger Bands, 2001; A. Lo and A. C. MacKinlay, Stock market prices do not
    follow random walks, 1988.
    """

    params_class = MeanReversionParams
    params: MeanReversionParams

    def on_start(self) -> None:
        self.watched = {str(item.id): _Watch(self.params) for item in self.context.instruments}

    def on_bar(self, bar: Any) -> None:
        """Count the bar in, then judge it."""
        name = str(bar.bar_type.instrument_id)
        watch = self.watched[name]
        close = float(bar.close)
        watch.update(float(bar.high), float(bar.low), close)
        if held := self.holding(name):
            self._hold(name, watch, 1 if held > 0 else -1)
        elif watch.ready and not self.busy(name):
            self._seek(name, watch, close)

    def _seek(self, name: str, watch: _Watch, close: float) -> None:
        side = watch.turned(self.params.entry_score)
        if side is None or (side is Side.SHORT and not self.context.shorting):
            return
        mean = watch.bands.middle
        if watch.ratio.value > self.params.trend_limit or abs(mean - close) < self.params.least_way * close:
            return
        room = min(self.params.stop_ranges * watch.range.value, self.params.max_stop_pct * close)
        if isinstance(self.propose(self.intent(name, side, close, close - side.sign * room, mean)), Approved):
            watch.held = 0

    def _hold(self, name: str, watch: _Watch, sign: int) -> None:
        watch.held += 1
        if watch.score * sign >= 0:
            self.close(name, "signal")
        elif watch.held >= self.params.hold_bars:
            self.close(name, "time")


class _Watch:
    """One instrument: its signals, the scores of the last two closes, and for how many bars it is held."""

    def __init__(self, params: MeanReversionParams) -> None:
        self.bands = Indicator(BollingerBands, params.band_bars, 1.0)
        self.range = Indicator(AverageTrueRange, params.range_bars, MovingAverageType.Wilder)
        self.drift, self.ratio = DriftScore(params.drift_bars), Indicator(SimpleMovingAverage, params.judged_bars)
        self.score = self.before = 0.0
        self.held = 0

    @property
    def ready(self) -> bool:
        return bool(self.bands.initialized and self.range.initialized and self.ratio.initialized)

    def update(self, high: float, low: float, close: float) -> None:
        self.range.update_raw(high, low, close)
        self.bands.update_raw(close)
        self.drift.update_raw(close)
        if self.drift.initialized:
            self.ratio.update_raw(self.drift.score**2)
        self.before, self.score = self.score, band_score(self.bands, close)

    def turned(self, far: float) -> Side | None:
        if self.before <= -far < self.score < 0:
            return Side.LONG
        return Side.SHORT if self.before >= far > self.score > 0 else None
