# file: operations/status/nodehistory.py
"""History of a node from its state file, read incrementally, and its performance by the reports' formulas."""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

import numpy as np

from tradingbot.core.messages.laneview import Performance
from tradingbot.core.portfolio import ratios as tradestats
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.ratios import LEAST_DAYS, RATIOS, DailyRatios, days_of, small_samples
from tradingbot.core.time import DAY


@dataclass(slots=True)
class ClosedTrades:
    """The closed trades of one strategy, or of all: net results, and R-multiples where the risk is known.

    `standing` is what they came to when somebody last worked it out, None after another trade.
    """

    pnls: list[Decimal] = field(default_factory=list)
    points: float = 0.0
    counted: int = 0
    standing: Performance | None = None

    def add(self, pnl: Decimal, risked: str | None) -> None:
        """Count a trade."""
        self.standing = None
        self.pnls.append(pnl)
        if risked is not None and Decimal(risked):
            self.points += float(pnl / Decimal(risked))
            self.counted += 1


class NodeHistory:
    """Equity and trades of one run of a node, read incrementally.

    Bars of one moment replace each other's equity, so the newest moment is provisional: `peak`, `deepest` and `days`
    are of what lies before it. They are of equity without what the owner put in or took out, as `without_flows` has it;
    the curve is what the account held.
    """

    def __init__(self, start: int, equity: Decimal) -> None:
        self.ts = array("q", [start])
        self.equity = array("d", [float(equity)])
        self.newest: EquityPoint | None = None
        self.all = ClosedTrades()
        self.of: defaultdict[str, ClosedTrades] = defaultdict(ClosedTrades)
        self._first = EquityPoint(start, equity)
        self._scale = Decimal(1)
        self._days: dict[int, EquityPoint] = {}
        self._transfers: list[tuple[int, Decimal]] = []
        self._peak = float(equity)
        self._deepest = 0.0
        self._trades = 0

    def goes_on(self, database: sqlite3.Connection) -> bool:
        """Return whether all that was taken in is still there, as it is unless somebody changed the file by hand."""
        query = "SELECT (SELECT max(ts) FROM equity), (SELECT max(number) FROM trades)"
        last, trades = database.execute(query).fetchone()
        seen = self.newest is None or (last is not None and last >= self.newest.ts)
        return seen and (trades or 0) >= self._trades

    def read(self, database: sqlite3.Connection) -> None:
        """Take in what was written since the last time."""
        query = "SELECT ts, amount, before FROM transfers WHERE number > ? ORDER BY number"
        flows = [(ts, Decimal(amount), Decimal(before))
                 for ts, amount, before in database.execute(query, (len(self._transfers),))]  # fmt: skip
        last = self.ts[0] - 1 if self.newest is None else self.newest.ts
        for ts, equity in database.execute("SELECT ts, equity FROM equity WHERE ts >= ? ORDER BY ts", (last,)):
            while flows and flows[0][0] <= ts:
                self._transferred(*flows.pop(0))
            self._point(EquityPoint(ts, Decimal(equity)))
        query = "SELECT number, strategy, pnl, risked FROM trades WHERE number > ? ORDER BY number"
        for number, strategy, pnl, risked in database.execute(query, (self._trades,)):
            self._trades = number
            self.all.add(Decimal(pnl), risked)
            self.of[strategy].add(Decimal(pnl), risked)

    def points(self) -> list[EquityPoint]:
        """Return the start, the last equity of each day, and the newest: enough for daily returns."""
        days = dict(self._days)
        if self.newest is not None:
            days[_day(self.newest.ts)] = self._growth(self.newest)
        return [self._first, *days.values()]

    def worth(self) -> Decimal:
        """Return the last equity."""
        return self._first.equity if self.newest is None else self.newest.equity

    def net_pnl(self) -> Decimal:
        """Return the last equity less the first and what the owner put in until then."""
        until = self._first.ts if self.newest is None else self.newest.ts
        return self.worth() - self._first.equity - self._flow(until)

    def deepest(self) -> float:
        """Return the deepest drawdown so far, a fraction of the peak before it."""
        if self.newest is None:
            return self._deepest
        return max(self._deepest, _fall(self._peak, float(self._growth(self.newest).equity)))

    def curve(self) -> tuple[array[int], array[float]]:
        """Return times and equities, the newest included."""
        if self.newest is None:
            return self.ts, self.equity
        return self.ts + array("q", [self.newest.ts]), self.equity + array("d", [float(self.newest.equity)])

    def _point(self, point: EquityPoint) -> None:
        before, self.newest = self.newest, point
        if before is not None and before.ts != point.ts:
            self._settle(before)

    def _settle(self, point: EquityPoint) -> None:
        self.ts.append(point.ts)
        self.equity.append(float(point.equity))
        self._days[_day(point.ts)] = self._growth(point)
        self._measure(point)

    def _measure(self, point: EquityPoint) -> None:
        value = float(self._growth(point).equity)
        self._deepest = max(self._deepest, _fall(self._peak, value))
        self._peak = max(self._peak, value)

    def _transferred(self, ts: int, amount: Decimal, before: Decimal) -> None:
        """Go on from what was left, with the growth until then: no trade made or lost what came in or went out."""
        if self.newest is not None:
            self._settle(self.newest)
            self.newest = None
        self._transfers.append((ts, amount))
        ended = EquityPoint(ts, before)
        self._days[_day(ts)] = self._growth(ended)
        self._measure(ended)
        if before + amount > 0:
            self._scale *= before / (before + amount)

    def _growth(self, point: EquityPoint) -> EquityPoint:
        """Return what the start would have become by `point` had nothing been put in or taken out since."""
        return point if self._scale == 1 else EquityPoint(point.ts, point.equity * self._scale)

    def _flow(self, until: int) -> Decimal:
        return sum((amount for ts, amount in self._transfers if ts <= until), Decimal(0))


