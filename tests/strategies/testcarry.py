# file: tests/strategies/testcarry.py
from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from strategies.carry import CarryParams
from tests.strategies.strategyfixture import HOUR, MONDAY, Playground, along
from tradingbot.core.messages.intent import Intent, Side
from tradingbot.core.runtime.result import Result

BTC, ETH = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT"
LATENCY = 100_000_000
QUICK = {"settlements": 2, "drift_bars": 24, "range_bars": 4, "stop_ranges": 1_000, "max_stop_pct": 0.02}
"""Signals that are ready at the fourth settlement, 32 hours in; a stop 2 % away, which makes the size known."""


def slope(step: float, then: Sequence[float] = (), first: float = 60_000.0) -> list[float]:
    """Return hourly closes that move by `step` for 32 hours, then go on as `then` says, or lie still for 60 hours."""
    closes = [first + step * hour for hour in range(33)]
    return closes + (list(then) or [closes[-1]] * 60)


def play(
    playground: Playground,
    closes: Sequence[float],
    rates: Sequence[float],
    params: Mapping[str, Any] | None = None,
    minutes: int = 480,
) -> Result:
    playground.bars(BTC, along(closes, "1h"), "1h")
    playground.funding(BTC, settled(rates, minutes), rates, minutes)
    return playground.run("strategies.carry:Carry", BTC, {**QUICK, **(params or {})}, bar="1h").result


