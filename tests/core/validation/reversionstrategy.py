# file: tests/core/validation/reversionstrategy.py
"""A strategy for markets with a planted reversion."""

from __future__ import annotations

from typing import Any

from nautilus_trader.indicators import SimpleMovingAverage
from pydantic import Field

from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.messages.intent import Side


class FaderParams(Section):
    """Fade closes that are `far` (a fraction) from the mean of `bars` closes, with a stop `room` (a fraction) away."""

    bars: int = Field(default=100, ge=2)
    far: float = Field(default=0.01, gt=0, lt=0.2)
    room: float = Field(default=0.05, gt=0, le=0.15)


class Fader(LaneStrategy):
    """Trade back to the mean."""

    params_class = FaderParams
    params: FaderParams

    def on_start(self) -> None:
        self.mean = SimpleMovingAverage(self.params.bars)

    def on_bar(self, bar: Any) -> None:
        name, close = str(bar.bar_type.instrument_id), float(bar.close)
        self.mean.update_raw(close)
        if not self.mean.initialized:
            return
        way = close / self.mean.value - 1
        held = self.holding(name)
        if held and way * (1 if held > 0 else -1) >= 0:
            self.close(name, "signal")
        elif not held and abs(way) > self.params.far and not self.busy(name):
            side = Side.LONG if way < 0 else Side.SHORT
            self.propose(self.intent(name, side, close, close * (1 - side.sign * self.params.room)))
