# file: tests/strategies/testtrendfollow.py
from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from strategies.trendfollow import TrendFollowParams
from tests.strategies.strategyfixture import MINUTE, MONDAY, Playground, along, average_range, bar_number
from tradingbot.core.config.load import build
from tradingbot.core.errors import ConfigError
from tradingbot.core.lane import Lane
from tradingbot.core.market.columns import Bars
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.crypto import crypto
from tradingbot.core.messages.intent import Side
from tradingbot.core.runtime.result import Result

BTC, ETH, SPOT = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", "BTCUSDT-SPOT.BYBIT"
PATH = "strategies.trendfollow:TrendFollow"
QUICK = {"entry_bars": 8, "exit_bars": 4, "range_bars": 8, "stop_ranges": 3.0}


def ranging(bars: int, first: float = 60_000.0, step: float = 240.0) -> list[float]:
    """Return closes that go up and down by `step`: every bar's range is `step`, the channel is one wide."""
    return [first + step * (number % 2) for number in range(bars + 1)]


UP = [*ranging(12), 60_800.0]
DOWN = [*ranging(12), 59_440.0]
"""Both leave the channel by 560 with bar 13, whose true range is 800 up and 560 down."""


def play(
    playground: Playground, closes: Sequence[float], params: Mapping[str, Any] | None = None, **fields: Any
) -> Result:
    name = fields.pop("name", BTC)
    playground.bars(name, along(closes))
    return playground.run(PATH, name, {**QUICK, **(params or {})}, **fields).result


def test_a_break_upwards_is_bought_at_the_next_open_with_a_stop_some_ranges_below(playground: Playground) -> None:
    result = play(playground, [*UP, 60_800.0, 60_800.0])
    (wish,) = playground.wishes
    assert (wish.side, wish.price, wish.target) == (Side.LONG, Decimal("60800.0"), None)
    assert float(wish.stop or 0) == pytest.approx(60_800 - 3 * average_range(UP, 8), abs=1e-6)
    (trade,) = result.open
    assert (trade.side, bar_number(trade.entry_time)) == ("LONG", 13)
    # 1 % of 10,000 over the distance to the stop, rounded down to thousandths.
    assert float(trade.quantity) == pytest.approx(100 / (3 * average_range(UP, 8)), abs=0.001)


def test_a_break_downwards_is_sold_with_the_stop_above(playground: Playground) -> None:
    result = play(playground, [*DOWN, 59_440.0, 59_440.0])
    (wish,) = playground.wishes
    assert (wish.side, wish.price) == (Side.SHORT, Decimal("59440.0"))
    assert float(wish.stop or 0) == pytest.approx(59_440 + 3 * average_range(DOWN, 8), abs=1e-6)
    assert [trade.side for trade in result.open] == ["SHORT"]


def test_a_range_is_left_alone_even_where_it_is_touched(playground: Playground) -> None:
    result = play(playground, ranging(60))
    assert (playground.intents, result.trades, result.open) == ([], [], [])


@pytest.mark.parametrize(("params", "intents"), [({"entry_bars": 13}, 0), ({"range_bars": 14}, 0), ({}, 1)])
def test_nothing_is_judged_before_channel_and_range_have_seen_enough(
    playground: Playground, params: dict[str, int], intents: int
) -> None:
    play(playground, [*UP, 60_800.0], params)
    assert len(playground.intents) == intents


@pytest.mark.parametrize(("entry_bars", "intents"), [(8, 1), (20, 0)])
def test_the_channel_is_as_long_as_asked_for(playground: Playground, entry_bars: int, intents: int) -> None:
    hill = [60_000.0, 61_000.0, 60_000.0]
    play(playground, hill + ranging(20)[1:18] + [60_800.0, 60_800.0], {"entry_bars": entry_bars})
    assert len(playground.intents) == intents


@pytest.mark.parametrize(
    ("params", "distance"),
    [
        ({}, 3 * average_range(UP, 8)),
        ({"stop_ranges": 5.0}, 5 * average_range(UP, 8)),
        ({"range_bars": 2}, 3 * average_range(UP, 2)),
        ({"max_stop_pct": 0.01}, 0.01 * 60_800),
    ],
)
def test_the_stop_is_as_far_away_as_the_parameters_say(
    playground: Playground, params: dict[str, float], distance: float
) -> None:
    play(playground, [*UP, 60_800.0], params)
    (wish,) = playground.wishes
    assert float(wish.price - (wish.stop or 0)) == pytest.approx(distance, abs=1e-6)


def test_however_wild_the_market_the_stop_is_one_the_desk_allows(playground: Playground) -> None:
    result = play(playground, [*ranging(12, step=6_000.0), 70_000.0, 70_000.0, 70_000.0], {"stop_ranges": 100})
    (wish,) = playground.wishes
    assert float(wish.stop or 0) == pytest.approx(0.88 * 70_000)
    assert (len(result.open), result.refused) == (1, [])


@pytest.mark.parametrize("sign", [1, -1])
def test_the_stop_follows_the_best_close_and_never_goes_back(playground: Playground, sign: int) -> None:
    entered = [60_120 + sign * (close - 60_120) for close in UP]
    room = 3 * average_range(entered, 8)
    later = [entered[-1] + sign * step for step in (800, 600, 1_600, 1_400, 1_300, -1_600, -1_600)]
    (trade,) = play(playground, entered + later).trades
    expected = [entered[-1] + sign * (step - room) for step in (800, 1_600)]
    assert [stop for _, stop in playground.stops] == pytest.approx(expected, abs=0.1)
    assert (trade.exit_reason, bar_number(trade.entry_time)) == ("stop", 13)
    assert float(trade.exit_price or 0) == pytest.approx(expected[-1], abs=20)
    assert trade.pnl > 0


