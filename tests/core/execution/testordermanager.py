# file: tests/core/execution/testordermanager.py
from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.core.execution.enginefixture import COIN, FLAT, MINUTE, Actor, Engine, Ran, acting
from tests.core.execution.optionfixture import EXPIRY, SHARE, selling, stocked
from tradingbot.core.execution.approvals import Approvals, EntryOrder
from tradingbot.core.execution.ordermanager import OrderManager
from tradingbot.core.execution.positiontracker import PositionTracker, RestingStop
from tradingbot.core.messages.intent import Side


def _thin(volume: float, rows: int = 1) -> list[tuple[float, ...]]:
    return [(100, 101, 99, 100, volume)] * rows


def _enter(actor: Actor, _bar: Any) -> None:
    actor.enter(95, 120)


def _leave(actor: Actor, _bar: Any) -> None:
    actor.leave()


def _quantities(ran: Ran, role: str) -> list[float]:
    return [float(quantity) for quantity, _price in ran.fills(role)]


def _guarded(ran: Ran) -> list[Decimal]:
    last = {heard.role: heard.event.quantity.as_decimal() for heard in ran.actor.heard if heard.kind == "OrderUpdated"}
    return [last["stop"], last["target"]]


def test_the_rest_of_a_thin_entry_is_sent_again_as_often_as_the_lane_says_then_dropped_and_recorded(
    engine: Engine,
) -> None:
    engine.lane_of(unfilled_retries=2)
    engine.trade(_thin(5, 8))
    ran = engine.run(acting({1: _enter}))
    assert _quantities(ran, "entry") == [5, 5, 5]
    assert ran.actor.held == [0, 5, 10, 15, 15, 15, 15, 15]
    (refusal,) = ran.recorder.refusals
    assert (refusal.rule, refusal.was, refusal.limit) == ("residue_dropped", "15.000", "20.000")
    assert refusal.sentence == f"{COIN}: 15.000 of 20.000 was filled, the rest was dropped (OrderCanceled)"


def test_an_entry_that_fills_in_time_drops_nothing(engine: Engine) -> None:
    engine.lane_of(unfilled_retries=2)
    engine.trade([*_thin(5, 3), *_thin(100, 5)])
    ran = engine.run(acting({1: _enter}))
    assert _quantities(ran, "entry") == [5, 5, 10]
    assert ran.recorder.refusals == []


def test_without_attempts_the_rest_is_dropped_at_once(engine: Engine) -> None:
    engine.trade(_thin(5, 8))
    ran = engine.run(acting({1: _enter}))
    assert _quantities(ran, "entry") == [5]
    assert ran.rules == ["residue_dropped"]


def test_an_entry_that_finds_nothing_is_unfilled_and_leaves_no_guards(engine: Engine) -> None:
    engine.lane_of(unfilled_retries=2)
    engine.trade([*_thin(0, 3), *_thin(100, 5)])
    ran = engine.run(acting({1: _enter, 4: _enter}))
    assert ran.recorder.refusals[0].sentence == f"{COIN}: 0 of 20.000 was filled, the rest was dropped (OrderCanceled)"
    assert ran.rules == ["unfilled"]
    assert ran.actor.held == [0, 0, 0, 0, 20, 20, 20, 20]


def test_stop_and_target_follow_the_filled_quantity(engine: Engine) -> None:
    engine.lane_of(unfilled_retries=2)
    engine.trade(_thin(5, 8))
    assert _guarded(engine.run(acting({1: _enter}))) == [15, 15]


def test_the_grown_stop_closes_all_of_a_thin_entry(engine: Engine) -> None:
    engine.lane_of(unfilled_retries=2)
    engine.trade([*_thin(5, 5), (100, 100, 94, 94, 1e6), *FLAT])
    (trade,) = engine.run(acting({1: _enter})).trades
    assert (trade.quantity, trade.exit_price, trade.exit_reason) == (15, 95, "stop")