def _day(ts: int) -> int:
    """A moment at midnight ends the day before."""
    return (ts - 1) // DAY


def _fall(peak: float, value: float) -> float:
    return 1.0 - value / max(peak, value)


def performance_of(book: NodeHistory, days_per_year: int) -> Performance:
    """Return how a node stands; its lane has so many days a year."""
    daily = DailyRatios.of(book.points(), days_per_year)
    trades, net = _of_trades(book.all), book.net_pnl()
    found = replace(
        trades,
        equity=book.worth(),
        pnl=net,
        open_pnl=net - trades.realised_pnl,
        max_drawdown=book.deepest(),
        sharpe=daily.sharpe,
        sortino=daily.sortino,
        cvar_5=daily.cvar_5,
    )
    return _told(found, days_of(daily.stamps))


def strategy_performance(closed: ClosedTrades, open_pnl: Decimal = Decimal(0)) -> Performance:
    """Return how one strategy of a node stands: of its trades and positions alone, since the account is the node's."""
    found = _of_trades(closed)
    return _told(replace(found, pnl=found.realised_pnl + open_pnl, open_pnl=open_pnl), LEAST_DAYS)


def _told(found: Performance, days: int) -> Performance:
    shown = [name for name in RATIOS if getattr(found, name, None) is not None]
    return replace(found, unreliable=small_samples(days, found.trades, shown))


def _of_trades(closed: ClosedTrades) -> Performance:
    """Trades are many and close seldom, so it is worked out once after each."""
    if closed.standing is None:
        closed.standing = Performance(
            trades=len(closed.pnls),
            equity=None,
            pnl=Decimal(0),
            realised_pnl=sum(closed.pnls, Decimal()),
            open_pnl=Decimal(0),
            max_drawdown=None,
            sharpe=None,
            sortino=None,
            cvar_5=None,
            win_rate=tradestats.win_rate(closed.pnls),
            profit_factor=tradestats.profit_factor(closed.pnls),
            reward_points=closed.points if closed.counted else None,
        )
    return closed.standing


def downsampled(ts: Sequence[int], values: Sequence[float], most: int) -> tuple[tuple[int, float], ...]:
    """Return at most `most` of the points (at least 4): first, last, and the lowest and highest of each stretch.

    `ts` ascends and has the length of `values`.
    """
    count = len(ts)
    if count <= most:
        return tuple(zip(map(int, ts), map(float, values), strict=True))
    heights = np.asarray(values, dtype=np.float64)
    edges = np.linspace(1, count - 1, (most - 2) // 2 + 1).astype(int)
    kept = {0, count - 1}
    for begin, end in pairwise(edges):
        if end > begin:
            part = heights[begin:end]
            kept |= {begin + int(part.argmin()), begin + int(part.argmax())}
    return tuple((int(ts[place]), float(heights[place])) for place in sorted(kept))
