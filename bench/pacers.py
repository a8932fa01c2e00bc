# file: bench/pacers.py
"""The same trades twice: once through the whole stack, once on the bare engine."""

from __future__ import annotations

from typing import Any

from nautilus_trader.model import OrderSide, TimeInForce
from nautilus_trader.trading import Strategy, StrategyConfig

from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.messages.intent import Side

_HOLD = 10


class PacerParams(Section):
    """Enter every `every` bars, leave ten bars later."""

    every: int = 100


class Pacer(LaneStrategy):
    """Trade on a schedule, through desk, GATE and ledger."""

    params_class = PacerParams

    def on_start(self) -> None:
        """Count bars per instrument."""
        self.bars = 0

    def on_bar(self, bar: Any) -> None:
        """Enter and leave on schedule, with a stop and a target too far away to be reached."""
        self.bars += 1
        turn = self.bars % self.params.every  # type: ignore[attr-defined]
        if turn == 0:
            close = float(bar.close)
            self.propose(self.intent(bar.bar_type.instrument_id, Side.LONG, bar.close, close * 0.9, close * 1.1))
        elif turn == _HOLD:
            self.close(bar.bar_type.instrument_id, "time")


class HastyParams(Section):
    """There is nothing to set."""


class Hasty(LaneStrategy):
    """Want in or out at every bar: the more intents, the closer it is seen when the first one is refused."""

    params_class = HastyParams

    def on_bar(self, bar: Any) -> None:
        """Leave what is held, else enter."""
        name = bar.bar_type.instrument_id
        if self.holding(name):
            self.close(name, "time")
        elif not self.busy(name):
            close = float(bar.close)
            self.propose(self.intent(name, Side.LONG, bar.close, close * 0.9, close * 1.1))


class BarePacer(Strategy):
    """Trade on the same schedule with Nautilus' own bracket, no policy and no books."""

    def __new__(cls, *_args: object, **_kwargs: object) -> BarePacer:
        return super().__new__(cls)

    def __init__(self, instrument: Any, bar_type: Any, quantity: str, every: int) -> None:
        super().__init__(StrategyConfig())
        self.instrument, self.bar_type = instrument, bar_type
        self.quantity, self.every, self.bars = quantity, every, 0

    def on_start(self) -> None:
        """Subscribe."""
        self.subscribe_bars(self.bar_type)

    def on_bar(self, bar: Any) -> None:
        """Enter and leave on schedule."""
        self.bars += 1
        turn = self.bars % self.every
        if turn == 0:
            close = float(bar.close)
            self.submit_order_list(
                self.order_factory.bracket(
                    self.instrument.id,
                    OrderSide.BUY,
                    self.instrument.make_qty(float(self.quantity)),
                    sl_trigger_price=self.instrument.make_price(close * 0.9),
                    tp_price=self.instrument.make_price(close * 1.1),
                    time_in_force=TimeInForce.IOC,
                )
            )
        elif turn == _HOLD:
            self.cancel_all_orders(self.instrument.id)
            self.close_all_positions(self.instrument.id)