def test_a_stop_hit_before_the_rest_is_sent_drops_the_rest(engine: Engine) -> None:
    engine.lane_of(unfilled_retries=2)
    engine.trade([*_thin(5, 1), (100, 101, 94, 94, 5), (94, 95, 93, 94, 1e6), *[(94, 95, 93, 94)] * 4])
    ran = engine.run(acting({1: _enter}))
    assert ran.actor.held[2:] == [0] * 5
    assert ran.rules == ["residue_dropped"]
    assert ran.recorder.refusals[0].sentence.endswith("(the position was closed first (stop))")


def test_a_stop_hit_while_the_rest_is_on_its_way_leaves_nothing_unguarded(engine: Engine) -> None:
    """The rest arrives with the open that hits the stop."""
    engine.lane_of(unfilled_retries=2)
    engine.trade([*_thin(5, 2), *[(90, 91, 89, 90)] * 5])
    ran = engine.run(acting({1: _enter}))
    assert ran.actor.held[-3:] == [0, 0, 0]
    assert [(trade.quantity, trade.exit_price, trade.exit_reason) for trade in ran.trades] == [
        (5, 90, "stop"),
        (15, 89, "unprotected"),
    ]
    assert not ran.recorder.ledger.open_positions


def test_an_exit_from_a_thin_book_is_sent_again_until_flat(engine: Engine) -> None:
    engine.trade([*FLAT * 3, *_thin(6, 6)])
    ran = engine.run(acting({1: _enter, 3: _leave}))
    assert _quantities(ran, "signal") == [6, 6, 6, 2]
    assert ran.actor.held == [0, 20, 20, 14, 8, 2, 0, 0, 0]
    assert [(trade.exit_reason, trade.fills) for trade in ran.trades] == [("signal", 5)]
    assert ran.kinds("stop")[-1] == "OrderCanceled"
    assert ran.kinds("target")[-1] == "OrderCanceled"


def test_an_exit_sent_with_the_rest_of_an_entry_takes_that_too(engine: Engine) -> None:
    """The rest and the exit leave together; the exit is too small by the rest."""
    engine.lane_of(unfilled_retries=1)
    engine.trade([*_thin(5, 2), *_thin(100, 4)])
    ran = engine.run(acting({1: _enter, 2: _leave}))
    assert _quantities(ran, "entry") == [5, 15]
    assert _quantities(ran, "signal") == [5, 15]
    assert ran.actor.held == [0, 5, 0, 0, 0, 0]


def test_leaving_gives_up_the_rest_of_the_entry(engine: Engine) -> None:
    engine.lane_of(unfilled_retries=5)
    engine.trade(_thin(5, 8))
    ran = engine.run(acting({1: _enter, 2: _leave}))
    assert ran.rules == ["residue_dropped"]
    assert ran.actor.held[-4:] == [0] * 4


def test_leaving_between_bars_sends_no_rest_any_more(engine: Engine) -> None:
    def start(actor: Any, bar: Any) -> None:
        actor.enter(95, 120)
        actor.subscribe_quotes(bar.bar_type.instrument_id)

    engine.lane_of(unfilled_retries=5)
    engine.trade(_thin(5, 6))
    ran = engine.run(acting({1: start}, on_quote=lambda actor, _quote: actor.leave()))
    assert _quantities(ran, "entry") == [5]
    assert ran.rules == ["residue_dropped"]
    assert ran.recorder.refusals[0].sentence.endswith("(the position was closed first (signal))")
    assert not ran.recorder.ledger.open_positions


def test_a_position_whose_stop_finds_no_book_is_closed_as_soon_as_there_is_one(engine: Engine) -> None:
    """The engine cancels a stop that triggers where nobody trades."""
    engine.trade([*FLAT * 3, (100, 101, 94, 94, 0), (92, 93, 91, 92, 1e6), *FLAT * 2])
    ran = engine.run(acting({1: _enter}))
    assert ran.kinds("stop") == ["OrderAccepted", "OrderCanceled"]
    (trade,) = ran.trades
    assert (trade.exit_price, trade.exit_reason) == (92, "unprotected")


