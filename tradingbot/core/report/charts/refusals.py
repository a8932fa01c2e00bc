# file: core/report/charts/refusals.py
"""When the desk said no or less, and which rule said it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from tradingbot.core.report.charts.figure import Figure

__all__ = ["refusals_chart"]

_MOST_RULES = 6
_PATTERNS = ("", "/", "x", ".", "-", "+", "|")


def refusals_chart(refused: Sequence[Mapping[str, Any]]) -> Figure:
    """Return refusals and cuts per day stacked by rule, the most frequent ones by name and the rest as "other".

    Rules differ by pattern as well as by shade, so that nobody needs to see colours.
    """
    ranked = [rule for rule, _ in Counter(item["rule"] for item in refused).most_common()]
    named = sorted(ranked[:_MOST_RULES])
    counts: dict[str, Counter[str]] = {rule: Counter() for rule in [*named, "other"]}
    for item in refused:
        counts[item["rule"] if item["rule"] in named else "other"][item["time"][:10]] += 1
    traces = []
    for number, (rule, days) in enumerate(counts.items()):
        if not days:
            continue
        marker = {
            "color": "@gain" if number % 2 == 0 else "@muted",
            "pattern": {"shape": _PATTERNS[number], "solidity": 0.4},
        }
        traces.append({
            "type": "bar", "name": rule, "x": sorted(days), "y": [days[day] for day in sorted(days)],
            "marker": marker, "hovertemplate": "%{x}: %{y} x " + rule + "<extra></extra>",
        })  # fmt: skip
    layout = {
        "barmode": "stack",
        "showlegend": True,
        "yaxis": {"title": {"text": "refusals and cuts a day"}, "rangemode": "tozero"},
    }
    return {"data": traces, "layout": layout}
