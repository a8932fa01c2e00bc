# file: core/report/validation/sections/diagnostics.py
"""Known numbers of the literature with one plain sentence each, and a warning not to decide by them."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, card, tag
from tradingbot.core.report.phrase import NONE, number, percent
from tradingbot.core.report.validation.record import Diagnostics, ValidationRecord

__all__ = ["UNDECISIVE", "diagnostics"]

UNDECISIVE = (
    "These do not decide. Measured on noise, some let too much through and others nearly nothing; they are here "
    "because readers know them."
)

_SENTENCES = {
    "PSR": "Probabilistic Sharpe ratio: the chance that the true one is above nought, were this the only trial.",
    "DSR": "Deflated Sharpe ratio: the chance that the true one is above what the luckiest worthless trial would show.",
    "Luckiest noise": "The Sharpe ratio that the best of as many worthless trials is expected to show.",
    "PBO": "Probability of backtest overfitting: how often the best on half the days is below the middle on the rest.",
    "MinTRL": "Minimum track record: days until a Sharpe ratio like this one is told from nought, 95 times in 100.",
    "MinBTL": "Minimum backtest: with fewer years, the best of as many worthless trials is expected to reach Sharpe 1.",
    "Error of Sharpe": "One standard error of the yearly Sharpe ratio, allowing for days that resemble the day before.",
    "Autocorrelation": "How much a day resembles the day before: nought is not at all, more flatters the Sharpe ratio.",
}


def diagnostics(record: ValidationRecord) -> Html:
    """Return the numbers, each beside what it means."""
    rows = [
        tag("div", tag("dt", tag("span", name), tag("strong", text)), tag("dd", _SENTENCES[name]))
        for name, text in _values(record.diagnostics).items()
    ]
    return card("Diagnostics", tag("dl", *rows, class_="diagnostics"), note=UNDECISIVE, anchor="diagnostics")


def _values(found: Diagnostics) -> dict[str, str]:
    return {
        "PSR": percent(found.psr),
        "DSR": percent(found.dsr),
        "Luckiest noise": number(found.expected_max_sharpe),
        "PBO": percent(found.pbo),
        "MinTRL": _length(found.min_track_record_days, "days", 0),
        "MinBTL": _length(found.min_backtest_years, "years", 1),
        "Error of Sharpe": NONE if found.sharpe_se is None else f"± {number(found.sharpe_se)}",
        "Autocorrelation": number(found.autocorrelation, 3, sign=True),
    }


def _length(value: float | None, unit: str, digits: int) -> str:
    return NONE if value is None else f"{number(value, digits)} {unit}"
