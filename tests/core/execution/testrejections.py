# file: tests/core/execution/testrejections.py
"""What the venue refuses is heard: the book goes back to the stop that is there, and the run tells."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.core.execution.enginefixture import COIN, FLAT, Engine, acting, listing
from tradingbot.core.execution.positiontracker import PositionTracker, RestingStop
from tradingbot.core.execution.rejections import VenueRejections
from tradingbot.core.messages.intent import Side


def _rows(scale: float, side: Side, rows: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """Return rows of a long position times `scale`, upside down for a short one."""
    if side is Side.SHORT:
        rows = [(200 - a, 200 - c, 200 - b, 200 - d) for a, b, c, d in rows]
    return [tuple(round(price * scale, 8) for price in row) for row in rows]


@pytest.mark.parametrize("realism", ["exact", "fast"])
@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
@pytest.mark.parametrize(
    ("step", "scale", "asked", "goes"),
    [
        ("0.00005", 0.011, ("1.07307", "1.12693"), ("1.07310", "1.12690")),
        ("0.005", 1.5, ("146.2512", "153.7488"), ("146.255", "153.745")),
        ("0.25", 50, ("4880.30", "5119.70"), ("4880.50", "5119.50")),
        ("0.025", 1.1, ("107.3076", "112.6924"), ("107.325", "112.675")),
        ("0.5", 1, ("97.3", "102.7"), ("97.5", "102.5")),
        ("25", 500, ("48790", "51210"), ("48800", "51200")),
    ],
)
def test_a_stop_moves_on_steps_that_are_no_power_of_ten(
    engine: Engine, step: str, scale: float, asked: tuple[str, str], goes: tuple[str, str], side: Side, realism: str
) -> None:
    moved: list[bool] = []
    of = 0 if side is Side.LONG else 1
    item = listing(price_step=step)
    engine.trade(_rows(scale, side, [*FLAT * 4, (100, 100, 96, 96), (96, 96, 96, 96)]), item)
    script = {
        1: lambda actor, _bar: actor.enter((95, 105)[of] * scale, side=side),
        3: lambda actor, _bar: moved.append(actor.tighten(COIN, float(asked[of]))),
    }
    ran = engine.run(acting(script), realism=realism)
    assert moved == [True]
    assert ran.kinds("stop")[1] == "OrderUpdated"
    assert [(trade.exit_reason, trade.exit_price) for trade in ran.trades] == [("stop", Decimal(goes[of]))]
    assert ran.recorder.happenings == []


def test_entry_stop_and_target_lie_on_steps_that_are_no_power_of_ten(engine: Engine) -> None:
    engine.trade(FLAT * 5, listing(price_step="0.25"))
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95.1, 104.9)}))
    (stop,) = [heard.event for heard in ran.actor.heard if (heard.kind, heard.role) == ("OrderAccepted", "stop")]
    assert ran.actor._tracker.stops[COIN].held == Decimal("95.25")
    assert ran.kinds("target") == ["OrderAccepted"]
    assert str(stop.instrument_id) == COIN


@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_a_stop_asked_for_at_the_market_or_beyond_stays_and_is_told_once(
    engine: Engine, side: Side, realism: str
) -> None:
    moved: list[bool] = []

    def ask(actor: Any, _bar: Any) -> None:
        moved.extend(actor.tighten(COIN, 100 + side.sign * beyond) for beyond in (0, 3, 3))

    engine.trade(FLAT * 6, listing(price_step="0.25"))
    script = {1: lambda actor, _bar: actor.enter(100 - 5 * side.sign, side=side), 3: ask, 4: ask}
    ran = engine.run(acting(script), realism=realism)
    assert moved == [False] * 6
    assert ran.kinds("stop") == ["OrderAccepted"]
    place, held = ("below", "long") if side is Side.LONG else ("above", "short")
    stays = "95.00" if side is Side.LONG else "105.00"
    market = "100.00" if realism == "exact" else "100.0"
    assert [(item.kind, item.sentence) for item in ran.recorder.happenings] == [
        (
            "change refused",
            f"{COIN}, Actor-000: the stop of a {held} position was asked for at {asked}, allowed is {place} the market"
            f" at {market}; it stays at {stays}",
        )
        for asked in (("100.0", "103.0") if side is Side.LONG else ("100.0", "97.0"))
    ]


def test_a_change_the_market_overtakes_is_told_and_the_next_one_starts_from_the_real_stop(engine: Engine) -> None:
    moved: list[bool] = []
    engine.trade([*FLAT * 3, *[(97, 97.5, 96.5, 97)] * 4], listing(price_step="0.25"))
    script = {
        1: lambda actor, _bar: actor.enter(95),
        3: lambda actor, _bar: moved.append(actor.tighten(COIN, 99)),
        5: lambda actor, _bar: moved.append(actor.tighten(COIN, 95.6)),
    }
    ran = engine.run(acting(script))
    assert moved == [True, True]
    assert ran.kinds("stop") == ["OrderAccepted", "OrderModifyRejected", "OrderUpdated"]
    (told,) = ran.recorder.happenings
    assert told.kind == "change refused"
    assert told.sentence == (
        f"{COIN}, Actor-000: the venue refused to change the stop (STOP_MARKET SELL order new stop px of 99.00 was in"
        " the market: bid=97.00, ask=97.00), the stop stays at 95.00"
    )
    assert ran.actor._tracker.stops[COIN].held == Decimal("95.75")


def test_a_stop_the_venue_ends_without_a_fill_is_told(engine: Engine) -> None:
    engine.trade([*FLAT * 3, (100, 101, 94, 94, 0), (92, 93, 91, 92, 1e6), *FLAT * 2])
    ran = engine.run(acting({1: lambda actor, _bar: actor.enter(95, 120)}))
    assert [trade.exit_reason for trade in ran.trades] == ["unprotected"]
    assert [item.kind for item in ran.recorder.happenings] == ["stop lost"]
    assert ran.recorder.happenings[0].sentence.endswith("the position is closed")


class OrderRejected(SimpleNamespace):
    """As the engine's, by its name."""


