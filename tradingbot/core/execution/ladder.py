# file: core/execution/ladder.py
"""Fills at a price and size the market could have given: half the spread, then depth that costs more."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from nautilus_trader.execution import FillModel
from nautilus_trader.model import (
    BookOrder,
    BookType,
    OrderBook,
    OrderSide,
    Price,
    Quantity,
)

from tradingbot.core.config.lanes import Depth, Spread
from tradingbot.core.execution.faults import Faults, guarded
from tradingbot.core.execution.tape import Moment, Tape

__all__ = ["LadderFillModel"]

_LEVELS = 5


class LadderFillModel(FillModel):
    """Give market and stop orders a book of five levels made from the bar they trade in.

    The book holds `participation` of the bar's volume in five equal levels; the level that ends at a share f of the
    volume lies `impact x range x sqrt(f)` beyond the touch (square-root impact, Toth et al. 2011), `range` being the
    high-low range of the bar before. What does not fit stays unfilled.

    The touch is the quoted bid or ask; where a bar trades directly (`quoted` false) half the lane's spread is added.
    A stop fills at its trigger, or at the bar's open if the bar opened beyond it. Limit orders fill as the engine
    does it, at the touch only with `limit_fill_probability`.
    """

    def __new__(cls, *_args: object, **_kwargs: object) -> LadderFillModel:
        return super().__new__(cls)

    def __init__(
        self,
        tape: Tape,
        depth: Depth,
        spread: Spread,
        quoted: bool,
        limit_fill_probability: float,
        seed: int,
        faults: Faults,
    ) -> None:
        self.faults = faults
        self.now: Callable[[], int] = lambda: 0
        self.arrivals: dict[str, float] = {}
        self._tape = tape
        self._participation = float(depth.participation)
        self._size = None if depth.size is None else float(depth.size)
        self._impact = float(depth.impact)
        self._spread = spread
        self._quoted = quoted
        self._probability = limit_fill_probability
        self._random = random.Random(seed)  # noqa: S311 - a simulation, not a secret

    @guarded
    def is_limit_filled(self) -> bool:
        """Decide whether a limit order at the touch is reached in the queue."""
        return self._random.random() < self._probability

    def is_slipped(self) -> bool:
        """Return False: slippage is in the ladder."""
        return False

    def fill_limit_inside_spread(self) -> bool:
        """Return False: a limit inside the spread waits."""
        return False

    @guarded
    def get_orderbook_for_fill_simulation(
        self, instrument: Any, order: Any, best_bid: Price | None = None, best_ask: Price | None = None
    ) -> OrderBook | None:
        """Return the book that `order` meets, or nothing for limit orders."""
        kind = type(order).__name__
        if kind == "LimitOrder" or best_bid is None or best_ask is None:
            return None
        buying = order.side == OrderSide.BUY
        sign = 1 if buying else -1
        now = self.now()
        moment = self._tape.moment(str(instrument.id), now)
        if moment is None:
            return None
        middle = (float(best_bid) + float(best_ask)) / 2
        half = self._half_spread(middle, float(instrument.price_increment))
        touch = float(best_ask if buying else best_bid) if self._quoted else middle + sign * half
        if kind == "StopMarketOrder":
            middle = touch = self._stop_price(order, moment, touch, half, sign)
        self.arrivals[str(order.client_order_id)] = middle
        return self._book(instrument, order, touch, moment, sign)

    def _half_spread(self, middle: float, tick: float) -> float:
        return max(float(self._spread.ticks) * tick, float(self._spread.bps) * 1e-4 * middle) / 2

    def _stop_price(self, order: Any, moment: Moment, touch: float, half: float, sign: int) -> float:
        trigger = float(order.trigger_price)
        if order.ts_accepted is None or order.ts_accepted == self.now():
            return touch
        if order.ts_accepted > moment.start:
            return trigger
        opened = moment.open + sign * half
        return max(trigger, opened) if sign > 0 else min(trigger, opened)

    def _book(self, instrument: Any, order: Any, touch: float, moment: Moment, sign: int) -> OrderBook:
        book = OrderBook(instrument.id, BookType.L2_MBP)
        volume = self._size if self._size is not None else moment.volume
        step = float(instrument.size_increment)
        level = math.floor(volume * self._participation / _LEVELS / step) * step
        total = math.floor(volume * self._participation / step) * step
        if total < step:
            return book
        sizes = [level] * _LEVELS if level >= step else [total]
        tick, side = float(instrument.price_increment), OrderSide.SELL if sign > 0 else OrderSide.BUY
        for number, size in enumerate(sizes, start=1):
            share = self._participation * (number - 1) / _LEVELS
            price = touch + sign * self._impact * moment.range * touch * math.sqrt(share)
            ticks = math.ceil(price / tick - 1e-9) if sign > 0 else math.floor(price / tick + 1e-9)
            book.add(
                BookOrder(
                    side,
                    Price(max(ticks, 1) * tick, instrument.price_precision),
                    Quantity(size, instrument.size_precision),
                    number,
                ),
                0,
                number,
                order.ts_init,
            )
        return book
