# file: tests/learning/testlabels.py
"""What the triple barrier must hold for any path, with prices that floats hold exactly."""

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
from tradingbot.core.errors import BadInput
from tradingbot.core.market.columns import Bars
from tradingbot.core.statistics.uniqueness import average_uniqueness, draw_probabilities
from tradingbot.learning.labels.triplebarrier import Outcome, decidable, triple_barrier

type Row = tuple[float, float, float, float]

LONG, SHORT = 1, -1
TARGET, TIME, STOP = 1, 0, -1


def bars_of(*rows: Row, ts: Ints | None = None) -> Bars:
    """Return bars of (open, high, low, close), stamped 0, 1, 2 and so on."""
    opened, high, low, close = np.array(rows, dtype=np.float64).T.copy()
    return Bars(np.arange(len(rows)) if ts is None else ts, opened, high, low, close, np.ones(len(rows)))


def one(bars: Bars, side: int, *, event: int = 0, width: float = 0.125, horizon: int = 2, **terms: Any) -> Outcome:
    """Return what becomes of one decision; without a cost and with a target and a stop one width away."""
    chosen = {"target": 1.0, "stop": 1.0, "cost": 0.0} | terms
    return triple_barrier(
        bars,
        np.array([event]),
        np.array([side], dtype=np.int8),
        np.array([width]),
        horizon=horizon,
        **chosen,
    )


# Decided at 64 with a width of an eighth: the barriers are 72 and 56, or 56 and 72 for a short.
DECIDED: Row = (64, 64, 64, 64)
QUIET: Row = (65, 66, 62, 64)


def fate(*rows: Row, side: int = LONG, **terms: float) -> tuple[int, int, float]:
    found = one(bars_of(DECIDED, *rows), side, **terms)  # type: ignore[arg-type]
    return int(found.ends[0]), int(found.touched[0]), float(found.gross[0])


def test_a_long_that_reaches_its_target_gets_the_target_from_the_next_open() -> None:
    assert fate(QUIET, (64, 72, 60, 70), QUIET) == (2, TARGET, 7 / 65)


def test_a_long_that_reaches_its_stop_gets_the_stop() -> None:
    assert fate((64, 71, 56, 70), QUIET, QUIET) == (1, STOP, -8 / 64)


def test_a_short_reaches_its_target_below_and_its_stop_above() -> None:
    assert fate((60, 70, 56, 70), QUIET, QUIET, side=SHORT) == (1, TARGET, 4 / 60)
    assert fate((60, 72, 57, 70), QUIET, QUIET, side=SHORT) == (1, STOP, -12 / 60)


@pytest.mark.parametrize("side", [LONG, SHORT])
def test_a_bar_that_reaches_both_barriers_stops(side: int) -> None:
    assert fate((64, 72, 56, 64), QUIET, QUIET, side=side) == (1, STOP, -8 / 64)


def test_a_bar_that_opens_beyond_the_stop_fills_at_its_open() -> None:
    assert fate(QUIET, (50, 80, 48, 64), QUIET) == (2, STOP, -15 / 65)
    assert fate(QUIET, (80, 81, 48, 64), QUIET, side=SHORT) == (2, STOP, -15 / 65)


def test_a_bar_that_opens_beyond_the_target_fills_at_its_open_even_when_it_falls_to_the_stop() -> None:
    assert fate(QUIET, (80, 81, 50, 64), QUIET) == (2, TARGET, 15 / 65)
    assert fate(QUIET, (50, 80, 48, 64), QUIET, side=SHORT) == (2, TARGET, 15 / 65)


@pytest.mark.parametrize(("opened", "touched"), [(80, TARGET), (72, TARGET), (56, STOP), (40, STOP)])
def test_an_entry_that_opens_at_or_beyond_a_barrier_is_left_where_it_was_made(opened: float, touched: int) -> None:
    assert fate((opened, 90, 30, 64), QUIET, QUIET) == (1, touched, 0.0)


def test_an_open_beyond_a_barrier_after_the_horizon_is_still_time() -> None:
    assert fate(QUIET, QUIET, (40, 90, 30, 64)) == (3, TIME, -25 / 65)


