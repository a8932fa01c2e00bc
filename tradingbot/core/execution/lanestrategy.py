# file: core/execution/lanestrategy.py
"""Base class of every strategy: it proposes intents and closes positions, it never orders."""

from __future__ import annotations

from collections.abc import Container, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any, ClassVar

from tradingbot.core.config.load import Section
from tradingbot.core.errors import PolicyRefused
from tradingbot.core.execution.errorcollector import error_context
from tradingbot.core.execution.gate import GATE
from tradingbot.core.execution.guards import GuardedStrategy, guard_handlers, guarded_handler, reserved_names, seal
from tradingbot.core.execution.killexit import KillExit
from tradingbot.core.execution.ordermanager import OrderManager
from tradingbot.core.execution.positiontracker import PositionTracker
from tradingbot.core.execution.protection import bracket_orders, on_tick, trailing_stop
from tradingbot.core.execution.record import WARMING_UP
from tradingbot.core.execution.strategycontext import LaneServices, StrategyContext
from tradingbot.core.execution.strategystate import put_attributes_back
from tradingbot.core.messages.approval import Approved, Refused
from tradingbot.core.messages.intent import Intent, Side, SpreadIntent, Strength
from tradingbot.core.risk.rounding import decimal_of
from tradingbot.core.stateful import Stateful

# Looked up once: strategies count something on almost every bar.
_assign = GuardedStrategy.__setattr__
_SHOWN = 4


