# file: reports/charts.py
"""Charts: traces and layouts of Plotly figures, downsampling that keeps extremes, drawdown chart, sparkline.

A figure is Plotly's own JSON. Its colours are names such as `@gain`, which the page's script replaces by those of the
style sheet, so that one figure serves light, dark and paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import number
from tradingbot.core.portfolio.drawdown import drawdowns
from tradingbot.core.time import DAY, from_iso
from tradingbot.reports.markup import Html, embedded, tag

if TYPE_CHECKING:
    from tradingbot.core.validation.record import Fold
    from tradingbot.learning.training.record import TrainedFold

Figure = dict[str, Any]

MAX_POINTS = 5000
MAX_MARKERS = 2000
ALL_AT_ONCE = "x unified"
"""The hover mode of lines over time: all values of a moment together."""
_MILLI = 1_000_000
_BLOCKS = "▁▂▃▄▅▆▇█"


def frame(figure: Figure, label: str, height: int = 360) -> Html:
    """Return the place of a chart on the page; `label` says to a screen reader what it shows."""
    plot = tag("div", class_="plot", role="img", aria_label=label, style=f"height:{height}px")
    return tag("figure", plot, embedded(figure), class_="chart")


def figure(traces: Sequence[Figure], **layout: Any) -> Figure:
    """Return a figure; hovering shows the nearest point unless the layout says otherwise."""
    return {"data": list(traces), "layout": {"hovermode": "closest"} | layout}


def axis(title: str, **more: Any) -> Figure:
    """Return an axis with its title."""
    return {"title": {"text": title}, **more}


def scatter(name: str, x: Sequence[Any], y: Sequence[Any], hover: str, mode: str = "markers", **style: Any) -> Figure:
    """Return a trace of markers, lines or both; an empty `hover` leaves it out of hovering."""
    shown = {"hovertemplate": hover} if hover else {"hoverinfo": "skip"}
    return {"type": "scatter", "mode": mode, "name": name, "x": list(x), "y": list(y)} | shown | style


def time_line(name: str, ts: Ints, values: Floats, hover: str, **style: Any) -> Figure:
    """Return a line over time, `ts` int64 ns, downsampled."""
    stamps, drawn = downsample(ts, values, values, values)
    return scatter(name, millis(stamps), plain(drawn), hover, "lines", **style)


def value_bars(
    values: Sequence[float | None], names: Sequence[str], name: str = "Sharpe", ink: str = "@barink", **style: Any
) -> Figure:
    """Return upright bars with their values written on them.

    A short bar has its number outside, where there is room; a long one inside, where no line crosses it.
    """
    longest = max((abs(value) for value in values if value is not None), default=0.0)
    inside = [value is not None and abs(value) > longest / 5 for value in values]
    bars: Figure = {"type": "bar", "name": name, "x": list(names), "y": rounded(values)}
    bars |= {"text": [number(value) for value in values]}
    bars |= {"textposition": ["inside" if within else "outside" for within in inside], "textangle": 0}
    bars |= {"insidetextanchor": "end", "insidetextfont": {"color": ink, "size": 12}, "cliponaxis": False}
    bars |= {"outsidetextfont": {"color": "@soft", "size": 12}, "hovertemplate": "%{x}: %{y:.2f}"}
    return bars | {"marker": {"color": sign_colours(values)}} | style


def sharpe_bars(traces: Sequence[Figure], *levels: float, **layout: Any) -> Figure:
    """Return the figure of one or two rows of `value_bars` of Sharpe ratios; its axis reaches to the `levels` too."""
    known = [0.0, *levels, *(value for trace in traces for value in trace["y"] if value is not None)]
    low, high = min(known), max(known)
    # Numbers outside of short bars need room on both sides; a few bars alone on a wide page stay bars.
    room = 0.12 * (high - low or 1.0)
    upward = axis("Sharpe", zeroline=True, range=[round(low - (room if low < 0 else 0), 4), round(high + room, 4)])
    gap = round(max(0.35, 0.95 - 0.1 * len(traces[0]["x"]) * len(traces)), 2)
    layout = {"showlegend": False} | layout
    return figure(traces, bargap=gap, xaxis={"type": "category"}, yaxis=upward, **layout)


def level(y: float, text: str = "", colour: str = "@soft", left: bool = False, dash: str = "dash") -> Figure:
    """Return the layout of a horizontal line through the whole chart, with `text` on its right or left end."""
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y}
    line |= {"line": {"color": colour, "width": 1.5, "dash": dash}}
    words: Figure = {"xref": "paper", "x": 0 if left else 1, "xanchor": "left" if left else "right", "y": y}
    words |= {"text": text, "font": {"color": colour, "size": 11}, "bgcolor": "@paper"}
    words |= {"yanchor": "bottom", "showarrow": False}
    return {"shapes": [line], "annotations": [words] if text else []}


def fold_windows(folds: Sequence[Fold | TrainedFold], *shapes: Figure) -> Figure:
    """Return the layout that names every fold's test window and shades every other one, over `shapes`.

    A name is at the left edge of its window: at the right one of the last is the bar of buttons.
    """
    shaded, named = list(shapes), []
    for fold in folds:
        start, end = from_iso(fold.test_start) // _MILLI, from_iso(fold.test_end) // _MILLI
        if fold.number % 2:
            window = {"type": "rect", "x0": start, "x1": end, "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
            shaded.append(window | {"fillcolor": "@shade", "line": {"width": 0}})
        place = {"x": start, "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False}
        named.append(place | {"text": f"fold {fold.number}", "font": {"color": "@soft", "size": 11}})
    return {"shapes": shaded, "annotations": named}


def millis(ts: Ints) -> list[int]:
    """Return nanoseconds as the milliseconds Plotly's date axes count in."""
    return [int(stamp) // _MILLI for stamp in ts]


def plain(values: Floats) -> list[float]:
    """Return numbers to eight significant digits: more than a screen shows, and a smaller file."""
    return [float(f"{value:.8g}") for value in values]


def rounded(values: Iterable[float | None], digits: int = 4) -> list[float | None]:
    """Return numbers to so many decimals, None where there is none."""
    return [None if value is None else round(value, digits) for value in values]


def sign_colours(values: Iterable[float | None]) -> list[str]:
    """Return the colour of loss for what is below zero, that of gain for the rest."""
    return ["@loss" if value is not None and value < 0 else "@gain" for value in values]


def downsample(ts: Ints, low: Floats, high: Floats, last: Floats, most: int = MAX_POINTS) -> tuple[Ints, Floats]:
    """Return at most `most` points of a line that still touches every extreme.

    Short series keep their `last` values. Longer ones are cut into equal runs of rows, each of which leaves its lowest
    `low` and its highest `high` in the order they came; the first and the last value stay. `ts` is int64 ns, ascending;
    `low`, `high`, `last` are the range and the end of each row, the same array three times for a bare line.
    """
    if len(ts) <= most:
        return ts, last
    edges = np.linspace(0, len(ts), (most - 2) // 2 + 1).astype(np.int64)
    stamps, values = [ts[:1]], [last[:1]]
    for left, right in pairwise(edges.tolist()):
        bottom, top = left + int(np.argmin(low[left:right])), left + int(np.argmax(high[left:right]))
        pair = [(bottom, low[bottom]), (top, high[top])]
        stamps.append(ts[sorted((bottom, top))])
        values.append(np.array([value for _, value in sorted(pair, key=lambda item: item[0])]))
    return np.concatenate([*stamps, ts[-1:]]), np.concatenate([*values, last[-1:]])


def evenly_sampled(trades: Sequence[Mapping[str, Any]], most: int = MAX_MARKERS) -> list[Mapping[str, Any]]:
    """Return `most` trades spread evenly over the list, for charts that would mislead without the small ones."""
    rows = np.unique(np.linspace(0, len(trades) - 1, min(most, len(trades))).round().astype(np.int64))
    return [trades[row] for row in rows.tolist()]


def largest_by_pnl(trades: Sequence[Mapping[str, Any]], most: int = MAX_MARKERS) -> list[Mapping[str, Any]]:
    """Return the `most` trades that made or lost most, in their old order."""
    kept = sorted(range(len(trades)), key=lambda row: (-abs(trades[row]["pnl"]), row))[:most]
    return [trades[row] for row in sorted(kept)]


def dated_series(days: Sequence[str], values: Sequence[float]) -> tuple[Ints, Floats]:
    """Return ISO days as int64 ns and their values as float64, aligned at the last day.

    A series one longer than its days has its starting value in front, which is drawn a day before the first.
    """
    ts = np.array(days, dtype="datetime64[D]").astype("datetime64[ns]").astype(np.int64)
    if len(ts) and len(values) == len(ts) + 1:
        ts = np.concatenate([ts[:1] - DAY, ts])
    both = min(len(ts), len(values))
    return ts[len(ts) - both :], np.array(values, dtype=np.float64)[len(values) - both :]


def drawdown_chart(ts: Ints, equity: Floats) -> Figure:
    """Return the underwater chart: equity below its running peak, a fraction of the peak; `ts` are int64 ns."""
    depth = -drawdowns(equity)
    line = {"color": "@loss", "width": 1.5}
    area = time_line("Drawdown", ts, depth, "%{y:.2%}", line=line, fill="tozeroy", fillcolor="@lossfill")
    deepest = min(float(depth.min(initial=0.0)), -0.01)
    scale = {"tickformat": ".0%" if deepest < -0.05 else ".1%", "range": [round(deepest * 1.08, 6), 0]}
    return figure([area], hovermode=ALL_AT_ONCE, showlegend=False, yaxis=scale)


def sparkline(values: Floats, width: int) -> str:
    """Return `values` as a row of block characters for a terminal, the lowest as the smallest; empty without values."""
    if not len(values):
        return ""
    picked = values[np.linspace(0, len(values) - 1, min(width, len(values))).round().astype(np.int64)]
    span = np.ptp(picked) or 1.0
    levels = np.round((picked - picked.min()) / span * (len(_BLOCKS) - 1)).astype(np.int64)
    return "".join(_BLOCKS[level] for level in levels)
