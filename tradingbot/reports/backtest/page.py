# file: reports/backtest/page.py
"""HTML report of a backtest: one file that needs nothing else, its sections in their order, header and provenance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.messages.formatting import amount, duration, number, percent, when
from tradingbot.core.runtime.period import requested_if_different
from tradingbot.core.time import DAY, from_iso
from tradingbot.reports.backtest.breakdown import events_table, refusals, refusals_chart, trades_by
from tradingbot.reports.backtest.equity import equity_chart, monthly_returns
from tradingbot.reports.backtest.metrics import metric_tiles
from tradingbot.reports.backtest.price import price_chart
from tradingbot.reports.backtest.reader import JsonObject, equity_points, flow_adjusted_points
from tradingbot.reports.backtest.trades import (
    best_and_worst,
    cost_attribution_chart,
    distribution_chart,
    holding_time_chart,
    open_trades,
)
from tradingbot.reports.charts import MAX_MARKERS, drawdown_chart, frame
from tradingbot.reports.document import document
from tradingbot.reports.markup import Html, card, join, signed, tag

_LANES = {"cryptospot": "Crypto spot", "cryptofutures": "Crypto futures", "forex": "Forex", "options": "Options"}


def header(result: JsonObject) -> Html:
    """Return the title, the badges, the sentence and the set-up."""
    return tag(
        "header",
        tag("p", "Backtest", class_="eyebrow"),
        tag("h1", result["name"]),
        tag("p", *_badges(result), class_="badges"),
        tag("p", _sentence(result), class_="lead"),
        tag("dl", *_setup(result), class_="setup"),
    )


def cautions(result: JsonObject) -> Html:
    """Return the warnings, or that there are none."""
    found = result["warnings"]
    if not found:
        return card("Before you trust this", tag("p", "None of the checks found a reason for doubt.", class_="note"))
    items = [tag("li", item["sentence"], id=f"warning-{item['code']}") for item in found]
    return tag("section", tag("h2", "Before you trust this"), tag("ul", *items), class_="card wide cautions")


def _badges(result: JsonObject) -> list[Html]:
    data = result["data"]
    badges = [tag("span", "SYNTHETIC DATA", class_="badge loud")] if data["synthetic"] else []
    texts = [_LANES.get(result["lane"], result["lane"]), f"{result['bar']} bars", f"realism: {result['realism']}"]
    texts += [f"seed {result['run']['seed']}", data["label"]]
    return badges + [tag("span", text, class_="badge") for text in texts if text]


def _sentence(result: JsonObject) -> Html:
    summary, currency = result["summary"], result["currency"]
    count = summary["trades"]
    trades = "No closed trade" if not count else "1 trade" if count == 1 else f"{number(count, 0)} trades"
    total, hold = summary["total_return"], summary["buy_and_hold"]
    parts: list[str] = [
        f"{trades} in {_days(result)} took {amount(summary['start_equity'], currency)} to ",
        tag("strong", amount(summary["end_equity"], currency)),
        " (",
        signed(total, percent(total, 1, sign=True)),
        "). ",
    ]
    if summary["open_pnl"]:
        realised, unrealised = (amount(summary[name], currency, sign=True) for name in ("realised_pnl", "open_pnl"))
        net = amount(summary["net_pnl"], currency, sign=True)
        parts.append(f"The net profit of {net} is {realised} realised and {unrealised} unrealised. ")
    if moved := summary["transfers"]:
        parts.append(f"{amount(abs(moved), currency)} were {'put in' if moved > 0 else 'taken out'} on the way. ")
    if hold is not None:
        parts += ["Holding the instruments: ", signed(hold, percent(hold, 1, sign=True)), ". "]
    parts.append(f"The deepest fall from a peak was {percent(summary['max_drawdown'])}.")
    return join(parts)


def _days(result: JsonObject) -> str:
    span = from_iso(result["end"]) - from_iso(result["start"])
    return f"{number(span / DAY, 0)} days" if span >= 2 * DAY else duration(span)


def _setup(result: JsonObject) -> list[Html]:
    many = len(result["strategies"])
    otherwise = requested_if_different(result["coverage"], result["start"], result["end"])
    pairs: list[tuple[str, str]] = [
        ("Period", f"{when(result['start'])} to {when(result['end'])} UTC"),
        *([("Asked for", otherwise)] if otherwise else []),
        ("Instruments", ", ".join(result["instruments"])),
        ("Strategies" if many > 1 else "Strategy", join(_strategy(entry) for entry in result["strategies"])),
    ]
    if note := result["run"]["realism_note"]:
        pairs.append(("Fills", note))
    return [tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs]


def _strategy(entry: JsonObject) -> Html:
    params = ", ".join(f"{key} = {value}" for key, value in sorted(entry.get("params", {}).items()))
    return tag("span", tag("code", str(entry["path"])), f" {params or 'default parameters'}", class_="strategy")


_HASHES = (("result", "Result"), ("config", "Config"), ("code", "Code"), ("data", "Data"))


def provenance(result: JsonObject) -> Html:
    """Return the facts of the run. How long it took is left out: equal runs have equal reports."""
    run = result["run"]
    pairs = [("Seed", str(run["seed"])), ("Bars", number(run["bars"], 0))]
    pairs += [(title, tag("code", run[f"{name}_sha256"])) for name, title in _HASHES]
    pairs.append(("Versions", ", ".join(f"{name} {version}" for name, version in sorted(run["versions"].items()))))
    rows = [tag("div", tag("dt", name), tag("dd", text)) for name, text in pairs]
    again = tag("pre", tag("code", run["command"]))
    return card("Run it again", again, tag("dl", *rows, class_="facts"), note="Same seed, same data, same result.")


Prices = Mapping[str, tuple[Ints, Floats, Floats, Floats]]

_NO_SCRIPT = "The charts need JavaScript; every number is in the tables."


def render(result: JsonObject, prices: Prices | None = None, hold: tuple[Ints, Floats] | None = None) -> str:
    """Return the report. Two equal runs give the same text, byte for byte.

    Reads the style sheet and the script beside this file, and Plotly's from its package.

    Parameters
    ----------
    result
        `Result.to_dict()`, or the JSON file read back.
    prices
        By instrument: bar times (int64 UTC ns), lows, highs, closes (float64). An instrument without is not drawn.
    hold
        The curve of holding the instruments, as `hold_curve` returns it.
    """
    opening = [header(result), tag("noscript", _NO_SCRIPT)]
    return document(f"{result['name']} - backtest", *opening, *_sections(result, prices or {}, hold))


def _sections(result: JsonObject, prices: Prices, hold: tuple[Ints, Floats] | None) -> list[Html]:
    return [
        cautions(result),
        metric_tiles(result),
        *_curves(result, hold),
        monthly_returns(result),
        *_prices(result, prices),
        *_trades(result),
        *events_table(result),
        *trades_by(result, "exit_reason", "Exits by reason"),
        refusals(result),
        *_refused(result),
        *trades_by(result, "instrument", "By instrument"),
        *trades_by(result, "strategy", "By strategy"),
        *open_trades(result),
        *best_and_worst(result),
        provenance(result),
    ]


def _curves(result: JsonObject, hold: tuple[Ints, Floats] | None) -> list[Html]:
    points = equity_points(result)
    ts = np.array([point.ts for point in points], dtype=np.int64)
    equity = np.array([float(point.equity) for point in points])
    grown = np.array([float(point.equity) for point in flow_adjusted_points(result)])
    against = "Equity against buy and hold"
    return [
        card(against, frame(equity_chart(ts, equity, hold, result["currency"]), against)),
        card("Drawdown", frame(drawdown_chart(ts, grown), "Drawdown", 220)),
    ]


def _prices(result: JsonObject, prices: Prices) -> list[Html]:
    charts = []
    for position, instrument in enumerate(name for name in result["instruments"] if name in prices):
        trades = [trade for trade in result["trades"] if trade["instrument"] == instrument]
        figure = price_chart(prices[instrument], trades, result["currency"])
        label = f"{instrument}: {len(trades):,} trade{'' if len(trades) == 1 else 's'}"
        if len(trades) > MAX_MARKERS:
            label += f", drawn the {MAX_MARKERS:,} that made or lost most"
        more = {"open": "open"} if position == 0 else {}
        charts.append(tag("details", tag("summary", label), frame(figure, f"Price of {label}", 440), **more))
    return (
        [card("Entries and exits", *charts, note="On a large screen: drag to zoom, double-click to go back.")]
        if charts
        else []
    )


def _refused(result: JsonObject) -> list[Html]:
    found = [*result["refused"], *({**item, "rule": f"{item['rule']}, cut"} for item in result["cut"])]
    if not found:
        return []
    return [card("Refusals and cuts over time", frame(refusals_chart(found), "Refusals and cuts a day by rule", 260))]


def _trades(result: JsonObject) -> list[Html]:
    trades, currency = result["trades"], result["currency"]
    if not trades:
        return []
    note = f"An even sample of {MAX_MARKERS:,} of {len(trades):,} trades." if len(trades) > MAX_MARKERS else ""
    patience = frame(holding_time_chart(trades, currency), "Profit over holding time")
    return [
        card("Distribution of trades", frame(distribution_chart(trades, currency), "Histogram of profit"), wide=False),
        card("Profit and patience", patience, note=note, wide=False),
        card("Where the profit went", frame(cost_attribution_chart(result["costs"], currency), "Costs as a waterfall")),
    ]
