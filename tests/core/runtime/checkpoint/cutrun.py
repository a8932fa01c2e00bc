# file: tests/core/runtime/checkpoint/cutrun.py
"""A run in the engine, whole, or cut into segments of which each is restored in a fresh engine; and what it did."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Stage
from tradingbot.core.runtime.checkpoint.checkpoint import BalanceOff, Checkpoint
from tradingbot.core.runtime.composition import Setup
from tradingbot.core.runtime.enginehost import EngineHost
from tradingbot.core.runtime.feed import Feed, feed_of
from tradingbot.core.runtime.listeners import Listeners, RunClock
from tradingbot.core.runtime.market import Market, Plan, open_planned_market

__all__ = ["Course", "CutRun", "compared"]

type Told = dict[str, list[Any]]


@dataclass(frozen=True)
class Course:
    """All that a run did, by kind; how it was cut: what kept it from rest, how often it was restored, how often with a
    position, and how often with another balance first."""

    told: Told
    unrests: tuple[str, ...] = ()
    cuts: int = 0
    held: int = 0
    off: int = 0


class CutRun:
    """Run a plan on a market, once or in segments."""

    def __init__(self, planned: Plan, market: Market | None = None) -> None:
        self.planned = planned
        self.market = open_planned_market(planned)[0] if market is None else market
        self.step = self.market.sources[0].step.ns
        self._latency = planned.venue.latency_ms * 1_000_000 if planned.config.realism == "exact" else 0
        self._fills: list[Any] = []

    @property
    def bars(self) -> int:
        """How many bars long the market is."""
        return (self.market.end - self.market.start) // self.step

    def host(self, checkpoint: Checkpoint | None = None) -> tuple[EngineHost, Feed]:
        """Return a fresh engine, at the start or where a checkpoint left it."""
        clock, listeners = RunClock(), Listeners()
        since = 0 if checkpoint is None else checkpoint.ts

        def hear(event: Any) -> None:
            # What is re-enacted came about before.
            if type(event).__name__ == "OrderFilled" and event.ts_event > since:
                self._fills.append(_fill(event))

        listeners.order.append(hear)
        feed = feed_of(self.planned, self.market)
        latch = MemoryKillLatch(self.planned.config.lane, clock.now)
        setup = Setup(self.planned, self.market, Stage.BACKTEST, latch, clock, listeners)
        return EngineHost(setup, feed, checkpoint), feed

    def whole(self) -> Course:
        """Run it without a cut, in the chunks of a backtest."""
        self._fills.clear()
        host, feed = self.host()
        try:
            for chunk in feed:
                host.run(chunk)
            return Course(self._told(host, []))
        finally:
            host.close()

    def seam(self, close: int) -> int:
        """Return the seam behind a close."""
        return min(close + self._latency, self.market.end)

    def advance(self, host: EngineHost, feed: Feed, since: int, close: int) -> int:
        """Run a host from `since` to the seam behind a close; return the seam."""
        for chunk in feed.days(since, self.seam(close)):
            host.run(chunk)
        return self.seam(close)

    def cut(self, bars: Iterable[int]) -> Course:
        """Run it with cuts after these numbers of bars, or after the next bar at rest."""
        self._fills.clear()
        histories: list[dict[str, Any]] = []
        unrests: list[str] = []
        at, cuts, held, off = self.market.start, 0, 0, 0
        host, feed = self.host()
        try:
            for number in sorted(set(bars)):
                close = self.market.start + number * self.step
                if self.seam(close) <= at:
                    continue
                at = self.advance(host, feed, at, close)
                while at < self.market.end and (reason := host.unrest):
                    unrests.append(reason)
                    close += self.step
                    at = self.advance(host, feed, at, close)
                if at >= self.market.end:
                    break
                checkpoint, history = host.take_checkpoint(host.account, close, at)
                histories.append(_again(history))
                host.close()
                host, feed, tries = self.restored(_again(checkpoint))
                cuts, held, off = cuts + 1, held + bool(checkpoint.held.positions), off + tries
            self.advance(host, feed, at, self.market.end)
            return Course(self._told(host, histories), tuple(unrests), cuts, held, off)
        finally:
            host.close()

    def restored(self, checkpoint: Checkpoint) -> tuple[EngineHost, Feed, int]:
        """Return a fresh engine where a checkpoint left it, and how often its balance was another one first."""
        for tries in range(3):
            try:
                return *self.host(checkpoint), tries
            except BalanceOff as error:
                checkpoint = checkpoint.opened_with(error.by)
        raise AssertionError("the balance came out otherwise three times")

    def _told(self, host: EngineHost, histories: Sequence[dict[str, Any]]) -> Told:
        host.end()
        recorder = host.lane.recorder
        recorder.unarchive(histories)
        ledger = recorder.ledger
        return {
            "fills": list(self._fills),
            "balance": [host.balance, host.balance - recorder.ledger.balance, recorder.equity(), recorder.peak()],
            "trades": list(ledger.trades),
            "open": recorder.open_trades(),
            "decisions": [
                (each.number, each.intent, each.view, each.answer, each.orders,
                 [replace(fill, order=_named(fill.order)) for fill in each.fills])
                for each in recorder.decisions
            ],
            "refusals": recorder.refusals,
            "happenings": recorder.happenings,
            "transfers": ledger.transfers,
            "risked": recorder.risked,
            "flows": recorder.marked.flows,
            "points": list(recorder.marked.points),
            "counted": [host.lane.gate.closing_orders, recorder.stop_distances, recorder.target_distances,
                        recorder.fill_times],
        }  # fmt: skip


def compared(run: CutRun, bars: Iterable[int]) -> Course:
    """Return a cut run that did what the whole one did. Raises AssertionError with the first difference."""
    whole, cut = run.whole().told, run.cut(bars)
    for kind, expected in whole.items():
        for number, (one, other) in enumerate(zip(expected, cut.told[kind], strict=False)):
            assert one == other, f"{kind} {number} of {len(expected)}: {one} is {other} in the cut run"
        assert len(expected) == len(cut.told[kind]), kind
    return cut


def _fill(event: Any) -> tuple[object, ...]:
    names = _named(event.client_order_id), str(event.strategy_id), str(event.instrument_id), str(event.order_side)
    amounts = str(event.last_qty), str(event.last_px), str(event.commission), str(event.liquidity_side)
    return int(event.ts_event), *names, *amounts


def _named(order: object) -> str:
    # The engine gives orders of its own, those of an expiry, a random id.
    name, _, rest = str(order).partition("-")
    return f"{name}-{rest}" if name == "O" else name


def _again[T](value: T) -> T:
    again: T = pickle.loads(pickle.dumps(value))  # noqa: S301 - it is our own
    return again
