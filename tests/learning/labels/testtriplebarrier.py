# file: tests/learning/labels/testtriplebarrier.py
"""What the triple barrier must hold for any path, with prices that floats hold exactly, and for random walks."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.arrays import Ints
from tradingbot.core.config.candidate import BarrierSpec
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars
from tradingbot.core.statistics.uniqueness import average_uniqueness, draw_probabilities
from tradingbot.learning.labels.triplebarrier import (
    Outcome,
    barrier_width,
    decidable,
    direction,
    long_and_short,
    meta,
    span_ends,
    triple_barrier,
)

type Row = tuple[float, float, float, float]

LONG, SHORT = 1, -1
TARGET, TIME, STOP = 1, 0, -1
# Decided at 64 with a width of an eighth: the barriers are 72 and 56, or 56 and 72 for a short.
DECIDED: Row = (64, 64, 64, 64)
QUIET: Row = (65, 66, 62, 64)
UP: Row = (64, 72, 60, 70)
GOOD: dict[str, Any] = {
    "events": np.array([0, 1]), "side": np.ones(2, dtype=np.int8), "width": np.full(2, 0.1),
    "target": 1.0, "stop": 1.0, "horizon": 2, "cost": 0.001,
}  # fmt: skip


def bars_of(*rows: Row, ts: Ints | None = None) -> Bars:
    """Return bars of (open, high, low, close), stamped 0, 1, 2 and so on."""
    opened, high, low, close = np.array(rows, dtype=np.float64).T.copy()
    return Bars(np.arange(len(rows)) if ts is None else ts, opened, high, low, close, np.ones(len(rows)))


def one(bars: Bars, side: int = LONG, horizon: int = 2, **terms: Any) -> Outcome:
    """Return what becomes of a decision at bar 0; without a cost and with a target and a stop one width away."""
    chosen = {"target": 1.0, "stop": 1.0, "cost": 0.0} | terms
    return triple_barrier(
        bars, np.array([0]), np.array([side], dtype=np.int8), np.array([0.125]), horizon=horizon, **chosen
    )


@pytest.mark.parametrize(
    ("rows", "terms", "fate"),
    [
        pytest.param((QUIET, UP, QUIET), {}, (2, TARGET, 7 / 65), id="a target pays from the next open"),
        pytest.param(((64, 71, 56, 70), QUIET, QUIET), {}, (1, STOP, -8 / 64), id="a stop pays its price"),
        pytest.param(((60, 70, 56, 70), QUIET, QUIET), {"side": SHORT}, (1, TARGET, 4 / 60), id="a short's target"),
        pytest.param(((60, 72, 57, 70), QUIET, QUIET), {"side": SHORT}, (1, STOP, -12 / 60), id="a short's stop"),
        pytest.param(((64, 72, 56, 64), QUIET, QUIET), {}, (1, STOP, -8 / 64), id="both in one bar: the stop"),
        pytest.param(((64, 72, 56, 64), QUIET, QUIET), {"side": SHORT}, (1, STOP, -8 / 64), id="both, a short"),
        pytest.param((QUIET, (50, 80, 48, 64), QUIET), {}, (2, STOP, -15 / 65), id="a gap over the stop"),
        pytest.param((QUIET, (80, 81, 48, 64), QUIET), {"side": SHORT}, (2, STOP, -15 / 65), id="its short"),
        pytest.param((QUIET, (80, 81, 50, 64), QUIET), {}, (2, TARGET, 15 / 65), id="a gap over the target, then down"),
        pytest.param((QUIET, (50, 80, 48, 64), QUIET), {"side": SHORT}, (2, TARGET, 15 / 65), id="the target's short"),
        *(
            pytest.param(((price, 90, 30, 64), QUIET, QUIET), {}, (1, touched, 0.0), id=f"an entry at {price}")
            for price, touched in ((80, TARGET), (72, TARGET), (56, STOP), (40, STOP))
        ),
        pytest.param((QUIET, QUIET, (40, 90, 30, 64)), {}, (3, TIME, -25 / 65), id="a gap after the horizon is time"),
        pytest.param((QUIET, QUIET, (70, 70, 64, 64)), {}, (3, TIME, 5 / 65), id="time pays the open behind it"),
        pytest.param((QUIET, UP, QUIET), {"horizon": 1}, (2, TIME, -1 / 65), id="a target after the horizon"),
        *(
            pytest.param(((64, high, low, 64), QUIET, QUIET), {"target": 2.0, "stop": 0.5}, fate, id=f"{high}, {low}")
            for high, low, fate in (
                (79, 61, (3, TIME, 1 / 64)), (80, 61, (1, TARGET, 16 / 64)), (79, 60, (1, STOP, -4 / 64)),
            )
        ),
    ],
)  # fmt: skip
def test_a_decision_ends_at_its_first_barrier_or_in_time(
    rows: tuple[Row, ...], terms: dict[str, Any], fate: tuple[int, int, float]
) -> None:
    found = one(bars_of(DECIDED, *rows), **terms)
    assert (int(found.ends[0]), int(found.touched[0]), float(found.gross[0])) == fate


def test_costs_turn_a_small_win_into_a_loss_and_each_decision_may_have_its_own() -> None:
    path = bars_of(DECIDED, QUIET, QUIET, (65.1, 66, 65, 65))
    assert one(path, cost=0.0).net[0] > 0 > one(path, cost=0.002).net[0]
    found = triple_barrier(bars_of(*[DECIDED] * 6), **GOOD | {"cost": np.array([0.1, 0.2])})
    assert found.net.tolist() == [-0.1, -0.2]


def test_bars_count_and_not_the_time_between_them() -> None:
    found = one(bars_of(DECIDED, QUIET, UP, QUIET, ts=np.array([10, 20, 5_000, 5_010])))
    assert (found.ends[0], found.touched[0]) == (5_000, TARGET)


def test_no_decision_has_no_outcome() -> None:
    none = {name: GOOD[name][:0] for name in ("events", "side", "width")}
    found = triple_barrier(bars_of(DECIDED), **GOOD | none)
    assert len(found.ends) == 0
    assert [getattr(found, each.name).dtype for each in fields(Outcome)] == ["int64", "int8", "float64", "float64"]


def test_columns_that_are_read_only_or_strided_give_the_same() -> None:
    bars = bars_of(DECIDED, QUIET, UP, QUIET)
    table = np.array([bars.open, bars.high, bars.low, bars.close]).T.copy().T
    table.flags.writeable = False
    assert not table[0].flags.c_contiguous
    opened, high, low, close = table
    assert one(Bars(bars.ts, opened, high, low, close, bars.volume)).gross == one(bars).gross


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"stop": math.nan}, "target and stop were 2, 1.0, nan, allowed is above 0"),
        ({"target": 0.0}, "target and stop were 2, 0.0, 1.0, allowed is above 0"),
        ({"horizon": 0}, "horizon, target and stop were 0"),
        ({"events": np.array([1, 0])}, "decisions did not ascend from 0"),
        ({"events": np.array([-1, 0])}, "decisions did not ascend from 0"),
        ({"events": np.array([0.0, 1.0])}, "decisions were float64 in 1 dimensions, allowed are positions"),
        ({"events": np.array([0, 6])}, "1 decisions of 2 end behind the last of 8 bars"),
        ({"side": np.ones(3, dtype=np.int8)}, "decisions were 2, sides 3, widths 2, allowed is one of each"),
        ({"side": np.zeros(2, dtype=np.int8)}, r"sides were \[0\], allowed are -1 and 1"),
        ({"width": np.array([0.1, 0.0])}, "a barrier width was not above 0"),
        ({"width": np.array([math.nan, 0.1])}, "a barrier width was not above 0"),
        ({"stop": 60.0}, "a barrier width was not above 0 or as far as the price"),
        ({"cost": math.nan}, "a cost was not finite, allowed is a fraction of the price"),
        ({"cost": np.zeros(1)}, r"costs had shape \(1,\), allowed is one, or one for each of 2 decisions"),
    ],
)
def test_what_makes_no_sense_is_refused(changed: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        triple_barrier(bars_of(*[DECIDED] * 8), **GOOD | changed)


@pytest.mark.parametrize("bad", [math.nan, 0.0, -1.0, math.inf])
def test_a_price_that_is_none_is_refused(bad: float) -> None:
    bars = bars_of(*[DECIDED] * 8)
    bars.low[5] = bad
    with pytest.raises(BadInput, match=f"low of bar 5 was {bad:g}, allowed is finite and above 0"):
        triple_barrier(bars, **GOOD)


def test_decidable_leaves_out_what_the_bars_do_not_tell() -> None:
    assert decidable(10, np.arange(10), 3).tolist() == [0, 1, 2, 3, 4, 5]


def test_both_sides_are_decided_by_the_same_barriers() -> None:
    spec, bars = BarrierSpec(horizon=2, target=0.5, stop=1.4, most=0.1), bars_of(*[DECIDED] * 8)
    for side, found in zip((LONG, SHORT), long_and_short(bars, GOOD["events"], GOOD["width"], spec, 0.1), strict=True):
        terms = GOOD | {"side": np.full(2, side, np.int8), "target": 0.5, "stop": 1.4, "cost": 0.1}
        alone = triple_barrier(bars, **terms)
        assert all(np.array_equal(getattr(found, each.name), getattr(alone, each.name)) for each in fields(Outcome))


# Prices in eighths, width in 64ths and small multiples: every barrier is exact in binary, so touching is never a matter
# of rounding, and fractions agree with floats.
EIGHTHS = st.integers(408, 800).map(lambda number: number / 8)
BAR = st.tuples(EIGHTHS, EIGHTHS, EIGHTHS, EIGHTHS).map(lambda four: (four[0], max(four), min(four), four[3]))
EXACT = st.lists(BAR, min_size=6, max_size=40)
WIDTHS, COSTS = st.sampled_from([0.5, 1.0, 2.0]), st.sampled_from([0.0, 0.001, 0.25])
TERMS = st.fixed_dictionaries({"target": WIDTHS, "stop": WIDTHS, "horizon": st.integers(1, 12), "cost": COSTS})
SEEDS = st.integers(0, 2**32 - 1)


def random_walk(seed: int, count: int = 60) -> list[Row]:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(count)))
    opens = np.concatenate([[100.0], close[:-1]]) * np.exp(0.002 * rng.standard_normal(count))
    high = np.maximum(opens, close) * np.exp(0.005 * rng.random(count))
    low = np.minimum(opens, close) * np.exp(-0.005 * rng.random(count))
    return list(zip(opens.tolist(), high.tolist(), low.tolist(), close.tolist(), strict=True))


HISTORY = st.one_of(EXACT, SEEDS.map(random_walk))


def decisions(rows: list[Row], horizon: int, seed: int) -> tuple[Bars, dict[str, np.ndarray]]:
    rng, bars = np.random.default_rng(seed), bars_of(*rows)
    events = decidable(len(rows), np.sort(rng.integers(0, len(rows), 12)), horizon)
    side = rng.choice(np.array([-1, 1], dtype=np.int8), len(events))
    return bars, {"events": events, "side": side, "width": rng.integers(1, 32, len(events)) / 64}


def walked(
    rows: list[Row], event: int, side: int, width: float, target: float, stop: float, horizon: int
) -> tuple[int, int, Fraction]:
    """Walk along the path in fractions: each bar's open, then its worst price, then its best."""
    close, entry = Fraction(rows[event][3]), Fraction(rows[event + 1][0])
    win, lose = Fraction(target) * Fraction(width), Fraction(stop) * Fraction(width)
    for bar in range(event + 1, event + 1 + horizon):
        opened, high, low = (Fraction(price) for price in rows[bar][:3])
        for number, price in enumerate((opened, low, high) if side == LONG else (opened, high, low)):
            gained = side * (price - close) / close
            if gained <= -lose or gained >= win:
                how = STOP if gained <= -lose else TARGET
                level = close + side * close * (-lose if how == STOP else win)
                filled = price if number == 0 else level
                return bar, how, side * (filled / entry - 1)
    return event + horizon + 1, TIME, side * (Fraction(rows[event + horizon + 1][0]) / entry - 1)


