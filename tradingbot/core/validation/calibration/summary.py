# file: core/validation/calibration/summary.py
"""Summary of a calibration: rates with exact bounds, cells and claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.special import bdtrc

from tradingbot.core.statistics.binomial import clopper_pearson
from tradingbot.core.validation.calibration.cells import Cell, SearchResult
from tradingbot.core.validation.calibration.enginesearch import EngineScenario, EngineSearchResult
from tradingbot.core.validation.calibration.record import Claim, EngineCell, NullCell, PowerCell, Rates, Share

_TAIL = 0.02275
_MISSED = 0.2


def share(hits: int, n: int) -> Share:
    """Return the share with its exact 95 % bounds."""
    low, high = clopper_pearson(hits, n)
    return Share(hits=hits, n=n, low=low, high=high)


def rates(results: Sequence[SearchResult]) -> Rates:
    """Return how often each rule let the trial through."""
    return Rates(
        **{name: share(sum(getattr(item, name) for item in results), len(results)) for name in Rates.model_fields}
    )


def median_of(values: Iterable[float | None]) -> float | None:
    """Return the median of what is defined; None when nothing is."""
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None


def null_cell(cell: Cell, trials: int, results: Sequence[SearchResult]) -> NullCell:
    """Return the summary of searches without an edge."""
    medians = {name: _median(results, name) or 0.0 for name in ("sharpe", "trades", "effective_trades")}
    return NullCell(**_searches(cell, trials, results), **medians)


def power_cell(cell: Cell, planted: float, trials: int, results: Sequence[SearchResult]) -> PowerCell:
    """Return the summary of searches with an edge of the annual Sharpe ratio `planted`."""
    return PowerCell(**_searches(cell, trials, results), planted=planted, sharpe=_median(results, "sharpe") or 0.0)


def engine_cell(scenario: EngineScenario, settings: int, searches: Sequence[EngineSearchResult]) -> EngineCell:
    """Return the summary of searches of `settings` runs each through the engine."""
    handed_in = [item.result for item in searches]
    return EngineCell(
        name=scenario.name,
        title=scenario.title,
        edge=scenario.edge,
        strategy=scenario.strategy,
        settings=settings,
        searches=len(searches),
        runs=sum(item.runs for item in searches),
        rates=rates(handed_in),
        sharpe=_median(handed_in, "sharpe"),
        profit_factor=_median(handed_in, "profit_factor"),
        trades=_median(handed_in, "trades") or 0.0,
        fees=sum(item.fees for item in searches),
    )


def allowed(level: float, n: int, places: int = 1) -> float:
    """Return the most that a gate of exactly `level` lets through, as a share of `n` searches.

    It goes beyond that in any of `places` counts with a chance of at most 2.3 %, the tail beyond two standard errors:
    the quantile of the binomial distribution at 1 - 0.023 / places.
    """
    return next(hits for hits in range(n + 1) if bdtrc(hits, n, level) <= _TAIL / places) / n if n else 1.0


def claims_of(null: Sequence[NullCell], engine: Sequence[EngineCell], level: float) -> tuple[Claim, ...]:
    """Return what the calibration is to show: noise is promoted no more often than `level`, a plain edge is seen.

    The adjusted p-value is held to that too, in every cell and in all together: no threshold helps it.
    """
    counted = [(cell.name, cell.rates) for cell in null]
    counted += [(cell.name, cell.rates) for cell in engine if not cell.edge]
    claims = []
    for rule, text in (("verdict", "the verdict"), ("adjusted_p", "the adjusted p-value alone")):
        shares = [(name, getattr(item, rule)) for name, item in counted]
        claims.append(_claim(f"Without an edge, {text} lets through no more than its level", shares, level))
    alone = [cell.rates.adjusted_p for cell in null]
    together = share(sum(item.hits for item in alone), sum(item.n for item in alone))
    text = "The same over all cells together"
    claims.append(_claim(text, [(f"{len(null)} cells, {together.n:,} searches", together)], level))
    for cell in engine:
        if cell.edge:
            missed = 1 - cell.rates.verdict.rate
            text = "The verdict misses a plain edge, run through the engine, at most one time in five"
            claims.append(Claim(text=text, value=missed, limit=_MISSED, where=cell.name, holds=missed <= _MISSED))
    return tuple(claims)


def _searches(cell: Cell, trials: int, results: Sequence[SearchResult]) -> dict[str, Any]:
    return {"name": cell.name, "kind": cell.kind, "years": cell.years, "trials": trials, "searches": len(results),
            "rates": rates(results)}  # fmt: skip


def _median(results: Sequence[SearchResult], name: str) -> float | None:
    return median_of(getattr(item, name) for item in results)


def _claim(text: str, counted: Sequence[tuple[str, Share]], level: float) -> Claim:
    where, worst = max(counted, key=lambda item: item[1].rate - allowed(level, item[1].n, len(counted)))
    limit = allowed(level, worst.n, len(counted))
    return Claim(text=text, value=worst.rate, limit=limit, where=where, holds=worst.rate <= limit)
