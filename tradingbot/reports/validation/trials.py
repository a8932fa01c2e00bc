# file: reports/validation/trials.py
"""Multiple testing: the trials of the ledger and the expected max Sharpe under the null; PSR, DSR, PBO, MinTRL as
diagnostics that do not decide.
"""

from __future__ import annotations

from tradingbot.core.messages.formatting import NONE, number, percent, when
from tradingbot.core.validation.record import Diagnostics, TrialsSeen, ValidationRecord
from tradingbot.reports.markup import Html, card, table, tag
from tradingbot.reports.validation.wording import in_unit

_NOTE = (
    "Whoever tries enough worthless strategies finds one that shines. So all trials on these markets and days count."
)
_BAR = 90


def trials(record: ValidationRecord) -> Html:
    """Return the counts, the corrected p-value and the strongest rivals."""
    seen = record.trials
    parts = [_tiles(seen), tag("p", _said(seen), class_="aside"), *_rivals(record)]
    head = tag("p", "Head of the ledger ", tag("code", seen.head or NONE), class_="note")
    return card("Trials in the ledger", *parts, head, note=_NOTE, anchor="trials")


def _tiles(seen: TrialsSeen) -> Html:
    tiles = (
        ("On record", number(seen.recorded, 0), "rows on these markets and days"),
        ("Counted", number(seen.counted, 0), "distinct, in the correction"),
        ("Alone", in_unit(seen.own_p, "p"), "p, were this the only trial"),
        ("Corrected", in_unit(seen.adjusted_p, "p"), "p, with all trials counted"),
    )
    written = (
        tag(
            "div",
            tag("p", title, class_="title"),
            tag("p", value, class_="value"),
            tag("p", note, class_="note"),
            class_="tile",
        )
        for title, value, note in tiles
    )
    return tag("div", *written, class_="tiles")


def _said(seen: TrialsSeen) -> str:
    if seen.adjusted_p is None:
        return "There was too little data for a corrected p-value."
    share = f"in a share of {in_unit(seen.adjusted_p, 'p')} of the draws."
    if seen.counted == 1:
        times = number(seen.resamples, 0)
        return f"Stripped of its mean and redrawn {times} times, the candidate alone reached its own t {share}"
    return (
        f"All {number(seen.counted, 0)} were stripped of their mean and redrawn together "
        f"{number(seen.resamples, 0)} times; "
        f"the best of them reached this candidate's t {share}"
    )


def _rivals(record: ValidationRecord) -> list[Html]:
    seen = record.trials
    if not seen.strongest:
        return []
    most = max(abs(t) for t in (seen.t or 0.0, 1e-9, *(one.t for one in seen.strongest)))
    ranked = [(one.t, [one.label, _t(one.t, most), one.who, one.purpose, when(one.when)]) for one in seen.strongest]
    if seen.t is not None:
        ranked.append((seen.t, [tag("strong", f"{record.candidate} (this one)"), _t(seen.t, most, "own"), "", "", ""]))
    rows = [row for _, row in sorted(ranked, key=lambda item: -item[0])]
    heads = [("Trial", "words"), ("t", "bar"), ("Who", ""), ("Why", ""), ("When", "")]
    return [tag("h3", "Strongest rivals"), table(heads, rows, "Strongest rivals")]


def _t(value: float, most: float, kind: str = "other") -> Html:
    width = f"{max(abs(value) / most * _BAR, 1):.1f}"
    bar = tag("rect", x="0", y="2", width=width, height="9", rx="2", class_="down" if value < 0 else kind)
    drawn = tag("svg", bar, class_="tbar", viewBox=f"0 0 {_BAR} 13", aria_hidden="true")
    return tag("span", drawn, number(value, 2, sign=True))


DIAGNOSTICS_NOTE = (
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
    return card("Diagnostics", tag("dl", *rows, class_="diagnostics"), note=DIAGNOSTICS_NOTE, anchor="diagnostics")


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
