# file: adapters/sandbox.py
"""Sandbox execution client: orders of a live node to a simulated venue of our own.

Nautilus' own sandbox client takes no fill model written in Python and no simulation modules, settles no funding,
liquidates nobody, and stamps and delays by the clock on the wall: what it filled could not be compared to a backtest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nautilus_trader.config import ExecutionClientConfig
from nautilus_trader.live.clients import ExecutionClient, ExecutionClientFactory
from nautilus_trader.model import AccountId, AccountType, Currency, OmsType, Venue

from tradingbot.core.errors import RunFailed

_PASSES = 3
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class VenueEvent:
    """An order event or None, the account's (balances, margins) where they moved, when (UTC ns of the market), and
    whether the order came from the node: a venue makes orders of its own at an expiry or a liquidation."""

    event: Any | None
    account: tuple[Sequence[Any], Sequence[Any]] | None
    ts: int
    known: bool = True


class SimulatedVenue(Protocol):
    """Where the orders go. Each call answers with what it led to at once."""

    def opening(self) -> Iterable[VenueEvent]:
        """Tell the account as it opens."""

    def submit(self, order: Any) -> Iterable[VenueEvent]:
        """Take an order."""

    def modify(self, command: Any) -> Iterable[VenueEvent]:
        """Take a change of an order."""

    def cancel(self, command: Any) -> Iterable[VenueEvent]:
        """Take an order back."""

    def flush(self) -> Iterable[VenueEvent]:
        """Do now what came since the last row and does not have to travel."""


class SandboxClient(ExecutionClient):
    """Carry orders to the venue and its events back, with the venue's own stamps. Events, data and commands go through
    the node in queues of their own, in no order among each other. `settled` makes one: it returns when the strategies
    have had all events and what they did about it has reached the venue."""

    def __init__(self, *, factory: SandboxFactory, name: str, **context: Any) -> None:
        super().__init__(
            name=name,
            venue=factory.venue,
            account_id=factory.account,
            account_type=AccountType.MARGIN,
            oms_type=OmsType.NETTING,
            base_currency=factory.currency,
            **context,
        )
        self._simulated = factory.simulated
        self._strange = factory.strange
        self._listen = factory.listen
        self._asked: list[asyncio.Future[None]] = []
        self._unfollowed: tuple[str, asyncio.Future[None]] | None = None
        self._later: list[VenueEvent] = []
        self._moves = 0
        self._arrived = False

    def tell(self, events: Iterable[VenueEvent]) -> None:
        """Hand the events of the venue to the node; an account goes before the fill that moved it."""
        known = list(events)
        self._listen(known)
        if self._later:
            self._later += known
        else:
            self._hand(known)

    @property
    def restless(self) -> bool:
        """Whether something came to the venue, or an event to the node, since all had `settled`."""
        return self._arrived or bool(self._later) or self._unfollowed is not None

    async def settled(self, ask: Callable[[AccountId], None]) -> None:
        """Let the node act until nothing it does reaches the venue any more; `ask` sends an account query. A query goes
        through the queue of commands behind the orders; those pass it more than once, through the risk engine to the
        execution engine, so that only the last of a few queries is sure to come after them. Raises RunFailed when a
        strategy has not had an event after seconds: the node has dropped it."""
        while True:
            before = self._moves
            await self._heard()
            for _ in range(_PASSES):
                answer = asyncio.get_running_loop().create_future()
                self._asked.append(answer)
                ask(self.account_id)
                await answer
            if self._arrived:
                self._arrived = False
                self.tell(self._simulated.flush())
            elif self._later:
                (odd, *rest), self._later = self._later, []
                self._strange(odd.event)
                self._hand(rest)
            elif self._moves == before:
                return

    def heard(self, event: Any) -> None:
        """Note that a strategy has followed an event."""
        if (
            self._unfollowed is not None
            and str(event.event_id) == self._unfollowed[0]
            and not self._unfollowed[1].done()
        ):
            self._unfollowed[1].set_result(None)

    def _hand(self, events: Sequence[VenueEvent]) -> None:
        """Pass on in order; what follows an order of the venue's own waits until its account has come through."""
        for place, reported in enumerate(events):
            self._moves += 1
            if reported.account is not None:
                balances, margins = reported.account
                self.generate_account_state(list(balances), list(margins), True, reported.ts)
            if reported.event is not None and not reported.known:
                self._later = list(events[place:])
                return
            if reported.event is not None:
                self._unfollowed = str(reported.event.event_id), asyncio.get_running_loop().create_future()
                self._handle_event(reported.event)

    async def _heard(self) -> None:
        if self._unfollowed is None:
            return
        try:
            await asyncio.wait_for(self._unfollowed[1], _PATIENCE_S)
        except TimeoutError:
            raise RunFailed(f"no strategy heard the event {self._unfollowed[0]} within {_PATIENCE_S} s") from None
        self._unfollowed = None

    async def _connect(self) -> None:
        self.tell(self._simulated.opening())

    async def _disconnect(self) -> None:
        for answer in self._asked:
            answer.cancel()

    async def _submit_order(self, command: Any) -> None:
        self._arrived = True
        self.tell(self._simulated.submit(command.order))

    async def _modify_order(self, command: Any) -> None:
        self._arrived = True
        self.tell(self._simulated.modify(command))

    async def _cancel_order(self, command: Any) -> None:
        self._arrived = True
        self.tell(self._simulated.cancel(command))

    async def _query_account(self, command: Any) -> None:
        if self._asked:
            answer = self._asked.pop(0)
            if not answer.done():
                answer.set_result(None)


class SandboxFactory(ExecutionClientFactory):
    """Make the client of one simulated venue. `strange` is called with the events of orders the venue made itself,
    `listen` with all events."""

    def __init__(
        self,
        venue: Venue,
        currency: str,
        simulated: SimulatedVenue,
        strange: Callable[[Any], None],
        listen: Callable[[Sequence[Any]], None],
    ) -> None:
        self.venue = venue
        self.account = AccountId(f"{venue}-001")
        self.currency = Currency.from_str(currency)
        self.simulated = simulated
        self.strange = strange
        self.listen = listen
        self.made: list[SandboxClient] = []

    @property
    def client(self) -> SandboxClient:
        return self.made[-1]

    def create(  # type: ignore[override]
        self, *, name: str, config: ExecutionClientConfig, cache: Any, clock: Any, trader_id: Any
    ) -> SandboxClient:
        self.made.append(
            SandboxClient(factory=self, name=name, config=config, cache=cache, clock=clock, trader_id=trader_id)
        )
        return self.made[-1]
