# file: reports/validation/page.py
"""HTML report of a validation: verdict and summary first, the evidence below, its sections in their order."""

from __future__ import annotations

from tradingbot.core.messages.formatting import amount, number, percent, when
from tradingbot.core.messages.smallsample import weakness
from tradingbot.core.runtime.period import requested_if_different
from tradingbot.core.validation.record import Origin, ValidationRecord
from tradingbot.reports.document import document
from tradingbot.reports.markup import Html, card, join, signed, table, tag
from tradingbot.reports.validation.criteria import cautions, criteria
from tradingbot.reports.validation.equity import equity_section
from tradingbot.reports.validation.folds import folds, paths
from tradingbot.reports.validation.montecarlo import bootstrapped_paths, trade_shuffle
from tradingbot.reports.validation.stress import parameter_sensitivity, regimes, shocks
from tradingbot.reports.validation.trials import diagnostics, trials
from tradingbot.reports.validation.verdict import banner
from tradingbot.reports.validation.wording import default_limit_text, in_unit, limit_text

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


def provenance(record: ValidationRecord) -> Html:
    """Return the command, what it ran on, the thresholds, and every hash."""
    origin = record.origin
    again = tag("pre", tag("code", origin.command))
    facts = [tag("div", tag("dt", name), tag("dd", text)) for name, text in _facts(origin) if text]
    hashes = {"report": record.sha256, "ledger": record.trials.head} | origin.parts
    rows = [tag("div", tag("dt", name), tag("dd", tag("code", text))) for name, text in sorted(hashes.items()) if text]
    note = "Same seed, same data, same ledger, same report."
    parts = [
        again,
        tag("dl", *facts, class_="facts"),
        *_thresholds(record),
        tag("h3", "Hashes"),
        tag("dl", *rows, class_="facts"),
    ]
    return card("Run it again", *parts, note=note, anchor="repeat")


def _facts(origin: Origin) -> list[tuple[str, str]]:
    return [
        ("Config", tag("code", origin.config)),
        ("Seed", str(origin.seed)),
        ("Budget", f"{origin.budget}, {number(origin.runs, 0)} runs of the engine"),
        ("Period", f"{when(origin.start)} to {when(origin.end)} UTC"),
        ("Asked for", requested_if_different(origin.coverage, origin.start, origin.end)),
        ("Instruments", ", ".join(origin.instruments)),
        ("Data", _data(origin)),
        ("Equity", amount(origin.equity, origin.currency)),
        ("Strategies", join(_strategy(entry) for entry in origin.strategies)),
        ("Recipe", origin.recipe),
        ("Chosen", ", ".join(origin.chosen)),
        ("Versions", ", ".join(f"{name} {version}" for name, version in sorted(origin.versions.items()))),
    ]


def _data(origin: Origin) -> str:
    said = "synthetic" in origin.data_label or not origin.synthetic
    return origin.data_label if said else ", ".join(filter(None, (origin.data_label, "synthetic")))


def _strategy(entry: dict[str, object]) -> Html:
    params = entry.get("params")
    written = ", ".join(f"{key} = {value}" for key, value in sorted(params.items())) if isinstance(params, dict) else ""
    path = str(entry.get("path") or entry.get("id") or "strategy")
    return tag("span", tag("code", path), f" {written or 'default parameters'}", class_="strategy")


def _thresholds(record: ValidationRecord) -> list[Html]:
    if not record.criteria:
        return []
    heads = [("Threshold", ""), ("Used", "num"), ("The program's own", "num")]
    rows = [[one.title, _used(one.looser, limit_text(one)), default_limit_text(one)] for one in record.criteria]
    return [tag("h3", "Thresholds"), table(heads, rows, "Thresholds")]


def _used(looser: bool, text: str) -> str:
    return tag("span", f"{text} (looser)", class_="easier") if looser else text


_NO_SCRIPT = "The charts need JavaScript; every number is in the tables."
_STYLES = ("report.css", "validation.css")


def render(record: ValidationRecord) -> str:
    """Return the report. Two equal records give the same text, byte for byte, and the file asks no network."""
    title = f"{record.candidate} - {record.verdict.value.replace('_', ' ').lower()}"
    return document(title, banner(record), tag("noscript", _NO_SCRIPT), *_parts(record), styles=_STYLES)


def _parts(record: ValidationRecord) -> list[Html]:
    return [
        in_short(record),
        contents(),
        criteria(record),
        *cautions(record),
        equity_section(record),
        bootstrapped_paths(record),
        trade_shuffle(record),
        folds(record),
        *paths(record),
        parameter_sensitivity(record),
        shocks(record),
        regimes(record),
        trials(record),
        diagnostics(record),
        provenance(record),
    ]