def test_what_is_left_of_a_stop_follows_the_market(engine: Engine) -> None:
    engine.trade([*FLAT * 3, (100, 101, 94, 94, 6), (92, 92, 92, 92, 100), *FLAT * 2])
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95)}))
    assert ran.fills("stop") == [
        (Decimal(6), Decimal(95)),
        (Decimal("0.001"), Decimal(94)),
        (Decimal("13.999"), Decimal(92)),
    ]


def test_an_exit_and_a_stop_at_one_open_close_the_position_once(engine: Engine) -> None:
    engine.trade([*FLAT * 3, *[(90, 91, 89, 90)] * 3])
    ran = engine.run(acting({1: _enter, 3: _leave}))
    assert len(ran.trades) == 1
    assert ran.actor.held == [0, 20, 20, 0, 0, 0]
    assert not ran.recorder.ledger.open_positions


def test_an_order_the_gate_denies_inside_the_call_ends_the_entry(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Approvals, "spend", lambda _self, _entry: "no")
    engine.trade(FLAT * 5)
    ran = engine.run(acting({1: _enter, 3: _enter}))
    assert ran.rules == ["unfilled", "gate"] * 2
    assert ran.recorder.refusals[0].sentence == f"{COIN}: 0 of 20.000 was filled, the rest was dropped (GATE: no)"


