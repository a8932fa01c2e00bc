# file: core/runtime/parity/check.py
"""Parity check: run a node's config through the backtest engine and compare with its state file."""

from __future__ import annotations

import shlex
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tradingbot.core.arrays import Ints
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.errors import PolicyRefused, RunFailed
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.checkpoint.checkpoint import Checkpoint, NotRestored
from tradingbot.core.runtime.checkpoint.store import (
    CheckpointStore,
    RefusedCheckpoint,
    checkpoint_key,
    fingerprint,
)
from tradingbot.core.runtime.feed import DataGaps
from tradingbot.core.runtime.market import Market, open_node_market, plan
from tradingbot.core.runtime.parity.comparison import Difference, ParityAction, compare
from tradingbot.core.runtime.parity.dayrun import DayRun
from tradingbot.core.runtime.parity.records import SeenBars, Span, backtest_actions, node_actions, span_of
from tradingbot.core.runtime.parity.statecomparison import StateDifference
from tradingbot.core.runtime.provenance import settings_sha256
from tradingbot.core.runtime.statefile import open_state_file


@dataclass(frozen=True, slots=True)
class ParityResult:
    """How much of the node's was compared, over which span, and what differed.

    `bars` are those of the span that only one of the two saw; one that made nobody do otherwise is no difference.
    `parts` are those of the evening's state that were compared, 0 where there was none. `began` is the close (UTC ns)
    of the checkpoint that the backtest went on from, 0 where it began at the start. `notes` say what else there is.
    """

    span: Span
    intents: int
    orders: int
    fills: int
    bars: int
    differences: list[Difference | StateDifference]
    parts: int = 0
    began: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def by_cause(self) -> dict[str, int]:
        """How many differences each cause has, the most frequent first."""
        return {str(cause): count for cause, count in Counter(item.cause for item in self.differences).most_common()}


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """What a state file says: which config with which settings ran, from when to when, and what was done in the span.

    `feed` is where its data came from, `since` when it was warm. `last` is the close of the last bar that the node has
    seen; `bars` are the closes of those in and just before the span, ascending, by instrument.
    """

    path: Path
    config: str
    settings: list[str]
    sha256: str
    start: int
    end: int
    feed: str
    since: int
    last: int
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
    """Run what the node runs as a backtest and compare; `progress` hears (days done, days in all).

    The backtest of a day goes on from the node's last checkpoint before it that fits, without any from the node's
    start, since what happened before is what the rest comes from. It sees no more than the node has. Where the node
    kept a checkpoint of the evening, the backtest's own state must be the same: so each day proves the next one's
    beginning. A checkpoint that somebody else made or changed is a difference.

    Raises PolicyRefused when the config is not the one the node ran: what differs then says nothing about the node;
    TradingbotError: As a backtest does.
    """
    planned = plan(node.config, node.settings)
    market, _synthetic = open_node_market(planned, node.feed, node.start, node.since)
    if settings_sha256(planned, market) != node.sha256:
        raise PolicyRefused(f"{node.path.stem}: its config was changed since it ran, so the two cannot be compared")
    market = replace(market, start=node.start, end=node.end)
    span, step = node.span, market.sources[0].step.ns
    store = CheckpointStore(node.path, checkpoint_key(node.path.parent), fingerprint(planned, market))
    found = store.at(span.evening) if span.evening else None
    evening = found if isinstance(found, Checkpoint) else None
    refused = [found] if isinstance(found, RefusedCheckpoint) else []
    # At the seam of an evening the next bar has opened.
    until = min(node.last, span.until + step) if evening is None else evening.close + step
    before, ran, morning = span.since, None, None
    while ran is None:
        if span.day:
            morning, later = store.newest(before)
            refused += later
        try:
            ran = DayRun(planned, market, span, until, morning, evening).run(progress)
        except NotRestored as error:
            refused.append(RefusedCheckpoint(error.close, error.why, altered=True))
            before = error.close - 1
    unlike = _unlike(planned.config, market, node.bars, span.since - 2 * step, min(until, node.last))
    alarms = [StateDifference.of_refused(each) for each in refused if each.altered]
    differences = compare(
        node.done,
        backtest_actions(ran.decisions, ran.orders, span),
        {name: closes.tolist() for name, closes in unlike.items()},
        step,
    )
    kinds = Counter(did.kind for did in node.done)
    bars = sum(int(np.sum((closes > span.since) & (closes <= span.until))) for closes in unlike.values())
    notes = [str(each) for each in refused if not each.altered]
    return ParityResult(
        span, kinds["intent"], kinds["order"], kinds["fill"], bars, [*alarms, *differences, *ran.states], ran.parts,
        0 if morning is None else morning.close, notes,
    )  # fmt: skip


def _read(path: Path, database: sqlite3.Connection, day: str) -> NodeRecord:
    identified = database.execute("SELECT command, config_sha256, start, end, feed, since, bar_ns FROM node").fetchone()
    beat = database.execute("SELECT state FROM heartbeat").fetchone()
    seen = SeenBars.of(database)
    if identified is None or beat is None or seen is None:
        raise RunFailed(f"{path} holds no run yet")
    _program, _verb, config, *options = shlex.split(identified["command"])
    settings = [option.removeprefix("--set=") for option in options]
    feed = identified["feed"], identified["since"]
    who = identified["config_sha256"], identified["start"], identified["end"], *feed
    span = span_of(day, seen, beat["state"] == "finished")
    closes: defaultdict[str, list[int]] = defaultdict(list)
    since = span.since - 2 * identified["bar_ns"]
    for name, ts in database.execute("SELECT instrument, ts FROM bars WHERE ts > ? ORDER BY ts", (since,)):
        closes[name].append(ts)
    bars = {name: np.array(stamps, np.int64) for name, stamps in closes.items()}
    return NodeRecord(path, config, settings, *who, seen.last, span, node_actions(database, span), bars)


def _unlike(
    config: BacktestConfig, market: Market, bars: Mapping[str, Ints], since: int, until: int
) -> dict[str, Ints]:
    gaps, none, unlike = DataGaps(config.events), np.array([], np.int64), {}
    for source in market.sources:
        stored = gaps.cut(source.name, source.read(max(since, market.start), until)[0]).ts
        seen = bars.get(source.name, none)
        unlike[source.name] = np.setxor1d(stored, seen[seen <= until])
    return unlike
