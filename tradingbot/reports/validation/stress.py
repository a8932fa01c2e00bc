# file: reports/validation/stress.py
"""Stress tests: parameter sensitivity (tornado), cost and latency shocks, volatility regimes."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number
from tradingbot.core.validation.record import Perturbation, Shock, ValidationRecord
from tradingbot.reports.charts import Figure, frame
from tradingbot.reports.markup import Html, card, signed, table, tag
from tradingbot.reports.validation.bars import shock_bars
from tradingbot.reports.validation.wording import STATS_HEADS, STATS_NOTE, pill, relative_change, stats_cells

ALL_TOGETHER = "all together"


def sharpe_change(item: Perturbation, before: float | None) -> float | None:
    """Return the Sharpe ratio of the moved run less the one `before`; None where either is undefined."""
    if item.measured is None or item.measured.sharpe is None or before is None:
        return None
    return item.measured.sharpe - before


def ranked_perturbations(items: Sequence[Perturbation], before: float | None) -> list[Perturbation]:
    """Return the runs by parameter, the largest change first and the joint moves at the end, then by factor."""
    widest: dict[str, float] = {}
    for item in items:
        widest[item.parameter] = max(widest.get(item.parameter, 0.0), abs(sharpe_change(item, before) or 0.0))
    return sorted(
        items, key=lambda item: (item.parameter == "all", -widest[item.parameter], item.parameter, item.factor)
    )


def tornado_chart(items: Sequence[Perturbation], before: float | None) -> Figure:
    """Return a bar for each move that ran, in the order of `ranked`."""
    drawn = [
        (item, gap) for item in ranked_perturbations(items, before) if (gap := sharpe_change(item, before)) is not None
    ]
    gaps = [gap for _, gap in drawn]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [
            f"{ALL_TOGETHER if item.parameter == 'all' else item.parameter} {relative_change(item.factor)}"
            for item, _ in drawn
        ],
        "x": [round(gap, 4) for gap in gaps],
        "text": [number(gap, 2, sign=True) for gap in gaps],
        "textposition": "outside",
        "textfont": {"color": "@soft", "size": 11},
        "cliponaxis": False,
        "marker": {"color": ["@loss" if gap < 0 else "@gain" for gap in gaps]},
        "hovertemplate": "%{y}: %{x:+.2f}",
    }
    across = {"type": "linear", "title": {"text": "Change of Sharpe"}, "range": _range(gaps), "showgrid": True}
    across |= {"zeroline": True}
    layout = {"showlegend": False, "hovermode": "closest", "bargap": 0.3, "xaxis": across}
    return {
        "data": [bars],
        "layout": layout | {"yaxis": {"type": "category", "autorange": "reversed", "showgrid": False}},
    }


def _range(gaps: Sequence[float]) -> list[float]:
    low, high = min([0.0, *gaps]), max([0.0, *gaps])
    # Beside the longest bars, and beside nought, there is room for a number.
    room = max(high - low, 0.05) * 0.13
    return [round(low - room, 4), round(high + room, 4)]


def tornado_height(items: Sequence[Perturbation]) -> int:
    """Return the height in pixels that leaves every bar its line."""
    return 90 + 22 * sum(item.measured is not None for item in items)


_TITLE = "Moved parameters"


def parameter_sensitivity(record: ValidationRecord) -> Html:
    """Return the tornado with its table, the refused moves listed, or that nothing was moved."""
    found = record.perturbations
    if not found:
        return card(_TITLE, tag("p", "No parameter was moved.", class_="note"), anchor="moves")
    before = record.whole.sharpe
    note = f"Every bar is a run of its own over all data; unmoved, the Sharpe ratio is {number(before)}. {STATS_NOTE}"
    parts = [_judged(record), *_chart(found, before), _table(found, before), *_refused(found)]
    return card(_TITLE, *parts, note=note, anchor="moves")


def _judged(record: ValidationRecord) -> Html:
    return tag("p", pill(record.perturbation_answer), " ", record.perturbation_criterion, class_="judged")


def _chart(found: tuple[Perturbation, ...], before: float | None) -> list[Html]:
    if all(sharpe_change(item, before) is None for item in found):
        return []
    return [frame(tornado_chart(found, before), "Change of the Sharpe ratio by move", tornado_height(found))]


def _table(found: tuple[Perturbation, ...], before: float | None) -> Html:
    heads = [("Parameter", ""), ("Moved", "num"), ("To", "words"), ("Change of Sharpe", "num"), *STATS_HEADS]
    rows = [_row(item, before) for item in ranked_perturbations(found, before) if item.measured is not None]
    title = f"The {number(len(rows), 0)} runs as a table"
    return tag("details", tag("summary", title), table(heads, rows, "Moved parameters"))


def _row(item: Perturbation, before: float | None) -> list[str]:
    gap = sharpe_change(item, before)
    name = ALL_TOGETHER if item.parameter == "all" else item.parameter
    changed = signed(gap, number(gap, 2, sign=True))
    return [name, relative_change(item.factor), tag("code", item.value), changed, *stats_cells(item.measured)]


def _refused(found: tuple[Perturbation, ...]) -> list[Html]:
    refused = [item for item in found if item.measured is None]
    if not refused:
        return []
    lines = [
        tag(
            "li",
            tag("strong", f"{item.parameter} {relative_change(item.factor)}"),
            f" (to {item.value}): {item.refused or 'not run'}",
        )
        for item in refused
    ]
    return [tag("h3", "Not allowed, so not run"), tag("ul", *lines, class_="refused")]


_JUDGED = [("Must hold", "words"), ("Answer", "")]


def shocks(record: ValidationRecord) -> Html:
    """Return the shocks as bars and table, or that there was none."""
    title, found = "Dearer trading", record.shocks
    if not found:
        return card(title, tag("p", "No shock was run.", class_="note"), anchor="shocks")
    heads = [("Shock", ""), ("Times", "num"), *STATS_HEADS, *_JUDGED]
    unshocked = ["None", "1", *stats_cells(record.whole), "", ""]
    rows = [unshocked, *(_shock(shock) for shock in found)]
    known = any(shock.measured.sharpe is not None for shock in found)
    chart = frame(shock_bars(found, record.whole.sharpe), "Sharpe ratio by shock", 270) if known else None
    note = (
        "The whole backtest again with dearer slippage, slower orders or higher fees. A shock that changed no trade and"
        f" no day is not applicable: it says nothing for the strategy and nothing against it. {STATS_NOTE}"
    )
    return card(title, chart, table(heads, rows, "Shocks"), note=note, anchor="shocks")


def regimes(record: ValidationRecord) -> Html:
    """Return the regimes as a table, or that there was none."""
    title, found = "Calm and stormy markets", record.regimes
    if not found:
        return card(title, tag("p", "The days were not cut by regime.", class_="note"), anchor="regimes")
    heads = [("Regime", ""), ("Days", "num"), *STATS_HEADS, *_JUDGED]
    rows = [
        [one.name, number(one.days, 0), *stats_cells(one.measured), one.criterion, pill(one.answer)] for one in found
    ]
    note = (
        "Out-of-sample days by the volatility known on the morning of each; nothing later is looked at. " + STATS_NOTE
    )
    return card(title, table(heads, rows, "Regimes"), note=note, anchor="regimes")


def _shock(shock: Shock) -> list[str]:
    return [
        shock.name,
        f"{shock.factor:g}",
        *stats_cells(shock.measured),
        shock.reason or shock.criterion,
        pill(shock.answer),
    ]
