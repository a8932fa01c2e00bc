# file: reports/validation/wording.py
"""Units of a validation report: values, thresholds and intervals in their unit, run statistics as table cells."""

from __future__ import annotations

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.portfolio.ratios import LEAST_DAYS, LEAST_TRADES
from tradingbot.core.validation.record import Criterion, RunStats, ValidationRecord
from tradingbot.reports.markup import greyed, numeric, signed

STATS_HEADS = numeric("Trades", "Net profit", "Realised", "Sharpe", "Profit factor", "Max drawdown")
STATS_NOTE = (
    "Net profit is the change of equity, positions still open included; realised is that of closed trades. Greyed are"
    f" Sharpe ratios from fewer than {LEAST_DAYS} days and profit factors from fewer than {LEAST_TRADES} trades."
)
_QUARTILES = {"calm": "quartile 1", "quiet": "quartile 2", "lively": "quartile 3", "wild": "quartile 4"}


def in_unit(value: float | None, unit: str) -> str:
    """Return `value` as a count, a share in percent, a p-value, or a ratio of two decimals."""
    if unit == "share":
        return percent(value)
    if unit == "p":
        return "< 0.001" if value is not None and value < 0.001 else number(value, 3)
    return number(value, 0 if unit == "count" else 2)


def limit_text(criterion: Criterion) -> str:
    """Return the threshold with the side on which a pass is."""
    return _side(criterion, criterion.limit)


def default_limit_text(criterion: Criterion) -> str:
    """Return the program's own threshold with the side on which a pass is."""
    return _side(criterion, criterion.own_limit)


def _side(criterion: Criterion, limit: float) -> str:
    return f"{'≥' if criterion.at_least else '≤'} {in_unit(limit, criterion.unit)}"


def interval(low: float | None, high: float | None, unit: str) -> str:
    """Return `low to high`, an open end as a dash; one dash without either."""
    return NONE if low is None and high is None else f"{in_unit(low, unit)} to {in_unit(high, unit)}"


def relative_change(factor: float) -> str:
    """Return a factor as the change it makes, in percent."""
    return percent(factor - 1, 0, sign=True)


def regime_title(name: str) -> str:
    """Return a volatility regime by its quartile, 1 the lowest; any other regime by its name."""
    return _QUARTILES.get(name, name)


def small_sample_reason(criterion: Criterion, record: ValidationRecord) -> str:
    """Return why the value of a criterion means little, empty where nothing says so; CVaR needs as many days."""
    name = "sharpe" if criterion.name == "cvar" else criterion.name
    return weakness(record.pooled.measured.unreliable, name)


def stats_cells(measured: RunStats | None) -> list[str]:
    """Return the cells under `STATS_HEADS`; dashes for a run that did not take place."""
    if measured is None:
        return [NONE] * len(STATS_HEADS)
    weak = {name: weakness(measured.unreliable, name) for name in ("sharpe", "profit_factor")}
    profits = (signed(pnl, number(pnl, 2, sign=True)) for pnl in (measured.net_pnl, measured.realised_pnl))
    ratios = (greyed(number(getattr(measured, name)), reason) for name, reason in weak.items())
    return [number(measured.trades, 0), *profits, *ratios, percent(measured.max_drawdown)]
