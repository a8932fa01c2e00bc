# file: tests/golden/catalogfixture.py
"""A small market of a test's own making, and runs on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from tradingbot import backtest as door
from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.calendars.sessions import USEQUITY
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, Funding, Kind, Marks, PriceSide, Quotes
from tradingbot.core.market.instruments.listings import load_listing, option_contract
from tradingbot.core.market.series import Series, Step
from tradingbot.core.runtime.resultbuilder import ReportData

__all__ = ["HOUR", "MONDAY", "Stage", "bars_along", "clear_of_session"]

HOUR = 3_600_000_000_000
MONDAY = 1_736_121_600_000_000_000
"""2025-01-06 00:00 UTC."""


def bars_along(closes: Sequence[float] | Floats, step: Step, start: int = MONDAY, volume: float = 1e6) -> Bars:
    """Return bars that go straight from one close to the next."""
    path = np.asarray(closes, np.float64)
    before, after = path[:-1], path[1:]
    ts = start + step.ns * np.arange(1, len(path), dtype=np.int64)
    return Bars(ts, before, np.maximum(before, after), np.minimum(before, after), after, np.full(len(after), volume))


def clear_of_session(ts: Ints, step: Step) -> Ints:
    """Return which stamps close a whole bar of the American session."""
    return np.flatnonzero(USEQUITY.is_open(ts, step.ns) & USEQUITY.is_open(ts - step.ns) & USEQUITY.is_open(ts))


OPEN: dict[str, Any] = {
    "max_asset_exposure": 50, "max_lane_exposure": 50, "max_open_positions": 99, "max_spread": 1,
    "daily_loss": {"limit": 1}, "correlation": {"max_exposure": 99}, "entry_deadline_s": 604_800,
    "sizing": {"small_account": {"below": 0}, "tiers": [{"equity": 0, "fraction": 0.01}]},
}  # fmt: skip
"""A policy that caps next to nothing, so that the market and the books are what is tested."""


class Stage:
    """A home with a catalog and one config file."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.catalog = Catalog(home / "catalog" / "main", create=True)

    def bars(self, name: str, step: Step, bars: Bars, side: PriceSide = PriceSide.LAST) -> None:
        """Write bars of an instrument."""
        self.catalog.write_bars(load_listing(name).instrument, step, side, bars)

    def marks(self, name: str, ts: Ints, prices: Floats) -> None:
        """Write mark prices."""
        self.catalog.write_marks(load_listing(name).instrument, Marks(ts, prices))

    def funding(self, name: str, ts: Ints, rates: Floats) -> None:
        """Write settlements of eight hours."""
        self.catalog.write_funding(load_listing(name).instrument, Funding(ts, rates, np.full(len(ts), 480)))

    def puts(self, underlying: str, expiry: int, quotes: Mapping[int, Quotes]) -> list[str]:
        """Write quotes of puts by strike and return their ids."""
        contracts = [option_contract(underlying, expiry, Decimal(strike), "P") for strike in quotes]
        with self.catalog.writing() as writer:
            for contract, rows in zip(contracts, quotes.values(), strict=True):
                writer.add(Series(Kind.QUOTES, str(contract.id)), contract, rows)
        self.catalog.write_instruments(contracts)
        return [str(contract.id) for contract in contracts]

    def config(self, **fields: Any) -> Path:
        """Write a backtest config."""
        path = self.home / "play.json"
        policy = OPEN | {
            "risk_fraction": 0.02 if fields.get("lane") == "options" else 0.01,
            "max_position_leverage": 50,
        }
        known = {"name": "play", "catalog": str(self.catalog.path), "risk": policy}
        path.write_text(json.dumps(known | fields), encoding="utf-8")
        return path

    def play(self, cues: Sequence[Mapping[str, Any]], **fields: Any) -> ReportData:
        """Run the puppet by these cues."""
        spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": list(cues)}}
        return door.backtest(door.plan(self.config(**({"strategies": [spec]} | fields))))
