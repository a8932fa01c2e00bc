# file: tests/core/market/synthetic/testcrypto.py
from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.core.market.rowsfixture import same
from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.synthetic.crypto import CAP, CryptoMarket, crypto, funding
from tradingbot.core.time import DAY, HOUR


@pytest.mark.parametrize(
    ("premium", "rate"),
    [(0.0, 0.0001), (0.0003, 0.0001), (0.0009, 0.0004), (-0.0008, -0.0003), (0.02, CAP), (-0.02, -CAP)],
)
def test_a_steady_premium_gives_the_venues_rate(premium: float, rate: float) -> None:
    ts = np.arange(1, 25, dtype=np.int64) * HOUR
    made = funding(ts, np.full(24, premium))
    assert made.ts.tolist() == [8 * HOUR, 16 * HOUR, 24 * HOUR]
    assert made.rate.tolist() == pytest.approx([rate] * 3)


def test_an_interval_that_began_before_the_data_is_not_settled() -> None:
    ts = np.arange(3, 17, dtype=np.int64) * HOUR
    assert funding(ts, np.zeros(14)).ts.tolist() == [16 * HOUR]


START = 20_454 * DAY
STEP = DAY // 288


@cache
def market(coin: str = "BTC", seed: int = 7) -> CryptoMarket:
    return crypto(seed, coin, START, 180, STEP)


def returns(bars: Bars) -> Floats:
    change: Floats = np.diff(np.log(bars.close))
    return change


def test_bars_close_at_every_step_and_hold_their_range() -> None:
    for bars in (market().spot, market().perpetual):
        assert bars.ts.tolist() == list(range(START + STEP, START + 180 * DAY + 1, STEP))
        assert (bars.low <= np.minimum(bars.open, bars.close)).all()
        assert (bars.high >= np.maximum(bars.open, bars.close)).all()
        assert (bars.low > 0).all()
        assert np.array_equal(bars.open[1:], bars.close[:-1])


@pytest.mark.parametrize("coin", ["BTC", "DOGE"])
def test_prices_and_volumes_are_on_the_instruments_steps(coin: str) -> None:
    made = crypto(7, coin, START, 20, STEP)
    for instrument_id, bars in ((made.spot_id, made.spot), (made.perpetual_id, made.perpetual)):
        instrument = load_listing(instrument_id).instrument
        for column, step in ((bars.high, instrument.price_increment), (bars.volume, instrument.size_increment)):
            steps = column / float(step)
            assert np.allclose(steps, np.round(steps), rtol=0, atol=1e-4)
            assert (column > 0).all()


def test_returns_have_fat_tails_volatility_clusters_in_seasons_and_volume_follows_it() -> None:
    change = returns(market().spot)
    spread = np.abs(change)
    assert np.mean((change - change.mean()) ** 4) / change.var() ** 2 > 6
    assert all(np.corrcoef(spread[:-lag], spread[lag:])[0, 1] > 0.05 for lag in (1, 12, 288))
    assert abs(np.corrcoef(change[:-1], change[1:])[0, 1]) < 0.05
    spread = np.abs(returns(market().spot))
    hour = market().spot.ts[1:] % DAY // (DAY // 24)
    weekday = (market().spot.ts[1:] // DAY + 3) % 7
    assert spread[(hour == 14)].mean() > 1.2 * spread[hour == 6].mean()
    assert spread[weekday < 5].mean() > 1.2 * spread[weekday >= 5].mean()
    assert np.corrcoef(np.log(market().spot.volume[1:]), np.abs(returns(market().spot)))[0, 1] > 0.3


def test_coins_of_a_seed_move_together_and_futures_move_with_spot() -> None:
    assert np.corrcoef(returns(market("BTC").spot), returns(market("ETH").spot))[0, 1] > 0.5
    basis = market().perpetual.close / market().spot.close - 1
    assert np.abs(basis).max() < 0.005
    assert np.abs(market().marks.price / market().spot.close - 1).max() < 0.005


def test_funding_settles_every_eight_hours_within_its_cap_and_follows_the_premium() -> None:
    made = market()
    assert (made.funding.ts % (DAY // 3) == 0).all()
    assert len(made.funding) == 540
    assert (made.funding.interval == 480).all()
    assert np.abs(made.funding.rate).max() <= CAP
    assert (made.funding.rate > 0.0001).any()
    assert (made.funding.rate < 0).any()
    basis = (made.perpetual.close / made.spot.close - 1).reshape(540, 96).mean(axis=1)
    assert np.corrcoef(basis, made.funding.rate)[0, 1] > 0.5


def test_a_trend_is_there_to_be_found() -> None:
    days = [np.log(crypto(seed, "BTC", START, 360, DAY // 24).spot.close)[::24] for seed in range(6)]
    change = [np.diff(each) for each in days]
    assert np.mean([np.corrcoef(each[:-1], each[1:])[0, 1] for each in change]) > 0.03


def test_a_seed_gives_the_same_market_again_and_another_seed_another() -> None:
    again = crypto(7, "BTC", START, 180, STEP)
    assert same(again.spot, market().spot)
    assert same(again.perpetual, market().perpetual)
    assert np.array_equal(again.marks.price, market().marks.price)
    assert np.array_equal(again.funding.rate, market().funding.rate)
    assert not np.array_equal(crypto(8, "BTC", START, 180, STEP).spot.close, market().spot.close)


def test_what_it_cannot_make_is_refused() -> None:
    with pytest.raises(BadInput, match="synthetic coin was 'SHIB', allowed are BTC, ETH"):
        crypto(7, "SHIB", START, 1, STEP)
    with pytest.raises(BadInput, match="step was 7 ns, allowed is what divides 8 hours"):
        crypto(7, "BTC", START, 1, 7)
