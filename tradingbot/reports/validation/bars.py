# file: reports/validation/bars.py
"""Bar charts of Sharpe ratios by fold, by cross-validation path and by stress run."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number
from tradingbot.core.validation.record import Fold, Path, Shock
from tradingbot.reports.charts import Figure
from tradingbot.reports.validation.wording import WORDS

_TONES: dict[str, str] = {"pass": "@pass", "fail": "@fail", "unsettled": "@open", "not_applicable": "@open"}


def fold_bars(folds: Sequence[Fold]) -> Figure:
    """Return what each fold's training showed beside what its test then gave."""
    names = [f"fold {fold.number}" for fold in folds]
    inside = [fold.in_sample_sharpe for fold in folds]
    outside = [fold.test.sharpe for fold in folds]
    traces = [_bars("Out of sample", names, outside, _signed(outside))]
    if any(value is not None for value in inside):
        traces.insert(0, _bars("In sample", names, inside, {"color": "@dull"}, "@ink"))
    return _figure(traces, [*inside, *outside], barmode="group", showlegend=len(traces) > 1)


def path_bars(paths: Sequence[Path]) -> Figure:
    """Return the Sharpe ratio of each path of the combinatorial cross-validation."""
    sharpes = [path.sharpe for path in paths]
    return _figure([_bars("Sharpe", [f"path {path.number}" for path in paths], sharpes, _signed(sharpes))], sharpes)


def shock_bars(shocks: Sequence[Shock], unshocked: float | None) -> Figure:
    """Return the Sharpe ratio under each shock, with its answer, against the `unshocked` one, a dashed line."""
    sharpes = [shock.measured.sharpe for shock in shocks]
    bars = _bars("Sharpe", [shock.name for shock in shocks], sharpes, {"color": [_TONES[one.answer] for one in shocks]})
    bars["text"] = [f"{number(one.measured.sharpe)} {WORDS[one.answer]}" for one in shocks]
    figure = _figure([bars], [*sharpes, unshocked])
    if unshocked is not None:
        dashed = {"color": "@soft", "width": 1.5, "dash": "dash"}
        line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": unshocked, "y1": unshocked, "line": dashed}
        note = {"xref": "paper", "x": 1, "xanchor": "right", "y": unshocked, "yanchor": "bottom", "showarrow": False}
        note |= {"text": f"unshocked {number(unshocked)}", "font": {"color": "@soft", "size": 11}}
        figure["layout"] |= {"shapes": [line], "annotations": [note]}
    return figure


def _bars(name: str, names: list[str], values: list[float | None], marker: Figure, ink: str = "@barink") -> Figure:
    return {
        "type": "bar",
        "name": name,
        "x": names,
        "y": [None if value is None else round(value, 4) for value in values],
        "text": [number(value) for value in values],
        "textposition": _places(values),
        "textangle": 0,
        "insidetextanchor": "end",
        "insidetextfont": {"color": ink, "size": 12},
        "outsidetextfont": {"color": "@soft", "size": 12},
        "cliponaxis": False,
        "marker": marker,
        "hovertemplate": "%{x}: %{y:.2f}",
    }


def _places(values: list[float | None]) -> list[str]:
    # A short bar has its number outside, where there is room; a long one inside, where no line crosses it.
    longest = max((abs(value) for value in values if value is not None), default=0.0)
    return ["inside" if value is not None and abs(value) > longest / 5 else "outside" for value in values]


def _signed(values: list[float | None]) -> Figure:
    return {"color": ["@loss" if value is not None and value < 0 else "@gain" for value in values]}


def _gap(traces: list[Figure]) -> float:
    # A few bars alone on a wide page stay bars.
    return round(max(0.35, 0.95 - 0.1 * len(traces[0]["x"]) * len(traces)), 2)


def _figure(traces: list[Figure], values: list[float | None], **more: object) -> Figure:
    known = [0.0, *(value for value in values if value is not None)]
    low, high = min(known), max(known)
    # Numbers outside of short bars need room on both sides.
    room = 0.12 * (high - low or 1.0)
    scale = [round(low - (room if low < 0 else 0), 4), round(high + room, 4)]
    upward = {"title": {"text": "Sharpe"}, "zeroline": True, "range": scale}
    layout = {"hovermode": "closest", "bargap": _gap(traces), "showlegend": False, "xaxis": {"type": "category"}}
    return {"data": traces, "layout": layout | {"yaxis": upward} | more}
