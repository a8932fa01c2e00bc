# file: tests/core/execution/testkillexit.py
"""A kill at every awkward moment, through the real engine: what is left must be one of the stated states.

Flat; out by the ladder (reason `kill`); or held with its stop and target working at the venue.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.core.execution.enginefixture import MINUTE, MONDAY, Engine, Ran, acting, bars_of, listing
from tradingbot.core.market.columns import PriceSide
from tradingbot.core.messages.intent import Side

UP: list[list[float]] = [[100, 100.5, 99.5, 100], [100, 101, 100, 101], [101, 103, 101, 103], [103, 104, 103, 104]]
"""Enter at the first close, be in profit from the third bar on."""
CALM: list[float] = [104, 104.2, 103.8, 104]


def _at(minutes: float) -> str:
    moment = dt.datetime.fromtimestamp((MONDAY + int(minutes * MINUTE)) // 1_000_000_000, dt.UTC)
    return (moment + dt.timedelta(microseconds=int(minutes * 60e6) % 1_000_000)).isoformat()


def _kill(engine: Engine, minutes: float, reason: str = "drill") -> None:
    engine.events.append({"at": _at(minutes), "kill": str(engine.lane), "reason": reason})


def _resume(engine: Engine, minutes: float, operator: str = "ann", reason: str = "checked") -> None:
    engine.events.append({"at": _at(minutes), "resume": str(engine.lane), "operator": operator, "reason": reason})


def _reasons(ran: Ran) -> list[str]:
    return [trade.exit_reason for trade in ran.trades]


def _happened(ran: Ran) -> list[str]:
    return [item.kind for item in ran.recorder.happenings]


def test_a_killed_lane_refuses_every_entry_until_an_operator_resumes_it(engine: Engine) -> None:
    engine.trade([CALM] * 12)
    _kill(engine, 12)
    _resume(engine, 27)
    script = {number: lambda actor, _bar: actor.enter(100) for number in (3, 4, 6, 7)}
    ran = engine.run(acting(script))
    assert ran.rules[:2] == ["lane_halted", "lane_halted"]
    assert ran.recorder.refusals[0].sentence == "COIN-LINEAR.BYBIT: the cryptofutures lane is killed (drill)"
    assert ran.actor.held[6] > 0
    assert _happened(ran) == ["kill", "resume"]


@pytest.mark.parametrize(("operator", "reason"), [("", "checked"), ("ann", " ")])
def test_a_resume_without_a_name_or_a_reason_changes_nothing(engine: Engine, operator: str, reason: str) -> None:
    engine.trade([CALM] * 6)
    _kill(engine, 7)
    _resume(engine, 12, operator, reason)
    ran = engine.run(acting({4: lambda actor, _bar: actor.enter(100)}))
    assert _happened(ran) == ["kill", "resume refused"]
    assert ran.rules == ["lane_halted"]


def test_a_profitable_position_is_offered_first_and_sold_at_its_limit(engine: Engine) -> None:
    engine.lane_of(spread={"ticks": 4, "bps": 0})
    engine.risk["kill"] = {"step_timeout_s": 240, "exit_steps": 2}
    engine.trade([*UP, [104, 105, 104, 105], CALM, CALM])
    _kill(engine, 20)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95, 120)}))
    assert _reasons(ran) == ["kill"]
    # the offer rests at the ask of the bar before, 104 + 0.2, and is hit as the market rises to 105
    assert ran.fills("kill") == [(ran.trades[0].quantity, Decimal("104.2"))]


def test_what_nobody_takes_at_a_limit_goes_at_the_market_when_patience_ends(engine: Engine) -> None:
    engine.lane_of(spread={"ticks": 4, "bps": 0}, limit_fill_probability=0)
    engine.risk["kill"] = {"step_timeout_s": 60, "exit_steps": 2}
    falling = [[104, 104, 103, 103], [103, 103, 102, 102], [102, 102, 102, 102]]
    engine.trade([*UP, *falling])
    _kill(engine, 20)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95, 120)}))
    assert _reasons(ran) == ["kill"]
    assert ran.kinds("kill").count("OrderCanceled") == 2
    assert ran.fills("kill")[0][1] < Decimal(104)
    assert ran.kinds("stop")[-1] == ran.kinds("target")[-1] == "OrderCanceled"


@pytest.mark.parametrize(
    ("side", "offers"), [(Side.LONG, ["104.50", "104.25", "104.00"]), (Side.SHORT, ["95.50", "95.75", "96.00"])]
)
def test_offers_lie_on_steps_that_are_no_power_of_ten_and_never_worse_than_asked(
    engine: Engine, side: Side, offers: list[str]
) -> None:
    """Quoted at 103.60 and 104.40 (mirrored for a short one): a third of the way is 104.1333, off the step of 0.25."""
    engine.lane_of(limit_fill_probability=0)
    engine.risk["kill"] = {"step_timeout_s": 60, "exit_steps": 3}
    rows: list[list[float]] = [*UP, *[[104.0] * 4] * 4]
    if side is Side.SHORT:
        rows = [[200 - row[place] for place in (0, 2, 1, 3)] for row in rows]
    apart = {PriceSide.BID: -0.4, PriceSide.ASK: 0.4}
    sides = {
        part: bars_of([[price + off for price in row] for row in rows], engine.step) for part, off in apart.items()
    }
    engine.quote(listing(price_step="0.25"), sides)
    _kill(engine, 25)
    prices: list[str] = []

    def note(_actor: Any, event: Any) -> None:
        if event.price is not None:
            prices.append(str(event.price))

    script = {1: lambda actor, _bar: actor.enter(100 - 5 * side.sign, side=side)}
    ran = engine.run(acting(script, on_order_initialized=note))
    assert prices == offers
    assert _happened(ran) == ["kill"]
    assert _reasons(ran) == ["kill"]


def test_an_offer_taken_back_as_the_run_ends_leaves_the_position_on_the_books(engine: Engine) -> None:
    """What is sent then would fill after the end, and nobody would hear of it."""
    engine.lane_of(spread={"ticks": 8, "bps": 0}, limit_fill_probability=0)
    engine.risk["kill"] = {"step_timeout_s": 60, "exit_steps": 3}
    engine.trade([*UP, *[[104, 104, 104, 104]] * 3])
    _kill(engine, 25)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95)}))
    assert _reasons(ran) == []
    assert [held.signed for held in ran.recorder.positions()] == [20]


def test_a_losing_position_keeps_its_stop_and_target(engine: Engine) -> None:
    engine.trade([[100, 100.5, 99.5, 100], [100, 100, 98, 98], [98, 99, 98, 99], [99, 99, 97, 97], [97, 97, 94, 94]])
    _kill(engine, 10.5)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95, 120)}))
    assert _reasons(ran) == ["stop"]
    assert "OrderCanceled" not in ran.kinds("stop")


def test_an_entry_in_flight_at_the_kill_is_left_at_once(engine: Engine) -> None:
    engine.trade([CALM] * 6)
    # decided at 5:00, arrives 0.1 s later; the kill comes in between
    _kill(engine, 5 + 0.05 / 60)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(100)}))
    assert _reasons(ran) == ["kill"]
    assert ran.recorder.positions() == []
    assert ran.kinds("stop")[-1] == "OrderCanceled"


def test_the_rest_of_a_partly_filled_entry_is_dropped(engine: Engine) -> None:
    thin = [[100, 100.5, 99.5, 100, 1e6], *[[100, 100.2, 99.8, 100, 8]] * 6]
    engine.lane_of(unfilled_retries=3)
    engine.trade(thin)
    _kill(engine, 7)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(99)}))
    assert "residue_dropped" in ran.rules
    assert "the lane was killed" in ran.recorder.refusals[-1].sentence
    (held,) = ran.recorder.positions()
    assert held.signed == 8
    assert ran.kinds("stop")[-1] in {"OrderAccepted", "OrderUpdated"}


def test_a_stop_being_moved_at_the_kill_stays_moved(engine: Engine) -> None:
    engine.trade([*[[100, 100.2, 99.8, 100]] * 3, [100, 100, 99.5, 99.6], [99.6, 99.6, 98, 98], [98, 98, 97, 97]])
    _kill(engine, 10 + 0.05 / 60)

    def move(actor: Any, bar: Any) -> None:
        actor.tighten(bar.bar_type.instrument_id, 99)

    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95), 2: move}))
    assert _reasons(ran) in (["stop"], ["kill"])
    if _reasons(ran) == ["stop"]:
        assert ran.fills("stop")[0][1] == Decimal(99)


def test_losses_in_a_row_kill_the_lane_and_the_streak_starts_over_after_a_resume(engine: Engine) -> None:
    engine.automatic_kill = True
    engine.risk["kill"] = {"consecutive_losses": 2}
    engine.lane_of(spread={"ticks": 10, "bps": 0})
    engine.trade([CALM] * 30)
    _resume(engine, 76)
    script: dict[int, Any] = {number: lambda actor, _bar: actor.enter(100) for number in (1, 4, 7, 16, 19, 22)}
    script |= {number: lambda actor, _bar: actor.leave() for number in (2, 5, 17, 20)}
    ran = engine.run(acting(script))
    assert _happened(ran) == ["kill", "resume", "kill"]
    assert ran.recorder.happenings[0].sentence == (
        "killed by the lane's own watch: 2 losing trades in a row, the limit is 2"
    )
    assert ran.rules == ["lane_halted", "lane_halted"]
    assert len(ran.trades) == 4


def test_without_an_operator_the_watches_only_say_what_they_would_have_done(engine: Engine) -> None:
    engine.risk["kill"] = {"consecutive_losses": 1}
    engine.lane_of(spread={"ticks": 10, "bps": 0})
    engine.trade([CALM] * 8)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(100), 2: lambda actor, _bar: actor.leave()}))
    assert _happened(ran) == ["alarm"]
    assert ran.recorder.happenings[0].sentence.endswith("this would kill the lane")


def test_killing_twice_is_one_kill(engine: Engine) -> None:
    engine.trade([*UP, CALM, CALM, CALM, CALM])
    _kill(engine, 20, "first")
    _kill(engine, 21, "second")
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95), 7: lambda actor, _bar: actor.enter(95)}))
    assert _reasons(ran) == ["kill"]
    assert ran.recorder.refusals[0].sentence.endswith("is killed (first)")


def test_an_exit_under_way_at_the_kill_goes_on_as_it_was(engine: Engine) -> None:
    engine.trade([*UP, CALM, CALM])
    _kill(engine, 20 + 0.05 / 60)
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95), 4: lambda actor, _bar: actor.leave("signal")}))
    assert _reasons(ran) == ["signal"]


@pytest.mark.parametrize("realism", ["fast", "exact"])
@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
def test_money_adds_up_after_a_kill(engine: Engine, realism: str, side: Side) -> None:
    rows = UP if side is Side.LONG else [[200 - low for low in (row[0], row[2], row[1], row[3])] for row in UP]
    calm = [rows[-1][3], rows[-1][3] + 0.2, rows[-1][3] - 0.2, rows[-1][3]]
    engine.trade([*rows, calm, calm, calm])
    _kill(engine, 20.5)
    stop = 95 if side is Side.LONG else 105
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(stop, None, side)}), realism=realism)
    assert _reasons(ran) == ["kill"]
    assert ran.trades[0].pnl > 0
    assert ran.recorder.ledger.balance == 10_000 + sum(trade.pnl for trade in ran.trades)


def test_a_fill_that_comes_after_its_deadline_is_left_at_once(engine: Engine) -> None:
    engine.risk["entry_deadline_s"] = 60
    engine.trade([CALM] * 8)
    engine.events.append({"at": _at(10), "gap": "15m"})
    ran = engine.run(acting({2: lambda actor, _bar: actor.enter(100, 120)}))
    assert _reasons(ran) == ["late"]
    assert ran.kinds("stop")[-1] == ran.kinds("target")[-1] == "OrderCanceled"
    assert ran.recorder.positions() == []
