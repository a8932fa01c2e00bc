# file: tests/learning/labels/testtriplebarrier.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.config.candidate import BarrierSpec
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars
from tradingbot.core.statistics.uniqueness import average_uniqueness, draw_probabilities
from tradingbot.learning.labels.triplebarrier import (
    Outcome,
    barrier_width,
    decidable,
    direction,
    meta,
    span_ends,
    triple_barrier,
)


def bars_of(*rows: tuple[float, float, float, float]) -> Bars:
    table = np.array(rows, dtype=np.float64)
    opens, highs, lows, closes = table.T
    return Bars(np.arange(1, len(rows) + 1, dtype=np.int64) * 60, opens, highs, lows, closes, np.ones(len(rows)))


QUIET = (100.0, 100.5, 99.5, 100.0)


def one(
    bars: Bars, side: int = 1, horizon: int = 2, cost: float = 0.0, target: float = 1.0, stop: float = 1.0
) -> Outcome:
    return triple_barrier(
        bars,
        np.zeros(1, np.int64),
        np.full(1, side, np.int8),
        np.full(1, 0.02),
        target=target,
        stop=stop,
        horizon=horizon,
        cost=cost,
    )


@pytest.mark.parametrize(
    ("second", "touched", "gross"),
    [
        ((100.0, 102.5, 99.5, 101.0), 1, 0.02),
        ((100.0, 100.5, 97.0, 98.0), -1, -0.02),
        ((100.0, 103.0, 97.0, 100.0), -1, -0.02),
    ],
    ids=["the target pays its price", "the stop pays its price", "both in one bar: the stop comes first"],
)
def test_a_barrier_that_is_touched_ends_a_long(
    second: tuple[float, float, float, float], touched: int, gross: float
) -> None:
    found = one(bars_of(QUIET, second, QUIET, QUIET))
    assert found.touched.tolist() == [touched]
    assert found.ends.tolist() == [120]
    assert found.gross[0] == pytest.approx(gross)


@pytest.mark.parametrize(
    ("third", "touched", "gross"),
    [((97.0, 99.0, 96.0, 98.0), -1, -0.03), ((103.0, 104.0, 102.0, 103.0), 1, 0.03)],
    ids=["over the stop", "over the target"],
)
def test_a_gap_over_a_barrier_ends_it_at_the_open(
    third: tuple[float, float, float, float], touched: int, gross: float
) -> None:
    found = one(bars_of(QUIET, QUIET, third, QUIET))
    assert (found.touched[0], found.ends[0]) == (touched, 180)
    assert found.gross[0] == pytest.approx(gross)


def test_time_ends_it_at_the_open_after_the_horizon() -> None:
    found = one(bars_of(QUIET, (100.2, 100.5, 99.5, 100.0), QUIET, (101.0, 105.0, 95.0, 100.0)))
    assert (found.touched[0], found.ends[0]) == (0, 240)
    assert found.gross[0] == pytest.approx(101.0 / 100.2 - 1)


def test_barriers_are_measured_from_the_close_and_the_return_from_the_next_open() -> None:
    found = one(bars_of(QUIET, (101.0, 102.5, 100.5, 102.0), QUIET, QUIET))
    assert found.gross[0] == pytest.approx(102.0 / 101.0 - 1)


def test_costs_turn_a_small_win_into_a_loss() -> None:
    path = bars_of(QUIET, (100.0, 100.5, 99.5, 100.0), QUIET, (100.1, 100.2, 100.0, 100.1))
    assert one(path, cost=0.0).net[0] > 0 > one(path, cost=0.002).net[0]


def test_distances_of_target_and_stop_may_differ() -> None:
    path = bars_of(QUIET, (100.0, 100.5, 98.5, 99.0), QUIET, QUIET)
    assert one(path, stop=0.5).touched[0] == -1
    assert one(path, stop=1.0).touched[0] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"side": 0}, "sides were"),
        ({"horizon": 0}, "horizon"),
        ({"horizon": 3}, "1 decisions of 1 end behind"),
        ({"target": 0.0}, "target"),
        ({"stop": 60.0}, "barrier width"),
    ],
)
def test_what_is_not_allowed_is_refused(change: dict[str, float], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        one(bars_of(QUIET, QUIET, QUIET, QUIET), **change)  # type: ignore[arg-type]


def test_decidable_leaves_out_what_the_bars_do_not_tell() -> None:
    assert decidable(10, np.arange(10), 3).tolist() == [0, 1, 2, 3, 4, 5]


def path(seed: int, count: int) -> Bars:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(count)))
    opens = np.concatenate([[100.0], close[:-1]]) * np.exp(0.002 * rng.standard_normal(count))
    high = np.maximum(opens, close) * np.exp(0.005 * rng.random(count))
    low = np.minimum(opens, close) * np.exp(-0.005 * rng.random(count))
    return Bars(np.arange(1, count + 1, dtype=np.int64), opens, high, low, close, np.ones(count))