class LaneStrategy(Stateful, GuardedStrategy):
    """Offer `propose` and `close` instead of orders.

    A subclass names its parameters in `params_class`, says in `follows_models` whether it does nothing without a model,
    reads its parameters from `self.params`, and overrides `on_bar` and other
    `on_*` handlers as in any Nautilus strategy. Its order methods are sealed, and every name that this class or the
    engine's has is taken: to define or assign one fails at once. Whatever its handlers raise is recorded with market
    time, instrument and bar, stops its entries and, in a backtest, fails the run.

    Strategies of one run act on each bar in their order in the config. Quotes, funding and other data reach them in an
    order that the engine draws anew in every process: note them when they come and act in `on_bar`.
    """

    params_class: ClassVar[type[Section]] = Section
    follows_models: ClassVar[bool] = False
    params: Section
    context: StrategyContext
    _lane: LaneServices
    _listed: dict[str, Any]
    _tracker: PositionTracker
    _kill_exit: KillExit
    _orders: OrderManager

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        seal(cls, LaneStrategy)
        guard_handlers(cls, LaneStrategy)

    def __init__(self, params: Section, context: StrategyContext, lane: LaneServices) -> None:
        # Again: a class mixed in before this one may have kept __init_subclass__ from being called.
        seal(type(self), LaneStrategy)
        guard_handlers(type(self), LaneStrategy)
        super().__init__(context.name, lane.faults, lane.time)
        tracker = PositionTracker()
        listed = {str(item.id): item for item in context.instruments}
        self._keep(params=params, context=context, _lane=lane, _listed=listed, _tracker=tracker)
        leaving = KillExit(self, lane, tracker)
        self._keep(_kill_exit=leaving, _orders=OrderManager(self, lane, tracker, leaving))

    def __setattr__(self, name: str, value: Any) -> None:
        if name[:3] == "on_":
            raise TypeError(f"{name} may not be assigned, what it raises would go unheard; define it in the class")
        if name in _RESERVED:
            raise TypeError(
                f"{type(self).__name__} may not assign self.{name}: the lane layer has something of its own under this"
                " name; choose another"
            )
        _assign(self, name, value)

    def listed(self, instrument_id: Any) -> Any:
        """Return the run's Nautilus instrument of an id. Raises ValueError when the run has no such instrument."""
        instrument = self._listed.get(str(instrument_id))
        if instrument is None:
            known = list(self._listed)
            more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
            allowed = ", ".join(known[:_SHOWN])
            raise ValueError(f"instrument was {str(instrument_id)!r}, allowed are those of the run: {allowed}{more}")
        return instrument

    def holding(self, instrument_id: Any) -> Decimal:
        """Return the signed quantity held: positive long, negative short, 0 flat."""
        return self._tracker.net(self._named(instrument_id))

    def busy(self, instrument_id: Any) -> bool:
        return self._tracker.busy(self._named(instrument_id))

    def intent(
        self,
        instrument_id: Any,
        side: Side,
        price: Any,
        stop: float | Decimal | None,
        target: float | Decimal | None = None,
        strength: Strength = Strength.NORMAL,
    ) -> Intent:
        """Return the wish to enter now; prices may be numbers or Nautilus prices. Raises TypeError, ValueError when a
        field is none of its kind: see `Intent`."""
        return Intent(
            str(self.strategy_id), str(self.listed(instrument_id).id), side, _decimal("price", price),
            None if stop is None else _decimal("stop", stop), None if target is None else _decimal("target", target),
            strength, self.clock.timestamp_ns(),
        )  # fmt: skip

    def propose(self, intent: Intent | SpreadIntent) -> Approved | Refused:
        """Ask the risk desk and, on its yes, send the entry with its protection through the GATE. Raises TypeError,
        ValueError when that is no intent, or is about an instrument the run does not have."""
        if not isinstance(intent, Intent | SpreadIntent):
            raise TypeError(
                f"propose() was given {intent!r}, allowed is an Intent, which intent() makes, or a SpreadIntent"
            )
        for name in (intent.instrument, *(leg.instrument for leg in getattr(intent, "legs", ()))):
            self.listed(name)
        if refused := self._unwelcome(intent):
            self._lane.record.decided(intent, None, refused)
            return refused
        if self._lane.entry_filter is not None:
            judged = self._lane.entry_filter.judge(intent)
            if isinstance(judged, Refused):
                self._lane.record.decided(intent, None, judged)
                return judged
            intent = judged
        view = self._lane.viewer.of(intent)
        answer = self._lane.desk.ask(intent, view)
        self._lane.record.decided(intent, view, answer)
        if isinstance(answer, Approved):
            self._lane.approvals.grant(answer)
            self._enter(intent, answer)
        return answer

    def close(self, instrument_id: Any, reason: str) -> None:
        """Leave a position at the market; what a thin book does not take is sent again on the next bar. Raises
        ValueError when `reason`, the word by which the trade's end is known, is empty or a word the engine's side
        needs."""
        if reason in ("", "entry", "expiry"):
            raise ValueError(f"the reason to close was {reason!r}, allowed is a word other than entry and expiry")
        name = self._named(instrument_id)
        held = self._tracker.net(name)
        if held and not self._tracker.leaving(name) and not self._lane.over(self.clock.timestamp_ns()):
            self._orders.leave(name, reason)

    def tighten(self, instrument_id: Any, stop: float | Decimal) -> bool:
        """Move the stop towards the market, never away from it; say whether the venue was asked to move it. It goes to
        the next price step towards the market, short of the market itself. A stop that does not move is no event as
        long as it is only no better. One that is asked for at the market or beyond, and one that the venue refuses (the
        market may get there while the change travels), stays where it is and is an event of the run."""
        name, asked = self._named(instrument_id), _decimal("stop", stop)
        resting, held = self._tracker.stops.get(name), self._tracker.net(name)
        if resting is None or not held or self._tracker.leaving(name) or self._lane.over(self.clock.timestamp_ns()):
            return False
        sign = 1 if held > 0 else -1
        if (asked - resting.trigger) * sign <= 0:
            return False
        instrument = self.listed(name)
        market = self._lane.viewer.market(instrument, sign)
        wanted = trailing_stop(asked, instrument.price_increment.as_decimal(), sign, market)
        if wanted is None and market is not None:
            self._orders.rejections.beyond(name, asked, market)
        if wanted is None or (wanted - resting.trigger) * sign <= 0:
            return False
        self._tracker.tightened(name, wanted)
        self._lane.sender.modify(self, resting.id, trigger_price=on_tick(instrument, wanted))
        return resting.trigger == wanted  # a refusal within the call has put it back

    def submit_order(self, order: Any, *args: Any, **kwargs: Any) -> None:
        """Refuse an order that does not go to the GATE; the GATE then asks for its approval."""
        if order.exec_algorithm_id != GATE:
            raise PolicyRefused(f"{self.strategy_id} sent an order past the GATE; use propose() or close()")
        self._lane.sender.submit(self, order, *args, **kwargs)

    def submit_order_list(self, order_list: Any, *args: Any, **kwargs: Any) -> None:
        if any(order.exec_algorithm_id != GATE for order in order_list):
            raise PolicyRefused(f"{self.strategy_id} sent orders past the GATE; use propose() or close()")
        self._lane.sender.submit_list(self, order_list, *args, **kwargs)

    def unsubscribe_bars(self, bar_type: Any, *args: Any, **kwargs: Any) -> None:
        """Refuse to miss the run's own bars: the other strategies wait until this one has had them."""
        if bar_type in self.context.bar_types.values():
            raise PolicyRefused(f"{self.strategy_id} may not unsubscribe from {bar_type}, a bar of the run")
        super().unsubscribe_bars(bar_type, *args, **kwargs)

    def on_start(self) -> None:
        """Do nothing: the lane layer has subscribed to the run's bars before any strategy's own `on_start`."""

    def on_bar(self, bar: Any) -> None:
        """Do nothing: strategies override it."""

    def on_order_event(self, event: Any) -> None:
        try:
            if not self._lane.reenactment.on:
                self._orders.order_event(event)
        finally:
            if self._lane.heard is not None:
                self._lane.heard(event)

    @property
    def in_motion(self) -> str:
        """Say what of the strategy a checkpoint cannot hold at this moment, nothing where it can hold all."""
        if self._tracker.in_motion:
            return "an entry or exit is under way"
        if self._kill_exit.under_way:
            return "a kill exit is under way"
        return f"{self.context.name} has set a timer" if self.clock.waiting else ""

    @property
    def own_state(self) -> dict[str, Any]:
        """The attributes that are the strategy's own."""
        return {name: value for name, value in vars(self).items() if name not in _RESERVED}

    def forget_ended(self, live: Container[str]) -> None:
        """Let go of what is known of orders that are not `live`, client order ids."""
        self._tracker.forget_ended(live)

    def state_dict(self) -> dict[str, Any]:
        """Return the strategy's own attributes and what the lane layer follows for it."""
        parts = {"tracker": self._tracker, "kill": self._kill_exit, "rejections": self._orders.rejections}
        ids = self.order_factory.get_client_order_id_count(), self.order_factory.get_order_list_id_count()
        kept = {"own": self.own_state, "ids": ids, "heard": dict(self._subscriptions)}
        return kept | {name: part.state_dict() for name, part in parts.items()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Be as the strategy was whose `state_dict` this is; it has begun and not acted yet."""
        put_attributes_back(self, self.own_state, state["own"])
        self._tracker.load_state_dict(state["tracker"])
        self._kill_exit.load_state_dict(state["kill"])
        self._orders.rejections.load_state_dict(state["rejections"])
        self._renew_subscriptions(state["heard"])
        # Orders are numbered on, so that their ids are what they would have been.
        factory, (orders, lists) = self.order_factory, state["ids"]
        for _ in range(orders - factory.get_client_order_id_count()):
            factory.generate_client_order_id()
        for _ in range(lists - factory.get_order_list_id_count()):
            factory.generate_order_list_id()

    def wind_down(self) -> None:
        """Leave as the lane's kill asks: what is profitable is left, the rest stays guarded."""
        self._kill_exit.begin()

    def release(self) -> None:
        """Let go of what refers back to the strategy: the run is over."""
        super().release()
        self._keep(_orders=None, _kill_exit=None)

    def resting_stop(self, instrument_id: Any) -> Decimal | None:
        """Return the trigger of the stop the venue holds for a position, None where there is none."""
        resting = self._tracker.stops.get(str(instrument_id))
        return None if resting is None else resting.held

    @property
    def _deaf(self) -> bool:
        return self._lane.reenactment.on

    def _named(self, instrument_id: Any) -> str:
        name = str(instrument_id)
        if name not in self._listed:
            self.listed(name)
        return name

    def _at(self, met: Any) -> str:
        return error_context(met, self.clock.timestamp_ns(), self._lane.viewer.tape)

    def _begin(self) -> None:
        for bar_type in self.context.bar_types.values():
            self.subscribe_bars(bar_type)

    def _before_bar(self, bar: Any) -> None:
        if self._lane.mark is not None:
            self._lane.mark()
        if self._lane.entry_filter is not None:
            self._lane.entry_filter.observe(bar)
        due = str(bar.bar_type.instrument_id)
        for name in sorted(self._tracker.waiting) if self._tracker.waiting else ():
            if name == due or name not in self.context.bar_types:
                self._orders.try_again(name)

    def _enter(self, intent: Intent | SpreadIntent, approved: Approved) -> None:
        if isinstance(intent, SpreadIntent):
            self._tracker.legs[approved.id] = sorted(approved.instruments, key=lambda leg: leg[1] is Side.SHORT)
            self._orders.next_leg(approved, approved.quantity)
            return
        orders = bracket_orders(self, self.listed(intent.instrument), approved)
        self._tracker.entering(intent.instrument, approved, orders, self._lane.venue.unfilled_retries)
        self._lane.record.ordered(approved, str(orders[0].client_order_id))
        self._lane.sender.submit_list(self, orders)

    def _unwelcome(self, intent: Intent | SpreadIntent) -> Refused | None:
        legs = [leg.instrument for leg in intent.legs] if isinstance(intent, SpreadIntent) else []
        busy = any(self._tracker.busy(name) for name in legs or [intent.instrument])
        short = isinstance(intent, Intent) and intent.side is Side.SHORT and not self.context.shorting
        priced = self._lane.viewer.rates.known(legs[0] if legs else intent.instrument)
        held = "a leg is already held or on its way" if legs else "a position is held or on its way"
        reasons = (
            ("strategy_failed", bool(self.faults.errors), "a handler raised, so nothing more is entered"),
            (
                WARMING_UP,
                self.clock.timestamp_ns() < self._lane.since,
                "nothing is entered while the run warms up",
            ),
            ("run_ends", self._lane.over(self.clock.timestamp_ns()), "the run ends here, there is no next price"),
            ("already_in", busy, held),
            ("no_shorting", short, f"the {self.context.lane} lane does not sell short"),
            ("no_rate", not priced, "no price converts its currency into the account's yet"),
        )
        refusals = (Refused.of(intent, rule, "an entry", "none", why) for rule, applies, why in reasons if applies)
        return next(refusals, None)


def _decimal(name: str, price: Any) -> Decimal:
    exact = getattr(price, "as_decimal", None)
    if isinstance(price, bool) or (exact is None and not isinstance(price, Decimal | Real)):
        raise TypeError(f"{name} was {price!r}, allowed is a number or a price")
    number: Decimal = price if isinstance(price, Decimal) else exact() if exact else decimal_of(float(price))
    if not number.is_finite():
        raise ValueError(f"{name} was {price}, allowed is a finite number")
    return number


def _refusing(name: str, instead: str) -> Any:
    def method(self: LaneStrategy, *_args: Any, **_kwargs: Any) -> None:
        raise PolicyRefused(f"{self.strategy_id} may not call {name}; use {instead}")

    method.__name__ = name
    method.__doc__ = f"Refuse: strategies use {instead}."
    return method


for _name, _instead in {
    "modify_order": "tighten()", "modify_orders": "tighten()", "cancel_order": "close()", "cancel_orders": "close()",
    "cancel_all_orders": "close()", "close_position": "close()", "close_all_positions": "close()",
    "cancel_gtd_expiry": "close()", "market_exit": "close()", "stop": "close()", "resume": "close()",
    "reset": "close()", "dispose": "close()", "degrade": "an exception to end the run",
    "fault": "an exception to end the run", "shutdown_system": "an exception to end the run",
}.items():  # fmt: skip
    setattr(LaneStrategy, _name, _refusing(_name, _instead))
for _name in ("on_start", "on_bar", "on_order_event"):
    setattr(LaneStrategy, _name, guarded_handler(_name, getattr(LaneStrategy, _name)))
_RESERVED = reserved_names(LaneStrategy)
