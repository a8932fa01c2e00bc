# file: core/runtime/papernode.py
"""Paper trading node: the node host over a replay of the catalog, at a simulated venue."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from tradingbot.core.execution.marketclock import MarketClock
from tradingbot.core.execution.switches.killlatch import MemoryKillLatch
from tradingbot.core.lane import Stage
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.composition import Setup, compose
from tradingbot.core.runtime.engine import check_terms, collect_garbage_here
from tradingbot.core.runtime.listeners import RunClock
from tradingbot.core.runtime.market import Market, Plan
from tradingbot.core.runtime.node import NodeHost, NodeOptions
from tradingbot.core.runtime.onecore import on_one_core
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.runtime.provenance import settings_sha256
from tradingbot.core.runtime.recorder import RunOutcome
from tradingbot.core.runtime.replay.lockstep import LockStepReplay
from tradingbot.core.runtime.replay.verifier import archive_state, open_verifier
from tradingbot.core.runtime.statefile import StateFile


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOptions(NodeOptions):
    """How a paper node goes; its lane's kill latch stops real money, so paper only notes what live would refuse.

    `speed` is market seconds per second, None for full speed, at which it goes until `fast_until` (UTC ns) in any case.
    A `fresh` node sets what it did before aside.
    """

    speed: float | None = None
    fast_until: int = 0
    fresh: bool = False


def run_paper(planned: Plan, market: Market, options: PaperOptions, progress: Progress = no_progress) -> RunOutcome:
    """Run a plan in a live node until its data ends or a signal stops it; `progress` hears (chunks done, in all).

    A node that ran before goes on where it was: it does again at full speed what is on record, which must come out the
    same, and records from there.

    Raises StrategyFailed when any component raised, with its traceback; LedgerMismatch when the ledger and the venue's
    account disagree; PolicyRefused when the node runs already, or has run with other settings; RunFailed when the state
    file cannot be written, the replay breaks off, or the node's past comes out otherwise.
    """
    check_terms(planned, market)
    with single_instance(options.folder / f"{options.name}.lock"), on_one_core():
        path = options.folder / f"{options.name}.db"
        if options.fresh:
            archive_state(path)
        settings = settings_sha256(planned, market)
        with open_verifier(path, settings) as past, closing(StateFile(path)) as file, collect_garbage_here() as collect:
            time = MarketClock()
            latch = MemoryKillLatch(planned.config.lane, time.timestamp_ns)
            lane = compose(Setup(planned, market, Stage.PAPER, latch, RunClock(), time=time))
            fast_until = max(options.fast_until, past.until)
            replay = LockStepReplay(planned, market, lane, time, options.speed, fast_until, progress)
            return NodeHost(planned, market, options, lane, replay, file, past, collect).run()