def settled(rates: Sequence[float], minutes: int = 480) -> list[int]:
    return [MONDAY + (number + 1) * minutes * HOUR // 60 for number in range(len(rates))]


def hours(ts: int | None) -> float:
    return ((ts or 0) - LATENCY - MONDAY) / HOUR


def test_the_paid_side_is_held_until_funding_is_normal_and_is_paid_rate_times_notional(playground: Playground) -> None:
    result = play(playground, slope(-50.0), [0.0003] * 7 + [-0.0001] * 2)
    (trade,) = result.trades
    assert (trade.side, trade.exit_reason) == ("SHORT", "signal")
    assert (hours(trade.entry_time), hours(trade.exit_time)) == (32, 72)
    # 1 % of 10,000 over 2 % of 58,400; half a spread of a basis point on each side, rounded outwards to the tick.
    assert trade.quantity == Decimal("0.085")
    assert (trade.entry_price, trade.exit_price) == (Decimal("58397.0"), Decimal("58403.0"))
    assert trade.gross == Decimal("0.085") * (Decimal("58397.0") - Decimal("58403.0"))
    assert trade.fees == pytest.approx(Decimal("0.085") * Decimal("0.00055") * Decimal(2 * 58_400), abs=Decimal("1e-7"))
    # Settled at 40, 48, 56, 64 and 72 hours: three times received, twice paid.
    notional = Decimal("0.085") * 58_400
    assert trade.funding == pytest.approx(
        notional * (3 * Decimal("0.0003") - 2 * Decimal("0.0001")), abs=Decimal("1e-6")
    )
    assert result.summary.net_pnl == trade.pnl


def test_where_shorts_pay_a_rising_market_is_bought(playground: Playground) -> None:
    (trade,) = play(playground, slope(50.0), [-0.0003] * 7 + [0.0001] * 2).trades
    assert (trade.side, trade.exit_reason, trade.quantity) == ("LONG", "signal", Decimal("0.081"))
    assert trade.funding == pytest.approx(Decimal("0.081") * 61_600 * Decimal("0.0007"), abs=Decimal("1e-6"))


@pytest.mark.parametrize(("least", "trades"), [(1.0, 0), (-10.0, 1)])
def test_nobody_stands_against_the_drift_unless_told_to(playground: Playground, least: float, trades: int) -> None:
    result = play(playground, slope(50.0), [0.0003] * 7, {"least_drift": least})
    assert len(result.trades) + len(result.open) == trades


@pytest.mark.parametrize(("least", "trades"), [(0.0003, 1), (0.00031, 0)])
def test_too_little_is_not_worth_the_costs(playground: Playground, least: float, trades: int) -> None:
    assert len(play(playground, slope(-50.0), [0.0003] * 7, {"least_rate": least}).open) == trades


@pytest.mark.parametrize(
    ("rates", "trades"), [([0.0001, 0.0001, 0.0001, 0.0007], 1), ([0.0007, 0.0001, 0.0001, 0.0004], 0)]
)
def test_a_rate_is_the_mean_of_the_last_settlements(playground: Playground, rates: list[float], trades: int) -> None:
    assert len(play(playground, slope(-50.0), rates, {"least_rate": 0.0003}).open) == trades


def test_rates_of_any_interval_are_compared_per_eight_hours(playground: Playground) -> None:
    result = play(playground, slope(-50.0), [0.0001] * 10, {"least_rate": 0.0002}, minutes=240)
    assert [hours(trade.entry_time) for trade in result.open] == [28]


def test_a_stopped_position_is_not_renewed_before_the_next_settlement(playground: Playground) -> None:
    squeeze = [58_400.0] * 3 + [60_000.0, 58_400.0] + [58_400.0 - 60 * hour for hour in range(1, 20)]
    result = play(playground, slope(-50.0, squeeze), [0.0003] * 6, {"least_drift": -10})
    (trade,) = result.trades
    assert (trade.exit_reason, hours(trade.entry_time)) == ("stop", 32)
    assert trade.exit_price == Decimal("59568.0")
    assert Decimal(-110) < trade.pnl < Decimal(-100)
    assert [hours(again.entry_time) for again in result.open] == [40]


def test_what_is_paid_for_ever_is_left_after_its_days(playground: Playground) -> None:
    (trade,) = play(playground, slope(-50.0), [0.0003] * 11, {"hold_days": 1.0, "least_drift": 4.0}).trades
    assert (trade.exit_reason, hours(trade.entry_time), hours(trade.exit_time)) == ("time", 32, 56)


def test_the_exit_rate_decides_when_funding_is_normal(playground: Playground) -> None:
    (trade,) = play(
        playground, slope(-50.0), [0.0003] * 5 + [0.00015] * 2, {"least_rate": 0.00025, "exit_rate": 0.0002}
    ).trades
    assert (trade.exit_reason, hours(trade.exit_time)) == ("signal", 56)


@pytest.mark.parametrize(
    ("params", "distance"),
    [({"stop_ranges": 4}, 200.0), ({"stop_ranges": 8}, 400.0), ({"max_stop_pct": 0.01}, 584.0)],
)
def test_the_stop_lies_some_ranges_away_but_never_too_far(
    playground: Playground, params: Mapping[str, Any], distance: float
) -> None:
    play(playground, slope(-50.0), [0.0003] * 5, params)
    intent = playground.intents[0]
    assert isinstance(intent, Intent)
    assert intent.stop is not None
    assert float(intent.stop - intent.price) == pytest.approx(distance)


@pytest.mark.parametrize(
    ("params", "hour"), [({}, 32), ({"settlements": 5}, 40), ({"drift_bars": 34}, 40), ({"range_bars": 34}, 40)]
)
def test_nothing_is_done_before_every_signal_is_ready(
    playground: Playground, params: Mapping[str, Any], hour: int
) -> None:
    result = play(playground, slope(-50.0), [0.0003] * 7, params)
    assert [hours(trade.entry_time) for trade in result.open] == [hour]


def test_each_perpetual_is_judged_by_its_own_funding(playground: Playground) -> None:
    for name, first, rate in ((BTC, 60_000.0, 0.0003), (ETH, 3_000.0, -0.0003)):
        playground.bars(name, along(slope(-first / 1_200, first=first), "1h"), "1h")
        playground.funding(name, settled([rate] * 7), [rate] * 7)
    result = playground.run("strategies.carry:Carry", [BTC, ETH], QUICK, bar="1h").result
    assert [(trade.instrument, trade.side) for trade in result.open] == [(BTC, "SHORT")]


def test_an_empty_config_has_sensible_parameters() -> None:
    assert CarryParams().least_rate * 3 * CarryParams().hold_days > 2 * 0.00055 + 0.0001


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"exit_rate": 0.001}, "exit_rate was 0.001, allowed is less than least_rate, 8e-05"),
        ({"max_stop_pct": 0.2}, "less than or equal to 0.15"),
        ({"least_rate": 0}, "greater than 0"),
        ({"settlement": 3}, "Extra inputs are not permitted"),
    ],
)
def test_what_makes_no_sense_is_refused(params: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        CarryParams.model_validate(params)


def test_the_side_that_is_proposed_is_the_one_that_is_paid(playground: Playground) -> None:
    play(playground, slope(-50.0), [0.0003] * 5)
    intent = playground.intents[0]
    assert isinstance(intent, Intent)
    assert (intent.side, intent.price) == (Side.SHORT, Decimal(58_400))