def test_the_last_bar_of_the_horizon_still_touches() -> None:
    assert fate(QUIET, (64, 72, 60, 70), QUIET, horizon=2) == (2, TARGET, 7 / 65)
    assert fate(QUIET, (64, 72, 60, 70), QUIET, horizon=1) == (2, TIME, -1 / 65)


def test_target_and_stop_are_multiples_of_the_width_from_the_close_that_was_decided_on() -> None:
    assert fate((64, 79, 61, 64), QUIET, QUIET, target=2.0, stop=0.5) == (3, TIME, 1 / 64)
    assert fate((64, 80, 61, 64), QUIET, QUIET, target=2.0, stop=0.5) == (1, TARGET, 16 / 64)
    assert fate((64, 79, 60, 64), QUIET, QUIET, target=2.0, stop=0.5) == (1, STOP, -4 / 64)


def test_bars_count_and_not_the_time_between_them() -> None:
    ts = np.array([10, 20, 5_000, 5_010])
    found = one(bars_of(DECIDED, QUIET, (64, 72, 60, 70), QUIET, ts=ts), LONG)
    assert (found.ends[0], found.touched[0]) == (5_000, TARGET)


def test_each_decision_may_have_its_own_cost() -> None:
    bars = bars_of(*[DECIDED] * 6)
    events, sides, width = np.array([0, 1]), np.ones(2, dtype=np.int8), np.full(2, 0.1)
    found = triple_barrier(bars, events, sides, width, target=1, stop=1, horizon=2, cost=np.array([0.1, 0.2]))
    assert found.net.tolist() == [-0.1, -0.2]


def test_no_decision_has_no_outcome() -> None:
    none = np.array([], dtype=np.int64)
    sides = none.astype(np.int8)
    found = triple_barrier(bars_of(DECIDED), none, sides, np.empty(0), target=1, stop=1, horizon=3, cost=0.1)
    assert len(found.ends) == 0
    assert [getattr(found, each.name).dtype for each in fields(Outcome)] == ["int64", "int8", "float64", "float64"]


def test_columns_that_are_read_only_or_strided_give_the_same() -> None:
    bars = bars_of(DECIDED, QUIET, (64, 72, 60, 70), QUIET)
    table = np.array([bars.open, bars.high, bars.low, bars.close]).T.copy().T
    table.flags.writeable = False
    assert not table[0].flags.c_contiguous
    opened, high, low, close = table
    assert one(Bars(bars.ts, opened, high, low, close, bars.volume), LONG).gross == one(bars, LONG).gross


