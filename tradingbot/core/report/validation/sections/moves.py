# file: core/report/validation/sections/moves.py
"""What becomes of the result when its parameters are moved a little: a peak that stands alone is luck."""

from __future__ import annotations

from tradingbot.core.report.charts.figure import frame
from tradingbot.core.report.markup import Html, card, signed, table, tag
from tradingbot.core.report.phrase import number
from tradingbot.core.report.validation.charts.tornado import JOINT, change, ranked, tornado_chart, tornado_height
from tradingbot.core.report.validation.record import Perturbation, ValidationRecord
from tradingbot.core.report.validation.sections.manner import HEADS, WEAK, manner
from tradingbot.core.report.validation.wording import moved, pill

__all__ = ["moves"]

_TITLE = "Moved parameters"


def moves(record: ValidationRecord) -> Html:
    """Return the tornado with its table, the refused moves listed, or that nothing was moved."""
    found = record.perturbations
    if not found:
        return card(_TITLE, tag("p", "No parameter was moved.", class_="note"), anchor="moves")
    before = record.whole.sharpe
    note = f"Every bar is a run of its own over all data; unmoved, the Sharpe ratio is {number(before)}. {WEAK}"
    parts = [_judged(record), *_chart(found, before), _table(found, before), *_refused(found)]
    return card(_TITLE, *parts, note=note, anchor="moves")


def _judged(record: ValidationRecord) -> Html:
    return tag("p", pill(record.perturbation_answer), " ", record.perturbation_criterion, class_="judged")


def _chart(found: tuple[Perturbation, ...], before: float | None) -> list[Html]:
    if all(change(item, before) is None for item in found):
        return []
    return [frame(tornado_chart(found, before), "Change of the Sharpe ratio by move", tornado_height(found))]


def _table(found: tuple[Perturbation, ...], before: float | None) -> Html:
    heads = [("Parameter", ""), ("Moved", "num"), ("To", "words"), ("Change of Sharpe", "num"), *HEADS]
    rows = [_row(item, before) for item in ranked(found, before) if item.measured is not None]
    title = f"The {number(len(rows), 0)} runs as a table"
    return tag("details", tag("summary", title), table(heads, rows, "Moved parameters"))


def _row(item: Perturbation, before: float | None) -> list[str]:
    gap = change(item, before)
    name = JOINT if item.parameter == "all" else item.parameter
    changed = signed(gap, number(gap, 2, sign=True))
    return [name, moved(item.factor), tag("code", item.value), changed, *manner(item.measured)]


def _refused(found: tuple[Perturbation, ...]) -> list[Html]:
    refused = [item for item in found if item.measured is None]
    if not refused:
        return []
    lines = [
        tag(
            "li",
            tag("strong", f"{item.parameter} {moved(item.factor)}"),
            f" (to {item.value}): {item.refused or 'not run'}",
        )
        for item in refused
    ]
    return [tag("h3", "Not allowed, so not run"), tag("ul", *lines, class_="refused")]
