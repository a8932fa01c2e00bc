# file: core/report/sections/groups.py
"""Trades, refusals and cuts counted by what they have in common."""

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
    """Return a table of what was refused and what was cut, by rule, with one sentence of each."""
    rules: defaultdict[tuple[str, str], list[Found]] = defaultdict(list)
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
