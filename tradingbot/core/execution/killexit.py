# file: core/execution/killexit.py
"""Kill exit: leave a killed lane, winners by limit orders in steps, the rest under their stop and target."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tradingbot.core.execution.positiontracker import PositionTracker
from tradingbot.core.execution.protection import exit_order
from tradingbot.core.execution.strategycontext import LaneServices
from tradingbot.core.messages.intent import Side
from tradingbot.core.stateful import Stateful
from tradingbot.core.time import SECOND

if TYPE_CHECKING:
    from tradingbot.core.execution.lanestrategy import LaneStrategy


KILL = "kill"


class KillExit(Stateful):
    """One strategy's way out of its positions.

    Every position that would make money after its costs so far is offered at a limit: first at the far touch (a sale at
    the ask), then nearer to the near one, each time for `step_timeout_s`; after `exit_steps` offers the rest goes at
    the market. An option structure is judged as a whole and left leg by leg at the market, short legs first. Positions
    that would lose keep their stop and target. A run without quotes has nothing to offer at: there it is the market at
    once.
    """

    state_names = ("_steps",)

    def __init__(self, strategy: LaneStrategy, lane: LaneServices, tracker: PositionTracker) -> None:
        self._strategy = strategy
        self._lane = lane
        self._tracker = tracker
        self._steps: dict[str, int] = {}

    def begin(self) -> None:
        """Start leaving what is profitable; what is already on its way out goes on."""
        structured = set()
        for approved, _units in list(self._lane.approvals.structures(self._lane.record.net)):
            if approved.strategy == str(self._strategy.strategy_id):
                structured |= {leg for leg, _side in approved.instruments}
                self._structure(approved.instruments)
        for name in list(self._tracker.held()):
            if name not in structured and not self._tracker.leaving(name) and self._profit(name) > 0:
                self._offer(name, 0)

    @property
    def under_way(self) -> bool:
        """Whether an offer stands or its next step is due."""
        return bool(self._steps)

    def offered(self, name: str) -> bool:
        return name in self._steps

    def go_on(self, name: str) -> None:
        """Go on with what an offer left, the next step or a market order, once the engine has booked its end."""
        step = self._steps.pop(name, 0) + 1
        soon = self._strategy.clock.timestamp_ns() + 1
        self._strategy.clock.set_time_alert_ns(
            f"next-{name}-{step}", soon, callback=lambda _event: self._offer(name, step)
        )

    def not_withdrawn(self, name: str, order: Any) -> None:
        """Wait once more: the venue refused to take an offer back."""
        if name in self._steps:
            self._wait(name, order, self._steps[name])

    def forget(self, name: str) -> None:
        self._steps.pop(name, None)

    def _structure(self, legs: tuple[tuple[str, Side], ...]) -> None:
        held = [leg for leg, _side in legs if self._tracker.net(leg)]
        if sum((self._profit(leg) for leg in held), Decimal(0)) <= 0:
            return
        for leg in sorted(held, key=lambda name: self._tracker.net(name)):
            self._strategy.close(leg, KILL)

    def _profit(self, name: str) -> Decimal:
        return self._lane.record.open_pnl(str(self._strategy.strategy_id), name)

    def _offer(self, name: str, step: int) -> None:
        instrument, held = self._strategy.listed(name), self._tracker.net(name)
        if not held or self._lane.over(self._strategy.clock.timestamp_ns()):
            return
        quoted, steps = self._lane.viewer.quote(instrument.id), self._lane.kill.exit_steps
        price = None if quoted is None or step >= steps else _between(quoted, held > 0, step / steps)
        order = exit_order(self._strategy.order_factory, instrument, held, KILL, price)
        if price is not None:
            self._steps[name] = step
            self._wait(name, order.client_order_id, step)
        self._tracker.exiting(name, order, KILL)
        self._lane.sender.submit(self._strategy, order)

    def _wait(self, name: str, order: Any, step: int) -> None:
        due = self._strategy.clock.timestamp_ns() + self._lane.kill.step_timeout_s * SECOND

        def withdraw(_event: Any) -> None:
            if self._strategy.cache.is_order_open(order):
                self._lane.sender.cancel(self._strategy, order)
            elif not self._strategy.cache.is_order_closed(order):
                self._wait(name, order, step)  # it has not even arrived

        self._strategy.clock.set_time_alert_ns(f"patience-{name}-{step}-{order}", due, callback=withdraw)


def _between(quoted: tuple[Decimal, Decimal], long: bool, share: float) -> Decimal:
    near, far = quoted if long else quoted[::-1]
    return far + (near - far) * Decimal(str(share))
