# file: core/execution/ordersender.py
"""Order sender: the one way out for the lane layer's orders, changes and cancels, counted."""

from __future__ import annotations

from typing import Any

from nautilus_trader.trading import Strategy


class OrderSender:
    """Call the engine's own order methods, which are sealed on a `LaneStrategy`, on a strategy's behalf.

    `sent` counts the calls of a lane: where it has not moved since, nothing is on its way to the venue.
    """

    def __init__(self) -> None:
        self.sent = 0

    def submit(self, strategy: Strategy, order: Any, *args: Any, **kwargs: Any) -> None:
        self.sent += 1
        Strategy.submit_order(strategy, order, *args, **kwargs)

    def submit_list(self, strategy: Strategy, orders: Any, *args: Any, **kwargs: Any) -> None:
        self.sent += 1
        Strategy.submit_order_list(strategy, orders, *args, **kwargs)

    def modify(self, strategy: Strategy, order_id: Any, **changes: Any) -> None:
        self.sent += 1
        Strategy.modify_order(strategy, order_id, **changes)

    def cancel(self, strategy: Strategy, order_id: Any) -> None:
        self.sent += 1
        Strategy.cancel_order(strategy, order_id)
