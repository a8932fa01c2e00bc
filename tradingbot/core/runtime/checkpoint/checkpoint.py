# file: core/runtime/checkpoint/checkpoint.py
"""Checkpoint: account, positions with their fills, resting orders, last quotes and every component's state."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol, Self

from nautilus_trader.model import InstrumentId, Price, Quantity, QuoteTick

from tradingbot.core.errors import RunFailed
from tradingbot.core.runtime.checkpoint.holdings import Holdings, holdings_of, motion_in
from tradingbot.core.runtime.checkpoint.pickling import dump_state, load_state
from tradingbot.core.runtime.checkpoint.reenact import HoldingsScript
from tradingbot.core.runtime.composition import Composition
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import to_iso


class NotRestored(RunFailed):
    """The checkpoint of a `close` (UTC ns) did not come back as it was."""

    def __init__(self, close: int, why: str) -> None:
        super().__init__(f"the checkpoint of {to_iso(close)} is not used: {why}")
        self.close, self.why = close, why


class BalanceOff(NotRestored):
    """The account came out `by` another balance than the checkpoint's: a rate has changed since some of its fills."""

    def __init__(self, close: int, by: Decimal) -> None:
        super().__init__(close, f"the account came back {by} off")
        self.by = by


class Unkeepable(RunFailed):
    """A strategy keeps something that no checkpoint can hold."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run at rest: its bars up to `close` have been acted on, its rows up to `ts` have come (UTC ns).

    `balance` is the account's, `start` what it must be opened with so that the fills of the open positions lead there.
    `quotes` are the last of each instrument, (instrument, bid, ask, bid size, ask size, ts); `state` is every
    component's, pickled.
    """

    close: int
    ts: int
    balance: Decimal
    start: Decimal
    held: Holdings
    quotes: tuple[tuple[str, str, str, str, str, int], ...]
    state: bytes

    def script(self, lane: Composition, latency: int) -> HoldingsScript:
        """Return what brings a host of `lane` to what is held."""
        quotes = [
            QuoteTick(
                InstrumentId.from_str(name), Price.from_str(bid), Price.from_str(ask), Quantity.from_str(bid_size),
                Quantity.from_str(ask_size), ts, ts,
            )
            for name, bid, ask, bid_size, ask_size, ts in self.quotes
        ]  # fmt: skip
        return HoldingsScript(self.held, quotes, self.close, self.ts, latency, lane.strategies, lane.sender)

    def load(self, lane: Composition, others: Mapping[str, Stateful]) -> None:
        """Put the state into the components of a lane that has just been re-enacted, and into `others`, by name."""
        lane.faults.raise_first()
        states = load_state(zlib.decompress(self.state), references_of(lane))
        for name, part in (*lane.parts.items(), *others.items()):
            part.load_state_dict(states[name])
        lane.reenactment.end()

    def check(self, balance: Decimal, *held: Holdings) -> None:
        """Compare what the account and the caches hold now.

        Raises BalanceOff when the balance is another one; NotRestored when something else is.
        """
        for now in held:
            if now.facts != self.held.facts:
                raise NotRestored(self.close, f"it held {self.held.facts}, what came back is {now.facts}")
        if balance != self.balance:
            raise BalanceOff(self.close, self.balance - balance)

    @contextmanager
    def restoring(self) -> Iterator[None]:
        """Turn whatever goes wrong while the block restores this into NotRestored."""
        try:
            yield
        except NotRestored:
            raise
        except Exception as error:
            raise NotRestored(self.close, f"{type(error).__name__}: {str(error).partition(chr(10))[0]}") from error

    def opened_with(self, more: Decimal) -> Self:
        """Return the same with `more` in the account it opens with."""
        return replace(self, start=self.start + more)


def resumed[T](run: Callable[[Checkpoint | None], T], checkpoint: Checkpoint | None) -> T:
    """Return what `run` does from a checkpoint; once more with what was missing where its balance came back off."""
    try:
        return run(checkpoint)
    except BalanceOff as off:
        if checkpoint is None:
            raise
        return run(checkpoint.opened_with(off.by))