def _heard(order: str, reason: str = "no") -> Any:
    return OrderRejected(instrument_id=COIN, client_order_id=order, reason=reason)


@pytest.fixture
def told() -> list[tuple[str, str]]:
    """What the record was told: kind and sentence."""
    return []


@pytest.fixture
def refusals(told: list[tuple[str, str]]) -> VenueRejections:
    """The refusals of a strategy that is long ten with a stop, a target and an exit under way."""
    book = PositionTracker(roles={"E": "entry", "S": "stop", "T": "target", "X": "signal"})
    book.stops[COIN] = RestingStop("S", Decimal(97), Decimal(95), "T")
    book.fill(COIN, "E", Decimal(10))
    record = SimpleNamespace(happened=lambda kind, sentence, _ts: told.append((kind, sentence)))
    context = SimpleNamespace(name="A-000")
    clock = SimpleNamespace(timestamp_ns=lambda: 7)
    return VenueRejections(cast("Any", SimpleNamespace(context=context, clock=clock)), record, book)


@pytest.mark.parametrize("kind", ["OrderRejected", "OrderDenied"])
@pytest.mark.parametrize(("order", "role"), [("S", "stop"), ("T", "target"), ("X", "exit for signal")])
def test_a_refused_guard_or_exit_is_told_with_the_reason(
    refusals: VenueRejections, told: list[tuple[str, str]], order: str, role: str, kind: str
) -> None:
    refusals.ended(_heard(order, f"price of order {order} was off"), kind)
    assert told == [("order refused", f"{COIN}, A-000: the venue refused the {role} (price of the order was off)")]


@pytest.mark.parametrize(("order", "kind"), [("E", "OrderRejected"), ("T", "OrderCanceled"), ("X", "OrderCanceled")])
def test_a_refused_entry_and_what_ends_as_it_should_are_no_events(
    refusals: VenueRejections, told: list[tuple[str, str]], order: str, kind: str
) -> None:
    refusals.ended(_heard(order), kind)
    assert told == []


def test_a_sentence_is_told_once_for_as_long_as_the_position_lasts(
    refusals: VenueRejections, told: list[tuple[str, str]]
) -> None:
    for _ in range(3):
        refusals.ended(_heard("X", "No market"), "OrderRejected")
    assert len(told) == 1
    refusals.forget(COIN)
    refusals.ended(_heard("X", "No market"), "OrderRejected")
    assert len(told) == 2


def test_a_cancel_that_is_refused_is_told_while_something_is_held(
    refusals: VenueRejections, told: list[tuple[str, str]]
) -> None:
    refusals.cancel(_heard("X"))
    assert told == [("order refused", f"{COIN}, A-000: the venue refused to cancel the exit for signal (no)")]
    other = OrderRejected(instrument_id="OTHER.X", client_order_id="S", reason="no")
    refusals.cancel(other)
    assert len(told) == 1
