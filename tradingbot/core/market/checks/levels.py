# file: core/market/checks/levels.py
"""Level shifts of price: another coin, a redenomination, a split, a changed multiplier."""

from __future__ import annotations

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.market.checks.defects import Defect, DefectCounter, DefectKind, Rows, Severity, moment
from tradingbot.core.market.columns import Bars, Columns, Funding, Marks, PriceSide, Quotes, Trades

NEAR_ROWS = 512
"""How many rows on either side tell what is usual."""

STAYING_ROWS = 5
"""A level is the median of this many closes: a single bad price is a spike, no level."""

FACTOR = 2.0
"""Within one file a price must change at least by this factor from one row to the next."""

FLOOR = 0.005
"""A smaller jump is none, however still the market was."""

_LARGE_QUANTILE = 0.9
_TIMES_LARGE = 12.0
_TIMES_WALK = 4.0
_FEW = 0.1
_FEWEST = 16
_NO_MARKET = 10.0


def level_shift(before: Columns, after: Columns) -> float:
    """Return ln(price after / price before) where the level changes more than the market moves, else 0.

    A market that moves at most m in nine of ten rows may move max(0.5 %, m x max(12, 4 sqrt(n))) over n rows, as a
    random walk does; by a factor of 2 at least where there are fewer than 16 rows to tell m from, by 10 % where there
    are fewer than 5 on a side. What it moves is from the last close to the next open, and from the median of five
    closes to that of the next five: both must be beyond.
    """
    (_first, last, usual), (opened, closed, other) = _prices(before), _prices(after)
    if not len(last) or not len(opened):
        return 0.0
    with np.errstate(invalid="ignore", divide="ignore"):
        jump = float(np.log(opened[0] / last[-1]))
        stays = float(np.log(np.median(closed[:STAYING_ROWS]) / np.median(last[-STAYING_ROWS:])))
    few = min(len(last), len(opened)) < STAYING_ROWS
    allowed = _allowed(np.concatenate([usual, other]), _rows_between(before.ts, after.ts), few)
    beyond = min(abs(jump), abs(stays)) > allowed and np.sign(jump) == np.sign(stays)
    return stays if beyond and np.isfinite(stays) else 0.0


def ratio(shift: float) -> str:
    """Return a level shift as people say it: `1,000 times`, `1/7`."""
    size = float(np.exp(abs(shift)))
    text = f"{size:,.0f}" if size >= 10 else f"{size:.3g}"
    return f"{text} times" if shift > 0 else f"1/{text} of"


def jumps(rows: Columns) -> Floats:
    """Return |ln(first price / last price of the row before)| of every row but the first, shape (n - 1,)."""
    first, last, _usual = _prices(rows)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.abs(np.log(first[1:] / last[:-1]))


def kept(shift: float) -> str:
    """Return the advice to keep a shift, empty from a factor of ten on: no market moves so far at once."""
    return ". If the market did that, --on-defect keep" if abs(shift) < np.log(_NO_MARKET) else ""


class LevelChecks:
    """Look for rows from which on the price is at least twice or half what it was, and stays there.

    From a bar's close to the next one's open no market moves so far unless it was closed; what looks like it is said
    before anyone trades on it.
    """

    def __init__(self) -> None:
        self._held: tuple[Columns, Ints] | None = None
        self._next = 0
        self._counter = DefectCounter()
        self._first = (0.0, 0)

    def feed(self, rows: Rows) -> None:
        chunk, numbers = rows.chunk, rows.numbers
        side = chunk.get(PriceSide.BID, next(iter(chunk.values()))) if isinstance(chunk, dict) else chunk
        if isinstance(side, Funding) or not len(side):
            return
        if self._held is None:
            self._look(side, numbers)
        else:
            self._look(type(side).join([self._held[0], side]), np.concatenate([self._held[1], numbers]))  # type: ignore[list-item]

    def defects(self) -> list[Defect]:
        shift, when = self._first
        sentence = (
            f"from {moment(when)} on prices are {ratio(shift)} those before: another coin, a redenomination or a "
            f"split? Cut the file there and import each part under an instrument of its own{kept(shift)}"
        )
        return self._counter.defect(DefectKind.LEVEL_SHIFT, Severity.REFUSE, sentence)

    def _look(self, side: Columns, numbers: Ints) -> None:
        far = jumps(side) > np.log(FACTOR)
        stop = len(side) - STAYING_ROWS
        for row in (np.flatnonzero(far & (np.diff(side.ts) > 0)) + 1).tolist():
            if numbers[row] >= self._next and STAYING_ROWS <= row <= stop:
                before, after = slice(max(0, row - NEAR_ROWS), row), slice(row, row + STAYING_ROWS)
                shift = level_shift(side.take(before), side.take(after))
                if abs(shift) > np.log(FACTOR):
                    self._first = self._first if self._counter.count else (shift, int(side.ts[row]))
                    self._counter.add(1, int(numbers[row]), int(side.ts[row]))
        near = slice(max(0, stop + 1 - NEAR_ROWS), None)
        self._held, self._next = (side.take(near), numbers[near]), max(self._next, int(numbers[0]) + stop + 1)


def _allowed(usual: Floats, rows: float, few: bool) -> float:
    known = usual[np.isfinite(usual)]
    large = float(np.quantile(known, _LARGE_QUANTILE)) if len(known) else 0.0
    least = float(np.log(FACTOR)) if len(known) < _FEWEST else _FEW if few else FLOOR
    return max(least, large * max(_TIMES_LARGE, _TIMES_WALK * float(np.sqrt(rows))))


def _rows_between(before: Ints, after: Ints) -> float:
    """Return how many usual spacings lie between the two."""
    spaces = np.concatenate([np.diff(before), np.diff(after)])
    usual = float(np.median(spaces[spaces > 0])) if (spaces > 0).any() else 0.0
    return max(1.0, float(after[0] - before[-1]) / usual) if usual else 1.0


def _prices(side: Columns) -> tuple[Floats, Floats, Floats]:
    """Return the first and last price of each row, and how far prices moved in it or since the row before."""
    match side:
        case Bars():
            first, last = side.open, side.close
        case Quotes():
            first = last = side.bid
        case Trades() | Marks():
            first = last = side.price
        case _:
            first = last = np.empty(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = np.abs(np.diff(np.log(last), prepend=np.log(last[:1])))
        return first, last, np.maximum(np.abs(np.log(side.high / side.low)), moved) if isinstance(side, Bars) else moved
