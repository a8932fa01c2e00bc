# file: reports/backtest/breakdown.py
"""Breakdown of a backtest: trades by exit reason, instrument and strategy; refusals and cuts by rule; events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from tradingbot.core.messages.formatting import number, percent, when
from tradingbot.reports.backtest.reader import JsonObject
from tradingbot.reports.charts import Figure, axis, figure, frame
from tradingbot.reports.markup import Html, card, numeric, remark, signed, table

_MOST_RULES = 6
_PATTERNS = ("", "/", "x", ".", "-", "+", "|")
_REFUSALS = "Refusals and cuts"


def trades_by(result: JsonObject, field: str, title: str) -> list[Html]:
    """Return a table of the trades grouped by one of their fields, the largest P&L first; nothing without trades."""
    groups: defaultdict[str, list[JsonObject]] = defaultdict(list)
    for trade in result["trades"]:
        groups[trade[field]].append(trade)
    rows = []
    for name, trades in groups.items():
        fees, funding, pnl = (fsum(trade[column] for trade in trades) for column in ("fees", "funding", "pnl"))
        won = percent(sum(trade["pnl"] > 0 for trade in trades) / len(trades), 0)
        signs = [number(funding, 2, sign=True), signed(pnl, number(pnl, 2, sign=True))]
        rows.append((-pnl, name, [number(len(trades), 0), won, number(fees), *signs]))
    heads = [(field.replace("_", " ").capitalize(), ""), *numeric("Trades", "Win rate", "Fees", "Funding", "P&L")]
    written = table(heads, [[name, *cells] for _, name, cells in sorted(rows)], title)
    return [card(title, written, note=f"Amounts in {result['currency']}.", wide=False)] if rows else []


def refusals(result: JsonObject) -> list[Html]:
    """Return what was refused and cut by rule, with one sentence of each, and its chart over time."""
    rules: defaultdict[tuple[str, str], list[JsonObject]] = defaultdict(list)
    for answer in ("refused", "cut"):
        for item in result[answer]:
            rules[item["rule"], answer].append(item)
    if not rules:
        return [card(_REFUSALS, remark("Nothing was refused or cut."), wide=False)]
    proposed = result["intents"]["proposed"]
    rows = [
        [*key, number(len(items), 0), percent(len(items) / proposed if proposed else None), items[0]["sentence"]]
        for key, items in sorted(rules.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    heads = [("Rule", ""), ("Result", ""), *numeric("Count", "Of intents"), ("First reason", "words")]
    note = (
        f"{number(proposed, 0)} intents were proposed. A size above a cap is cut to it where the lane's policy says so."
    )
    marked = [*result["refused"], *({**item, "rule": f"{item['rule']}, cut"} for item in result["cut"])]
    drawn = frame(refusals_chart(marked), "Refusals and cuts a day by rule", 260)
    written = table(heads, rows, "Refusals and cuts by rule")
    return [card(_REFUSALS, written, note=note, wide=False), card(f"{_REFUSALS} over time", drawn)]


def refusals_chart(refused: Sequence[Mapping[str, Any]]) -> Figure:
    """Return refusals and cuts per day stacked by rule, the most frequent ones by name and the rest as "other".

    Rules differ by pattern as well as by shade, so that nobody needs to see colours.
    """
    ranked = [rule for rule, _ in Counter(item["rule"] for item in refused).most_common()]
    named = sorted(ranked[:_MOST_RULES])
    counts: dict[str, Counter[str]] = {rule: Counter() for rule in [*named, "other"]}
    for item in refused:
        counts[item["rule"] if item["rule"] in named else "other"][item["time"][:10]] += 1
    traces = []
    for position, (rule, days) in enumerate(counts.items()):
        pattern = {"shape": _PATTERNS[position], "solidity": 0.4}
        marker = {"color": "@gain" if position % 2 == 0 else "@muted", "pattern": pattern}
        bars = {"type": "bar", "name": rule, "x": sorted(days), "y": [days[day] for day in sorted(days)]}
        traces.append(bars | {"marker": marker, "hovertemplate": "%{x}: %{y} x " + rule + "<extra></extra>"})
    upward = axis("refusals and cuts a day", rangemode="tozero")
    shown = [trace for trace in traces if trace["x"]]
    return figure(shown, hovermode="x unified", barmode="stack", showlegend=True, yaxis=upward)


def events_table(result: JsonObject) -> list[Html]:
    """Return the events of the lane, such as kills and data gaps, in the order of time; nothing without any."""
    rows = [[when(item["time"]), item["kind"], item["sentence"]] for item in result["events"]]
    heads = [("Time, UTC", ""), ("Event", ""), ("Description", "words")]
    return [card("Events", table(heads, rows, "Events"))] if rows else []
