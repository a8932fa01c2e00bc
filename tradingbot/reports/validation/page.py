# file: reports/validation/page.py
"""HTML report of a validation: verdict and summary first, the evidence below, its sections in their order."""

from __future__ import annotations

from tradingbot.core.messages.formatting import amount, counted, number, percent, when
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.runtime.period import requested_if_different
from tradingbot.core.validation.record import Origin, ValidationRecord
from tradingbot.reports.document import VERDICT_STYLES, document
from tradingbot.reports.markup import (
    Html,
    card,
    contents,
    facts,
    join,
    reproduce,
    signed,
    strategy,
    table,
    tag,
    versions,
    warnings_block,
)
from tradingbot.reports.validation.criteria import criteria
from tradingbot.reports.validation.equity import equity_section
from tradingbot.reports.validation.folds import folds, paths
from tradingbot.reports.validation.montecarlo import bootstrapped_paths, trade_shuffle
from tradingbot.reports.validation.stress import parameter_sensitivity, regimes, shocks
from tradingbot.reports.validation.trials import diagnostics, trials
from tradingbot.reports.validation.verdict import banner
from tradingbot.reports.validation.wording import default_limit_text, in_unit, limit_text

# Anchor and what the link to it says, in the order of the page.
_PARTS = (
    ("criteria", "Criteria"),
    ("growth", "Out of sample"),
    ("paths", "Bootstrapped paths"),
    ("folds", "Folds"),
    ("sensitivity", "Parameter sensitivity"),
    ("shocks", "Cost and latency stress"),
    ("regimes", "Volatility regimes"),
    ("trials", "Trial ledger"),
    ("diagnostics", "Diagnostics"),
    ("repeat", "Reproduce"),
)
_SYNTHETIC = (
    "The market is synthetic: a generator made its prices. The verdict shows what the gate says about this candidate "
    "on such a market, and nothing about money."
)


def render(record: ValidationRecord) -> str:
    """Return the report. Two equal records give the same text, byte for byte."""
    title = f"{record.candidate} - {record.verdict.value.replace('_', ' ').lower()}"
    parts = [_summary(record), contents(_PARTS), criteria(record)]
    parts += [*warnings_block(record.cautions, _SYNTHETIC if record.origin.synthetic else ""), equity_section(record)]
    parts += [bootstrapped_paths(record), trade_shuffle(record), folds(record), *paths(record)]
    parts += [parameter_sensitivity(record), shocks(record), regimes(record), trials(record), diagnostics(record)]
    return document(title, banner(record), *parts, _provenance(record), styles=VERDICT_STYLES)


def _summary(record: ValidationRecord) -> Html:
    return card("Summary", tag("p", *_growth(record), *_multiple_testing(record), class_="lead"))


def _growth(record: ValidationRecord) -> list[str]:
    pooled, measured = record.pooled, record.pooled.measured
    if not measured.trades:
        return ["Nothing was traded out of sample. "]
    parts: list[str] = [f"Out of sample, {counted(measured.trades, 'trade')}"]
    if pooled.growth:
        growth = pooled.growth[-1] - 1
        parts += [" changed the account by ", tag("strong", signed(growth, percent(growth, 1, sign=True)))]
    net, realised = (number(value, 2, sign=True) for value in (measured.net_pnl, measured.realised_pnl))
    parts.append(f" (net profit {net}, {realised} of it realised)")
    sharpe = "an undefined Sharpe ratio" if measured.sharpe is None else f"a Sharpe ratio of {number(measured.sharpe)}"
    if weak := weakness(measured.unreliable, "sharpe"):
        sharpe += f" ({weak} for it to mean something)"
    independent = number(pooled.effective_trades, 0)
    return [
        *(*parts, f" with {sharpe} and a max drawdown of {percent(measured.max_drawdown)}. "),
        f"Because trades overlap and resemble each other, they weigh as much as {independent} independent ones. ",
    ]


def _multiple_testing(record: ValidationRecord) -> list[str]:
    seen = record.trials
    chance = tag("strong", in_unit(seen.adjusted_p, "p"))
    recorded = (
        f"{counted(seen.counted, 'trial')} of this market and period {'is' if seen.counted == 1 else 'are'} on record"
    )
    if seen.adjusted_p is None:
        return [f"{recorded}; whether luck alone explains the result could not be computed."]
    if seen.counted == 1:
        return [
            "No other trial is on record; the probability that one without an edge looks this good is ",
            chance,
            ".",
        ]
    return [f"{recorded}; the probability that the best of as many without an edge looks this good is ", chance, "."]


def _provenance(record: ValidationRecord) -> Html:
    origin = record.origin
    hashes = {"report": record.sha256, "ledger": record.trials.head} | origin.parts
    return reproduce(
        origin.command,
        _facts(origin),
        *_thresholds(record),
        tag("h3", "Hashes"),
        facts((name, tag("code", text)) for name, text in sorted(hashes.items()) if text),
        note="Same seed, same data, same ledger, same report.",
    )


def _facts(origin: Origin) -> list[tuple[str, str]]:
    synthetic = "synthetic" if origin.synthetic and "synthetic" not in origin.data_label else ""
    return [
        ("Config", tag("code", origin.config)),
        ("Seed", str(origin.seed)),
        ("Budget", f"{origin.budget}, {number(origin.runs, 0)} runs of the engine"),
        ("Period", f"{when(origin.start)} to {when(origin.end)} UTC"),
        ("Requested", requested_if_different(origin.coverage, origin.start, origin.end)),
        ("Instruments", ", ".join(origin.instruments)),
        ("Data", ", ".join(filter(None, (origin.data_label, synthetic)))),
        ("Equity", amount(origin.equity, origin.currency)),
        ("Strategies", join(strategy(entry) for entry in origin.strategies)),
        ("Recipe", origin.recipe),
        ("Chosen", ", ".join(origin.chosen)),
        versions(origin.versions),
    ]


def _thresholds(record: ValidationRecord) -> list[Html]:
    if not record.criteria:
        return []
    rows = []
    for one in record.criteria:
        used = tag("span", f"{limit_text(one)} (looser)", class_="easier") if one.looser else limit_text(one)
        rows.append([one.title, used, default_limit_text(one)])
    heads = [("Threshold", ""), ("Used", "num"), ("The program's own", "num")]
    return [tag("h3", "Thresholds"), table(heads, rows, "Thresholds")]
