# file: reports/calibration/page.py
"""HTML report of the gate calibration: the claims first, then false-positive rate, power and sabotage tests."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.validation.calibration.record import CalibrationRecord, PowerCell, Rates
from tradingbot.reports.calibration.rates import RULES, claim_word, null_chart, power_chart, rate, rate_with_interval
from tradingbot.reports.charts import frame
from tradingbot.reports.document import document
from tradingbot.reports.markup import Html, badges, card, details, numeric, reproduce, table, tag, versions


def render(record: CalibrationRecord) -> str:
    """Return the report. Two equal records give the same text, byte for byte."""
    parts = [_claims(record), *_null(record), *_power(record), *_engine(record), *_sabotage(record)]
    pairs = [("Seed", str(record.seed)), ("Resamples", number(record.resamples, 0))]
    pairs += [("Program", tag("code", record.program)), versions(record.versions)]
    parts.append(reproduce(record.command, pairs, note="Same seed, same program, same result."))
    return document("Calibration of the gate", _header(record), *parts)


def _header(record: CalibrationRecord) -> Html:
    caught = sum(item.caught for item in record.sabotage)
    searches = sum(cell.searches for cell in record.null)
    promoted = sum(cell.rates.verdict.hits for cell in record.null)
    lead = (
        f"{number(searches, 0)} searches of {record.trials} trials without any edge were given to the gate;"
        f" {number(promoted, 0)} got a promotion. {caught} of {len(record.sabotage)} sabotage tests were caught."
    )
    return tag(
        "header",
        tag("p", "Calibration of the validation gate", class_="eyebrow"),
        tag("h1", "All claims hold" if record.holds else "Not all claims hold"),
        badges(f"budget {record.budget}", f"seed {record.seed}", f"{record.trials} trials a search"),
        tag("p", lead, class_="lead"),
    )


def _claims(record: CalibrationRecord) -> Html:
    rows = [
        (claim.text, percent(claim.value), percent(claim.limit), claim.where, claim_word(claim.holds))
        for claim in record.claims
    ]
    heads = [("Claim", "words"), *numeric("Worst rate", "Limit"), ("Where", ""), ("Result", "")]
    note = (
        f"The limit is what a gate of exactly {percent(record.level, 0)} stays within but for 2.3 % of calibrations,"
        " the tail beyond two standard errors, given in how many places the worst was looked for."
    )
    return card("Claims", table(heads, rows, "Claims"), note=note)


def _null(record: CalibrationRecord) -> list[Html]:
    heads = [("Cell", ""), *numeric("Searches", *RULES.values(), "Median Sharpe", "Effective trades")]
    rows = [
        [
            *(cell.name, number(cell.searches, 0), *_rates(cell.rates)),
            *(number(cell.sharpe), number(cell.effective_trades, 0)),
        ]
        for cell in record.null
    ]
    note = (
        f"Each search has {record.trials} trials of pure noise; the best by Sharpe ratio is handed in and all are in"
        " the trial ledger. Stress tests are taken as passed, which lets through more than the gate does. Bars and"
        " brackets are exact 95 % intervals (Clopper and Pearson). Only the verdict promotes anything."
    )
    title = "A. False-positive rate: searches without an edge"
    drawn = frame(null_chart(record.null, record.level), "False-positive rate by cell, with 95 % intervals", 380)
    return [card(title, drawn, table(heads, rows, title), note=note)] if rows else []


def _power(record: CalibrationRecord) -> list[Html]:
    by_name: dict[str, list[PowerCell]] = {}
    for cell in record.power:
        by_name.setdefault(cell.name, []).append(cell)
    parts: list[Html] = []
    for name, cells in by_name.items():
        drawn = frame(power_chart(cells), f"Power in {name}", 320)
        parts.append(details(name, drawn, _power_table(cells), opened=not parts))
    note = (
        "One trial of each search has this true annual Sharpe ratio, the others none; it is handed in. The verdict"
        " needs every rule: where its line is on that of the five thresholds, they and not the correction refuse. Of"
        " those the profit factor binds: it is a number to reach, which more years measure better but do not raise."
    )
    return [card("B. Power: searches with a planted edge", *parts, note=note)] if parts else []


def _power_table(cells: Sequence[PowerCell]) -> Html:
    heads = numeric("True Sharpe", "Searches", *RULES.values(), "Median Sharpe")
    rows = [
        [number(cell.planted, 0), number(cell.searches, 0), *_rates(cell.rates), number(cell.sharpe)] for cell in cells
    ]
    return table(heads, rows, f"Power in {cells[0].name}")


def _rates(rates: Rates) -> list[str]:
    bracketed = [rate_with_interval(rates.verdict), rate_with_interval(rates.adjusted_p)]
    return [*bracketed, rate(rates.thresholds), rate(rates.own_p), rate(rates.dsr)]


def _engine(record: CalibrationRecord) -> list[Html]:
    heads = [("Search", "words"), ("Edge", ""), *numeric("Searches", "Runs", "Promoted", RULES["adjusted_p"])]
    heads += numeric(RULES["own_p"], "Median Sharpe", "Profit factor", "Trades")
    rows = [
        [
            *(cell.title, "yes" if cell.edge else "none", number(cell.searches, 0), number(cell.runs, 0)),
            *(rate_with_interval(share, 0) for share in (cell.rates.verdict, cell.rates.adjusted_p, cell.rates.own_p)),
            *(number(cell.sharpe), number(cell.profit_factor), number(cell.trades, 0)),
        ]
        for cell in record.engine
    ]
    note = (
        "Every run goes through the event-driven engine with the lane's own fees, spread, slippage and latency, and"
        " into a trial ledger; the best by Sharpe ratio is handed in. Two years of hourly bars."
    )
    title = "C. End-to-end searches through the engine"
    return [card(title, table(heads, rows, title), note=note)] if rows else []


def _sabotage(record: CalibrationRecord) -> list[Html]:
    heads = [("Sabotage", ""), ("Description", "words"), ("Caught", ""), ("By", ""), ("Message", "words")]
    rows = [
        (item.name, item.what, "yes" if item.caught else "NO", item.check, item.message) for item in record.sabotage
    ]
    title, note = "D. Sabotage tests", "Done for real, in an installation of its own."
    return [card(title, table(heads, rows, title), note=note)] if rows else []
