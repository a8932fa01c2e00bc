# file: reports/backtest/page.py
"""HTML report of a backtest: one self-contained file, its sections in their order, header and provenance."""

from __future__ import annotations

from collections.abc import Mapping

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import amount, counted, duration, number, percent, when
from tradingbot.core.runtime.period import requested_if_different
from tradingbot.core.time import DAY, from_iso
from tradingbot.reports.backtest.breakdown import events_table, refusals, trades_by
from tradingbot.reports.backtest.equity import equity_curves, monthly_returns
from tradingbot.reports.backtest.metrics import metric_tiles
from tradingbot.reports.backtest.price import Bars, price_charts
from tradingbot.reports.backtest.reader import JsonObject
from tradingbot.reports.backtest.trades import best_and_worst, open_positions, trade_charts
from tradingbot.reports.document import document
from tradingbot.reports.markup import (
    Html,
    badges,
    card,
    facts,
    join,
    remark,
    reproduce,
    signed,
    strategy,
    tag,
    versions,
)

_LANES = {"cryptospot": "Crypto spot", "cryptofutures": "Crypto futures", "forex": "Forex", "options": "Options"}


def render(
    result: JsonObject, prices: Mapping[str, Bars] | None = None, hold: tuple[Ints, Floats] | None = None
) -> str:
    """Return the report. Two equal runs give the same text, byte for byte.

    `result` is `Result.to_dict()`, or the JSON file read back; an instrument without `prices` is not drawn; `hold` is
    the curve of buy and hold, as `hold_curve` returns it.
    """
    parts = [_warnings(result), metric_tiles(result), *equity_curves(result, hold), monthly_returns(result)]
    parts += [*price_charts(result, prices or {}), *trade_charts(result), *events_table(result)]
    parts += [*trades_by(result, "exit_reason", "By exit reason"), *refusals(result)]
    parts += [*trades_by(result, "instrument", "By instrument"), *trades_by(result, "strategy", "By strategy")]
    parts += [*open_positions(result), *best_and_worst(result), _provenance(result)]
    return document(f"{result['name']} - backtest", _header(result), *parts)


def _header(result: JsonObject) -> Html:
    data, run = result["data"], result["run"]
    texts: list[str] = [_LANES.get(result["lane"], str(result["lane"])), f"{result['bar']} bars"]
    texts += [f"realism: {result['realism']}", f"seed {run['seed']}", data["label"]]
    period = f"{when(result['start'])} to {when(result['end'])} UTC"
    strategies = join(strategy(entry) for entry in result["strategies"])
    setup = [
        ("Period", period),
        ("Requested", requested_if_different(result["coverage"], result["start"], result["end"])),
        ("Instruments", ", ".join(result["instruments"])),
        ("Strategies" if len(result["strategies"]) > 1 else "Strategy", strategies),
        ("Fills", run["realism_note"]),
    ]
    return tag(
        "header",
        tag("p", "Backtest", class_="eyebrow"),
        tag("h1", result["name"]),
        badges(*texts, loud=["SYNTHETIC DATA"] if data["synthetic"] else []),
        tag("p", _sentence(result), class_="lead"),
        facts(setup, "setup"),
    )


def _sentence(result: JsonObject) -> Html:
    summary, currency = result["summary"], result["currency"]
    total, hold = summary["total_return"], summary["buy_and_hold"]
    span = from_iso(result["end"]) - from_iso(result["start"])
    trades = counted(summary["trades"], "trade") if summary["trades"] else "No closed trade"
    length = f"{number(span / DAY, 0)} days" if span >= 2 * DAY else duration(span)
    parts: list[str] = [
        f"{trades} in {length} took {amount(summary['start_equity'], currency)} to ",
        tag("strong", amount(summary["end_equity"], currency)),
        *(" (", signed(total, percent(total, 1, sign=True)), "). "),
    ]
    if summary["open_pnl"]:
        net, realised, unrealised = (
            amount(summary[name], currency, sign=True) for name in ("net_pnl", "realised_pnl", "open_pnl")
        )
        parts.append(f"The net profit of {net} is {realised} realised and {unrealised} unrealised. ")
    if summary["transfers"]:
        parts.append(f"Net deposits were {amount(summary['transfers'], currency, sign=True)}. ")
    if hold is not None:
        parts += ["Buy and hold: ", signed(hold, percent(hold, 1, sign=True)), ". "]
    parts.append(f"The max drawdown was {percent(summary['max_drawdown'])}.")
    return join(parts)


def _warnings(result: JsonObject) -> Html:
    if not result["warnings"]:
        return card("Warnings", remark("None of the checks found a reason for doubt."))
    items = [tag("li", item["sentence"], id=f"warning-{item['code']}") for item in result["warnings"]]
    return tag("section", tag("h2", "Warnings"), tag("ul", *items), class_="card wide cautions")


def _provenance(result: JsonObject) -> Html:
    # How long the run took is left out: equal runs have equal reports.
    run = result["run"]
    hashes = [(name.capitalize(), tag("code", run[f"{name}_sha256"])) for name in ("result", "config", "code", "data")]
    pairs = [("Seed", str(run["seed"])), ("Bars", number(run["bars"], 0)), *hashes, versions(run["versions"])]
    return reproduce(run["command"], pairs, note="Same seed, same data, same result.")
