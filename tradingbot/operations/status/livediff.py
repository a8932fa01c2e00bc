# file: operations/status/livediff.py
"""Paper vs live decisions, intent by intent."""

from __future__ import annotations

import heapq
import sqlite3
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from tradingbot.core.config.home import existing_home
from tradingbot.core.execution.record import WARMING_UP
from tradingbot.core.lane import Lane
from tradingbot.core.messages.livediff import DiffRow, LiveDiff
from tradingbot.core.risk.rulechain import SWITCHES
from tradingbot.core.time import from_iso
from tradingbot.operations.status.nodefiles import UNREADABLE, node_files, peek

_OFF = tuple(sorted(rule.name for rule in SWITCHES))
_ROWS = """
SELECT decisions.number, time, strategy, instrument, side, decisions.verdict AS paper,
    decisions.quantity AS paper_quantity, decisions.rule AS paper_rule, decisions.sentence AS paper_sentence,
    live.verdict AS live, live.quantity AS live_quantity, live.rule AS live_rule, live.sentence AS live_sentence,
    switch, switch_sentence
FROM decisions LEFT JOIN live USING (number) WHERE decisions.rule IS NOT ? ORDER BY decisions.number DESC LIMIT ?
"""
# What paper was refused by a switch of its own (a drill) says nothing of the merits, which are the same rules.
_COUNTS = """
SELECT CASE WHEN live.verdict IS NULL THEN 'unjudged'
    WHEN decisions.verdict = 'refused' AND decisions.rule IN (?, ?, ?) THEN 'same'
    WHEN (decisions.verdict, CAST(decisions.quantity AS REAL), decisions.rule)
        IS (live.verdict, CAST(live.quantity AS REAL), live.rule) THEN 'same'
    ELSE 'otherwise' END AS cause,
    CASE WHEN decisions.verdict = 'refused' AND live.verdict = 'refused' THEN decisions.rule || ' -> ' || live.rule
    WHEN live.verdict = 'refused' THEN live.rule WHEN decisions.verdict = 'refused' THEN decisions.rule
    ELSE coalesce(live.rule, decisions.rule, 'size') END AS why,
    iif(live.verdict = 'approved', switch, NULL) AS stopped, count(*) AS times
FROM decisions LEFT JOIN live USING (number) WHERE decisions.rule IS NOT ? GROUP BY cause, why, stopped
"""


def live_diff(home: Path, lane: Lane, last: int) -> LiveDiff:
    """Return the last intents of the lane's nodes below `home`, and what all of them came to, but those of a warm-up.

    A node whose state cannot be read is left out; the overview says so.
    """
    found: list[list[DiffRow]] = []
    causes, why, stopped = Counter[str](), Counter[str](), Counter[str]()
    for path in node_files(home):
        try:
            rows, counts = _judged(path, lane, last)
        except UNREADABLE:
            continue
        found.append(rows)
        for one in counts:
            causes[one["cause"]] += one["times"]
            if one["cause"] == "otherwise":
                why[one["why"] or "unnamed"] += one["times"]
            if one["stopped"]:
                stopped[one["stopped"]] += one["times"]
    return LiveDiff(
        lane, tuple(_newest(found, last)), causes.total(), causes["same"], causes["unjudged"],
        tuple(why.most_common()), tuple(stopped.most_common()),
    )  # fmt: skip


def _judged(path: Path, lane: Lane, last: int) -> tuple[list[DiffRow], list[sqlite3.Row]]:
    with peek(path) as database:
        node = database.execute("SELECT name, lane FROM node").fetchone()
        if node is None or node["lane"] != lane:
            return [], []
        rows = [_row(node["name"], row) for row in database.execute(_ROWS, (WARMING_UP, last))]
        return rows, database.execute(_COUNTS, (*_OFF, WARMING_UP)).fetchall()


def _newest(found: Iterable[list[DiffRow]], last: int) -> list[DiffRow]:
    merged = heapq.merge(*found, key=lambda row: (row.ts, row.number), reverse=True)
    return [row for row, _ in zip(merged, range(last), strict=False)]


def _row(node: str, row: sqlite3.Row) -> DiffRow:
    paper, live = _quantity(row, "paper"), _quantity(row, "live")
    cause = _cause(row, paper, live)
    # Where live refused, that is why; else it is why paper did; else whose cap cut the size.
    sides = [name for name in ("live", "paper") if row[name] == "refused"]
    side = next(iter(sides + [name for name in ("live", "paper") if row[f"{name}_rule"]]), "paper")
    both = cause == "policy" and len(sides) > 1
    return DiffRow(
        number=row["number"],
        node=node,
        ts=from_iso(row["time"]),
        strategy=row["strategy"],
        instrument=row["instrument"],
        side=row["side"] or "",
        paper=row["paper"],
        paper_quantity=paper,
        paper_rule=row["paper_rule"] or "",
        live=row["live"] or "",
        live_quantity=live,
        live_rule=row["live_rule"] or "",
        cause=cause,
        rule=f"{row['paper_rule']} -> {row['live_rule']}" if both else row[f"{side}_rule"] or "",
        sentence=row[f"{side}_sentence"] or "",
        switch=row["switch"] or "",
        switch_sentence=row["switch_sentence"] or "",
    )


def _quantity(row: sqlite3.Row, side: str) -> Decimal | None:
    quantity = row[f"{side}_quantity"]
    return None if quantity is None else Decimal(quantity)


def _cause(row: sqlite3.Row, paper: Decimal | None, live: Decimal | None) -> str:
    if row["live"] is None:
        return "unjudged"
    if row["paper"] == "refused" and row["paper_rule"] in _OFF:
        return "same"
    if row["paper"] != row["live"]:
        return "policy"
    if paper == live and row["paper_rule"] == row["live_rule"]:
        return "same"
    return "policy" if row["live"] == "refused" else "size"


def diff(lane: Lane, last: int = 100) -> LiveDiff:
    """Return the last intents of the lane's paper nodes with both answers, and the counts over all of them."""
    return live_diff(existing_home(), lane, last)
