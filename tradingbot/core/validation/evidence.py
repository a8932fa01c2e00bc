# file: core/validation/evidence.py
"""The days and trades a verdict is made of, cut out of runs and put end to end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tradingbot.core.folds.span import Span
from tradingbot.core.portfolio.drawdown import max_drawdown
from tradingbot.core.portfolio.isotime import DAY
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.statistics.intraday import Intraday, path_drawdown

__all__ = ["Evidence", "evidence_of", "pooled"]

type Floats = npt.NDArray[np.float64]
type Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Out-of-sample days and trades, ascending.

    `days` (int64 UTC ns, the midnight that ends the day) and `returns` (float64, fractions) have equal length; so have
    the trades' `entries` and `exits` (int64 UTC ns), `pnl` (account currency), `fractions` (of equity at entry) and
    `instruments` (codes). `gains` is what each day changed equity by (account currency), open positions included; it is
    empty where that is not known. `intraday` is how each day went between its ends; `deepest` is the deepest drawdown
    of a run that was ruined, which has no returns, a fraction.
    """

    days: Ints
    returns: Floats
    intraday: Intraday
    entries: Ints
    exits: Ints
    pnl: Floats
    instruments: Ints
    fractions: Floats
    gains: Floats = field(default_factory=lambda: np.empty(0))
    deepest: float = 0.0

    @property
    def growth(self) -> Floats:
        """One unit of equity at the end of each day, after the unit itself."""
        found: Floats = np.concatenate([[1.0], np.cumprod(1.0 + self.returns)])
        return found

    @property
    def net_pnl(self) -> float:
        """What equity changed by, account currency; where no day's change is known what the trades realised."""
        return float(self.gains.sum() if len(self.gains) else self.pnl.sum())

    @property
    def drawdown(self) -> float:
        """The maximum drawdown of equity at every bar, a fraction."""
        return max(self.deepest, float(path_drawdown(self.returns, self.intraday)))


def evidence_of(record: RunRecord, span: Span | None = None) -> Evidence:
    """Return what `record` did in `span`, or in all: its days that end in it, the trades it entered in it."""
    start, end = (span.start, span.end) if span else (record.start, record.end)
    days = _inside(record.days, start + 1, -(-end // DAY) * DAY + 1)
    trades = _inside(record.entries, start, end + 1)
    ts, growth = record.points
    return Evidence(
        days=record.days[days],
        returns=record.returns[days],
        intraday=record.intraday.take(days),
        entries=record.entries[trades],
        exits=record.exits[trades],
        pnl=record.pnl[trades],
        instruments=record.instruments[trades],
        fractions=record.fractions[trades],
        gains=record.gains[days],
        deepest=max_drawdown(growth[_inside(ts, start, end + 1)]) if len(ts) else 0.0,
    )


def pooled(parts: Sequence[Evidence]) -> Evidence:
    """Return the parts end to end; they must not share a day."""
    return Evidence(
        days=np.concatenate([part.days for part in parts]),
        returns=np.concatenate([part.returns for part in parts]),
        intraday=Intraday.join([part.intraday for part in parts]),
        entries=np.concatenate([part.entries for part in parts]),
        exits=np.concatenate([part.exits for part in parts]),
        pnl=np.concatenate([part.pnl for part in parts]),
        instruments=np.concatenate([part.instruments for part in parts]),
        fractions=np.concatenate([part.fractions for part in parts]),
        gains=np.concatenate([part.gains for part in parts]),
        deepest=max((part.deepest for part in parts), default=0.0),
    )


def _inside(ts: Ints, start: int, end: int) -> slice:
    first, last = np.searchsorted(ts, [start, end])
    return slice(int(first), int(last))
