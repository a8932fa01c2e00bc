# file: core/overview/nodebook.py
"""What a node's state file says, kept up to date by reading only what is new."""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from tradingbot.core.messages.nodeview import Standing
from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.isotime import DAY

__all__ = ["Closed", "NodeBook"]


@dataclass(slots=True)
class Closed:
    """The closed trades of one strategy, or of all: net results, and R-multiples where the risk is known.

    `standing` is what they came to when somebody last worked it out, None after another trade.
    """

    pnls: list[Decimal] = field(default_factory=list)
    points: float = 0.0
    counted: int = 0
    standing: Standing | None = None

    def add(self, pnl: Decimal, risked: str | None) -> None:
        """Count a trade."""
        self.standing = None
        self.pnls.append(pnl)
        if risked is not None and Decimal(risked):
            self.points += float(pnl / Decimal(risked))
            self.counted += 1


class NodeBook:
    """Equity and trades of one run of a node, read incrementally.

    Bars of one moment replace each other's equity, so the newest moment is provisional: `peak`, `deepest` and `days`
    are of what lies before it. They are of equity without what the owner put in or took out, as `without_flows` has it;
    the curve is what the account held.
    """

    def __init__(self, start: int, equity: Decimal) -> None:
        self.ts = array("q", [start])
        self.equity = array("d", [float(equity)])
        self.newest: EquityPoint | None = None
        self.all = Closed()
        self.of: defaultdict[str, Closed] = defaultdict(Closed)
        self._first = self._grown = self._last = EquityPoint(start, equity)
        self._days: dict[int, EquityPoint] = {}
        self._transfers: list[tuple[int, Decimal]] = []
        self._counted = 0
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
        query = "SELECT ts, amount FROM transfers WHERE number > ? ORDER BY number"
        self._transfers += [(ts, Decimal(amount)) for ts, amount in database.execute(query, (len(self._transfers),))]
        last = self.ts[0] - 1 if self.newest is None else self.newest.ts
        for ts, equity in database.execute("SELECT ts, equity FROM equity WHERE ts >= ? ORDER BY ts", (last,)):
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
        return self.worth() - self._first.equity - self._flow(0, until)

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
        if before is None or before.ts == point.ts:
            return
        self.ts.append(before.ts)
        self.equity.append(float(before.equity))
        self._grown, self._last = self._growth(before), before
        self._counted = sum(1 for ts, _ in self._transfers if ts <= before.ts)
        value = float(self._grown.equity)
        self._deepest = max(self._deepest, _fall(self._peak, value))
        self._peak = max(self._peak, value)
        self._days[_day(before.ts)] = self._grown

    def _growth(self, point: EquityPoint) -> EquityPoint:
        """Return what the start would have become by `point`, the first one after those taken in."""
        if not self._transfers:
            return point
        earned = point.equity - self._flow(self._counted, point.ts)
        growth = earned / self._last.equity if self._last.equity else Decimal(0)
        return EquityPoint(point.ts, self._grown.equity * growth)

    def _flow(self, first: int, until: int) -> Decimal:
        return sum((amount for ts, amount in self._transfers[first:] if ts <= until), Decimal(0))


def _day(ts: int) -> int:
    """A moment at midnight ends the day before."""
    return (ts - 1) // DAY


def _fall(peak: float, value: float) -> float:
    return 1.0 - value / max(peak, value)
