# file: reports/validation/trials.py
"""Multiple testing: the trial ledger, top competing trials, expected max Sharpe under the null; PSR, DSR, PBO, MinTRL.

The latter are diagnostics that do not decide.
"""

from __future__ import annotations

from tradingbot.core.messages.formatting import NONE, number, percent, when
from tradingbot.core.validation.record import Diagnostics, TrialsSeen, ValidationRecord
from tradingbot.reports.markup import Html, card, table, tag, tiles
from tradingbot.reports.validation.wording import in_unit

DIAGNOSTICS_NOTE = (
    "These do not decide. Measured on noise, some let too much through and others nearly nothing; they are here "
    "because readers know them."
)
_BAR = 90
_NOTE = (
    "Among enough strategies without an edge one looks good by chance. So all trials on these markets and days count."
)
_SENTENCES = {
    "PSR": "Probabilistic Sharpe ratio: the probability that the true one is above zero, were this the only trial.",
    "DSR": "Deflated Sharpe ratio: the probability that the true one is above the expected max Sharpe under the null.",
    "Expected max Sharpe under the null": "The Sharpe ratio expected of the best of as many trials without an edge.",
    "PBO": "Probability of backtest overfitting: how often the best on half the days is below the median on the rest.",
    "MinTRL": "Minimum track record: days until such a Sharpe ratio is significantly different from zero (95 %).",
    "MinBTL": "Minimum backtest length: with fewer years, the best of as many trials without an edge reaches Sharpe 1.",
    "Standard error": "One standard error of the annual Sharpe ratio, allowing for autocorrelation.",
    "Autocorrelation": "Of daily returns, lag 1: zero is none, a positive one flatters the Sharpe ratio.",
}


def trials(record: ValidationRecord) -> Html:
    """Return the counts, the adjusted p-value and the top competing trials."""
    seen = record.trials
    head = tiles(
        ("On record", number(seen.recorded, 0), "rows on these markets and days"),
        ("Counted", number(seen.counted, 0), "distinct, in the correction"),
        ("Unadjusted p-value", in_unit(seen.own_p, "p"), "were this the only trial"),
        ("Adjusted p-value", in_unit(seen.adjusted_p, "p"), "with all trials counted"),
    )
    ledger = tag("p", "Ledger hash ", tag("code", seen.head or NONE), class_="note")
    test = tag("p", _test(seen), class_="aside")
    return card("Trial ledger", head, test, *_competing(record), ledger, note=_NOTE, anchor="trials")


def _test(seen: TrialsSeen) -> str:
    if seen.adjusted_p is None:
        return "There was too little data for an adjusted p-value."
    share, draws = f"in a share of {in_unit(seen.adjusted_p, 'p')} of the draws.", number(seen.resamples, 0)
    if seen.counted == 1:
        return f"Centred and redrawn {draws} times, the candidate alone reached its own t {share}"
    return (
        f"All {number(seen.counted, 0)} were centred and redrawn together {draws} times; the best of them reached this"
        f" candidate's t {share}"
    )


def _competing(record: ValidationRecord) -> list[Html]:
    seen = record.trials
    if not seen.strongest:
        return []
    most = max(abs(t) for t in (seen.t or 0.0, 1e-9, *(one.t for one in seen.strongest)))
    ranked = [(one.t, [one.label, _t(one.t, most), one.who, one.purpose, when(one.when)]) for one in seen.strongest]
    if seen.t is not None:
        ranked.append((seen.t, [tag("strong", f"{record.candidate} (this one)"), _t(seen.t, most, "own"), "", "", ""]))
    rows = [row for _, row in sorted(ranked, key=lambda item: -item[0])]
    heads = [("Trial", "words"), ("t-statistic", "bar"), ("User", ""), ("Purpose", ""), ("Time, UTC", "")]
    title = "Top competing trials"
    return [tag("h3", title), table(heads, rows, title)]


def _t(value: float, most: float, kind: str = "other") -> Html:
    width = f"{max(abs(value) / most * _BAR, 1):.1f}"
    bar = tag("rect", x="0", y="2", width=width, height="9", rx="2", class_="down" if value < 0 else kind)
    drawn = tag("svg", bar, class_="tbar", viewBox=f"0 0 {_BAR} 13", aria_hidden="true")
    return tag("span", drawn, number(value, 2, sign=True))


def diagnostics(record: ValidationRecord) -> Html:
    """Return the numbers, each beside what it means."""
    texts = zip(_SENTENCES.items(), _values(record.diagnostics), strict=True)
    rows = [
        tag("div", tag("dt", tag("span", name), tag("strong", text)), tag("dd", sentence))
        for (name, sentence), text in texts
    ]
    return card("Diagnostics", tag("dl", *rows, class_="diagnostics"), note=DIAGNOSTICS_NOTE, anchor="diagnostics")


def _values(measured: Diagnostics) -> list[str]:
    return [
        *(percent(measured.psr), percent(measured.dsr), number(measured.expected_max_sharpe), percent(measured.pbo)),
        _length(measured.min_track_record_days, "days", 0),
        _length(measured.min_backtest_years, "years", 1),
        NONE if measured.sharpe_se is None else f"± {number(measured.sharpe_se)}",
        number(measured.autocorrelation, 3, sign=True),
    ]


def _length(value: float | None, unit: str, digits: int) -> str:
    return NONE if value is None else f"{number(value, digits)} {unit}"