def test_a_rest_the_gate_denies_is_dropped(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    spend = Approvals.spend

    def once(self: Approvals, entry: EntryOrder) -> str | None:
        return spend(self, entry) if entry.stop is not None else "no"

    monkeypatch.setattr(Approvals, "spend", once)
    engine.lane_of(unfilled_retries=1)
    engine.trade(_thin(5, 6))
    ran = engine.run(acting({1: _enter}))
    assert sorted(ran.rules) == ["gate", "residue_dropped"]
    assert ran.actor.held[-1] == 5
    assert _guarded_by_stop(ran)


def _guarded_by_stop(ran: Ran) -> bool:
    return ran.kinds("stop")[0] == "OrderAccepted" and "OrderCanceled" not in ran.kinds("stop")


@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
def test_a_modify_the_venue_rejects_leaves_the_stop_where_it_was(engine: Engine, side: Side) -> None:
    """The market opens beyond the stop that is asked for."""
    moves: list[bool] = []

    def tighten(to: float) -> Any:
        return lambda actor, _bar: moves.append(actor.tighten(COIN, 200 - to if side is Side.SHORT else to))

    rows = [*FLAT * 3, *[(97, 97.5, 96.5, 97)] * 5]
    engine.trade(rows if side is Side.LONG else [tuple(200 - price for price in (a, c, b, d)) for a, b, c, d in rows])
    script = {
        1: lambda actor, _bar: actor.enter(95 if side is Side.LONG else 105, side=side),
        3: tighten(99), 5: tighten(94), 6: tighten(96), 7: tighten(95.5),
    }  # fmt: skip
    ran = engine.run(acting(script))
    assert ran.kinds("stop") == ["OrderAccepted", "OrderModifyRejected", "OrderUpdated"]
    assert moves == [True, False, True, False]
    assert not ran.trades


def test_a_stop_is_not_moved_before_the_position_is_held(engine: Engine) -> None:
    """Asked for while the entry is on its way, a looser stop would have looked like a tighter one later."""
    moves: list[bool] = []

    def early(actor: Any, _bar: Any) -> None:
        actor.enter(95)
        moves.append(actor.tighten(COIN, 90))

    engine.trade([*FLAT * 4, (100, 100, 93, 93), *FLAT])
    ran = engine.run(acting({1: early, 3: lambda actor, _bar: moves.append(actor.tighten(COIN, 93.5))}))
    assert moves == [False, False]
    assert [trade.exit_price for trade in ran.trades] == [95]


@pytest.mark.parametrize(("to", "moved"), [(95, None), (94, None), (95.04, 95.1), (95.1, 95.1), (98, 98)])
def test_a_stop_moves_towards_the_price_only_and_by_whole_ticks(engine: Engine, to: float, moved: float | None) -> None:
    moves: list[bool] = []
    engine.trade([*FLAT * 4, (100, 100, 90, 90), *FLAT])
    ran = engine.run(acting({1: _enter, 3: lambda actor, _bar: moves.append(actor.tighten(COIN, to))}))
    assert moves == [moved is not None]
    assert [float(trade.exit_price) for trade in ran.trades] == [moved or 95]


def test_a_position_that_is_leaving_has_no_stop_to_move(engine: Engine) -> None:
    moves: list[bool] = []

    def both(actor: Any, _bar: Any) -> None:
        actor.leave()
        moves.append(actor.tighten(COIN, 98))

    engine.trade(FLAT * 6)
    engine.run(acting({1: _enter, 3: both, 5: lambda actor, _bar: moves.append(actor.tighten(COIN, 98))}))
    assert moves == [False, False]


_CALM = [102] * 16
_FALL = [102] * 5 + [98] * 12


def test_the_bought_leg_of_a_structure_goes_first_and_the_sold_one_for_as_much_as_it_filled(engine: Engine) -> None:
    short, long = stocked(engine, _CALM, sizes=(1e4, 3))
    ran = engine.run(acting({2: selling(short, long)}))
    fills = [heard.event for heard in ran.actor.heard if heard.kind == "OrderFilled"][:2]
    assert [(str(fill.instrument_id), float(fill.last_qty)) for fill in fills] == [(long, 3), (short, 3)]
    assert ran.actor.answers[0].quantity == 4
    assert ran.rules == ["residue_dropped"]


def test_a_structure_whose_second_leg_finds_no_market_is_undone(engine: Engine) -> None:
    short, long = stocked(engine, _CALM, sizes=(0, 1e4))
    ran = engine.run(acting({2: selling(short, long)}))
    assert [(trade.instrument, trade.exit_reason) for trade in ran.trades] == [(long, "legging")]
    assert ran.rules == ["unfilled"]
    assert not ran.recorder.ledger.open_positions


def test_a_structure_whose_second_leg_is_denied_is_undone(engine: Engine) -> None:
    """The engine denies what it has no price of inside the call that sends it, where nothing else can be sent."""
    short, long = stocked(engine, _CALM, first=6)
    ran = engine.run(acting({2: selling(short, long)}))
    assert "MARKET_PRICE_UNAVAILABLE" in ran.recorder.refusals[0].sentence
    assert [(trade.instrument, trade.exit_reason) for trade in ran.trades] == [(long, "legging")]
    assert not ran.recorder.ledger.open_positions


def test_a_structure_whose_first_leg_fails_leaves_nothing(engine: Engine) -> None:
    short, long = stocked(engine, _CALM, sizes=(1e4, 0))
    ran = engine.run(acting({2: selling(short, long)}))
    assert ran.rules == ["unfilled"]
    assert not ran.trades
    assert not ran.recorder.ledger.open_positions


def test_a_leg_leaves_a_thin_book_bar_by_bar_though_it_has_no_bars(engine: Engine) -> None:
    short, long = stocked(engine, _CALM)
    engine.shelf.quotes_[short].ask_size[4:] = 1
    ran = engine.run(acting({2: selling(short, long), 5: lambda actor, _bar: actor.close(short, "signal")}))
    assert _quantities(ran, "signal") == [1, 1, 1]


def test_a_leg_held_or_on_its_way_is_not_entered_again(engine: Engine) -> None:
    short, long = stocked(engine, _CALM)
    ran = engine.run(acting({2: selling(short, long), 3: selling(short, long), 6: selling(short, long)}))
    assert ran.rules == ["already_in", "already_in"]
    assert ran.recorder.refusals[0].sentence == f"{SHARE}: a leg is already held or on its way"


def test_options_that_expire_worthless_are_closed_at_nothing(engine: Engine) -> None:
    short, long = stocked(engine, _CALM)
    ran = engine.run(acting({2: selling(short, long)}))
    assert {trade.instrument: (trade.exit_price, trade.exit_reason) for trade in ran.trades} == {
        short: (0, "expiry"),
        long: (0, "expiry"),
    }
    # 4 x 100 x (2.00 - 1.05), less 2 x 4 x 0.65
    assert ran.recorder.ledger.balance == Decimal("100000") + 380 - Decimal("5.20")
    assert ran.actor._tracker.held() == {}


def test_shares_of_an_assigned_put_are_sold_at_the_next_open(engine: Engine) -> None:
    short, long = stocked(engine, _FALL)
    ran = engine.run(acting({2: selling(short, long)}))
    shares = ran.trades[-1]
    assert (shares.instrument, shares.side, shares.quantity) == (SHARE, "LONG", 400)
    assert (shares.entry_price, shares.exit_price, shares.exit_reason) == (100, 98, "assignment")
    assert shares.entry_time == EXPIRY
    assert EXPIRY < shares.exit_time < EXPIRY + MINUTE
    # 4 x 100 x (2.00 - 1.05 - 2.00), less 4 x 2 x 0.65 for options and 1 for the shares
    assert ran.recorder.ledger.balance == Decimal("100000") - 420 - Decimal("6.20")
    assert not ran.recorder.ledger.open_positions


def test_an_assignment_and_an_exercise_meet_and_leave_nothing(engine: Engine) -> None:
    short, long = stocked(engine, [102] * 5 + [90] * 12)
    ran = engine.run(acting({2: selling(short, long)}))
    shares = ran.trades[-1]
    assert (shares.entry_price, shares.exit_price, shares.exit_reason) == (100, 95, "assignment")
    # the worst loss: 4 x 100 x 4.05, and 4 x 2 x 0.65
    assert ran.recorder.ledger.balance == Decimal("100000") - 1620 - Decimal("5.20")
    assert not ran.recorder.ledger.open_positions


def test_shares_assigned_at_the_end_of_the_run_stay_open_on_the_books(engine: Engine) -> None:
    short, long = stocked(engine, [102] * 5 + [98] * 8)
    ran = engine.run(acting({2: selling(short, long)}))
    (held,) = ran.recorder.ledger.open_positions
    assert (held.instrument, float(held.signed)) == (SHARE, 400)


def test_the_next_leg_is_not_sent_when_the_run_is_over(engine: Engine) -> None:
    short, long = stocked(engine, [102] * 4)
    ran = engine.run(acting({2: selling(short, long)}))
    assert [(held.instrument, float(held.signed)) for held in ran.recorder.ledger.open_positions] == [(long, 4)]


def test_a_guard_is_not_asked_to_grow_again_while_the_answer_is_under_way() -> None:
    tracker = PositionTracker(roles={"stop": "stop"}, stops={COIN: RestingStop("stop", Decimal(90), Decimal(90))})
    tracker.fill(COIN, "entry", Decimal(5))
    asks: list[int] = []
    sender = SimpleNamespace(modify=lambda _strategy, _order, quantity: asks.append(quantity))
    strategy = SimpleNamespace(listed=lambda _name: SimpleNamespace(make_qty=int))
    lane = cast("Any", SimpleNamespace(sender=sender, record=None))
    manager = OrderManager(cast("Any", strategy), lane, tracker, cast("Any", None))

    def told(size: int) -> None:
        manager.order_event(OrderUpdated(COIN, "stop", Decimal(size)))

    told(2)
    told(3)
    assert asks == [5], "whole in a moment"
    told(5)
    told(2)
    assert asks == [5, 5], "cut again once it was whole"
    tracker.fill(COIN, "entry", Decimal(1))
    told(2)
    assert asks == [5, 5, 6], "more is held"


class OrderUpdated:
    """What an order manager reads of the engine's event of that name."""

    trigger_price = None

    def __init__(self, name: str, order: str, size: Decimal) -> None:
        self.instrument_id, self.client_order_id = name, order
        self.quantity = SimpleNamespace(as_decimal=lambda: size)
