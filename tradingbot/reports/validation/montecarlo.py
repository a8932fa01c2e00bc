# file: reports/validation/montecarlo.py
"""Monte Carlo: bootstrapped equity paths and the drawdowns of shuffled trades."""

from __future__ import annotations

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.validation.record import Fan, TradeShuffle, ValidationRecord
from tradingbot.reports.charts import Figure, dated_series, frame, millis, plain
from tradingbot.reports.markup import Html, card, tag


def bootstrap_chart(fan: Fan) -> Figure:
    """Return the chart of `fan`: the outermost quantiles as the widest band, the middle one as a dashed line."""
    ranked = sorted(fan.quantiles, key=percentile)
    half = len(ranked) // 2
    traces: list[Figure] = []
    for depth in range(half):
        traces += _band(fan, ranked[depth], ranked[-1 - depth], "@fanwide" if depth == 0 else "@fannear")
    if len(ranked) % 2:
        middle = {"color": "@soft", "width": 1.5, "dash": "dash"}
        traces.append(_line(fan, "Middle path", fan.quantiles[ranked[half]], middle))
    traces.append(_line(fan, "Realised", fan.realised, {"color": "@gain", "width": 2}))
    axis = {"title": {"text": "Growth of 1"}, "tickformat": ".2f"}
    return {"data": traces, "layout": {"yaxis": axis}}


def percentile(name: str) -> float:
    """Return the quantile named `5`, `5%`, `p5` or `0.05` in percent."""
    value = float(name.strip("pP% "))
    return value * 100 if 0 < value < 1 else value


def _band(fan: Fan, low: str, high: str, fill: str) -> list[Figure]:
    share = number(percentile(high) - percentile(low), 0)
    edge = {"width": 0, "color": fill}
    under = _line(fan, f"{number(percentile(low), 0)} %", fan.quantiles[low], edge) | {"showlegend": False}
    over = _line(fan, f"{share} % of the paths", fan.quantiles[high], edge)
    return [under, over | {"fill": "tonexty", "fillcolor": fill}]


def _line(fan: Fan, name: str, values: tuple[float, ...], line: Figure) -> Figure:
    ts, drawn = dated_series(fan.days, values)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": millis(ts),
        "y": plain(drawn),
        "line": line,
        "hovertemplate": "%{y:.3f}",
    }


def shuffle_chart(found: TradeShuffle) -> Figure:
    """Return the quantiles of the deepest fall as bars, the one that happened as a dashed line across."""
    names = sorted(found.quantiles, key=percentile)
    values = [found.quantiles[name] for name in names]
    bars = {
        "type": "bar",
        "x": [f"{number(percentile(name), 0)} %" for name in names],
        "y": [round(value, 6) for value in values],
        "text": [percent(value) for value in values],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "textfont": {"color": "@ink", "size": 12},
        "cliponaxis": False,
        "marker": {"color": "@lossbar", "line": {"color": "@loss", "width": 1}},
        "hovertemplate": "%{x} of the orders fall no deeper than %{y:.1%}",
        "name": "",
    }
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": found.observed, "y1": found.observed}
    line |= {"line": {"color": "@ink", "width": 1.5, "dash": "dash"}}
    note = {"xref": "paper", "x": 0, "xanchor": "left", "y": found.observed, "yanchor": "bottom", "showarrow": False}
    note |= {
        "text": f"as it happened {percent(found.observed)}",
        "font": {"color": "@ink", "size": 12},
        "bgcolor": "@paper",
    }
    top = max([found.observed, *values, 0.01]) * 1.18
    axes = {
        "xaxis": {"type": "category", "title": {"text": "Share of the orders"}},
        "yaxis": {"tickformat": ".0%", "range": [0, round(top, 6)]},
    }
    layout = {"showlegend": False, "hovermode": "closest", "bargap": 0.45, "shapes": [line], "annotations": [note]}
    return {"data": [bars], "layout": layout | axes}


def bootstrapped_paths(record: ValidationRecord) -> Html:
    """Return the fan of bootstrapped paths, or that there is none."""
    title, found = "Where the path might have gone", record.fan
    if found is None or not found.days:
        return card(title, tag("p", "No paths were bootstrapped.", class_="note"), anchor="luck")
    drawn = frame(bootstrap_chart(found), "Fan of bootstrapped paths", 360)
    return card(title, drawn, tag("p", _ends(found), class_="aside"), note=_drawn(found), anchor="luck")


def trade_shuffle(record: ValidationRecord) -> Html:
    """Return the deepest fall over other orders of the trades, or that none was tried."""
    title, found = "The same trades in another order", record.reordering
    if found is None or not found.quantiles:
        return card(title, tag("p", "The trades were not reordered.", class_="note"))
    note = (
        f"Each bar is the fall that so many of {number(found.resamples, 0)} orders stay within. "
        "Order changes neither the Sharpe ratio nor the final equity. Only what trades closed with is reordered: "
        "what they were down in between is in the maximum drawdown, not here."
    )
    chart = frame(shuffle_chart(found), "Deepest fall by quantile of orders", 260)
    return card(title, chart, tag("p", _deeper(found), class_="aside"), note=note)


def _drawn(found: Fan) -> str:
    blocks = f"{number(found.block, 1)} day{'' if found.block == 1 else 's'} on average"
    return f"{number(found.resamples, 0)} paths drawn from the out-of-sample days in blocks of {blocks}."


def _ends(found: Fan) -> str:
    ranked = sorted(found.quantiles, key=percentile)
    if len(ranked) < 2 or not all(found.quantiles[name] for name in ranked):
        return ""
    low, high = ranked[0], ranked[-1]
    share = number(percentile(high) - percentile(low), 0)
    ends = (percent(found.quantiles[name][-1] - 1, 1, sign=True) for name in (low, high))
    return f"{share} % of the paths end between {' and '.join(ends)}."


def _deeper(found: TradeShuffle) -> str:
    deepest = max(found.quantiles, key=percentile)
    rest = number(100 - percentile(deepest), 0)
    edge, was = percent(found.quantiles[deepest]), percent(found.observed)
    return f"{rest} % of the orders fall deeper than {edge}; as it happened, it was {was}."
