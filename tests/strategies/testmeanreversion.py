# file: tests/strategies/testmeanreversion.py
from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from strategies.meanreversion import MeanReversionParams
from tests.strategies.strategyfixture import MONDAY, Playground, along, average_range, bar_number
from tradingbot.core.config.load import build
from tradingbot.core.errors import ConfigError
from tradingbot.core.lane import Lane
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.crypto import crypto
from tradingbot.core.messages.intent import Side
from tradingbot.core.runtime.result import Result

BTC, ETH, SPOT = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", "BTCUSDT-SPOT.BYBIT"
PATH = "strategies.meanreversion:MeanReversion"
QUICK = {
    "band_bars": 20, "entry_score": 2.0, "least_way": 0.0, "drift_bars": 4, "judged_bars": 20, "trend_limit": 1.0,
    "hold_bars": 6, "range_bars": 10, "stop_ranges": 4.0,
}  # fmt: skip

RANGE = [60_000.0 + 240 * (number % 2) for number in range(31)]
DIP = [*RANGE, 59_000.0, 59_500.0]
"""Bar 31 closes more than three deviations below its mean, bar 32 turns back to one and a half."""


def mirrored(closes: Sequence[float]) -> list[float]:
    return [120_240 - close for close in closes]


def mean(closes: Sequence[float], period: int = 20) -> float:
    return float(np.mean(closes[-period:]))


def variance_ratio(closes: Sequence[float], drift_bars: int, judged_bars: int) -> float:
    """Return the mean of the squared drift scores of the last bars."""
    changes = np.diff(np.log(closes))
    ends = range(len(changes) - judged_bars + 1, len(changes) + 1)
    windows = [changes[end - drift_bars : end] for end in ends]
    return float(np.mean([np.sum(window) ** 2 / np.sum(window**2) for window in windows]))


def play(
    playground: Playground, closes: Sequence[float], params: Mapping[str, Any] | None = None, **fields: Any
) -> Result:
    name = fields.pop("name", BTC)
    playground.bars(name, along(closes))
    return playground.run(PATH, name, {**QUICK, **(params or {})}, **fields).result


def test_a_close_that_turns_back_inside_the_bands_is_bought_for_the_mean(playground: Playground) -> None:
    result = play(playground, [*DIP, 59_500.0, 59_500.0])
    (wish,) = playground.wishes
    assert (wish.side, wish.price) == (Side.LONG, Decimal("59500.0"))
    assert float(wish.target or 0) == pytest.approx(mean(DIP))
    assert float(wish.stop or 0) == pytest.approx(59_500 - 4 * average_range(DIP, 10))
    assert [(trade.side, bar_number(trade.entry_time)) for trade in result.open] == [("LONG", 32)]


def test_above_the_mean_it_is_sold(playground: Playground) -> None:
    closes = mirrored(DIP)
    result = play(playground, [*closes, closes[-1], closes[-1]])
    (wish,) = playground.wishes
    assert wish.side is Side.SHORT
    assert float(wish.target or 0) == pytest.approx(mean(closes))
    assert float(wish.stop or 0) == pytest.approx(closes[-1] + 4 * average_range(closes, 10))
    assert [trade.side for trade in result.open] == ["SHORT"]


@pytest.mark.parametrize("turn", [list, mirrored])
@pytest.mark.parametrize(
    ("later", "why"),
    [
        ((), "the range itself is not far"),
        ((59_000.0, 58_300.0, 57_700.0), "it has not turned"),
        ((59_000.0, 60_300.0), "it is back already"),
        ((59_900.0, 60_000.0), "it was not far"),
    ],
)
def test_nothing_is_bought_before_it_turns_or_after_it_is_back(
    playground: Playground, later: tuple[float, ...], why: str, turn: Any
) -> None:
    play(playground, turn([*RANGE, *later, *later[-1:]]))
    assert playground.intents == [], why


@pytest.mark.parametrize("turn", [list, mirrored])
def test_the_mean_is_the_target(playground: Playground, turn: Any) -> None:
    (trade,) = play(playground, turn([*DIP, 59_500.0, 60_300.0, 60_300.0])).trades
    assert (trade.exit_reason, bar_number(trade.entry_time)) == ("target", 32)
    assert float(trade.exit_price or 0) == pytest.approx(mean(turn(DIP)), abs=0.1)
    assert trade.pnl > 0


