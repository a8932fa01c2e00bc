# file: core/report/validation/sections/luck.py
"""How much of the path was luck: the bootstrap's fan, and the same trades in another order."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, tag
from tradingbot.core.report.phrase import number, percent
from tradingbot.core.report.validation.charts.fan import fan_chart, level
from tradingbot.core.report.validation.charts.reordering import reordering_chart
from tradingbot.core.report.validation.record import Fan, Reordering, ValidationRecord

__all__ = ["fan", "reordering"]


def fan(record: ValidationRecord) -> Html:
    """Return the fan of bootstrapped paths, or that there is none."""
    title, found = "Where the path might have gone", record.fan
    if found is None or not found.days:
        return card(title, tag("p", "No paths were bootstrapped.", class_="note"), anchor="luck")
    drawn = frame(fan_chart(found), "Fan of bootstrapped paths", 360)
    return card(title, drawn, tag("p", _ends(found), class_="aside"), note=_drawn(found), anchor="luck")


def reordering(record: ValidationRecord) -> Html:
    """Return the deepest fall over other orders of the trades, or that none was tried."""
    title, found = "The same trades in another order", record.reordering
    if found is None or not found.quantiles:
        return card(title, tag("p", "The trades were not reordered.", class_="note"))
    note = (
        f"Each bar is the fall that so many of {number(found.resamples, 0)} orders stay within. "
        "Order changes neither the Sharpe ratio nor the final equity. Only what trades closed with is reordered: "
        "what they were down in between is in the maximum drawdown, not here."
    )
    chart = frame(reordering_chart(found), "Deepest fall by quantile of orders", 260)
    return card(title, chart, tag("p", _deeper(found), class_="aside"), note=note)


def _drawn(found: Fan) -> str:
    blocks = f"{number(found.block, 1)} day{'' if found.block == 1 else 's'} on average"
    return f"{number(found.resamples, 0)} paths drawn from the out-of-sample days in blocks of {blocks}."


def _ends(found: Fan) -> str:
    ranked = sorted(found.quantiles, key=level)
    if len(ranked) < 2 or not all(found.quantiles[name] for name in ranked):
        return ""
    low, high = ranked[0], ranked[-1]
    share = number(level(high) - level(low), 0)
    ends = (percent(found.quantiles[name][-1] - 1, 1, sign=True) for name in (low, high))
    return f"{share} % of the paths end between {' and '.join(ends)}."


def _deeper(found: Reordering) -> str:
    deepest = max(found.quantiles, key=level)
    rest = number(100 - level(deepest), 0)
    edge, was = percent(found.quantiles[deepest]), percent(found.observed)
    return f"{rest} % of the orders fall deeper than {edge}; as it happened, it was {was}."
