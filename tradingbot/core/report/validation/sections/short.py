# file: core/report/validation/sections/short.py
"""The whole report in one paragraph for a reader who stops there, and the way to the parts for one who does not."""

from __future__ import annotations

from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.report.markup import Html, card, signed, tag
from tradingbot.core.report.phrase import number, percent
from tradingbot.core.report.validation.record import ValidationRecord
from tradingbot.core.report.validation.wording import in_unit

__all__ = ["PARTS", "contents", "in_short"]

# Anchor and what the link to it says, in the order of the page.
PARTS = (
    ("criteria", "Criteria"),
    ("growth", "Out of sample"),
    ("luck", "Luck of the path"),
    ("folds", "Folds"),
    ("moves", "Moved parameters"),
    ("shocks", "Dearer trading"),
    ("regimes", "Regimes"),
    ("trials", "Trials"),
    ("diagnostics", "Diagnostics"),
    ("repeat", "Run it again"),
)


def in_short(record: ValidationRecord) -> Html:
    """Return the paragraph."""
    return card("In short", tag("p", *_growth(record), *_evidence(record), *_searched(record), class_="lead"))


def contents() -> Html:
    """Return links to the parts of the page."""
    links = (tag("a", title, href=f"#{anchor}") for anchor, title in PARTS)
    return tag("nav", *links, class_="wide contents", aria_label="Parts of this report")


def _growth(record: ValidationRecord) -> list[str]:
    pooled = record.pooled
    measured = pooled.measured
    if not measured.trades:
        return ["Nothing was traded on the days it was tested on. "]
    parts: list[str] = [f"On the days it was tested on, {_count(measured.trades, 'trade')}"]
    if pooled.growth:
        grown = pooled.growth[-1] - 1
        parts += [" changed the account by ", tag("strong", signed(grown, percent(grown, 1, sign=True)))]
    parts.append(f" (net profit {_money(measured.net_pnl)}, {_money(measured.realised_pnl)} of it realised)")
    sharpe = "an undefined Sharpe ratio" if measured.sharpe is None else f"a Sharpe ratio of {number(measured.sharpe)}"
    if weak := weakness(measured.unreliable, "sharpe"):
        sharpe += f" ({weak} for it to mean something)"
    return [*parts, f" with {sharpe} and a deepest fall of {percent(measured.max_drawdown)}. "]


def _evidence(record: ValidationRecord) -> list[str]:
    pooled = record.pooled
    if not pooled.measured.trades:
        return []
    said = f"Because trades overlap and resemble each other, they weigh as much as {number(pooled.effective_trades, 0)}"
    return [f"{said} independent ones. "]


def _searched(record: ValidationRecord) -> list[str]:
    seen = record.trials
    chance = tag("strong", in_unit(seen.adjusted_p, "p"))
    if seen.adjusted_p is not None and seen.counted == 1:
        return ["No other trial is on record; the chance that a worthless one looks this good is ", chance, "."]
    are = "is" if seen.counted == 1 else "are"
    tried = f"{_count(seen.counted, 'trial')} of this market and period {are} on record"
    if seen.adjusted_p is None:
        return [f"{tried}; whether luck alone explains the result could not be computed."]
    return [f"{tried}; the chance that the luckiest of as many worthless ones looks this good is ", chance, "."]


def _money(value: float) -> str:
    return number(value, 2, sign=True)


def _count(value: int, noun: str) -> str:
    return f"{number(value, 0)} {noun}{'' if value == 1 else 's'}"