def test_a_mean_that_comes_to_meet_the_price_ends_the_position_too(playground: Playground) -> None:
    later = [59_300.0] * 4 + [59_900.0]
    closes = [*DIP, *later]
    assert mean(closes) < 59_900 < mean(DIP)
    (trade,) = play(playground, [*closes, 59_900.0], {"hold_bars": 100}).trades
    assert (trade.exit_reason, bar_number(trade.exit_time)) == ("signal", 37)


@pytest.mark.parametrize("hold", [1, 6])
def test_what_does_not_come_back_is_left_after_its_time(playground: Playground, hold: int) -> None:
    (trade,) = play(playground, [*DIP, *[59_500.0] * 9], {"hold_bars": hold}).trades
    assert (trade.exit_reason, bar_number(trade.entry_time)) == ("time", 32)
    assert bar_number(trade.exit_time) == 32 + hold


def test_the_time_of_each_position_is_its_own(playground: Playground) -> None:
    again = [*[59_500.0] * 4, *RANGE[1:], 59_000.0, *[59_500.0] * 9]
    first, second = play(playground, [*DIP, *again], {"range_bars": 1, "stop_ranges": 3}).trades
    assert (first.exit_reason, second.exit_reason) == ("target", "time")
    assert bar_number(second.exit_time) - bar_number(second.entry_time) == 6


def test_what_falls_on_is_stopped_and_not_bought_again_while_it_falls(playground: Playground) -> None:
    result = play(playground, [*DIP, 58_000.0, 57_000.0, 56_000.0, 55_000.0])
    (trade,) = result.trades
    assert trade.exit_reason == "stop"
    assert float(trade.exit_price or 0) == pytest.approx(59_500 - 4 * average_range(DIP, 10), abs=30)
    assert len(playground.intents) == 1


@pytest.mark.parametrize(("limit", "intents"), [(0.7, 0), (100, 1)])
def test_a_market_that_trends_is_left_alone(playground: Playground, limit: float, intents: int) -> None:
    slide = [64_000.0 - 120 * number for number in range(31)]
    closes = [*slide, slide[-1] - 1_500, slide[-1] - 600]
    assert variance_ratio(closes, 4, 20) > 1
    play(playground, [*closes, closes[-1]], {"trend_limit": limit})
    assert len(playground.intents) == intents


@pytest.mark.parametrize(("drift_bars", "judged_bars"), [(4, 20), (6, 20), (4, 10)])
@pytest.mark.parametrize(("above", "intents"), [(1.001, 1), (0.999, 0)])
def test_a_trend_is_a_variance_ratio_above_the_limit(
    playground: Playground, drift_bars: int, judged_bars: int, above: float, intents: int
) -> None:
    limit = above * variance_ratio(DIP, drift_bars, judged_bars)
    params = {"drift_bars": drift_bars, "judged_bars": judged_bars, "trend_limit": limit}
    play(playground, [*DIP, 59_500.0], params)
    assert len(playground.intents) == intents


@pytest.mark.parametrize(("share", "intents"), [(0.999, 1), (1.001, 0)])
def test_a_way_to_the_mean_that_does_not_pay_is_not_gone(playground: Playground, share: float, intents: int) -> None:
    play(playground, [*DIP, 59_500.0], {"least_way": share * (mean(DIP) / 59_500 - 1)})
    assert len(playground.intents) == intents


@pytest.mark.parametrize(("bars", "share", "intents"), [(31, 0.999, 1), (31, 1.001, 0), (32, 0.999, 0), (32, 1.001, 1)])
def test_the_entry_score_says_what_is_far(playground: Playground, bars: int, share: float, intents: int) -> None:
    window = DIP[bars - 19 : bars + 1]
    score = (mean(window) - window[-1]) / float(np.std(window))
    play(playground, [*DIP, 60_100.0], {"entry_score": share * score})
    assert len(playground.intents) == intents


