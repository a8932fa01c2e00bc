# file: tests/core/market/synthetic/testlearnable.py
from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.core.market.rowsfixture import same
from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.columns import Bars, PriceSide
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.series import Step
from tradingbot.core.market.synthetic.learnable import LEARNABLE, learnable, write_learnable
from tradingbot.core.time import HOUR

START = 20_454 * 24 * HOUR
COUNT = 20_000


@cache
def market(edge: float = 0.3, seed: int = 1) -> Bars:
    return learnable(seed, START, COUNT, HOUR, edge)


def mean(values: Floats, window: int, longest: int = 96) -> Floats:
    """Return the mean of each `window` values, from the first at which `longest` are known."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    found: Floats = (total[window:] - total[:-window])[longest - window :] / window
    return found


def seen(bars: Bars) -> tuple[Floats, Floats, Floats]:
    """Return the next bar's return in sigmas, and both causes, as bars alone tell them."""
    returns = np.diff(np.log(bars.close))
    usual = np.sqrt(mean(returns**2, 96))
    moved = np.tanh(mean(returns, 24) * np.sqrt(24) / usual)
    calm = np.tanh(-2 * np.log(mean(returns**2, 12) / usual**2))
    # Clipped, so that one jump does not decide.
    return np.clip(returns[96:] / usual[:-1], -5, 5), moved[:-1], calm[:-1]


def correlation(one: Floats, other: Floats) -> float:
    return float(np.corrcoef(one, other)[0, 1])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_moves_go_on_while_it_is_calm_and_come_back_when_it_is_wild(seed: int) -> None:
    ahead, moved, calm = seen(market(seed=seed))
    # By chance alone a correlation of 20,000 bars stays within 0.021 in 99.7 of 100 cases.
    assert correlation(ahead, moved * calm) > 0.06


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_neither_cause_alone_tells_anything(seed: int) -> None:
    ahead, moved, calm = seen(market(seed=seed))
    assert abs(correlation(ahead, moved)) < 0.03
    assert abs(correlation(ahead, calm)) < 0.03


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_without_the_edge_nothing_is_there_to_learn(seed: int) -> None:
    ahead, moved, calm = seen(market(0.0, seed))
    for cause in (moved, calm, moved * calm):
        assert abs(correlation(ahead, cause)) < 0.03


def test_the_causes_last_long_enough_to_be_traded() -> None:
    _, moved, calm = seen(market())
    side = np.sign(moved * calm)
    assert np.mean(side[12:] == side[:-12]) > 0.55


def test_a_larger_edge_is_planted_deeper() -> None:
    found = [correlation(ahead, moved * calm) for ahead, moved, calm in (seen(market(edge)) for edge in (0, 0.1, 0.3))]
    assert found == sorted(found)
    assert found[-1] > 2 * found[-2]


def test_an_edge_leaves_the_shocks_the_volumes_and_the_bars_before_it_as_they_are() -> None:
    with_it, without = market(), market(0.0)
    assert np.array_equal(with_it.ts, without.ts)
    assert np.array_equal(with_it.volume, without.volume)
    assert np.array_equal(with_it.close[:96], without.close[:96])
    drift = np.diff(np.log(with_it.close)) - np.diff(np.log(without.close))
    assert 0 < np.abs(drift).mean() < 0.3 * np.diff(np.log(without.close)).std()


def test_bars_follow_each_other_on_the_instruments_steps() -> None:
    bars, instrument = market(), load_listing(LEARNABLE).instrument
    assert bars.ts.tolist() == [START + HOUR * number for number in range(1, COUNT + 1)]
    assert np.array_equal(bars.open[1:], bars.close[:-1])
    assert (bars.low <= np.minimum(bars.open, bars.close)).all()
    assert (bars.high >= np.maximum(bars.open, bars.close)).all()
    assert (bars.low > 0).all()
    for columns, step in (
        ((bars.open, bars.high, bars.low, bars.close), float(instrument.price_increment)),
        ((bars.volume,), float(instrument.size_increment)),
    ):
        for column in columns:
            assert (column > 0).all()
            assert np.allclose(column / step, np.round(column / step), rtol=0, atol=1e-5)


def test_tails_are_fat_volatility_clusters_and_volume_follows_it() -> None:
    bars = market()
    change = np.diff(np.log(bars.close))
    size = np.abs(change)
    assert np.mean((change - change.mean()) ** 4) / change.var() ** 2 > 5
    assert correlation(size[:-12], size[12:]) > 0.05
    assert correlation(np.log(bars.volume[1:]), np.log(size + 1e-5)) > 0.3


def test_a_seed_gives_the_same_market_again_and_another_seed_another() -> None:
    again = learnable(1, START, COUNT, HOUR, 0.3)
    assert same(again, market())
    assert not np.array_equal(market(seed=2).close, market().close)


@pytest.mark.parametrize(
    ("count", "step", "edge", "words"),
    [
        (96, HOUR, 0.1, f"bars were 96 of {HOUR} ns, allowed are more than 96 of a positive length"),
        (500, 0, 0.1, "bars were 500 of 0 ns, allowed are more than 96 of a positive length"),
        (500, HOUR, 1.0, "edge was 1, allowed is 0 up to 1 standard deviation of a bar"),
        (500, HOUR, -0.1, "edge was -0.1, allowed is 0 up to 1 standard deviation of a bar"),
        (500, HOUR, float("nan"), "edge was nan, allowed is 0 up to 1 standard deviation of a bar"),
    ],
)
def test_what_it_cannot_make_is_refused(count: int, step: int, edge: float, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        learnable(1, START, count, step, edge)


def test_it_is_written_with_a_settlement_of_a_hundredth_of_a_percent_every_eight_hours(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path, create=True)
    write_learnable(catalog, Step.parse("1h"), market())
    found = catalog.funding(LEARNABLE)
    assert (found.rate == 0.0001).all()
    assert (found.ts % (8 * HOUR) == 0).all()
    assert np.unique(np.diff(found.ts)).tolist() == [8 * HOUR]
    assert len(catalog.bars(LEARNABLE, Step.parse("1h"), PriceSide.LAST)) == len(market())