@given(rows=HISTORY, terms=TERMS, seed=SEEDS)
def test_outcomes_are_what_walking_along_the_path_gives(rows: list[Row], terms: dict[str, float], seed: int) -> None:
    horizon = int(terms["horizon"])
    bars, chosen = decisions(rows, horizon, seed)
    found = triple_barrier(bars, **chosen, **terms)  # type: ignore[arg-type]
    for place, (event, side, width) in enumerate(zip(*(column.tolist() for column in chosen.values()), strict=True)):
        ends, touched, gross = walked(rows, event, side, width, terms["target"], terms["stop"], horizon)
        assert (found.ends[place], found.touched[place]) == (ends, touched)
        assert found.gross[place] == pytest.approx(float(gross), abs=1e-12)
        assert found.net[place] == found.gross[place] - terms["cost"]


@given(rows=HISTORY, terms=TERMS, seed=SEEDS)
def test_a_label_depends_on_its_close_and_what_follows_up_to_its_end_only(
    rows: list[Row], terms: dict[str, float], seed: int
) -> None:
    bars, chosen = decisions(rows, int(terms["horizon"]), seed)
    found = triple_barrier(bars, **chosen, **terms)  # type: ignore[arg-type]
    for place, event in enumerate(chosen["events"].tolist()):
        elsewhere = (bars.ts < event) | (bars.ts > found.ends[place])
        noise = {"open": 1.0, "high": 1e6, "low": 1e-6, "close": 2.0}
        other = {name: np.where(elsewhere, price, getattr(bars, name)) for name, price in noise.items()}
        alone = {name: column[place : place + 1] for name, column in chosen.items()}
        again = triple_barrier(replace(bars, **other), **alone, **terms)  # type: ignore[arg-type]
        for each in fields(Outcome):
            assert getattr(again, each.name)[0] == getattr(found, each.name)[place]


