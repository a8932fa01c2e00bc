# file: tests/learning/recipes/testmetalabel.py
from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.core.validation.training.campus import FEATURES, HOUR, market
from tradingbot.core.errors import BadInput
from tradingbot.learning.datasets import Featured, Slice, featured
from tradingbot.learning.recipes.metalabel import Primary, metalabel_samples
from tradingbot.learning.watch import moments_of

COUNT = 400


def piece(name: str = "BTC", seed: int = 1) -> Featured:
    moments = moments_of(market(count=COUNT, seed=seed), HOUR, None, None, None)
    return featured(Slice(name, moments, 1, 3, 0.001), FEATURES, 48)


def primary(entries: Sequence[int], net: Sequence[float], names: Sequence[str] | None = None) -> Primary:
    at = np.array(entries, dtype=np.int64)
    side = np.where(np.arange(len(at)) % 2, -1, 1).astype(np.int8)
    return Primary(tuple(names or ["BTC"] * len(at)), side, at, at + 5 * HOUR, np.array(net))


def test_a_trade_is_a_row_of_the_bar_that_closed_before_its_fill_and_its_side() -> None:
    made = piece()
    ts = made.slice.moments.ts
    found = metalabel_samples([made], primary([int(ts[200]) + 50, int(ts[250]) + 50], [0.02, -0.01]))
    assert found.starts.tolist() == [ts[200], ts[250]]
    assert np.array_equal(found.x[:, :-1], made.values[[200, 250]])
    assert found.x[:, -1].tolist() == [1, -1]
    assert found.ends.tolist() == [ts[200] + 50 + 5 * HOUR, ts[250] + 50 + 5 * HOUR]


def test_the_label_is_whether_the_trade_paid_and_there_is_no_other_side() -> None:
    made = piece()
    ts = made.slice.moments.ts
    found = metalabel_samples([made], primary([int(ts[at]) + 1 for at in (200, 210, 220)], [0.02, -0.01, 0.0]))
    assert found.y.tolist() == [1, 0, 0]
    assert found.net_up.tolist() == [0.02, -0.01, 0.0]
    assert found.one_sided


def test_a_trade_before_the_features_are_warm_is_left_out() -> None:
    made = piece()
    ts = made.slice.moments.ts
    cold, warm = int(made.warm[0]) - 1, int(made.warm[0])
    entries = [int(ts[0]) - HOUR, int(ts[cold]) + 1, int(ts[warm]) + 1]
    assert metalabel_samples([made], primary(entries, [0.1, 0.1, 0.1])).starts.tolist() == [ts[warm]]


def test_trades_of_two_instruments_are_in_order_of_time_each_with_its_features() -> None:
    one, other = piece(), piece("ETH", seed=2)
    ts = one.slice.moments.ts
    entries = [int(ts[at]) + 1 for at in (300, 200, 250)]
    found = metalabel_samples([one, other], primary(entries, [0.1, -0.1, 0.1], ["ETH", "BTC", "ETH"]))
    assert found.instrument.tolist() == [0, 1, 1]
    assert found.y.tolist() == [0, 1, 1]
    assert np.array_equal(found.x[1:, :-1], other.values[[250, 300]])


@pytest.mark.parametrize("entries", [[], [0]])
def test_nothing_is_learned_from_no_trades(entries: list[int]) -> None:
    with pytest.raises(BadInput, match=rf"the strategy closed {len(entries)} trades, none of them with warm features"):
        metalabel_samples([piece()], primary(entries, [0.1] * len(entries)))
