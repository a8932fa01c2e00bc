# file: reports/backtest/breakdown.py
"""Breakdown by exit reason, instrument, strategy and rule: trades, refusals and cuts counted, refusals over time,
events of the lane.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from tradingbot.core.messages.formatting import number, percent, when
from tradingbot.reports.backtest.reader import JsonObject
from tradingbot.reports.charts import Figure
from tradingbot.reports.markup import Html, card, signed, table, tag

_HEADS = [("Trades", "num"), ("Won", "num"), ("Fees", "num"), ("Funding", "num"), ("Profit", "num")]


def trades_by(result: JsonObject, field: str, title: str) -> list[Html]:
    """Return a table of the trades grouped by one of their fields, the largest profit first; nothing without trades."""
    groups: defaultdict[str, list[JsonObject]] = defaultdict(list)
    for trade in result["trades"]:
        groups[trade[field]].append(trade)
    if not groups:
        return []
    order = sorted(groups, key=lambda name: (-_sum(groups[name], "pnl"), name))
    rows = [[name, *_row(groups[name])] for name in order]
    heads = [(field.removeprefix("exit_").capitalize(), ""), *_HEADS]
    return [card(title, table(heads, rows, title), note=f"Amounts in {result['currency']}.", wide=False)]


def refusals(result: JsonObject) -> Html:
    """Return a table of what was refused and what was cut, by rule, with one sentence of each."""
    rules: defaultdict[tuple[str, str], list[JsonObject]] = defaultdict(list)
    for answer in ("refused", "cut"):
        for item in result[answer]:
            rules[item["rule"], answer].append(item)
    if not rules:
        return card("Refusals and cuts", tag("p", "Nothing was refused or cut.", class_="note"), wide=False)
    proposed = result["intents"]["proposed"]
    rows = [
        [*key, number(len(found), 0), percent(len(found) / proposed if proposed else None), found[0]["sentence"]]
        for key, found in sorted(rules.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    heads = [("Rule", ""), ("Answer", ""), ("Times", "num"), ("Of intents", "num"), ("First said", "words")]
    note = (
        f"{number(proposed, 0)} intents were proposed. A size above a cap is cut to it where the lane's policy says so."
    )
    return card("Refusals and cuts", table(heads, rows, "Refusals and cuts by rule"), note=note, wide=False)


def _row(trades: list[JsonObject]) -> list[str]:
    pnl = _sum(trades, "pnl")
    return [
        number(len(trades), 0),
        percent(sum(trade["pnl"] > 0 for trade in trades) / len(trades), 0),
        number(_sum(trades, "fees")),
        number(_sum(trades, "funding"), 2, sign=True),
        signed(pnl, number(pnl, 2, sign=True)),
    ]


def _sum(trades: list[JsonObject], field: str) -> float:
    return fsum(trade[field] for trade in trades)


def events_table(result: JsonObject) -> list[Html]:
    """Return the table of the lane's events in the order of time; nothing when there were none."""
    if not result["events"]:
        return []
    rows = [[when(item["time"]), item["kind"], item["sentence"]] for item in result["events"]]
    heads = [("Time, UTC", ""), ("Event", ""), ("What", "words")]
    return [card("Events of the lane", table(heads, rows, "Events"))]


_MOST_RULES = 6
_PATTERNS = ("", "/", "x", ".", "-", "+", "|")


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
        if not days:
            continue
        marker = {
            "color": "@gain" if position % 2 == 0 else "@muted",
            "pattern": {"shape": _PATTERNS[position], "solidity": 0.4},
        }
        traces.append({
            "type": "bar", "name": rule, "x": sorted(days), "y": [days[day] for day in sorted(days)],
            "marker": marker, "hovertemplate": "%{x}: %{y} x " + rule + "<extra></extra>",
        })  # fmt: skip
    layout = {
        "barmode": "stack",
        "showlegend": True,
        "yaxis": {"title": {"text": "refusals and cuts a day"}, "rangemode": "tozero"},
    }
    return {"data": traces, "layout": layout}
