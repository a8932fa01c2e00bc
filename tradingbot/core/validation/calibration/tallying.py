# file: core/validation/calibration/tallying.py
"""Count what got through, with the bounds that a count of so many searches leaves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from tradingbot.core.report.calibration.record import Claim, EngineCell, NullCell, PowerCell, Rates, Share
from tradingbot.core.statistics.proportion import clopper_pearson
from tradingbot.core.validation.calibration.cells import Cell
from tradingbot.core.validation.calibration.measure import Found

__all__ = ["allowed", "false_promotions", "middle", "null_cell", "power_cell", "rates", "share"]


def share(hits: int, n: int) -> Share:
    """Return the share with its exact 95 % bounds."""
    low, high = clopper_pearson(hits, n)
    return Share(hits=hits, n=n, low=low, high=high)


def rates(found: Sequence[Found]) -> Rates:
    """Return how often each rule let the trial through."""
    return Rates(**{name: share(sum(getattr(item, name) for item in found), len(found)) for name in Rates.model_fields})


def middle(values: Iterable[float | None]) -> float | None:
    """Return the median of what is defined; None when nothing is."""
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def null_cell(cell: Cell, trials: int, found: Sequence[Found]) -> NullCell:
    """Return a cell of part A."""
    return NullCell(
        name=cell.name,
        kind=cell.kind,
        years=cell.years,
        trials=trials,
        searches=len(found),
        rates=rates(found),
        sharpe=middle(item.sharpe for item in found) or 0.0,
        trades=middle(item.trades for item in found) or 0.0,
        effective_trades=middle(item.effective_trades for item in found) or 0.0,
    )


def power_cell(cell: Cell, planted: float, trials: int, found: Sequence[Found]) -> PowerCell:
    """Return a cell of part B."""
    sharpe = middle(item.sharpe for item in found) or 0.0
    return PowerCell(
        name=cell.name,
        kind=cell.kind,
        years=cell.years,
        planted=planted,
        trials=trials,
        searches=len(found),
        rates=rates(found),
        sharpe=sharpe,
    )


def allowed(level: float, n: int) -> float:
    """Return the most that `n` searches may let through: `level` and two standard errors of a count of that share."""
    return level + 2 * math.sqrt(level * (1 - level) / n) if n else 1.0


def false_promotions(null: Sequence[NullCell], engine: Sequence[EngineCell], level: float) -> tuple[Claim, ...]:
    """Return the claims on searches without an edge: by the whole verdict, and by the adjusted p-value alone."""
    counted = [(cell.name, cell.rates) for cell in null]
    counted += [(cell.name, cell.rates) for cell in engine if not cell.edge]
    return tuple(
        _claim(text, [(name, getattr(found, rule)) for name, found in counted], level)
        for rule, text in (
            ("verdict", "The verdict promotes the best of a search without an edge no more often than its level"),
            ("adjusted_p", "The adjusted p-value alone, which no threshold helps, keeps its level too"),
        )
        if counted
    )


def _claim(text: str, counted: Sequence[tuple[str, Share]], level: float) -> Claim:
    where, worst = max(counted, key=lambda item: item[1].rate - allowed(level, item[1].n))
    limit = allowed(level, worst.n)
    return Claim(text=text, value=worst.rate, limit=limit, where=where, holds=worst.rate <= limit)
