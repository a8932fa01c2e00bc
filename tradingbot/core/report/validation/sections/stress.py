# file: core/report/validation/sections/stress.py
"""Dearer trading and other markets: runs that have to hold too, each with its own line to hold."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, table, tag
from tradingbot.core.report.phrase import number
from tradingbot.core.report.validation.charts.bars import shock_bars
from tradingbot.core.report.validation.record import Shock, ValidationRecord
from tradingbot.core.report.validation.sections.manner import HEADS, WEAK, manner
from tradingbot.core.report.validation.wording import pill

__all__ = ["regimes", "shocks"]

_JUDGED = [("Must hold", "words"), ("Answer", "")]


def shocks(record: ValidationRecord) -> Html:
    """Return the shocks as bars and table, or that there was none."""
    title, found = "Dearer trading", record.shocks
    if not found:
        return card(title, tag("p", "No shock was run.", class_="note"), anchor="shocks")
    heads = [("Shock", ""), ("Times", "num"), *HEADS, *_JUDGED]
    unshocked = ["None", "1", *manner(record.whole), "", ""]
    rows = [unshocked, *(_shock(shock) for shock in found)]
    known = any(shock.measured.sharpe is not None for shock in found)
    chart = frame(shock_bars(found, record.whole.sharpe), "Sharpe ratio by shock", 270) if known else None
    note = (
        "The whole backtest again with dearer slippage, slower orders or higher fees. A shock that changed no trade and"
        f" no day is not applicable: it says nothing for the strategy and nothing against it. {WEAK}"
    )
    return card(title, chart, table(heads, rows, "Shocks"), note=note, anchor="shocks")


def regimes(record: ValidationRecord) -> Html:
    """Return the regimes as a table, or that there was none."""
    title, found = "Calm and stormy markets", record.regimes
    if not found:
        return card(title, tag("p", "The days were not cut by regime.", class_="note"), anchor="regimes")
    heads = [("Regime", ""), ("Days", "num"), *HEADS, *_JUDGED]
    rows = [[one.name, number(one.days, 0), *manner(one.measured), one.criterion, pill(one.answer)] for one in found]
    note = "Out-of-sample days by the volatility known on the morning of each; nothing later is looked at. " + WEAK
    return card(title, table(heads, rows, "Regimes"), note=note, anchor="regimes")


def _shock(shock: Shock) -> list[str]:
    return [
        shock.name,
        f"{shock.factor:g}",
        *manner(shock.measured),
        shock.reason or shock.criterion,
        pill(shock.answer),
    ]
