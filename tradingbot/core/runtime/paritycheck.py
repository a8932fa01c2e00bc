# file: core/runtime/paritycheck.py
"""Run a node's config through the backtest engine and compare with what the node's state file says it did."""

from __future__ import annotations

import datetime as dt
import shlex
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.portfolio.isotime import from_iso
from tradingbot.core.runtime.backtesthost import run
from tradingbot.core.runtime.decision import Decision
from tradingbot.core.runtime.journal import decision_row
from tradingbot.core.runtime.opening import opened
from tradingbot.core.runtime.parity import Did, Difference, compare
from tradingbot.core.runtime.plan import Plan, plan
from tradingbot.core.runtime.runfacts import settings_sha256
from tradingbot.core.runtime.statefile import reading

__all__ = ["Checked", "check"]

_COLUMNS = "time, strategy, instrument, side, price, stop, target, verdict, rule, quantity, orders"


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was compared, and what differed."""

    intents: int
    orders: int
    fills: int
    differences: list[Difference]


def check(path: Path) -> Checked:
    """Compare the state file at `path`, up to where its node has come.

    Raises
    ------
    RunFailed
        When no node of that name has run, or nothing of it is there yet.
    PolicyRefused
        When the config is not the one the node ran: what differs then says nothing about the node.
    """
    with reading(path) as database:
        said = database.execute("SELECT * FROM node").fetchone()
        beat = database.execute("SELECT * FROM heartbeat").fetchone()
        if said is None or beat is None:
            raise RunFailed(f"{path} holds no run yet")
        node = [*_intents(database), *_fills(database)]
        bars = _bars(database)
    planned = _planned(said["command"], beat["market"] if beat["state"] != "finished" else None)
    market, _synthetic = opened(planned)
    if settings_sha256(_planned(said["command"], None), market) != said["config_sha256"]:
        raise PolicyRefused(f"{path.stem}: its config was changed since it ran, so the two cannot be compared")
    outcome = run(planned.config, planned.venue, planned.risk, planned.rates, market)
    backtest = [did for item in outcome.recorder.decisions for did in _did(item)]
    kinds = [did.kind for did in node]
    found = compare(node, backtest, bars, market.sources[0].step.ns)
    return Checked(kinds.count("intent"), kinds.count("order"), kinds.count("fill"), found)


def _planned(command: str, end: int | None) -> Plan:
    words = shlex.split(command)[2:]
    settings = [word.removeprefix("--set=") for word in words[1:]]
    if end is not None:
        settings.append(f"end={dt.datetime.fromtimestamp(end // 1_000_000_000, dt.UTC).isoformat()}")
    return plan(words[0], settings)


def _intents(database: sqlite3.Connection) -> Iterator[Did]:
    for row in database.execute(f"SELECT {_COLUMNS} FROM decisions"):  # noqa: S608 - names of our own
        yield from _asked(tuple(row))


def _asked(row: tuple[Any, ...]) -> Iterator[Did]:
    time, strategy, instrument, side, price, stop, target, verdict, rule, quantity, orders = row
    ts, size = from_iso(time), Decimal(quantity or 0)
    prices = (_decimal(price), _decimal(stop), _decimal(target))
    yield Did("intent", ts, strategy, instrument, side or "", size, prices, rule or verdict)
    for _order in orders.split():
        yield Did("order", ts, strategy, instrument, side or "", size)


def _fills(database: sqlite3.Connection) -> Iterator[Did]:
    for row in database.execute("SELECT ts, strategy, instrument, quantity, price FROM fills"):
        yield _filled(row["ts"], row["strategy"], row["instrument"], Decimal(row["quantity"]), Decimal(row["price"]))


def _did(decision: Decision) -> Iterator[Did]:
    row = decision_row(0, decision)
    # number, time, strategy, instrument, side, strength, price, stop, target, verdict, rule, was, limit, ...
    yield from _asked((*row[1:5], *row[6:11], row[14], row[15]))
    strategy = decision.intent.strategy
    for fill in decision.fills:
        yield _filled(fill.ts, strategy, fill.instrument, fill.signed, fill.price)


def _filled(ts: int, strategy: str, instrument: str, signed: Decimal, price: Decimal) -> Did:
    return Did("fill", ts, strategy, instrument, "BUY" if signed > 0 else "SELL", abs(signed), (price,))


def _bars(database: sqlite3.Connection) -> dict[str, frozenset[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for instrument, ts in database.execute("SELECT instrument, ts FROM bars"):
        found[instrument].add(ts)
    return {name: frozenset(closes) for name, closes in found.items()}


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
