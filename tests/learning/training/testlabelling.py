# file: tests/learning/training/testlabelling.py
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.learning.training.trainingfixture import FEATURES, HOUR, asked, market
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars
from tradingbot.learning.features.featurestream import (
    FeatureTable,
    InstrumentHistory,
    compute_features,
    point_in_time_bars,
)
from tradingbot.learning.training.labelling import Primary, direction_samples, metalabel_samples

COUNT, HORIZON = 600, 12


def piece(bars: Bars, cost: float = 0.001, name: str = "BTC") -> FeatureTable:
    moments = point_in_time_bars(bars, HOUR, None, None, None)
    return compute_features(InstrumentHistory(name, moments, 1, 3, cost), FEATURES, 48)


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


def test_the_class_is_the_only_side_that_pays_net_of_costs_once_both_are_decided_or_closed() -> None:
    found = direction_samples([piece(market(count=COUNT))], asked())
    assert (found.ends > found.starts).all()
    assert (found.ends - found.starts <= (HORIZON + 1) * HOUR).all()
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
    whole, early = (direction_samples([piece(part)], asked()) for part in (bars, bars.take(slice(400))))
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
    narrow = direction_samples([made], asked(barriers={"horizon": HORIZON, "bars": 48, "barrier_width": 0.3}))
    wide = direction_samples([made], asked(barriers={"horizon": HORIZON, "bars": 48, "barrier_width": 3.0}))
    assert (narrow.ends - narrow.starts).mean() < (wide.ends - wide.starts).mean()
    louder = replace(made, volatility=3 * made.volatility)
    assert (direction_samples([louder], asked()).ends >= direction_samples([made], asked()).ends).all()


def primary(entries: Sequence[int], net: Sequence[float], names: Sequence[str] | None = None) -> Primary:
    at = np.array(entries, dtype=np.int64)
    side = np.where(np.arange(len(at)) % 2, -1, 1).astype(np.int8)
    return Primary(tuple(names or ["BTC"] * len(at)), side, at, at + 5 * HOUR, np.array(net))


def test_a_trade_is_a_row_of_the_bar_that_closed_before_its_fill_and_its_side() -> None:
    made = piece(market(count=400))
    ts = made.slice.moments.ts
    found = metalabel_samples([made], primary([int(ts[200]) + 50, int(ts[250]) + 50], [0.02, -0.01]))
    assert found.starts.tolist() == [ts[200], ts[250]]
    assert np.array_equal(found.x[:, :-1], made.values[[200, 250]])
    assert found.x[:, -1].tolist() == [1, -1]
    assert found.ends.tolist() == [ts[200] + 50 + 5 * HOUR, ts[250] + 50 + 5 * HOUR]


def test_the_label_is_whether_the_trade_paid_and_there_is_no_other_side() -> None:
    made = piece(market(count=400))
    ts = made.slice.moments.ts
    found = metalabel_samples([made], primary([int(ts[at]) + 1 for at in (200, 210, 220)], [0.02, -0.01, 0.0]))
    assert found.y.tolist() == [1, 0, 0]
    assert found.net_up.tolist() == [0.02, -0.01, 0.0]
    assert found.one_sided


def test_a_trade_before_the_features_are_warm_is_left_out() -> None:
    made = piece(market(count=400))
    ts = made.slice.moments.ts
    cold, warm = int(made.warm[0]) - 1, int(made.warm[0])
    entries = [int(ts[0]) - HOUR, int(ts[cold]) + 1, int(ts[warm]) + 1]
    assert metalabel_samples([made], primary(entries, [0.1, 0.1, 0.1])).starts.tolist() == [ts[warm]]


def test_trades_of_two_instruments_are_in_order_of_time_each_with_its_features() -> None:
    one, other = piece(market(count=400)), piece(market(count=400, seed=2), name="ETH")
    ts = one.slice.moments.ts
    entries = [int(ts[at]) + 1 for at in (300, 200, 250)]
    found = metalabel_samples([one, other], primary(entries, [0.1, -0.1, 0.1], ["ETH", "BTC", "ETH"]))
    assert found.instrument.tolist() == [0, 1, 1]
    assert found.y.tolist() == [0, 1, 1]
    assert np.array_equal(found.x[1:, :-1], other.values[[250, 300]])


@pytest.mark.parametrize("entries", [[], [0]])
def test_nothing_is_learned_from_no_trades(entries: list[int]) -> None:
    with pytest.raises(BadInput, match=rf"the strategy closed {len(entries)} trades, none of them with warm features"):
        metalabel_samples([piece(market(count=400))], primary(entries, [0.1] * len(entries)))
