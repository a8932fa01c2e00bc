# file: reports/validation/montecarlo.py
"""Monte Carlo: bootstrapped equity paths and the max drawdowns of shuffled trades."""

from __future__ import annotations

from typing import Any

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.validation.record import Fan, TradeShuffle, ValidationRecord
from tradingbot.reports.charts import ALL_AT_ONCE, Figure, axis, dated_series, figure, frame, level, time_line
from tradingbot.reports.markup import Html, card, remark, tag

_PATHS = "Bootstrapped equity paths"
_SHUFFLE = "Monte Carlo trade shuffle"


def bootstrapped_paths(record: ValidationRecord) -> Html:
    """Return the fan of bootstrapped paths, or that there is none."""
    fan = record.fan
    if fan is None or not fan.days:
        return card(_PATHS, remark("No paths were bootstrapped."), anchor="paths")
    blocks = f"{number(fan.block, 1)} day{'' if fan.block == 1 else 's'} on average"
    note = f"{number(fan.resamples, 0)} paths drawn from the out-of-sample days in blocks of {blocks}."
    drawn = frame(bootstrap_chart(fan), "Fan of bootstrapped paths", 360)
    return card(_PATHS, drawn, tag("p", _ends(fan), class_="aside"), note=note, anchor="paths")


def _ends(fan: Fan) -> str:
    ranked = sorted(fan.quantiles, key=percentile)
    if len(ranked) < 2 or not all(fan.quantiles.values()):
        return ""
    share = number(percentile(ranked[-1]) - percentile(ranked[0]), 0)
    ends = (percent(fan.quantiles[name][-1] - 1, 1, sign=True) for name in (ranked[0], ranked[-1]))
    return f"{share} % of the paths end between {' and '.join(ends)}."


def bootstrap_chart(fan: Fan) -> Figure:
    """Return the chart of `fan`: the outermost quantiles as the widest band, the middle one as a dashed line."""
    ranked = sorted(fan.quantiles, key=percentile)
    half = len(ranked) // 2
    traces: list[Figure] = []
    for depth, (low, high) in enumerate(zip(ranked[:half], reversed(ranked), strict=False)):
        traces += _band(fan, low, high, "@fannear" if depth else "@fanwide")
    if len(ranked) % 2:
        middle = {"color": "@soft", "width": 1.5, "dash": "dash"}
        traces.append(_line(fan, "Median path", fan.quantiles[ranked[half]], line=middle))
    traces.append(_line(fan, "Realised", fan.realised, line={"color": "@gain", "width": 2}))
    return figure(traces, hovermode=ALL_AT_ONCE, yaxis=axis("Growth of 1", tickformat=".2f"))


def percentile(name: str) -> float:
    """Return the quantile named `5`, `5%`, `p5` or `0.05` in percent."""
    value = float(name.strip("pP% "))
    return value * 100 if 0 < value < 1 else value


def _band(fan: Fan, low: str, high: str, fill: str) -> list[Figure]:
    share, edge = number(percentile(high) - percentile(low), 0), {"width": 0, "color": fill}
    lower = f"{number(percentile(low), 0)} %"
    return [
        _line(fan, lower, fan.quantiles[low], line=edge, showlegend=False),
        _line(fan, f"{share} % of the paths", fan.quantiles[high], line=edge, fill="tonexty", fillcolor=fill),
    ]


def _line(fan: Fan, name: str, values: tuple[float, ...], **style: Any) -> Figure:
    ts, growth = dated_series(fan.days, values)
    return time_line(name, ts, growth, "%{y:.3f}", **style)


def trade_shuffle(record: ValidationRecord) -> Html:
    """Return the max drawdown over other orders of the trades, or that none was tried."""
    shuffle = record.reordering
    if shuffle is None or not shuffle.quantiles:
        return card(_SHUFFLE, remark("The trades were not shuffled."))
    note = (
        f"The max drawdown that so many of {number(shuffle.resamples, 0)} random orders of the trades stay within. "
        "Order changes neither the Sharpe ratio nor the final equity. Only closed P&L is shuffled: losses while a "
        "trade was open are in the max drawdown of the equity, not here."
    )
    deepest = max(shuffle.quantiles, key=percentile)
    rest, edge = number(100 - percentile(deepest), 0), percent(shuffle.quantiles[deepest])
    deeper = f"{rest} % of the orders have a max drawdown above {edge}; observed was {percent(shuffle.observed)}."
    chart = frame(_shuffle_chart(shuffle), "Max drawdown by quantile of orders", 260)
    return card(_SHUFFLE, chart, tag("p", deeper, class_="aside"), note=note)


def _shuffle_chart(shuffle: TradeShuffle) -> Figure:
    names = sorted(shuffle.quantiles, key=percentile)
    values = [shuffle.quantiles[name] for name in names]
    bars: Figure = {"type": "bar", "name": "", "x": [f"{number(percentile(name), 0)} %" for name in names]}
    bars |= {"y": [round(value, 6) for value in values], "text": list(map(percent, values)), "textangle": 0}
    bars |= {"textposition": "inside", "insidetextanchor": "start", "textfont": {"color": "@ink", "size": 12}}
    bars |= {"marker": {"color": "@lossbar", "line": {"color": "@loss", "width": 1}}, "cliponaxis": False}
    bars |= {"hovertemplate": "%{x} of the orders stay within %{y:.1%}"}
    top = max([shuffle.observed, *values, 0.01]) * 1.18
    return figure(
        [bars],
        showlegend=False,
        bargap=0.45,
        xaxis=axis("Share of the orders", type="category"),
        yaxis={"tickformat": ".0%", "range": [0, round(top, 6)]},
        **level(shuffle.observed, f"observed {percent(shuffle.observed)}", "@ink", left=True),
    )
