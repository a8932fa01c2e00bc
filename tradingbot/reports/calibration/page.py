# file: reports/calibration/page.py
"""HTML report of the gate calibration: the claims first, then the error rates they were counted from."""

from __future__ import annotations

from collections.abc import Sequence

from tradingbot.core.messages.formatting import number, percent
from tradingbot.core.validation.calibration.record import CalibrationRecord, PowerCell, Rates
from tradingbot.reports.calibration.rates import RULES, claim_word, null_chart, power_chart, rate, rate_with_interval
from tradingbot.reports.charts import frame
from tradingbot.reports.document import document
from tradingbot.reports.markup import Html, card, table, tag

_NO_SCRIPT = "The charts need JavaScript; every number is in the tables."
_NUM = "num"


def render(record: CalibrationRecord) -> str:
    """Return the report. Two equal records give the same text, byte for byte, and the file asks no network."""
    parts = [_header(record), tag("noscript", _NO_SCRIPT), _claims(record)]
    parts += [*_null(record), *_power(record), *_engine(record), *_sabotage(record), _provenance(record)]
    return document("Calibration of the gate", *parts)


def _header(record: CalibrationRecord) -> Html:
    texts = [f"budget {record.budget}", f"seed {record.seed}", f"{record.trials} trials a search"]
    caught = sum(item.caught for item in record.sabotage)
    searches = sum(cell.searches for cell in record.null)
    title = "The gate keeps its claims" if record.holds else "The gate does not keep its claims"
    lead = (
        f"{number(searches, 0)} searches of {record.trials} trials without any edge were put before the verdict;"
        f" {number(sum(cell.rates.verdict.hits for cell in record.null), 0)} got a promotion."
        f" {caught} of {len(record.sabotage)} ways to cheat were caught."
    )
    return tag(
        "header",
        tag("p", "Calibration", class_="eyebrow"),
        tag("h1", title),
        tag("p", *(tag("span", text, class_="badge") for text in texts), class_="badges"),
        tag("p", lead, class_="lead"),
    )


def _claims(record: CalibrationRecord) -> Html:
    rows = [
        (claim.text, percent(claim.value), percent(claim.limit), claim.where, claim_word(claim.holds))
        for claim in record.claims
    ]
    heads = [("Claim", "words"), ("Worst share", _NUM), ("Allowed", _NUM), ("Where", ""), ("", "")]
    note = (
        f"Allowed is what a gate of exactly {percent(record.level, 0)} stays within but for 2.3 % of calibrations, the"
        " tail beyond two standard errors, given in how many places the worst was looked for."
    )
    return card("What is claimed", table(heads, rows, "Claims"), note=note)


def _null(record: CalibrationRecord) -> list[Html]:
    if not record.null:
        return []
    heads = [("Cell", ""), ("Searches", _NUM), *((title, _NUM) for _, title in RULES)]
    heads += [("Median Sharpe", _NUM), ("Effective trades", _NUM)]
    rows = [
        (
            cell.name,
            number(cell.searches, 0),
            *_shares(cell.rates),
            number(cell.sharpe),
            number(cell.effective_trades, 0),
        )
        for cell in record.null
    ]
    note = (
        f"Each search has {record.trials} trials of pure noise; the best by Sharpe ratio is handed in and all are in"
        " the ledger. Stresses are taken as passed, which lets through more than the gate does. Bars and brackets are"
        " exact 95 % intervals (Clopper and Pearson). Only the first column promotes anything."
    )
    drawn = frame(null_chart(record.null, record.level), "False promotions by cell, with 95 % intervals", 380)
    return [card("A. Without an edge: false promotions", drawn, table(heads, rows, "False promotions"), note=note)]


def _power(record: CalibrationRecord) -> list[Html]:
    names = list(dict.fromkeys(cell.name for cell in record.power))
    if not names:
        return []
    by_name = {name: [cell for cell in record.power if cell.name == name] for name in names}
    opened = []
    for name, cells in by_name.items():
        more = {"open": "open"} if name == names[0] else {}
        drawn = frame(power_chart(cells), f"Power in {name}", 320)
        opened.append(tag("details", tag("summary", name), drawn, _power_table(cells), **more))
    note = (
        "One trial of each search has this true annual Sharpe ratio, the others none; it is handed in. The verdict"
        " needs every rule: where its line lies on that of the five thresholds, they and not the correction refuse. Of"
        " those the profit factor binds: it is a number to reach, which more years measure better but do not raise."
    )
    return [card("B. With an edge: power", *opened, note=note)]


def _power_table(cells: Sequence[PowerCell]) -> Html:
    heads = [("True Sharpe", _NUM), ("Searches", _NUM), *((title, _NUM) for _, title in RULES), ("Median", _NUM)]
    rows = [
        (
            number(cell.planted, 0),
            number(cell.searches, 0),
            *_shares(cell.rates),
            number(cell.sharpe),
        )
        for cell in cells
    ]
    return table(heads, rows, f"Power in {cells[0].name}")


def _shares(rates: Rates) -> list[str]:
    return [
        rate_with_interval(rates.verdict),
        rate_with_interval(rates.adjusted_p),
        rate(rates.thresholds),
        rate(rates.own_p),
        rate(rates.dsr),
    ]


def _engine(record: CalibrationRecord) -> list[Html]:
    if not record.engine:
        return []
    heads = [("Search", "words"), ("Edge", ""), ("Searches", _NUM), ("Runs", _NUM), ("Promoted", _NUM)]
    heads += [("Adjusted p alone", _NUM), ("p without the others", _NUM), ("Median Sharpe", _NUM)]
    heads += [("Profit factor", _NUM), ("Trades", _NUM)]
    rows = [
        (
            cell.title,
            "yes" if cell.edge else "none",
            number(cell.searches, 0),
            number(cell.runs, 0),
            rate_with_interval(cell.rates.verdict),
            rate_with_interval(cell.rates.adjusted_p),
            rate_with_interval(cell.rates.own_p),
            number(cell.sharpe),
            number(cell.profit_factor),
            number(cell.trades, 0),
        )
        for cell in record.engine
    ]
    note = (
        "Every run goes through the event-driven engine with the lane's own fees, spread, slippage and latency, and"
        " into a trial ledger; the best by Sharpe ratio is handed in. Two years of hourly bars."
    )
    return [card("C. Through the engine, end to end", table(heads, rows, "Searches through the engine"), note=note)]


def _sabotage(record: CalibrationRecord) -> list[Html]:
    if not record.sabotage:
        return []
    heads = [("Sabotage", ""), ("What is done", "words"), ("Caught", ""), ("By", ""), ("It says", "words")]
    rows = [
        (item.name, item.what, "yes" if item.caught else "NO", item.check, item.message) for item in record.sabotage
    ]
    return [card("D. Sabotage", table(heads, rows, "Sabotage"), note="Done for real, in an installation of its own.")]


def _provenance(record: CalibrationRecord) -> Html:
    pairs: list[tuple[str, str]] = [("Seed", str(record.seed)), ("Resamples", number(record.resamples, 0))]
    pairs.append(("Program", tag("code", record.program)))
    pairs.append(("Versions", ", ".join(f"{name} {version}" for name, version in sorted(record.versions.items()))))
    rows = [tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs]
    again = tag("pre", tag("code", record.command))
    return card("Run it again", again, tag("dl", *rows, class_="facts"), note="Same seed, same program, same result.")
