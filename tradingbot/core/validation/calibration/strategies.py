# file: core/validation/calibration/strategies.py
"""Strategies of the calibration: one repeats given trades, one looks ahead."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tradingbot.core.config.home import resolve
from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step
from tradingbot.core.messages.intent import Side

_ROOM = 0.05


class ScriptedTrade(Section):
    """Enter at the close of bar `enter` (from 1) and leave at that of bar `leave`."""

    enter: int
    leave: int
    side: Literal["LONG", "SHORT"]


class ScriptedParams(Section):
    """The trades, and the distance of each one's stop, a fraction of the price."""

    cues: tuple[ScriptedTrade, ...] = ()
    room: float = Field(default=0.05, gt=0, le=0.15)


class ScriptedStrategy(LaneStrategy):
    """Enter and leave at the given bars, whatever the market does."""

    params_class = ScriptedParams
    params: ScriptedParams

    def on_start(self) -> None:
        """Begin before the first bar."""
        self.bar, self.until = 0, 0
        self.entries = {cue.enter: cue for cue in self.params.cues}

    def on_bar(self, bar: Any) -> None:
        """Leave what is due, then enter what is due."""
        self.bar += 1
        name, close = str(bar.bar_type.instrument_id), float(bar.close)
        if self.holding(name) and self.bar >= self.until:
            self.close(name, "time")
        elif (cue := self.entries.get(self.bar)) and not self.busy(name):
            side, self.until = Side(cue.side), cue.leave
            self.propose(self.intent(name, side, close, close * (1 - side.sign * self.params.room)))


class LookaheadParams(Section):
    """Enter when the next close is at least `least` (a fraction) away."""

    least: float = 0.006


class LookaheadStrategy(LaneStrategy):
    """Make a feature of the whole series before the first bar, one row too far to the left."""

    params_class = LookaheadParams
    params: LookaheadParams

    def on_start(self) -> None:
        """Read all closes, those to come included."""
        (name,) = (str(item.id) for item in self.context.instruments)
        bars = Catalog(resolve("catalog/main")).bars(name, Step.parse("1h"), PriceSide.LAST)
        later = bars.close[1:] / bars.close[:-1] - 1
        self.feature = dict(zip(bars.ts[:-1].tolist(), later.tolist(), strict=True))

    def on_bar(self, bar: Any) -> None:
        """Hold for one bar what is about to move."""
        name, close = str(bar.bar_type.instrument_id), float(bar.close)
        move = self.feature.get(bar.ts_event, 0.0)
        if self.holding(name):
            self.close(name, "signal")
        elif abs(move) > self.params.least and not self.busy(name):
            side = Side.LONG if move > 0 else Side.SHORT
            self.propose(self.intent(name, side, close, close * (1 - side.sign * _ROOM)))