@given(rows=EXACT, terms=TERMS, seed=SEEDS)
def test_a_mirrored_path_gives_the_other_side_the_same_fate(
    rows: list[Row], terms: dict[str, float], seed: int
) -> None:
    bars, chosen = decisions(rows, int(terms["horizon"]), seed)
    found = triple_barrier(bars, **chosen, **terms)  # type: ignore[arg-type]
    for place, event in enumerate(chosen["events"].tolist()):
        # Mirrored at the close that was decided on: no price of this test is twice another or more, so all are above 0.
        twice = 2 * bars.close[event]
        flipped = bars_of(*[(twice - o, twice - low, twice - high, twice - c) for o, high, low, c in rows])
        alone = {name: column[place : place + 1] for name, column in chosen.items()}
        alone["side"] = -alone["side"]
        again = triple_barrier(flipped, **alone, **terms)  # type: ignore[arg-type]
        entry = bars.open[event + 1]
        assert (again.ends[0], again.touched[0]) == (found.ends[place], found.touched[place])
        assert again.gross[0] * (twice - entry) == pytest.approx(found.gross[place] * entry, abs=1e-9)


SPEC = BarrierSpec(horizon=16, barrier_width=0.5, least=0.01, most=0.06)


def test_the_width_grows_with_volatility_and_the_root_of_the_horizon_between_the_least_and_the_most() -> None:
    assert barrier_width(np.array([0.01, 0.02]), SPEC).tolist() == pytest.approx([0.02, 0.04])
    assert barrier_width(np.array([0.0, 1e-9, 0.5]), SPEC).tolist() == [0.01, 0.01, 0.06]
    assert np.isnan(barrier_width(np.array([np.nan]), SPEC)).all()


