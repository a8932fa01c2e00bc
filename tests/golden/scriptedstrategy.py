# file: tests/golden/scriptedstrategy.py
"""A strategy that does what its script says and watches that nobody leaves it without a stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from nautilus_trader.model import LiquiditySide, OrderSide, OrderStatus, OrderType

from tests.golden.structures import spread_of
from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.messages.intent import Side

__all__ = ["Cue", "Puppet", "PuppetParams", "Seen", "seen"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A fill as the engine told it: when, who, what, signed quantity, price, commission, and by which order.

    `kind` is MARKET, STOP_MARKET or LIMIT; `trigger` the stop's price, `limit` the target's; `maker` that it rested.
    """

    ts: int
    strategy: str
    name: str
    signed: Decimal
    price: Decimal
    commission: Decimal
    order: str
    kind: str
    trigger: Decimal | None
    limit: Decimal | None
    maker: bool


seen: list[Seen] = []
"""The fills of the last run in this process."""


class Cue(Section):
    """What to do at the close of bar number `bar` (from 1) of instrument `of`; distances are fractions of the close.

    `spread` sells a put `stop` below the share and buys the next one below it; `fail` raises.
    """

    bar: int
    do: Literal["long", "short", "leave", "tighten", "spread", "fail"]
    of: int = 0
    stop: float = 0.02
    target: float | None = None


class PuppetParams(Section):
    """The script, in any order."""

    cues: tuple[Cue, ...] = ()


class Puppet(LaneStrategy):
    """Follow the script, whatever the market does."""

    params_class = PuppetParams

    def on_start(self) -> None:
        """Sort the script by instrument and bar."""
        seen.clear()
        self.bars: Counter[str] = Counter()
        self.cues: dict[tuple[str, int], list[Cue]] = {}
        names = [str(item.id) for item in self.context.instruments]
        for cue in self.params.cues:  # type: ignore[attr-defined]
            self.cues.setdefault((names[cue.of], cue.bar), []).append(cue)

    def on_bar(self, bar: Any) -> None:
        """Check the guards, then do what is due."""
        name = str(bar.bar_type.instrument_id)
        self.bars[name] += 1
        self._watch(name)
        for cue in self.cues.get((name, self.bars[name]), []):
            self._play(name, float(bar.close), cue)

    def on_order_filled(self, event: Any) -> None:
        """Write the fill down."""
        order = self.cache.order(event.client_order_id)
        trigger, limit = (getattr(order, field, None) for field in ("trigger_price", "price"))
        quantity = event.last_qty.as_decimal()
        seen.append(
            Seen(
                ts=int(event.ts_event),
                strategy=str(event.strategy_id),
                name=str(event.instrument_id),
                signed=quantity if event.order_side == OrderSide.BUY else -quantity,
                price=event.last_px.as_decimal(),
                commission=event.commission.as_decimal(),
                order=str(event.client_order_id),
                kind="" if order is None else str(order.order_type),
                trigger=None if trigger is None else trigger.as_decimal(),
                limit=None if limit is None else limit.as_decimal(),
                maker=event.liquidity_side == LiquiditySide.MAKER,
            )
        )

    def _play(self, name: str, close: float, cue: Cue) -> None:
        if cue.do == "leave":
            self.close(name, "signal")
        elif cue.do == "tighten":
            self.tighten(name, close * (1 - cue.stop if self.holding(name) > 0 else 1 + cue.stop))
        elif cue.do == "spread":
            intent = spread_of(self, name, close, cue.stop)
            if intent is not None:
                self.propose(intent)
        elif cue.do == "fail":
            raise ValueError("the script says so")
        else:
            side = Side.LONG if cue.do == "long" else Side.SHORT
            target = None if cue.target is None else close * (1 + side.sign * cue.target)
            self.propose(self.intent(name, side, close, close * (1 - side.sign * cue.stop), target))

    def _watch(self, name: str) -> None:
        held, instrument = abs(self.holding(name)), self.listed(name)
        least = instrument.min_quantity
        if not held or self._tracker.leaving(name) or (least is not None and held < least.as_decimal()):
            return
        if self._lane.over(self.clock.timestamp_ns()):
            return
        for order in self.cache.orders_open(instrument_id=instrument.id, strategy_id=self.strategy_id):
            growing = order.status == OrderStatus.PENDING_UPDATE or str(order.client_order_id) in self._tracker.asked
            if order.order_type == OrderType.STOP_MARKET and (growing or order.leaves_qty.as_decimal() >= held):
                return
        raise AssertionError(f"{name}: {held} held at bar {self.bars[name]} without a stop")
