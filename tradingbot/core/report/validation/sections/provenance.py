# file: core/report/validation/sections/provenance.py
"""What is needed to run it again and to see that it is the same."""

from __future__ import annotations

from tradingbot.core.report.markup import Html, card, join, table, tag
from tradingbot.core.report.period import asked_otherwise
from tradingbot.core.report.phrase import amount, number, when
from tradingbot.core.report.validation.record import Origin, ValidationRecord
from tradingbot.core.report.validation.wording import bound, own_bound

__all__ = ["provenance"]


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
        ("Asked for", asked_otherwise(origin.coverage, origin.start, origin.end)),
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
    rows = [[one.title, _used(one.looser, bound(one)), own_bound(one)] for one in record.criteria]
    return [tag("h3", "Thresholds"), table(heads, rows, "Thresholds")]


def _used(looser: bool, text: str) -> str:
    return tag("span", f"{text} (looser)", class_="easier") if looser else text
