# file: core/runtime/parity/check.py
"""Parity check: run a node's config through the backtest engine and compare with its state file."""

from __future__ import annotations

import shlex
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.backtesthost import run_backtest
from tradingbot.core.runtime.feed import DataGaps
from tradingbot.core.runtime.market import Market, open_planned_market, plan
from tradingbot.core.runtime.parity.comparison import Difference, ParityAction, compare
from tradingbot.core.runtime.parity.records import OrderEventCollector, Span, backtest_actions, node_actions, span_of
from tradingbot.core.runtime.provenance import settings_sha256
from tradingbot.core.runtime.statefile import open_state_file


@dataclass(frozen=True, slots=True)
class ParityResult:
    """How much of the node's was compared, over which span, and what differed.

    `bars` are those of the span that only one of the two saw; one that made nobody do otherwise is no difference.
    """

    span: Span
    intents: int
    orders: int
    fills: int
    bars: int
    differences: list[Difference]

    @property
    def by_cause(self) -> dict[str, int]:
        """How many differences each cause has, the most frequent first."""
        return {str(cause): count for cause, count in Counter(item.cause for item in self.differences).most_common()}


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """What a state file says: which config with which settings ran, from when to when, and what was done in the span.

    `bars` are the closes of all bars that the node has seen, ascending, by instrument.
    """

    name: str
    config: str
    settings: list[str]
    sha256: str
    start: int
    end: int
    span: Span
    done: list[ParityAction]
    bars: Mapping[str, Ints]


def read_node(path: Path, day: str = "") -> NodeRecord:
    """Read the state file at `path`, all of it or one `day` as `span_of` takes it; its node may be writing it.

    Raises BadInput when the day is none of the node's; RunFailed when no node of that name has run, nothing of it is
    there yet, or the file cannot be read.
    """
    try:
        with open_state_file(path) as database:
            database.execute("BEGIN")  # all of it as it was at one moment
            return _read(path, database, day)
    except (sqlite3.Error, ArithmeticError, TypeError, ValueError) as error:
        raise RunFailed(f"{path} cannot be read: {error}") from error


def check_node_parity(node: NodeRecord, progress: Progress = no_progress) -> ParityResult:
    """Run what the node runs as a backtest and compare; `progress` hears (chunks done, chunks in all).

    The backtest goes from the node's start to the end of the span, since what happened before is what the rest comes
    from. It sees no more than the node has.

    Raises PolicyRefused when the config is not the one the node ran: what differs then says nothing about the node;
    TradingbotError: As a backtest does.
    """
    planned = plan(node.config, node.settings)
    market, _synthetic = open_planned_market(planned)
    if settings_sha256(planned, market) != node.sha256:
        raise PolicyRefused(f"{node.name}: its config was changed since it ran, so the two cannot be compared")
    market = replace(market, start=node.start, end=node.end)
    span, step = node.span, market.sources[0].step.ns
    until = min(max(int(closes[-1]) for closes in node.bars.values()), span.until + step)
    collector = OrderEventCollector(span)
    outcome = run_backtest(planned, market, progress, on_order=collector, until=until)
    unlike = _unlike(planned.config, market, node.bars, until)
    differences = compare(
        node.done,
        backtest_actions(outcome.recorder.decisions, collector, span),
        {name: closes.tolist() for name, closes in unlike.items()},
        step,
    )
    kinds = Counter(did.kind for did in node.done)
    bars = sum(int(np.sum((closes > span.since) & (closes <= span.until))) for closes in unlike.values())
    return ParityResult(span, kinds["intent"], kinds["order"], kinds["fill"], bars, differences)


def _read(path: Path, database: sqlite3.Connection, day: str) -> NodeRecord:
    identified = database.execute("SELECT command, config_sha256, start, end FROM node").fetchone()
    beat = database.execute("SELECT state FROM heartbeat").fetchone()
    bars = database.execute("SELECT instrument, ts FROM bars ORDER BY ts").fetchall()
    if identified is None or beat is None or not bars:
        raise RunFailed(f"{path} holds no run yet")
    _program, _verb, config, *options = shlex.split(identified["command"])
    settings = [option.removeprefix("--set=") for option in options]
    identity = (path.stem, config, settings, identified["config_sha256"], identified["start"], identified["end"])
    span = span_of(day, [ts for _name, ts in bars], beat["state"] == "finished")
    closes: defaultdict[str, list[int]] = defaultdict(list)
    for name, ts in bars:
        closes[name].append(ts)
    seen = {name: np.array(stamps, np.int64) for name, stamps in closes.items()}
    return NodeRecord(*identity, span, node_actions(database, span), seen)


def _unlike(config: BacktestConfig, market: Market, bars: Mapping[str, Ints], until: int) -> dict[str, Ints]:
    gaps, none, unlike = DataGaps(config.events), np.array([], np.int64), {}
    for source in market.sources:
        stored = gaps.cut(source.name, source.read(market.start, until)[0]).ts
        seen = bars.get(source.name, none)
        unlike[source.name] = np.setxor1d(stored, seen[seen <= until])
    return unlike
