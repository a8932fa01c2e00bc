# file: tests/core/market/synthetic/testforex.py
from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.hours import offsets
from tradingbot.core.market.calendars.sessions import FOREX
from tradingbot.core.market.columns import Bars
from tradingbot.core.market.synthetic.forex import ForexMarket, forex
from tradingbot.core.time import DAY, HOUR

START = 20_454 * DAY
STEP = DAY // 288


@cache
def market(pair: str = "EUR/USD", seed: int = 7) -> ForexMarket:
    return forex(seed, pair, START, 180, STEP)


def hours(bars: Bars) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return (bars.ts + offsets(bars.ts) - 1) % DAY // HOUR


@pytest.mark.parametrize(("pair", "tick"), [("EUR/USD", 0.00005), ("USD/JPY", 0.005)])
def test_ask_is_above_bid_on_the_tick_everywhere(pair: str, tick: float) -> None:
    made = market(pair)
    assert np.array_equal(made.bid.ts, made.ask.ts)
    for name in ("open", "high", "low", "close"):
        bid, ask = getattr(made.bid, name), getattr(made.ask, name)
        assert (ask - bid >= tick * 0.999).all()
        assert (ask - bid < 0.002 * bid).all()
        for column in (bid, ask):
            assert np.allclose(column / tick, np.round(column / tick), rtol=0, atol=1e-6)


def test_bars_hold_their_range() -> None:
    for bars in (market().bid, market().ask):
        assert (bars.low <= np.minimum(bars.open, bars.close)).all()
        assert (bars.high >= np.maximum(bars.open, bars.close)).all()
        assert (bars.volume > 0).all()


def test_the_market_rests_on_weekends_and_nothing_else_is_missing() -> None:
    ts = market().bid.ts
    assert FOREX.is_open(ts, STEP).all()
    assert FOREX.open_between(ts[:-1], ts[1:], STEP).sum() == 0
    assert np.count_nonzero(np.diff(ts) > 40 * HOUR) == 26
    gaps = np.abs(np.log(market().bid.open[1:] / market().bid.close[:-1]))
    assert gaps[np.diff(ts) > 40 * HOUR].mean() > 5 * gaps[np.diff(ts) == STEP].mean()


def test_london_and_new_york_are_livelier_and_the_rollover_is_wide() -> None:
    bid, hour = market().bid, hours(market().bid)
    change = np.abs(np.log(bid.close / bid.open))
    assert change[(hour >= 8) & (hour < 11)].mean() > 1.5 * change[hour >= 19].mean()
    width = market().ask.close - bid.close
    assert width[hour == 17].mean() > 1.5 * width[(hour >= 3) & (hour < 12)].mean()


def test_tails_are_fat_volatility_clusters_and_pairs_of_a_seed_share_the_dollar() -> None:
    change = np.log(market().bid.close / market().bid.open)
    assert np.mean((change - change.mean()) ** 4) / change.var() ** 2 > 4
    assert np.corrcoef(np.abs(change[:-12]), np.abs(change[12:]))[0, 1] > 0.05
    euro, yen = (np.log(market(pair).bid.close / market(pair).bid.open) for pair in ("EUR/USD", "USD/JPY"))
    assert np.corrcoef(euro, yen)[0, 1] < -0.15


def test_a_push_in_the_london_morning_is_there_to_be_found() -> None:
    bid, hour = market().bid, hours(market().bid)
    days = FOREX.day(bid.ts)
    change = np.log(bid.close / bid.open)
    first, rest = (
        np.bincount(days[chosen] - days[0], weights=change[chosen], minlength=int(days[-1] - days[0]) + 1)
        for chosen in (hour == 3, (hour == 4) | (hour == 5))
    )
    assert np.corrcoef(first, rest)[0, 1] > 0.1


def test_a_seed_gives_the_same_market_again_and_another_seed_another() -> None:
    again = forex(7, "EUR/USD", START, 180, STEP)
    assert np.array_equal(again.ask.high, market().ask.high)
    assert np.array_equal(again.bid.volume, market().bid.volume)
    assert not np.array_equal(forex(8, "EUR/USD", START, 180, STEP).bid.close, market().bid.close)


def test_what_it_cannot_make_is_refused() -> None:
    with pytest.raises(BadInput, match="synthetic pair was 'EUR/GBP', allowed are EUR/USD"):
        forex(7, "EUR/GBP", START, 1, STEP)
    with pytest.raises(BadInput, match=r"step was 86400000000000 ns, allowed is from a second to an hour"):
        forex(7, "EUR/USD", START, 1, DAY)
