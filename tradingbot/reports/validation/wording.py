# file: reports/validation/wording.py
"""Units and words of a validation report: values, limits and intervals in their unit, results as sign and word, run
statistics as table cells.
"""

from __future__ import annotations

from tradingbot.core.messages.formatting import NONE, number, percent
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.portfolio.ratios import LEAST_DAYS, LEAST_TRADES
from tradingbot.core.validation.record import Answer, Criterion, RunStats, ValidationRecord
from tradingbot.reports.markup import Html, greyed, signed, tag

WORDS: dict[str, str] = {
    "pass": "passes",
    "fail": "fails",
    "unsettled": "unsettled",
    "not_applicable": "not applicable",
}
_SIGNS: dict[str, str] = {"pass": "✓", "fail": "✗", "unsettled": "?", "not_applicable": "-"}
ICONS: dict[str, str] = {
    "pass": "M3 8.6 6.4 12 13 4.4",
    "fail": "M4 4 12 12 M12 4 4 12",
    "unsettled": "M5.2 5.8a2.8 2.8 0 1 1 4.3 2.4c-1 .6-1.5 1-1.5 2.1 M8 13v.2",
    "not_applicable": "M4 8 12 8",
}


def small_sample_reason(criterion: Criterion, record: ValidationRecord) -> str:
    """Return why the value of a criterion means little, empty where nothing says so; CVaR needs as many days."""
    name = "sharpe" if criterion.name == "cvar" else criterion.name
    return weakness(record.pooled.measured.unreliable, name)


def in_unit(value: float | None, unit: str) -> str:
    """Return `value` as a count, a share in percent, a p-value, or a ratio of two decimals."""
    if unit == "share":
        return percent(value)
    if unit == "p":
        return "< 0.001" if value is not None and value < 0.001 else number(value, 3)
    return number(value, 0 if unit == "count" else 2)


def limit_text(criterion: Criterion) -> str:
    """Return the limit with the side on which a pass lies."""
    return _side(criterion, criterion.limit)


def default_limit_text(criterion: Criterion) -> str:
    """Return the program's own limit with the side on which a pass lies."""
    return _side(criterion, criterion.own_limit)


def interval(low: float | None, high: float | None, unit: str) -> str:
    """Return `low to high`, an open end as a dash; one dash without either."""
    return NONE if low is None and high is None else f"{in_unit(low, unit)} to {in_unit(high, unit)}"


def relative_change(factor: float) -> str:
    """Return a factor as the change it makes, in percent."""
    return percent(factor - 1, 0, sign=True)


def icon(answer: str) -> Html:
    """Return the sign of an answer as a small drawing in the colour of the text around it."""
    return tag("svg", tag("path", d=ICONS[answer]), class_="icon", viewBox="0 0 16 16", aria_hidden="true")


def pill(answer: Answer) -> Html:
    """Return an answer as sign and word in its colour."""
    return tag("span", icon(answer), WORDS[answer], class_=f"pill {answer}")


def sign_and_word(answer: Answer) -> str:
    """Return an answer as sign and word for a terminal."""
    return f"{_SIGNS[answer]} {WORDS[answer]}"


def capitalised(text: str) -> str:
    """Return a sentence with its first letter large, the rest as it was."""
    return f"{text[:1].upper()}{text[1:]}"


def _side(criterion: Criterion, limit: float) -> str:
    return f"{'≥' if criterion.at_least else '≤'} {in_unit(limit, criterion.unit)}"


STATS_HEADS = [
    ("Trades", "num"),
    ("Net profit", "num"),
    ("Realised", "num"),
    ("Sharpe", "num"),
    ("Profit factor", "num"),
    ("Deepest fall", "num"),
]
STATS_NOTE = (
    "Net profit is the change of equity, positions still open included; realised is that of closed trades. Greyed are"
    f" Sharpe ratios from fewer than {LEAST_DAYS} days and profit factors from fewer than {LEAST_TRADES} trades."
)


def stats_cells(measured: RunStats | None) -> list[str]:
    """Return the cells under `HEADS`; dashes for a run that did not take place."""
    if measured is None:
        return [NONE] * len(STATS_HEADS)
    return [
        number(measured.trades, 0),
        signed(measured.net_pnl, number(measured.net_pnl, 2, sign=True)),
        signed(measured.realised_pnl, number(measured.realised_pnl, 2, sign=True)),
        greyed(number(measured.sharpe), weakness(measured.unreliable, "sharpe")),
        greyed(number(measured.profit_factor), weakness(measured.unreliable, "profit_factor")),
        percent(measured.max_drawdown),
    ]