@pytest.mark.parametrize(("exit_bars", "left"), [(4, 20), (6, 21)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_break_of_the_shorter_channel_ends_the_position(
    playground: Playground, sign: int, exit_bars: int, left: int
) -> None:
    entered = [60_120 + sign * (close - 60_120) for close in UP]
    # Six bars of four hundred up; then down below the low of four bars, then of six.
    later = [entered[-1] + sign * step for step in (400, 800, 1_200, 1_600, 2_000, 2_400, 600, -400, -400, -400)]
    params = {"exit_bars": exit_bars, "stop_ranges": 15}
    (trade,) = play(playground, entered + later, params).trades
    assert (trade.exit_reason, bar_number(trade.exit_time)) == ("signal", left)


@pytest.mark.parametrize(("wick", "trades"), [(0.0, 1), (0.02, 0)])
def test_a_channel_is_of_highs_and_lows_not_of_closes(playground: Playground, wick: float, trades: int) -> None:
    playground.bars(BTC, along([*UP, 60_800.0], wick=wick))
    assert len(playground.run(PATH, BTC, QUICK).result.open) == trades


def test_a_close_within_the_lows_of_the_shorter_channel_does_not_end_the_position(playground: Playground) -> None:
    quiet, wide = (
        along([*UP, 61_200.0, 61_600.0, 62_000.0]),
        along([62_000.0] * 5, start=MONDAY + 80 * MINUTE, wick=0.02),
    )
    playground.bars(BTC, Bars.join([quiet, wide, along([62_000.0, 61_000.0, 61_000.0], start=MONDAY + 100 * MINUTE)]))
    result = playground.run(PATH, BTC, {**QUICK, "stop_ranges": 15}).result
    assert (result.trades, len(result.open)) == ([], 1)


def test_after_an_exit_the_next_break_is_followed(playground: Playground) -> None:
    result = play(playground, [*UP, *ranging(12, 59_900.0), 60_400.0, 60_400.0])
    assert [trade.side for trade in [*result.trades, *result.open]] == ["LONG", "LONG"]
    assert result.refused == []


def test_each_instrument_has_its_own_channel(playground: Playground) -> None:
    playground.bars(BTC, along([*UP, *[60_800.0] * 3]))
    playground.bars(ETH, along([price / 20 for price in [*DOWN, *[59_440.0] * 3]]))
    result = playground.run(PATH, [BTC, ETH], QUICK).result
    assert {trade.instrument: trade.side for trade in result.open} == {BTC: "LONG", ETH: "SHORT"}
    stops = {wish.instrument: float(wish.stop or 0) for wish in playground.wishes}
    assert stops[BTC] == pytest.approx(60_800 - 3 * average_range(UP, 8), abs=0.1)
    assert stops[ETH] == pytest.approx((59_440 + 3 * average_range(DOWN, 8)) / 20, abs=0.01)


def test_where_nobody_may_sell_short_nobody_asks_to(playground: Playground) -> None:
    closes = [*DOWN, *ranging(10, 59_700.0), 60_000.0, 60_000.0]
    result = play(playground, closes, name=SPOT, lane=Lane.CRYPTOSPOT)
    assert ([wish.side for wish in playground.wishes], result.refused) == ([Side.LONG], [])
    assert [trade.side for trade in result.open] == ["LONG"]


def test_fast_and_exact_runs_ask_for_the_same(playground: Playground) -> None:
    closes = [*UP, 60_400.0, 60_300.0, 60_350.0, 60_350.0]
    exact = play(playground, closes)
    fast = playground.run(PATH, BTC, QUICK, realism="fast").result
    first, second = playground.wishes
    assert (first.price, first.stop) == (second.price, second.stop)
    assert len(exact.open) == len(fast.open) == 1


@pytest.mark.parametrize(("bar", "days"), [("5m", 12), ("1h", 90)])
def test_without_parameters_it_trades_a_synthetic_market(playground: Playground, bar: str, days: int) -> None:
    playground.bars(BTC, crypto(7, "BTC", MONDAY, days, Step.parse(bar).ns).perpetual, bar)
    result = playground.run(PATH, BTC, bar=bar).result
    assert result.trades
    assert {trade.exit_reason for trade in result.trades} <= {"stop", "signal"}
    assert result.refused == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"entry_bars": 1}, "entry_bars was 1"),
        ({"exit_bars": 0}, "exit_bars was 0"),
        ({"range_bars": 0}, "range_bars was 0"),
        ({"stop_ranges": 0}, "stop_ranges was 0"),
        ({"max_stop_pct": 0.2}, "max_stop_pct was 0.2"),
        ({"entry_bars": 20, "exit_bars": 20}, "exit_bars was 20, allowed is less than entry_bars, 20"),
        ({"entry": 20}, "entry is not a known field, allowed are entry_bars, exit_bars"),
    ],
)
def test_a_wrong_parameter_is_named(params: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(TrendFollowParams, params, "params")
