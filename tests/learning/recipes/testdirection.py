# file: tests/learning/recipes/testdirection.py
from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from tests.core.validation.training.campus import FEATURES, HOUR, market
from tests.core.validation.training.campus import recipe as small
from tradingbot.core.config.recipe import ModelRecipe
from tradingbot.core.market.arrays import Bars
from tradingbot.learning.datasets import Featured, Slice, featured
from tradingbot.learning.recipes.direction import direction_samples
from tradingbot.learning.watch import moments_of

COUNT, HORIZON = 600, 12


def asked(**fields: Any) -> ModelRecipe:
    return ModelRecipe.model_validate(small(**fields))


def piece(bars: Bars, cost: float = 0.001, name: str = "BTC") -> Featured:
    return featured(Slice(name, moments_of(bars, HOUR, None, None, None), 1, 3, cost), FEATURES, 48)


def until(bars: Bars, count: int) -> Bars:
    return Bars(bars.ts[:count], *(getattr(bars, n)[:count] for n in ("open", "high", "low", "close", "volume")))


def test_a_decision_is_made_every_few_bars_that_are_warm() -> None:
    made = piece(market(count=COUNT))
    found = direction_samples([made], asked(every=3))
    ts = made.slice.moments.ts
    rows = np.searchsorted(ts, found.starts)
    assert (np.diff(rows) == 3).all()
    assert rows[0] == made.warm[0]
    assert rows[-1] + HORIZON < COUNT
    assert np.array_equal(found.x, made.values[rows])
    assert np.isfinite(found.x).all()


def test_a_label_covers_the_time_until_both_sides_are_decided_or_closed_when_it_is_over() -> None:
    found = direction_samples([piece(market(count=COUNT))], asked())
    assert (found.ends > found.starts).all()
    assert (found.ends - found.starts <= (HORIZON + 1) * HOUR).all()


def test_the_class_is_the_only_side_that_pays_net_of_costs() -> None:
    found = direction_samples([piece(market(count=COUNT))], asked())
    long, short = found.net_up > 0, found.net_down > 0
    assert np.array_equal(found.y == 1, long & ~short)
    assert np.array_equal(found.y == 0, short & ~long)
    assert set(found.y.tolist()) == {-1, 0, 1}
    assert (found.net_up + found.net_down < 0).mean() > 0.5


def test_what_costs_more_pays_less_often() -> None:
    cheap, dear = (direction_samples([piece(market(count=COUNT), cost)], asked()) for cost in (0.0, 0.01))
    assert np.allclose(dear.net_up, cheap.net_up - 0.01)
    assert (dear.y == -1).sum() > 2 * (cheap.y == -1).sum()


def test_features_know_nothing_of_later_bars_and_labels_nothing_of_bars_after_their_end() -> None:
    bars = market(count=COUNT)
    whole, early = (direction_samples([piece(part)], asked()) for part in (bars, until(bars, 400)))
    known = len(early)
    assert known < len(whole)
    for name in ("x", "y", "starts", "ends", "net_up", "net_down"):
        assert np.array_equal(getattr(whole, name)[:known], getattr(early, name)), name


def test_rows_of_two_instruments_are_in_order_of_time_each_with_its_number() -> None:
    one, other = piece(market(count=COUNT)), piece(market(count=COUNT, seed=2), name="ETH")
    found = direction_samples([one, other], asked())
    assert (np.diff(found.starts) >= 0).all()
    alone = direction_samples([other], asked())
    assert np.array_equal(found.take(found.instrument == 1).x, alone.x)
    assert (found.instrument == 0).sum() == len(direction_samples([one], asked()))


def test_the_barriers_are_those_of_the_volatility_known_at_the_decision() -> None:
    made = piece(market(count=COUNT))
    narrow = direction_samples([made], asked(barriers={"horizon": HORIZON, "bars": 48, "reach": 0.3}))
    wide = direction_samples([made], asked(barriers={"horizon": HORIZON, "bars": 48, "reach": 3.0}))
    assert (narrow.ends - narrow.starts).mean() < (wide.ends - wide.starts).mean()
    louder = replace(made, volatility=3 * made.volatility)
    assert (direction_samples([louder], asked()).ends >= direction_samples([made], asked()).ends).all()
