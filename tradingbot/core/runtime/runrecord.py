# file: core/runtime/runrecord.py
"""Run record: one run as plain arrays that cross process borders, for statistics, stresses and the trial ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.portfolio.equity import daily_equity, daily_returns, without_flows
from tradingbot.core.runtime.decisions import IntentCounts
from tradingbot.core.runtime.funding import funding_facts
from tradingbot.core.runtime.market import Market
from tradingbot.core.runtime.recorder import RunOutcome
from tradingbot.core.runtime.resultbuilder import equity_curve
from tradingbot.core.statistics.intraday import Intraday
from tradingbot.core.time import DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """What one run did.

    `days` are the midnights (int64 UTC ns) that end each trading day, `returns` the day's return (float64), `gains` the
    day's change of equity without transfers in account currency, all empty when the account was ruined, and `intraday`
    how each day went between its ends. `points` are (ts, growth of one unit of equity without transfers), as
    `equity_curve` gives them. Trades are closed round trips in order of entry: `entries` and `exits` (int64 UTC ns),
    `pnl` in account currency, `fractions` of equity at entry, `instruments` indices into `names`, `sides` +1 or -1.
    `open_trades` were not closed at the end. `settlements` of funding were due while a position was open,
    `settlements_missing` of them are not in the data and `settlements_zero` have an unlikely rate of zero;
    `median_rate` is the largest median size of a perpetual's rates in eight hours. `hashes` bind strategy, params,
    data, config and program.
    """

    start: int
    end: int
    days: Ints
    returns: Floats
    gains: Floats
    intraday: Intraday
    points: tuple[Ints, Floats]
    entries: Ints
    exits: Ints
    pnl: Floats
    fractions: Floats
    instruments: Ints
    names: tuple[str, ...]
    assets: tuple[str, ...]
    open_trades: int
    intents: IntentCounts
    approved: int
    fills: int
    bars: int
    fees: float
    slippage: float
    liquidated: bool
    synthetic: bool
    hashes: Mapping[str, str] = field(default_factory=dict)
    sides: npt.NDArray[np.int8] = field(default_factory=lambda: np.empty(0, dtype=np.int8))
    settlements: int = 0
    settlements_missing: int = 0
    settlements_zero: int = 0
    median_rate: float = 0.0

    @property
    def ruined(self) -> bool:
        """Whether equity fell to nothing."""
        return bool(np.any(self.points[1] <= 0))


def record_of(
    config: BacktestConfig, market: Market, outcome: RunOutcome, hashes: Mapping[str, str], synthetic: bool
) -> RunRecord:
    """Return the record of a finished run."""
    recorder = outcome.recorder
    curve = without_flows(equity_curve(recorder, market), recorder.ledger.transfers)
    ts = np.array([point.ts for point in curve], dtype=np.int64)
    equity = np.array([float(point.equity) for point in curve])
    stamps, values = daily_equity(curve, config.lane.days_per_year)
    returns = daily_returns(values)
    trades = sorted(recorder.ledger.trades, key=lambda trade: (trade.entry_time, trade.instrument, trade.id))
    names = tuple(sorted(str(instrument.id) for instrument in market.instruments))
    entries = np.array([trade.entry_time for trade in trades], dtype=np.int64)
    pnl = np.array([float(trade.pnl) for trade in trades])
    open_trades = recorder.open_trades()
    funding = funding_facts(market, [*trades, *open_trades], marks=False).values()
    return RunRecord(
        start=market.start,
        end=market.end,
        days=-(-stamps[1:] // DAY) * DAY if len(returns) else np.empty(0, dtype=np.int64),
        returns=returns,
        gains=np.diff(values) if len(returns) else np.empty(0),
        intraday=_intraday(ts, equity, stamps if len(returns) else stamps[:0]),
        points=(ts, equity / equity[0]),
        entries=entries,
        exits=np.array([trade.exit_time or market.end for trade in trades], dtype=np.int64),
        pnl=pnl,
        fractions=pnl / equity[np.maximum(np.searchsorted(ts, entries, side="right") - 1, 0)],
        instruments=np.array([names.index(trade.instrument) for trade in trades], dtype=np.int64),
        names=names,
        assets=assets_of(market, synthetic),
        open_trades=len(open_trades),
        intents=IntentCounts.of(decision.answer for decision in recorder.decisions),
        approved=sum(1 for decision in recorder.decisions if decision.orders),
        fills=sum(map(len, recorder.fill_times.values())),
        bars=outcome.bars,
        fees=float(sum((trade.fees for trade in trades), Decimal())),
        slippage=float(sum((trade.slippage for trade in trades), Decimal())),
        liquidated=any(trade.exit_reason == "liquidation" for trade in trades),
        synthetic=synthetic,
        hashes=dict(hashes),
        sides=np.array([1 if trade.side == "LONG" else -1 for trade in trades], dtype=np.int8),
        settlements=sum(one.held for one in funding),
        settlements_missing=sum(one.held_missing for one in funding),
        settlements_zero=sum(one.held_zero for one in funding),
        median_rate=max((one.median_rate for one in funding), default=0.0),
    )


def _intraday(ts: Ints, equity: Floats, stamps: Ints) -> Intraday:
    low, high, fall = np.ones((3, max(0, len(stamps) - 1)))
    places = np.searchsorted(ts, stamps, side="right") - 1
    for day, (first, last) in enumerate(pairwise(places.tolist())):
        inside = equity[first : last + 1]
        low[day], high[day], fall[day] = inside.min() / inside[0], inside.max() / inside[0], max_drawdown(inside)
    return Intraday(low, high, fall)


def assets_of(market: Market, synthetic: bool) -> tuple[str, ...]:
    """Return what is traded whatever the contract: base currencies, and the underlyings of shares and options.

    A synthetic asset has another name than the real one, since nothing found on it was looked for on the other.
    """
    bases = ((getattr(item.instrument, "base_currency", None), item.id.split(".")[0]) for item in market.listings)
    names = {symbol if base is None else str(base.code) for base, symbol in bases}
    return tuple(sorted(f"synthetic {name}" if synthetic else name for name in names))
