# file: tests/core/validation/lookahead/strays.py
"""Strategies that decide by what no honest run would have: a coin, a file of yesterday's making, the next close."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.market.series import Step
from tradingbot.core.messages.intent import Side


class Follower(LaneStrategy):
    """Hold the side of a signal."""

    def follow(self, bar: Any, signal: float) -> None:
        name, close = str(bar.bar_type.instrument_id), float(bar.close)
        held = self.holding(name)
        if held and float(held) * signal < 0:
            self.close(name, "signal")
        elif not held and signal and not self.busy(name):
            side = Side.LONG if signal > 0 else Side.SHORT
            self.propose(self.intent(name, side, close, close * (1 - side.sign * 0.1)))


class Tosser(Follower):
    """Toss a coin that nobody seeded."""

    def on_bar(self, bar: Any) -> None:
        self.follow(bar, random.SystemRandom().choice([-1.0, 1.0]))


class PeeperParams(Section):
    """Where the table lies."""

    table: str


class Peeper(Follower):
    """Read a table that somebody made with all the data."""

    params_class = PeeperParams
    params: PeeperParams

    def on_start(self) -> None:
        self.rows = Path(self.params.table).read_text(encoding="utf-8").split()
        self.row = 0

    def on_bar(self, bar: Any) -> None:
        self.follow(bar, float(self.rows[self.row]))
        self.row += 1


class KnowerParams(Section):
    """Where the bars lie."""

    catalog: str


class Knower(Follower):
    """Look the next close up."""

    params_class = KnowerParams
    params: KnowerParams

    def on_bar(self, bar: Any) -> None:
        name, step = str(bar.bar_type.instrument_id), Step.parse("1h")
        later = Catalog(Path(self.params.catalog)).bars(name, step, PriceSide.LAST, bar.ts_event + 1)
        self.follow(bar, float(later.close[0]) - float(bar.close) if len(later) else 0.0)
