# file: core/execution/venue/fills.py
"""Fill model: half the spread, then market depth that costs more with size."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Container, Sequence
from typing import Any

from nautilus_trader.execution import FillModel
from nautilus_trader.model import BookOrder, BookType, OrderBook, OrderSide, Price, Quantity

from tradingbot.core.config.lanes import Depth, Spread
from tradingbot.core.execution.errorcollector import ErrorCollector, guarded
from tradingbot.core.execution.marketwindow import BarFacts, MarketWindow
from tradingbot.core.execution.reenactment import Reenactment
from tradingbot.core.stateful import Stateful

_LEVELS = 5


class DepthFillModel(Stateful, FillModel):
    """Give market and stop orders a book of five levels made from the bar they trade in.

    The book holds `participation` of the bar's volume in five levels of as good as equal size; the level that begins at
    a share f of the volume lies `impact x range x sqrt(f)` beyond the touch (square-root impact, Toth et al. 2011),
    `range` being the high-low range of the bar before. What does not fit stays unfilled.

    The touch is the quoted bid or ask; where a bar trades directly (`quoted` false) half the lane's spread is added.
    A stop fills at its trigger, or at the bar's open if the bar opened beyond it; what is left of it fills at the touch
    later, and takes no more of any bar than another order. Limit orders fill as the engine does it, at the touch only
    with `limit_fill_probability`.
    """

    state_names = ("arrivals", "_stops", "_random")

    def __new__(cls, *_args: object, **_kwargs: object) -> DepthFillModel:
        return super().__new__(cls)

    def __init__(
        self,
        tape: MarketWindow,
        depth: Depth,
        spread: Spread,
        quoted: bool,
        limit_fill_probability: float,
        seed: int,
        faults: ErrorCollector,
        arrivals: dict[str, float],
        now: Callable[[], int],
        reenactment: Reenactment,
    ) -> None:
        self.faults = faults
        self._reenactment = reenactment
        self.arrivals, self._now = arrivals, now
        self._tape = tape
        self._participation = float(depth.participation)
        self._size = None if depth.size is None else float(depth.size)
        self._impact = float(depth.impact)
        self._spread = spread
        self._quoted = quoted
        self._probability = limit_fill_probability
        self._stops: dict[str, tuple[int, float]] = {}
        self._random = random.Random(seed)  # noqa: S311 - a simulation, not a secret

    def forget_ended(self, live: Container[str]) -> None:
        """Let go of what is known of orders that are not `live`, client order ids."""
        for known in (self.arrivals, self._stops):
            for order in [order for order in known if order not in live]:
                del known[order]

    @guarded
    def is_limit_filled(self) -> bool:
        return not self._reenactment.on and self._random.random() < self._probability

    def is_slipped(self) -> bool:
        """Return False: slippage is in the book."""
        return False

    def fill_limit_inside_spread(self) -> bool:
        """Return False: a limit inside the spread waits."""
        return False

    @guarded
    def get_orderbook_for_fill_simulation(
        self, instrument: Any, order: Any, best_bid: Price | None = None, best_ask: Price | None = None
    ) -> OrderBook | None:
        """Return the book that `order` meets, or nothing for limit orders."""
        if self._reenactment.on:
            return _book_of(instrument, order, self._reenactment.levels[str(order.client_order_id)])
        kind = type(order).__name__
        if kind == "LimitOrder" or best_bid is None or best_ask is None:
            return None
        buying = order.side == OrderSide.BUY
        sign = 1 if buying else -1
        now = self._now()
        moment = self._tape.moment(str(instrument.id), now)
        if moment is None:
            return None
        middle = (float(best_bid) + float(best_ask)) / 2
        half = self._half_spread(middle, float(best_ask) - middle, float(instrument.price_increment))
        touch = middle + sign * half
        taken = 0.0
        if kind == "StopMarketOrder":
            middle = touch = self._stop_price(order, moment, touch, half, sign)
            taken = self._taken_of_bar(order, moment)
        self.arrivals[str(order.client_order_id)] = middle
        return self._book(instrument, touch, moment, sign, taken)

    def _half_spread(self, middle: float, quoted: float, tick: float) -> float:
        if self._quoted:
            return quoted
        return max(float(self._spread.ticks) * tick, float(self._spread.bps) * 1e-4 * middle) / 2

    def _stop_price(self, order: Any, moment: BarFacts, touch: float, half: float, sign: int) -> float:
        trigger = float(order.trigger_price)
        if order.ts_accepted is None or order.ts_accepted == self._now() or float(order.filled_qty):
            return touch
        if order.ts_accepted > moment.start:
            return trigger
        opened = moment.open + sign * half
        return max(trigger, opened) if sign > 0 else min(trigger, opened)

    def _book(self, instrument: Any, touch: float, moment: BarFacts, sign: int, taken: float) -> OrderBook:
        book = OrderBook(instrument.id, BookType.L2_MBP)
        step, tick = float(instrument.size_increment), float(instrument.price_increment)
        volume = moment.volume if self._size is None else self._size
        whole, used = math.floor(volume * self._participation / step + 1e-9), round(taken / step)
        if used:  # a rest that finds an empty book would be cancelled
            whole = max(whole, used + 1)
        if touch < tick / 2:  # nobody bids
            return book
        side = OrderSide.SELL if sign > 0 else OrderSide.BUY
        levels = self._levels(touch / tick, whole, used, moment.range, sign)
        for number, (ticks, steps) in enumerate(levels.items(), start=1):
            price = Price(ticks * tick, instrument.price_precision)
            book.add(BookOrder(side, price, Quantity(steps * step, instrument.size_precision), number), 0, number, 0)
        return book

    def _levels(self, touch: float, whole: int, used: int, height: float, sign: int) -> dict[int, int]:
        levels: dict[int, int] = {}
        for number in range(_LEVELS):
            size = whole * (number + 1) // _LEVELS - max(whole * number // _LEVELS, used)
            if size > 0:
                distance = self._impact * height * math.sqrt(self._participation * number / _LEVELS)
                price = touch * (1 + sign * distance)
                ticks = math.ceil(price - 1e-6) if sign > 0 else max(math.floor(price + 1e-6), 1)
                levels[ticks] = levels.get(ticks, 0) + size
        return levels

    def _taken_of_bar(self, order: Any, moment: BarFacts) -> float:
        key, filled = str(order.client_order_id), float(order.filled_qty)
        start, before = self._stops.get(key, (-1, 0.0))
        if start != moment.start:
            before = filled
            self._stops[key] = (moment.start, before)
        return filled - before


def _book_of(instrument: Any, order: Any, levels: Sequence[tuple[Price, Quantity]]) -> OrderBook | None:
    if not levels:
        return None
    book, side = (
        OrderBook(instrument.id, BookType.L3_MBO),
        OrderSide.SELL if order.side == OrderSide.BUY else OrderSide.BUY,
    )
    for number, (price, quantity) in enumerate(levels, start=1):
        book.add(BookOrder(side, price, quantity, number), 0, number, 0)
    return book