def slow(
    bars: Bars, event: int, side: int, width: float, target: float, stop: float, horizon: int
) -> tuple[int, float]:
    """Follow the same rule bar by bar on prices turned over for a short: nothing is shared with the product."""

    def turn(price: float) -> float:
        return side * price

    take, cut = (
        turn(bars.close[event] * (1 + side * target * width)),
        turn(bars.close[event] * (1 - side * stop * width)),
    )
    entry = bars.open[event + 1]
    for place in range(event + 1, event + horizon + 1):
        first = turn(bars.open[place])
        ends = sorted([turn(bars.high[place]), turn(bars.low[place])])
        if first <= cut or first >= take:
            return (-1 if first <= cut else 1), side * (bars.open[place] / entry - 1)
        if ends[0] <= cut:
            return -1, side * (turn(cut) / entry - 1)
        if ends[1] >= take:
            return 1, side * (turn(take) / entry - 1)
    return 0, side * (bars.open[event + horizon + 1] / entry - 1)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    side=st.sampled_from([-1, 1]),
    width=st.floats(0.003, 0.08),
    target=st.floats(0.3, 3.0),
    stop=st.floats(0.3, 3.0),
    horizon=st.integers(1, 20),
)
def test_it_agrees_with_a_slow_walk(
    seed: int, side: int, width: float, target: float, stop: float, horizon: int
) -> None:
    bars = path(seed, 60)
    events = decidable(60, np.arange(0, 60, 7), horizon)
    found = triple_barrier(
        bars,
        events,
        np.full(len(events), side, np.int8),
        np.full(len(events), width),
        target=target,
        stop=stop,
        horizon=horizon,
        cost=0.001,
    )
    expected = [slow(bars, int(event), side, width, target, stop, horizon) for event in events]
    assert found.touched.tolist() == [touched for touched, _ in expected]
    np.testing.assert_allclose(found.gross, [gross for _, gross in expected], rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.net, found.gross - 0.001, rtol=0, atol=1e-15)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), horizon=st.integers(1, 12))
def test_a_label_does_not_depend_on_what_comes_after_it(seed: int, horizon: int) -> None:
    bars, event = path(seed, 40), np.array([5])

    def labelled(given: Bars) -> Outcome:
        return triple_barrier(
            given, event, np.ones(1, np.int8), np.full(1, 0.02), target=1, stop=1, horizon=horizon, cost=0.0
        )

    whole = labelled(bars)
    # The bar by which it is known is the last one that may matter; a barrier needs no bar behind it.
    known = int(whole.ends[0])
    changed = Bars(*(np.where(bars.ts > known, bars.ts if name == "ts" else 1.0, getattr(bars, name))
                     for name in ("ts", "open", "high", "low", "close", "volume")))  # fmt: skip
    again = labelled(changed)
    assert (again.ends[0], again.touched[0], again.gross[0]) == (whole.ends[0], whole.touched[0], whole.gross[0])


SPEC = BarrierSpec(horizon=16, barrier_width=0.5, least=0.01, most=0.06)


def test_the_width_grows_with_volatility_and_the_root_of_the_horizon() -> None:
    assert barrier_width(np.array([0.01, 0.02]), SPEC).tolist() == pytest.approx([0.02, 0.04])


def test_it_lies_between_the_least_and_the_most() -> None:
    assert barrier_width(np.array([0.0, 1e-9, 0.5]), SPEC).tolist() == [0.01, 0.01, 0.06]


def test_one_volatility_gives_the_bits_that_many_do() -> None:
    many = np.random.default_rng(4).uniform(0, 0.05, 200)
    assert [float(barrier_width(one, SPEC)) for one in many] == barrier_width(many, SPEC).tolist()


def test_an_unknown_volatility_has_no_width() -> None:
    assert np.isnan(barrier_width(np.array([np.nan]), SPEC)).all()


def outcome(net: list[float], ends: list[int]) -> Outcome:
    values = np.array(net)
    return Outcome(np.array(ends, dtype=np.int64), np.zeros(len(net), np.int8), values, values)


def test_a_label_is_the_side_that_alone_pays() -> None:
    long = outcome([0.01, -0.01, -0.01, 0.01, 0.0], [1, 2, 3, 4, 5])
    short = outcome([-0.01, 0.01, -0.01, 0.01, 0.0], [5, 1, 3, 2, 9])
    assert direction(long, short).tolist() == [1, -1, 0, 0, 0]


def test_a_label_is_known_when_both_outcomes_are() -> None:
    assert span_ends(outcome([0, 0], [1, 9]), outcome([0, 0], [5, 2])).tolist() == [5, 9]


def test_spans_of_labels_have_the_published_uniqueness() -> None:
    # Lopez de Prado (2018), section 4.5.3: labels from 0 to 2, 2 to 3 and 4 to 5.
    starts = np.array([0, 2, 4])
    ends = span_ends(outcome([0, 0, 0], [2, 3, 5]), outcome([0, 0, 0], [1, 3, 4]))
    np.testing.assert_allclose(average_uniqueness(starts, ends), [5 / 6, 3 / 4, 1])
    drawn = draw_probabilities(starts, ends, np.array([1]))
    np.testing.assert_allclose(drawn, [5 / 14, 3 / 14, 6 / 14])


def test_outcomes_of_other_decisions_are_refused() -> None:
    for asked in (direction, span_ends):
        with pytest.raises(BadInput, match="longs were 2, shorts 1, allowed is one of each for a decision"):
            asked(outcome([0.1, 0.2], [1, 2]), outcome([0.1], [1]))


def test_only_what_pays_after_costs_is_a_win() -> None:
    assert meta(np.array([0.01, 0.0, -0.01])).tolist() == [1, 0, 0]