@dataclass(frozen=True, slots=True)
class AccountView:
    """What a venue says at a moment: balance, holdings, last quotes, and what of it is in motion."""

    balance: Decimal
    held: Holdings
    quotes: tuple[tuple[str, str, str, str, str, int], ...]
    motion: str

    @classmethod
    def of(cls, cache: Any, balance: Decimal, instruments: Iterable[Any]) -> AccountView:
        """Look into the cache of the engine that simulates the venue."""
        quotes = ((str(item.id), cache.quote(item.id)) for item in instruments)
        seen = tuple(
            (name, str(quote.bid_price), str(quote.ask_price), str(quote.bid_size), str(quote.ask_size),
             int(quote.ts_event))
            for name, quote in quotes if quote is not None
        )  # fmt: skip
        return cls(balance, holdings_of(cache), seen, motion_in(cache))


class SimulatedSide(Protocol):
    """The models of a simulated venue, or who speaks for them in their own thread."""

    def state_dict(self) -> dict[str, Any]:
        """Return their state."""

    def forget_ended(self, live: Container[str]) -> None:
        """Let go of what is known of orders that are not `live`, client order ids."""

    def due_by(self, ts: int) -> bool:
        """Whether something is due at `ts` (UTC ns) that no event has brought about yet."""


def unrest(lane: Composition, venue: SimulatedSide, motion: str, ts: int = 0) -> str:
    """Say why this is no moment of rest, nothing where it is one; `motion` is what the venue has under way.

    `ts` is the seam (UTC ns), which may lie behind the last event: while a market is closed.
    """
    if reason := next((reason for strategy in lane.strategies if (reason := strategy.in_motion)), motion):
        return reason
    by = max(ts, lane.clock.now())
    return "an event is due" if lane.gate.calls_by(by) or venue.due_by(by) else ""


def take_checkpoint(
    lane: Composition, venue: SimulatedSide, seen: AccountView, close: int, ts: int, rows: int,
    others: Mapping[str, Stateful],
) -> tuple[Checkpoint, dict[str, Any]]:  # fmt: skip
    """Return the checkpoint of a run at rest and what only grew since the last (`Recorder.archive`).

    The run itself forgets what is over, but for the last `rows` rows of each instrument's market; that changes nothing
    of what follows. `others` are the host's own parts, by name.

    Raises Unkeepable when a strategy keeps something that cannot be written down.
    """
    if why := unkept(lane):
        raise Unkeepable(why)
    live = seen.held.live
    history = lane.recorder.archive(live)
    venue.forget_ended(live)
    for strategy in lane.strategies:
        strategy.forget_ended(live)
    lane.tape.forget(rows)
    states = {name: part.state_dict() for name, part in {**lane.parts, **others}.items()}
    state = zlib.compress(dump_state(states | {"venue": venue.state_dict()}, references_of(lane)), 1)
    cash = sum((position.cash for position in lane.recorder.positions()), Decimal(0))
    return Checkpoint(close, ts, seen.balance, seen.balance - cash, seen.held, seen.quotes, state), history


def unkept(lane: Composition) -> str:
    """Say which attribute of which strategy cannot be written down, nothing where all can."""
    references = references_of(lane)
    for strategy in lane.strategies:
        for name, value in strategy.own_state.items():
            try:
                dump_state(value, references)
            except Exception as error:  # noqa: BLE001 - whatever a class of somebody else's raises
                return (
                    f"{strategy.context.name}.{name} cannot be kept in a checkpoint ({error}); allowed is what pickle"
                    " takes, and Indicator(...) around Nautilus' indicators"
                )
    return ""


def references_of(lane: Composition) -> dict[str, Any]:
    """Return what a state refers to instead of holding it: instruments by id, models by hash, strategies by name."""
    instruments = lane.strategies[0].context.instruments
    strategies = {strategy.context.name: strategy for strategy in lane.strategies}
    return {str(item.id): item for item in instruments} | dict(lane.predictors) | strategies
