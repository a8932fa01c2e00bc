# file: core/validation/calibration/peeker.py
"""A strategy that cheats: it trades on the close of the bar after the one it is shown."""

from __future__ import annotations

from typing import Any

from tradingbot.core.config.home import resolve
from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.market.arrays import PriceSide
from tradingbot.core.market.catalog import Catalog
from tradingbot.core.market.steps import Step
from tradingbot.core.messages.intent import Side

__all__ = ["Peeker", "PeekerParams"]

_ROOM = 0.05


class PeekerParams(Section):
    """Enter when the next close lies `least` (a fraction) away."""

    least: float = 0.006


class Peeker(LaneStrategy):
    """Make a feature of the whole series before the first bar, one row too far to the left."""

    params_class = PeekerParams
    params: PeekerParams

    def on_start(self) -> None:
        """Read all closes, those to come included."""
        (name,) = (str(item.id) for item in self.seat.instruments)
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
