# file: core/market/checking/ratelevels.py
"""What is wrong with the size of funding rates: another unit than fractions, several units, or no rates at all."""

from __future__ import annotations

import numpy as np

from tradingbot.core.market.arrays import Funding
from tradingbot.core.market.checking.tally import Rows
from tradingbot.core.market.defects import Defect, DefectKind, Severity
from tradingbot.core.market.rateunits import ENOUGH, HIGHEST, LOWEST, likely_units, median_rate, unlikely_zeros
from tradingbot.core.market.settlements import DEFAULT_MINUTES

__all__ = ["JUMP", "RateLevels"]

JUMP = 30.0
"""From one week of settlements to the next, or the one after it, the median rate of a coin does not grow or shrink so
much and pass half of `HIGHEST`: a part of the series is in another unit."""


class RateLevels:
    """Judge the unit of a series by the median of its rates, and by that of each `ENOUGH` rows beside the next.

    `held` are the settlements that the catalog has around the file. Refuse what does not look like fractions, unless a
    person `stated` the unit or the rows are stored already: then it is a warning.
    """

    def __init__(self, stated: bool, held: Funding | None = None) -> None:
        self._severity = Severity.WARN if stated else Severity.REFUSE
        self._stated = stated
        self._held = held
        self._parts: list[Funding] = []

    def feed(self, rows: Rows) -> None:
        """Look at the next settlements."""
        if isinstance(rows.chunk, Funding):
            self._parts.append(rows.chunk)

    def defects(self) -> list[Defect]:
        """Return what was found."""
        if not self._parts:
            return []
        funding = Funding.join(self._parts)
        median = median_rate(funding)
        if median > HIGHEST:
            sentence = _unit_told(funding, median, self._stated)
            return [_defect(funding, 0, DefectKind.WRONG_UNIT, self._severity, sentence)]
        return [*self._mixed(funding), *_too_little(funding, median)]

    def _mixed(self, funding: Funding) -> list[Defect]:
        before, after = _beside(funding, self._held)
        blocks = [*before, *_blocks(funding), *after]
        levels = np.array([median_rate(block) for block in blocks])
        for apart in (1, 2):
            old, new = levels[:-apart], levels[apart:]
            high, low = np.maximum(old, new), np.minimum(old, new)
            jumps = np.flatnonzero((low > 0) & (high > HIGHEST / 2) & (high > JUMP * low))
            if len(jumps):
                row = max(0, min(int(jumps[0]) + apart - len(before), len(funding) // ENOUGH)) * ENOUGH
                row = min(row, len(funding) - 1)
                sentence = (
                    f"the median rate of a week goes from {old[jumps[0]]:.2g} to {new[jumps[0]]:.2g}"
                    f"{', what the catalog holds beside it included' if before or after else ''}: are parts in "
                    "different units? Import each with its own --unit; --unit fraction if all are fractions"
                )
                return [_defect(funding, row, DefectKind.WRONG_UNIT, self._severity, sentence)]
        return []


def _blocks(funding: Funding) -> list[Funding]:
    """Return pieces of `ENOUGH` rows; what is left at the end is judged only where there is nothing else."""
    whole = len(funding) // ENOUGH
    return [funding.take(slice(row * ENOUGH, (row + 1) * ENOUGH)) for row in range(whole)] if whole else [funding]


def _beside(funding: Funding, held: Funding | None) -> tuple[list[Funding], list[Funding]]:
    if held is None:
        return [], []
    before = held.take(held.ts < funding.ts.min()).take(slice(-2 * ENOUGH, None))
    after = held.take(held.ts > funding.ts.max()).take(slice(0, 2 * ENOUGH))
    return (_blocks(before) if len(before) else []), (_blocks(after) if len(after) else [])


def _too_little(funding: Funding, median: float) -> list[Defect]:
    order = np.argsort(funding.ts, kind="stable")
    zero = unlikely_zeros(funding.rate[order])
    found = []
    if zeros := int(zero.sum()):
        sentence = f"{zeros:,} of {len(funding):,} rates are zero: funding looks free; were holes filled?"
        first = int(order[np.argmax(zero)])
        found.append(_defect(funding, first, DefectKind.ZERO_RATE, Severity.WARN, sentence, zeros))
    if 0 < median < LOWEST and len(funding) >= ENOUGH:
        sentence = (
            f"the median rate is {median:.2g} in eight hours, usual is 0.0001: funding looks free; were percentages "
            "or basis points divided twice?"
        )
        found.append(_defect(funding, 0, DefectKind.WRONG_UNIT, Severity.WARN, sentence))
    return found


def _unit_told(funding: Funding, median: float, stated: bool) -> str:
    minutes = int(np.median(funding.interval)) if len(funding) >= ENOUGH else DEFAULT_MINUTES
    guesses = " or ".join(f"--unit {unit}" for unit in likely_units(median, max(minutes, 1)))
    then = (
        f"if they are not fractions, delete them and import them again with {guesses}"
        if stated
        else f"say what the numbers are, probably {guesses}; --unit fraction if they are right"
    )
    return (
        f"the median rate is {median:.4g} in eight hours, as a fraction {median:.2%} of the position each time; usual "
        f"is 0.01 %: {then}"
    )


def _defect(
    funding: Funding, row: int, kind: DefectKind, severity: Severity, sentence: str, count: int | None = None
) -> Defect:
    return Defect(kind, severity, len(funding) - row if count is None else count, row, int(funding.ts[row]), sentence)
