# file: reports/backtest/warnings/__init__.py
"""Warnings of a backtest: why a result may be less than it looks, in plain language.

One function per warning, `(result JSON, facts) -> sentence or None`, listed in `WARNINGS` in the order a person reads
them: data.py, execution.py, evidence.py. A test has a case of each code. The verbs `backtest` and `paper` add them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tradingbot.core.runtime.result import Result, ResultWarning, WarningFacts
from tradingbot.reports.backtest.reader import JsonObject
from tradingbot.reports.backtest.warnings import data, evidence, execution

# The order a person reads them in: what was not tested at all, what makes a result void, weak, uncertain.
WARNINGS: tuple[tuple[str, Callable[[JsonObject, WarningFacts], str | None]], ...] = (
    ("refused_or_cut", execution.refused_or_cut),
    ("synthetic_data", evidence.synthetic_data),
    ("below_zero", evidence.below_zero),
    ("missing_funding", data.missing_funding),
    ("zero_funding", data.zero_funding),
    ("wrong_unit", data.wrong_unit),
    ("liquidated", execution.liquidated),
    ("orders_refused", execution.orders_refused),
    ("outside_session", execution.outside_session),
    ("period_shortened", data.period_shortened),
    ("stopped", data.stopped),
    ("missing_bars", data.missing_bars),
    ("real_spread_unused", data.real_spread_unused),
    ("stale_marks", data.stale_marks),
    ("too_few_trades", evidence.too_few_trades),
    ("short_sample", evidence.short_sample),
    ("fast_realism", evidence.fast_realism),
    ("costs_eat_edge", execution.costs_eat_edge),
    ("one_trade", evidence.one_trade),
    ("one_month", evidence.one_month),
    ("flat_equity", evidence.flat_equity),
    ("open_drawdown", evidence.open_drawdown),
    ("stop_near_resolution", execution.stop_near_resolution),
    ("target_near_resolution", execution.target_near_resolution),
    ("short_holding", execution.short_holding),
)


def find_warnings(result: JsonObject, facts: WarningFacts) -> tuple[ResultWarning, ...]:
    """Return the warnings of `result` (the form of its JSON), in the order of `WARNINGS`."""
    sentences = ((code, warn(result, facts)) for code, warn in WARNINGS)
    return tuple(ResultWarning(code, sentence) for code, sentence in sentences if sentence is not None)


def with_warnings(result: Result, facts: WarningFacts) -> Result:
    """Return `result` with the warnings found in it."""
    return replace(result, warnings=find_warnings(result.to_dict(), facts))
