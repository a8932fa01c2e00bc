# file: reports/validation/stress.py
"""Stress tests: parameter sensitivity (tornado), cost and latency stress, volatility regimes."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number
from tradingbot.core.validation.record import Perturbation, Shock, ValidationRecord
from tradingbot.reports.answers import STYLES, pill
from tradingbot.reports.charts import Figure, axis, figure, frame, level, sharpe_bars, sign_colours, value_bars
from tradingbot.reports.markup import Html, card, details, remark, signed, table, tag
from tradingbot.reports.validation.wording import STATS_HEADS, STATS_NOTE, regime_title, relative_change, stats_cells

_SENSITIVITY = "Parameter sensitivity"
_SHOCKS = "Cost and latency stress"
_REGIMES = "Volatility regimes"
_JUDGED = [("Threshold", "words"), ("Result", "")]


def parameter_sensitivity(record: ValidationRecord) -> Html:
    """Return the tornado with its table, the refused perturbations listed, or that nothing was perturbed."""
    runs, before = record.perturbations, record.whole.sharpe
    if not runs:
        return card(_SENSITIVITY, remark("No parameter was perturbed."), anchor="sensitivity")
    note = f"Every bar is a run of its own over all data; unchanged, the Sharpe ratio is {number(before)}. {STATS_NOTE}"
    result = tag("p", pill(record.perturbation_answer), " ", record.perturbation_criterion, class_="judged")
    height = 90 + 22 * sum(item.measured is not None for item in runs)
    known = any(sharpe_change(item, before) is not None for item in runs)
    drawn = frame(tornado_chart(runs, before), "Change of the Sharpe ratio by parameter", height) if known else None
    heads = [("Parameter", ""), ("Change", "num"), ("To", "words"), ("Change of Sharpe", "num"), *STATS_HEADS]
    rows = [_row(item, before) for item in ranked_perturbations(runs, before) if item.measured is not None]
    written = details(f"The {number(len(rows), 0)} runs as a table", table(heads, rows, _SENSITIVITY))
    return card(_SENSITIVITY, result, drawn, written, *_refused(runs), note=note, anchor="sensitivity")


def sharpe_change(item: Perturbation, before: float | None) -> float | None:
    """Return the Sharpe ratio of the perturbed run less the one `before`; None where either is undefined."""
    if item.measured is None or item.measured.sharpe is None or before is None:
        return None
    return item.measured.sharpe - before


def ranked_perturbations(items: Sequence[Perturbation], before: float | None) -> list[Perturbation]:
    """Return the runs by parameter, the largest change first and the joint ones at the end, then by factor."""
    widest: dict[str, float] = {}
    for item in items:
        widest[item.parameter] = max(widest.get(item.parameter, 0.0), abs(sharpe_change(item, before) or 0.0))
    return sorted(
        items, key=lambda item: (item.parameter == "all", -widest[item.parameter], item.parameter, item.factor)
    )


def tornado_chart(items: Sequence[Perturbation], before: float | None) -> Figure:
    """Return a bar for each perturbation that ran, in the order of `ranked_perturbations`."""
    drawn = {}
    for item in ranked_perturbations(items, before):
        if (gap := sharpe_change(item, before)) is not None:
            drawn[f"{_parameter(item)} {relative_change(item.factor)}"] = gap
    gaps = list(drawn.values())
    bars: Figure = {"type": "bar", "orientation": "h", "x": [round(gap, 4) for gap in gaps], "y": list(drawn)}
    bars |= {"text": [number(gap, 2, sign=True) for gap in gaps], "textposition": "outside", "cliponaxis": False}
    bars |= {"textfont": {"color": "@soft", "size": 11}, "marker": {"color": sign_colours(gaps)}}
    # Beside the longest bars, and beside zero, there is room for a number.
    low, high = min([0.0, *gaps]), max([0.0, *gaps])
    room = max(high - low, 0.05) * 0.13
    scale = [round(low - room, 4), round(high + room, 4)]
    across = axis("Change of Sharpe", type="linear", range=scale, showgrid=True, zeroline=True)
    upward = {"type": "category", "autorange": "reversed", "showgrid": False}
    trace = bars | {"hovertemplate": "%{y}: %{x:+.2f}"}
    return figure([trace], showlegend=False, bargap=0.3, xaxis=across, yaxis=upward)


def _row(item: Perturbation, before: float | None) -> list[str]:
    gap = sharpe_change(item, before)
    changed = signed(gap, number(gap, 2, sign=True))
    return [
        *(_parameter(item), relative_change(item.factor), tag("code", item.value), changed),
        *stats_cells(item.measured),
    ]


def _parameter(item: Perturbation) -> str:
    return "all together" if item.parameter == "all" else item.parameter


def _refused(items: Sequence[Perturbation]) -> list[Html]:
    lines = []
    for item in (item for item in items if item.measured is None):
        name = tag("strong", f"{item.parameter} {relative_change(item.factor)}")
        lines.append(tag("li", name, f" (to {item.value}): {item.refused or 'not run'}"))
    return [tag("h3", "Not allowed, so not run"), tag("ul", *lines, class_="refused")] if lines else []


def shocks(record: ValidationRecord) -> Html:
    """Return the cost and latency shocks as bars and table, or that there was none."""
    if not record.shocks:
        return card(_SHOCKS, remark("No shock was run."), anchor="shocks")
    heads = [("Shock", ""), ("Factor", "num"), *STATS_HEADS, *_JUDGED]
    rows = [["None", "1", *stats_cells(record.whole), "", ""]]
    for shock in record.shocks:
        cells = [*stats_cells(shock.measured), shock.reason or shock.criterion, pill(shock.answer)]
        rows.append([shock.name, f"{shock.factor:g}", *cells])
    known = any(shock.measured.sharpe is not None for shock in record.shocks)
    chart = frame(_shock_bars(record.shocks, record.whole.sharpe), "Sharpe ratio by shock", 270) if known else None
    note = (
        "The whole backtest again with higher slippage, latency or fees. A shock that changed no trade and no day is"
        f" not applicable: it says nothing for the strategy and nothing against it. {STATS_NOTE}"
    )
    return card(_SHOCKS, chart, table(heads, rows, "Shocks"), note=note, anchor="shocks")


def _shock_bars(shocks: Sequence[Shock], unshocked: float | None) -> Figure:
    sharpes, styles = [shock.measured.sharpe for shock in shocks], [STYLES[shock.answer] for shock in shocks]
    texts = [f"{number(sharpe)} {style.word}" for sharpe, style in zip(sharpes, styles, strict=True)]
    colours = {"color": [style.chart for style in styles]}
    bars = value_bars(sharpes, [shock.name for shock in shocks], text=texts, marker=colours)
    if unshocked is None:
        return sharpe_bars([bars])
    return sharpe_bars([bars], unshocked, **level(unshocked, f"unshocked {number(unshocked)}"))


def regimes(record: ValidationRecord) -> Html:
    """Return the volatility regimes as a table, or that there was none."""
    if not record.regimes:
        return card(_REGIMES, remark("The days were not cut by regime."), anchor="regimes")
    heads = [("Regime", ""), ("Days", "num"), *STATS_HEADS, *_JUDGED]
    rows = []
    for one in record.regimes:
        rows.append(
            [regime_title(one.name), number(one.days, 0), *stats_cells(one.measured), one.criterion, pill(one.answer)]
        )
    note = (
        "Out-of-sample days by the volatility known on the morning of each, quartile 1 the lowest; nothing later is"
        f" looked at. {STATS_NOTE}"
    )
    return card(_REGIMES, table(heads, rows, "Regimes"), note=note, anchor="regimes")