@pytest.mark.parametrize(
    ("params", "stop", "target"),
    [
        ({"stop_ranges": 3.0}, 59_500 - 3 * average_range(DIP, 10), mean(DIP)),
        ({"range_bars": 30}, 59_500 - 4 * average_range(DIP, 30), mean(DIP)),
        ({"max_stop_pct": 0.015}, 59_500 * 0.985, mean(DIP)),
        ({"band_bars": 30, "entry_score": 2.5}, 59_500 - 4 * average_range(DIP, 10), mean(DIP, 30)),
    ],
)
def test_stop_and_target_are_as_far_away_as_the_parameters_say(
    playground: Playground, params: dict[str, float], stop: float, target: float
) -> None:
    play(playground, [*DIP, 59_500.0], params)
    (wish,) = playground.wishes
    assert float(wish.stop or 0) == pytest.approx(stop)
    assert float(wish.target or 0) == pytest.approx(target)


@pytest.mark.parametrize(
    "params", [{"band_bars": 33, "entry_score": 2.5}, {"range_bars": 33}, {"judged_bars": 30}, {"drift_bars": 14}]
)
def test_nothing_is_judged_before_every_signal_has_seen_enough(playground: Playground, params: dict[str, int]) -> None:
    play(playground, [*DIP, 59_500.0], {**params, "trend_limit": 100})
    assert playground.intents == []


def test_each_instrument_has_its_own_bands(playground: Playground) -> None:
    playground.bars(BTC, along([*DIP, *[59_500.0] * 2]))
    playground.bars(ETH, along([price / 20 for price in mirrored([*DIP, *[59_500.0] * 2])]))
    result = playground.run(PATH, [BTC, ETH], QUICK).result
    assert {trade.instrument: trade.side for trade in result.open} == {BTC: "LONG", ETH: "SHORT"}
    targets = {wish.instrument: float(wish.target or 0) for wish in playground.wishes}
    assert targets == {BTC: pytest.approx(mean(DIP)), ETH: pytest.approx(mean(mirrored(DIP)) / 20, abs=0.01)}


def test_where_nobody_may_sell_short_nobody_asks_to(playground: Playground) -> None:
    closes = [*mirrored(DIP), *RANGE[1:], *DIP[-2:], 59_500.0]
    result = play(playground, closes, name=SPOT, lane=Lane.CRYPTOSPOT)
    assert ([wish.side for wish in playground.wishes], result.refused) == ([Side.LONG], [])
    assert [trade.side for trade in result.open] == ["LONG"]


def test_fast_and_exact_runs_ask_for_the_same(playground: Playground) -> None:
    exact = play(playground, [*DIP, 59_500.0, 59_500.0])
    fast = playground.run(PATH, BTC, QUICK, realism="fast").result
    first, second = playground.wishes
    assert (first.price, first.stop, first.target) == (second.price, second.stop, second.target)
    assert len(exact.open) == len(fast.open) == 1


def test_without_parameters_it_trades_a_synthetic_market(playground: Playground) -> None:
    playground.bars(SPOT, crypto(7, "BTC", MONDAY, 30, Step.parse("5m").ns).spot)
    result = playground.run(PATH, SPOT, lane=Lane.CRYPTOSPOT).result
    assert result.trades
    assert {trade.exit_reason for trade in result.trades} <= {"stop", "signal", "target", "time"}
    assert {trade.side for trade in result.trades} <= {"LONG"}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"band_bars": 1}, "band_bars was 1"),
        ({"entry_score": 0}, "entry_score was 0"),
        ({"least_way": -0.01}, "least_way was -0.01"),
        ({"drift_bars": 1}, "drift_bars was 1"),
        ({"judged_bars": 0}, "judged_bars was 0"),
        ({"trend_limit": 0}, "trend_limit was 0"),
        ({"hold_bars": 0}, "hold_bars was 0"),
        ({"range_bars": 0}, "range_bars was 0"),
        ({"stop_ranges": 0}, "stop_ranges was 0"),
        ({"max_stop_pct": 0.2}, "max_stop_pct was 0.2"),
        ({"drift_bars": 50, "judged_bars": 40}, "judged_bars was 40, allowed is at least drift_bars, 50"),
        ({"bands": 20}, "bands is not a known field, allowed are band_bars, drift_bars"),
    ],
)
def test_a_wrong_parameter_is_named(params: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(MeanReversionParams, params, "params")
