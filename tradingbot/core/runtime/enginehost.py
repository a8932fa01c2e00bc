# file: core/runtime/enginehost.py
"""Engine host: a lane in the backtest engine, run chunk by chunk, and frozen or restored between two of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from nautilus_trader.model import IndexPriceUpdate, Venue
from nautilus_trader.trading import Strategy

from tradingbot.core.runtime.checkpoint.checkpoint import AccountView, Checkpoint, take_checkpoint, unrest
from tradingbot.core.runtime.checkpoint.holdings import holdings_of, motion_in
from tradingbot.core.runtime.composition import Composition, Setup, compose, install
from tradingbot.core.runtime.engine import balance_of, build_engine
from tradingbot.core.runtime.feed import Chunk, Feed
from tradingbot.core.stateful import Stateful


class EngineHost:
    """A lane in an engine of its own, from the start of its data or from where a checkpoint left it.

    `others` makes the host's own parts of a checkpoint, by name. Errors are raised as `run_backtest` does.
    """

    def __init__(
        self,
        setup: Setup,
        feed: Feed,
        checkpoint: Checkpoint | None = None,
        others: Callable[[Composition], Mapping[str, Stateful]] = lambda _lane: {},
    ) -> None:
        planned, market = setup.planned, setup.market
        self.lane = compose(setup)
        setup.listeners.fault.append(partial(Strategy.shutdown_system, self.lane.strategies[0]))
        self.lane.reenactment.expected = checkpoint is not None
        self._models = self.lane.venue_models(setup.clock.now)
        self._planned, self._instruments, self._feed = planned, market.instruments, feed
        self._others = {"feed": feed, **others(self.lane)}
        self._until = market.start
        equity = planned.config.start_equity if checkpoint is None else checkpoint.start
        exact = planned.config.realism == "exact"
        self._engine = build_engine(market.instruments, planned.venue, self._models, equity, exact)
        if checkpoint is not None:
            self.lane.gate.forget_calls_until(checkpoint.ts)
        install(self._engine, self.lane)
        if checkpoint is not None:
            try:
                with checkpoint.restoring():
                    self._restore(checkpoint)
            except BaseException:
                self.close()
                raise

    @property
    def balance(self) -> Any:
        """What the account holds of the lane's currency."""
        account = self._engine.cache.account_for_venue(Venue(str(self._instruments[0].id.venue)))
        return balance_of(account, self._planned.venue.currency, self._planned.config.start_equity)

    @property
    def unrest(self) -> str:
        """Why this is no moment of rest, nothing where it is one."""
        return unrest(self.lane, self._models, motion_in(self._engine.cache), self._until)

    def run(self, chunk: Chunk) -> None:
        """Run the rows of a chunk."""
        self.lane.tape.load(chunk.strips)
        self._run(chunk.data)
        self._until = chunk.until
        self.lane.faults.raise_first()
        self.lane.recorder.mark_until(chunk.until + 1)

    @property
    def account(self) -> AccountView:
        """What the account holds."""
        return AccountView.of(self._engine.cache, self.balance, self._instruments)

    def take_checkpoint(self, seen: AccountView, close: int, ts: int) -> tuple[Checkpoint, dict[str, Any]]:
        """Return the checkpoint and what only grew since the last, at the seam `ts` after the bars of `close`."""
        return take_checkpoint(self.lane, self._models, seen, close, ts, self._feed.memory, self._others)

    def end(self) -> None:
        """End the run: no more rows come."""
        self._engine.end()
        self.lane.faults.raise_first()

    def close(self) -> None:
        """Let go of the engine and of the lane."""
        self._engine.dispose()
        self.lane.release()

    def _run(self, data: list[list[Any]]) -> None:
        if not data:
            return
        for rows in data:
            self._engine.add_data(rows, sort=False, validate=False)
        self._engine.sort_data()
        self._engine.run(streaming=True)
        self._engine.clear_data()

    def _restore(self, checkpoint: Checkpoint) -> None:
        script = checkpoint.script(self.lane, self._planned.venue.latency_ms * 1_000_000)
        script.prepare(self.lane.reenactment)
        for step in script:
            # An index price: the one kind of row that nothing in the engine trades by.
            mark = IndexPriceUpdate(self._instruments[0].id, self._instruments[0].make_price(1.0), step.ts, step.ts)
            self._run([[step.quote or mark]])
            if step.ask is not None:
                step.ask()
        checkpoint.load(self.lane, {**self._others, "venue": self._models})
        checkpoint.check(self.balance, holdings_of(self._engine.cache))
