# file: tests/core/runtime/checkpoint/oddstrategies.py
"""Strategies that keep what strategies may keep: timers, late subscriptions, helpers that know them, shared arrays."""

from __future__ import annotations

import random
from collections import defaultdict, deque
from typing import Any

import numpy as np
from nautilus_trader.indicators import AverageTrueRange, DonchianChannel, MovingAverageType, SimpleMovingAverage

from tradingbot.core.messages.intent import Side
from tradingbot.strategy import Indicator, LaneStrategy

__all__ = ["Closured", "Hoarder", "LateListener", "Timed"]


class Timed(LaneStrategy):
    """Set an alert at its 10th bar for an hour and a half later, and enter at it."""

    def on_start(self) -> None:
        self.bars = 0

    def on_bar(self, bar: Any) -> None:
        """Set the alert."""
        self.bars += 1
        if self.bars == 10:
            self.clock.set_time_alert_ns("once", bar.ts_event + 5_400_000_000_000, callback=self.ring)

    def ring(self, _event: Any) -> None:
        """Enter."""
        _enter(self)


class LateListener(LaneStrategy):
    """Listen to quotes from its 5th bar to its 60th, and enter by how many there were."""

    def on_start(self) -> None:
        self.bars = self.heard = 0
        self.subscribe_funding_rates(self.context.instruments[0].id)

    def on_bar(self, _bar: Any) -> None:
        """Begin or end to listen."""
        self.bars += 1
        quoted = self.context.instruments[0].id
        if self.bars == 5:
            self.subscribe_quotes(quoted)
            self.unsubscribe_funding_rates(quoted)
        if self.bars == 60:
            self.unsubscribe_quotes(instrument_id=quoted)
        if self.heard % 7 == 3:
            _enter(self)

    def on_quote(self, _quote: Any) -> None:
        """Count."""
        self.heard += 1

    def on_funding_rate(self, _update: Any) -> None:
        """Count."""
        self.heard += 1


class _Assistant:
    def __init__(self, strategy: LaneStrategy, window: Any) -> None:
        self.strategy = strategy
        self.window = window


class Hoarder(LaneStrategy):
    """Keep all that a checkpoint can hold, and act by all of it."""

    def on_start(self) -> None:
        coin = self.context.instruments[0]
        self.window = np.zeros(20)
        self.assistant = _Assistant(self, self.window)
        self.again = {"window": self.window, "strategy": self}
        self.random = random.Random(5)
        self.generator = np.random.default_rng(6)
        self.last: deque[float] = deque(maxlen=3)
        self.counts: defaultdict[str, list[int]] = defaultdict(list)
        self.instrument, self.bar_type = coin, self.context.bar_types[str(coin.id)]
        self.mean = Indicator(SimpleMovingAverage, 5)
        self.channel = Indicator(DonchianChannel, 4)
        self.range = Indicator(AverageTrueRange, 5, MovingAverageType.Wilder)
        for indicator in (self.mean, self.channel, self.range):
            self.register_indicator_for_bars(self.bar_type, indicator)
        self.fed: list[tuple[float, ...]] = []

    def on_bar(self, bar: Any) -> None:
        """Act by chance, by the window and by indicators that the engine feeds."""
        if bar.bar_type != self.bar_type:
            return
        close = float(bar.close)
        self.window[:-1] = self.window[1:]
        self.window[-1] = close
        self.last.append(close)
        self.counts[self.instrument.id.value].append(len(self.last))
        whole = self.assistant.window is self.window is self.again["window"] and self.assistant.strategy is self
        self.fed.append((self.mean.value, self.channel.upper, self.range.value))
        chance = self.random.random() + self.generator.random()
        if not whole:
            raise AssertionError("what was one object is two")
        if chance > 1.2 and self.mean.initialized and close > self.mean.value:
            _enter(self, Side.LONG if close < self.channel.upper else Side.SHORT)
        elif chance < 0.3:
            self.close(self.instrument.id, "signal")


class Closured(LaneStrategy):
    """Keep a function without a name."""

    def on_start(self) -> None:
        self.rule = lambda close: close > 0


def _enter(strategy: LaneStrategy, side: Side = Side.LONG) -> None:
    coin = strategy.context.instruments[0]
    bar = strategy.cache.bar(strategy.context.bar_types[str(coin.id)])
    if bar is not None and not strategy.busy(coin.id):
        close = float(bar.close)
        strategy.propose(strategy.intent(coin.id, side, close, close * (1 - side.sign * 0.03)))