GOOD = {
    "events": np.array([0, 1]),
    "side": np.ones(2, dtype=np.int8),
    "width": np.full(2, 0.1),
    "target": 1.0,
    "stop": 1.0,
    "horizon": 2,
    "cost": 0.001,
}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"stop": math.nan}, "target and stop were 2, 1.0, nan, allowed is above 0"),
        ({"events": np.array([1, 0])}, "decisions did not ascend from 0"),
        ({"events": np.array([-1, 0])}, "decisions did not ascend from 0"),
        (
            {"events": np.array([0.0, 1.0])},
            "decisions were float64 in 1 dimensions, allowed are positions of bars in 1",
        ),
        ({"events": np.array([0, 6])}, "1 decisions of 2 end behind the last of 8 bars"),
        ({"side": np.ones(3, dtype=np.int8)}, "decisions were 2, sides 3, widths 2, allowed is one of each"),
        ({"width": np.array([0.1, 0.0])}, "a barrier width was not above 0"),
        ({"width": np.array([math.nan, 0.1])}, "a barrier width was not above 0"),
        ({"cost": math.nan}, "a cost was not finite, allowed is a fraction of the price"),
        ({"cost": np.zeros(1)}, r"costs had shape \(1,\), allowed is one, or one for each of 2 decisions"),
    ],
)
def test_what_makes_no_sense_is_refused(changed: dict[str, object], words: str) -> None:
    bars = bars_of(*[DECIDED] * 8)
    with pytest.raises(BadInput, match=words):
        triple_barrier(bars, **(GOOD | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [math.nan, 0.0, -1.0, math.inf])
def test_a_price_that_is_none_is_refused(bad: float) -> None:
    bars = bars_of(*[DECIDED] * 8)
    low = bars.low.copy()
    low[5] = bad
    with pytest.raises(BadInput, match=f"low of bar 5 was {bad:g}, allowed is finite and above 0"):
        triple_barrier(replace(bars, low=low), **GOOD)  # type: ignore[arg-type]


# Prices in eighths, width in 64ths and small multiples: every barrier is exact in binary, so touching is never a matter
# of rounding, and fractions agree with floats.
EIGHTHS = st.integers(408, 800).map(lambda number: number / 8)
BAR = st.tuples(EIGHTHS, EIGHTHS, EIGHTHS, EIGHTHS).map(lambda four: (four[0], max(four), min(four), four[3]))
HISTORY = st.lists(BAR, min_size=6, max_size=40)
TERMS = st.fixed_dictionaries(
    {
        "target": st.sampled_from([0.5, 1.0, 2.0]),
        "stop": st.sampled_from([0.5, 1.0, 2.0]),
        "horizon": st.integers(1, 12),
        "cost": st.sampled_from([0.0, 0.001, 0.25]),
    }
)
SEEDS = st.integers(0, 2**32 - 1)


def decisions(rows: list[Row], horizon: int, seed: int) -> tuple[Bars, dict[str, np.ndarray]]:
    rng, bars = np.random.default_rng(seed), bars_of(*rows)
    events = decidable(len(rows), np.sort(rng.integers(0, len(rows), 12)), horizon)
    side = rng.choice(np.array([-1, 1], dtype=np.int8), len(events))
    return bars, {"events": events, "side": side, "width": rng.integers(1, 32, len(events)) / 64}


def told(
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
        ends, touched, gross = told(rows, event, side, width, terms["target"], terms["stop"], horizon)
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


@given(rows=HISTORY, terms=TERMS, seed=SEEDS)
def test_a_mirrored_path_gives_the_other_side_the_same_fate(
    rows: list[Row], terms: dict[str, float], seed: int
) -> None:
    bars, chosen = decisions(rows, int(terms["horizon"]), seed)
    found = triple_barrier(bars, **chosen, **terms)  # type: ignore[arg-type]
    for place, event in enumerate(chosen["events"].tolist()):
        # Mirrored at the close that was decided on: no price of this test is twice another or more, so all are above 0.
        twice = 2 * bars.close[event]
        flipped = bars_of(*[(twice - o, twice - low, twice - high, twice - c) for o, high, low, c in rows])
        alone = {name: column[place : place + 1] for name, column in chosen.items()} | {
            "side": -chosen["side"][[place]]
        }
        again = triple_barrier(flipped, **alone, **terms)  # type: ignore[arg-type]
        entry = bars.open[event + 1]
        assert (again.ends[0], again.touched[0]) == (found.ends[place], found.touched[place])
        assert again.gross[0] * (twice - entry) == pytest.approx(found.gross[place] * entry, abs=1e-9)


def test_spans_of_labels_are_as_unique_as_the_books() -> None:
    # Decided at bars 0, 2 and 4, touched at bars 2, 3 and 5: spans (0-2), (2-3), (4-5).
    up: Row = (64, 72, 64, 64)
    bars = bars_of(DECIDED, DECIDED, up, up, DECIDED, up, DECIDED, DECIDED)
    events, ones = np.array([0, 2, 4]), np.ones(3, dtype=np.int8)
    found = triple_barrier(bars, events, ones, np.full(3, 0.125), target=1, stop=1, horizon=2, cost=0)
    assert found.ends.tolist() == [2, 3, 5]
    assert average_uniqueness(bars.ts[events], found.ends) == pytest.approx([5 / 6, 3 / 4, 1])
    drawn = draw_probabilities(bars.ts[events], found.ends, np.array([1]))
    assert drawn == pytest.approx([5 / 14, 3 / 14, 6 / 14])
