# file: tests/strategies/strategyfixture.py
"""A home with a small market of a test's own making, where a strategy runs through the real engine."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tradingbot import backtest as door
from tradingbot.core.lane import Lane
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Funding, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.paths import TickGrid, on_ticks
from tradingbot.core.messages.intent import Intent, SpreadIntent
from tradingbot.core.runtime.resultbuilder import ReportData

__all__ = ["HOUR", "MINUTE", "MONDAY", "Playground", "along", "average_range", "bar_number"]

MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
MONDAY = 1_736_121_600_000_000_000
"""2025-01-06 00:00 UTC."""

_EQUITY = {Lane.CRYPTOSPOT: "10000 USDT", Lane.CRYPTOFUTURES: "10000 USDT"}


def along(
    closes: Sequence[float] | np.typing.NDArray[np.float64],
    bar: str = "5m",
    start: int = MONDAY,
    wick: float = 0.0,
    volume: float = 1e6,
) -> Bars:
    """Return bars stamped at their close, each from one close to the next: one bar fewer than `closes`. `wick` is how
    far highs and lows reach beyond open and close, a fraction of the price; `start` is the first open."""
    path = np.asarray(closes, np.float64)
    opens, after = path[:-1], path[1:]
    ts = start + Step.parse(bar).ns * np.arange(1, len(path), dtype=np.int64)
    top, bottom = np.maximum(opens, after) * (1 + wick), np.minimum(opens, after) * (1 - wick)
    return Bars(ts, opens, top, bottom, after, np.full(len(after), volume))


def average_range(closes: Sequence[float], period: int) -> float:
    """Return Wilder's average of bars without wicks or gaps, whose true range is their change."""
    value = 0.0
    for count, change in enumerate(np.abs(np.diff(closes)).tolist(), 1):
        value += (change - value) / min(count, period)
    return value


def bar_number(ts: int | None) -> float:
    """Return how many bars of five minutes after Monday a fill came, the latency of 100 ms taken off."""
    return ((ts or 0) - 100_000_000 - MONDAY) / (5 * MINUTE)


class Playground:
    """Write a market, run a strategy on it, and see what it asked for. `intents` are the wishes of all runs in order,
    `stops` the moved stops: (instrument id, new trigger)."""

    def __init__(self, home: Path, intents: list[Intent | SpreadIntent], stops: list[tuple[str, float]]) -> None:
        self.home = home
        self.intents = intents
        self.stops = stops
        self.catalog = Catalog(home / "catalog" / "main", create=True)

    @property
    def wishes(self) -> list[Intent]:
        """The single entries among the intents."""
        return [wish for wish in self.intents if isinstance(wish, Intent)]

    def bars(self, name: str, bars: Bars, bar: str = "5m", side: PriceSide = PriceSide.LAST) -> None:
        instrument = load_listing(name).instrument
        self.catalog.write_bars(instrument, Step.parse(bar), side, on_ticks(bars, TickGrid(instrument)))

    def quoted(self, name: str, bars: Bars, half: float, bar: str = "5m") -> None:
        """Write bid and ask bars (forex) `half` a spread, in price, below and above `bars`."""
        for side, shift in ((PriceSide.BID, -half), (PriceSide.ASK, half)):
            first, high, low, last = (column + shift for column in (bars.open, bars.high, bars.low, bars.close))
            self.bars(name, Bars(bars.ts, first, high, low, last, bars.volume), bar, side)

    def funding(self, name: str, ts: Sequence[int], rates: Sequence[float], minutes: int = 480) -> None:
        rows = Funding(np.asarray(ts, np.int64), np.asarray(rates, np.float64), np.full(len(ts), minutes, np.int64))
        self.catalog.write_funding(load_listing(name).instrument, rows)

    def run(
        self,
        strategy: str,
        instruments: str | Sequence[str],
        params: Mapping[str, Any] | None = None,
        lane: Lane = Lane.CRYPTOFUTURES,
        realism: str = "exact",
        bar: str = "5m",
        **fields: Any,
    ) -> ReportData:
        """Run `strategy` (`strategies.module:Class`); `fields` are others of a backtest config: equity, venue, risk."""
        names = [instruments] if isinstance(instruments, str) else list(instruments)
        config = {
            "name": "playground", "catalog": str(self.catalog.path), "lane": str(lane), "instruments": names,
            "bar": bar, "realism": realism, "equity": _EQUITY.get(lane, "10000 USD"),
            "strategies": [{"path": strategy, "params": dict(params or {})}],
            "risk": {"risk_fraction": 0.02 if lane is Lane.OPTIONS else 0.01},
        }  # fmt: skip
        path = self.home / "playground.json"
        path.write_text(json.dumps(config | fields), encoding="utf-8")
        return door.backtest(door.plan(path))
