# file: core/report/warnings/__init__.py
"""Say in plain language why a result may be less than it looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tradingbot.core.report.facts import Facts
from tradingbot.core.report.reading import Found
from tradingbot.core.report.result import Caveat, Result
from tradingbot.core.report.warnings import fills, funding, period, profit, resolution, sample, spending

__all__ = ["WARNINGS", "find_warnings", "with_warnings"]

# The order a person reads them in: what was not tested at all, what makes a result void, weak, uncertain.
WARNINGS: tuple[tuple[str, Callable[[Found, Facts], str | None]], ...] = (
    ("refused_or_cut", fills.refused_or_cut),
    ("synthetic_data", sample.synthetic_data),
    ("below_zero", profit.below_zero),
    ("missing_funding", funding.missing_funding),
    ("zero_funding", funding.zero_funding),
    ("wrong_unit", funding.wrong_unit),
    ("liquidated", fills.liquidated),
    ("orders_refused", fills.orders_refused),
    ("outside_session", fills.outside_session),
    ("period_shortened", period.period_shortened),
    ("stopped", period.stopped),
    ("missing_bars", period.missing_bars),
    ("real_spread_unused", period.real_spread_unused),
    ("stale_marks", funding.stale_marks),
    ("too_few_trades", sample.too_few_trades),
    ("short_sample", sample.short_sample),
    ("fast_realism", sample.fast_realism),
    ("costs_eat_edge", spending.costs_eat_edge),
    ("one_trade", profit.one_trade),
    ("one_month", profit.one_month),
    ("flat_equity", sample.flat_equity),
    ("open_drawdown", profit.open_drawdown),
    ("stop_near_resolution", resolution.stop_near_resolution),
    ("target_near_resolution", resolution.target_near_resolution),
    ("short_holding", resolution.short_holding),
)


def find_warnings(result: Found, facts: Facts) -> tuple[Caveat, ...]:
    """Return the caveats of `result` (the form of its JSON), in the order of `WARNINGS`."""
    sentences = ((code, warn(result, facts)) for code, warn in WARNINGS)
    return tuple(Caveat(code, sentence) for code, sentence in sentences if sentence is not None)


def with_warnings(result: Result, facts: Facts) -> Result:
    """Return `result` with the caveats found in it."""
    return replace(result, warnings=find_warnings(result.to_dict(), facts))