def test_one_volatility_gives_the_bits_that_many_do() -> None:
    many = np.random.default_rng(4).uniform(0, 0.05, 200)
    assert [float(barrier_width(one, SPEC)) for one in many] == barrier_width(many, SPEC).tolist()


def outcome(net: list[float], ends: list[int]) -> Outcome:
    values = np.array(net)
    return Outcome(np.array(ends, dtype=np.int64), np.zeros(len(net), np.int8), values, values)


def test_a_label_is_the_side_that_alone_pays_and_known_when_both_outcomes_are() -> None:
    long = outcome([0.01, -0.01, -0.01, 0.01, 0.0], [1, 2, 3, 4, 5])
    short = outcome([-0.01, 0.01, -0.01, 0.01, 0.0], [5, 1, 3, 2, 9])
    assert direction(long, short).tolist() == [1, -1, 0, 0, 0]
    assert span_ends(long, short).tolist() == [5, 2, 3, 4, 9]
    assert meta(np.array([0.01, 0.0, -0.01])).tolist() == [1, 0, 0]


def test_spans_of_labels_have_the_published_uniqueness() -> None:
    # Lopez de Prado (2018), section 4.5.3: decided at bars 0, 2 and 4, known at bars 2, 3 and 5.
    up: Row = (64, 72, 64, 64)
    bars = bars_of(DECIDED, DECIDED, up, up, DECIDED, up, DECIDED, DECIDED)
    starts, ones = np.array([0, 2, 4]), np.ones(3, dtype=np.int8)
    found = triple_barrier(bars, starts, ones, np.full(3, 0.125), target=1, stop=1, horizon=2, cost=0)
    assert found.ends.tolist() == [2, 3, 5]
    assert span_ends(found, outcome([0, 0, 0], [1, 3, 4])).tolist() == [2, 3, 5]
    assert average_uniqueness(starts, found.ends) == pytest.approx([5 / 6, 3 / 4, 1])
    assert draw_probabilities(starts, found.ends, np.array([1])) == pytest.approx([5 / 14, 3 / 14, 6 / 14])


def test_outcomes_of_other_decisions_are_refused() -> None:
    for asked in (direction, span_ends):
        with pytest.raises(BadInput, match="longs were 2, shorts 1, allowed is one of each for a decision"):
            asked(outcome([0.1, 0.2], [1, 2]), outcome([0.1], [1]))
