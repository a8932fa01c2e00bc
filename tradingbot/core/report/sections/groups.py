# file: core/report/sections/groups.py
"""Trades and refusals counted by what they have in common."""

from __future__ import annotations

from collections import defaultdict
from math import fsum

from tradingbot.core.report.markup import Html, card, signed, table, tag
from tradingbot.core.report.phrase import number, percent
from tradingbot.core.report.reading import Found

__all__ = ["by", "refusals"]

_HEADS = [("Trades", "num"), ("Won", "num"), ("Fees", "num"), ("Funding", "num"), ("Profit", "num")]


def by(result: Found, field: str, title: str) -> list[Html]:
    """Return a table of the trades grouped by one of their fields, the largest profit first; nothing without trades."""
    groups: defaultdict[str, list[Found]] = defaultdict(list)
    for trade in result["trades"]:
        groups[trade[field]].append(trade)
    if not groups:
        return []
    order = sorted(groups, key=lambda name: (-_sum(groups[name], "pnl"), name))
    rows = [[name, *_row(groups[name])] for name in order]
    heads = [(field.removeprefix("exit_").capitalize(), ""), *_HEADS]
    return [card(title, table(heads, rows, title), note=f"Amounts in {result['currency']}.", wide=False)]


def refusals(result: Found) -> Html:
    """Return a table of what the risk desk refused, by rule, with one sentence of each."""
    rules: defaultdict[str, list[Found]] = defaultdict(list)
    for item in result["refused"]:
        rules[item["rule"]].append(item)
    if not rules:
        return card("Refusals", tag("p", "The risk desk refused nothing.", class_="note"), wide=False)
    order = sorted(rules, key=lambda rule: (-len(rules[rule]), rule))
    total = len(result["refused"])
    rows = [
        [rule, number(len(rules[rule]), 0), percent(len(rules[rule]) / total, 0), rules[rule][0]["sentence"]]
        for rule in order
    ]
    heads = [("Rule", ""), ("Times", "num"), ("Share", "num"), ("First said", "words")]
    return card(
        "Refusals", table(heads, rows, "Refusals by rule"), note="Intents the risk desk said no to.", wide=False
    )


def _row(trades: list[Found]) -> list[str]:
    pnl = _sum(trades, "pnl")
    return [
        number(len(trades), 0),
        percent(sum(trade["pnl"] > 0 for trade in trades) / len(trades), 0),
        number(_sum(trades, "fees")),
        number(_sum(trades, "funding"), 2, sign=True),
        signed(pnl, number(pnl, 2, sign=True)),
    ]


def _sum(trades: list[Found], field: str) -> float:
    return fsum(trade[field] for trade in trades)
