# file: tests/core/portfolio/testdrawdown.py
from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.portfolio.drawdown import MarkedEquity, drawdowns, longest_drawdown, max_drawdown, stretch_for
from tradingbot.core.portfolio.equity import EquityPoint, without_flows
from tradingbot.core.time import DAY

_curve = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=40)


def _days(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(count, dtype=np.int64) * DAY


def test_the_deepest_fall_counts_from_the_peak_before_it() -> None:
    assert max_drawdown(np.array([100.0, 120.0, 90.0, 130.0, 117.0])) == pytest.approx(0.25)


def test_debt_is_a_fall_of_more_than_everything() -> None:
    assert max_drawdown(np.array([100.0, -20.0])) == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("curve", "days"),
    [
        ([1.0, 2.0, 3.0], 0),
        ([3.0, 2.0, 1.0, 3.0, 4.0], 3),
        ([3.0, 2.0, 3.0, 2.0, 2.0, 2.0], 3),
        ([5.0, 4.0], 1),
        ([], 0),
    ],
)
def test_the_longest_drawdown_lasts_from_peak_to_recovery_or_the_end(curve: list[float], days: int) -> None:
    assert longest_drawdown(_days(len(curve)), np.array(curve)) == days


@given(_curve, st.floats(0.001, 1000.0))
def test_drawdown_lies_between_zero_and_one_and_does_not_see_scale(curve: list[float], scale: float) -> None:
    equity = np.array(curve)
    assert np.all((drawdowns(equity) >= 0) & (drawdowns(equity) <= 1))
    assert max_drawdown(equity * scale) == pytest.approx(max_drawdown(equity), abs=1e-9)


@given(_curve, st.floats(1.0, 1e6))
def test_money_that_is_never_risked_makes_drawdown_smaller(curve: list[float], idle: float) -> None:
    equity = np.array(curve)
    assert max_drawdown(equity + idle) <= max_drawdown(equity) + 1e-12


HOUR = DAY // 24
START = EquityPoint(0, Decimal(1_000))
# Few values, so that many are equal.
EQUITIES = st.lists(st.integers(96, 104).map(lambda value: 10 * value), min_size=1, max_size=120)


def marked(equities: list[int], cuts: list[int] | None = None, stretch: int = 8 * HOUR) -> MarkedEquity:
    """Return the hours' equities taken in, in as many calls as `cuts` make of them."""
    found = MarkedEquity(START, stretch)
    ts = np.arange(1, len(equities) + 1, dtype=np.int64) * HOUR
    for rows in np.split(np.arange(len(equities)), sorted(cuts or [])):
        if len(rows):
            values = np.array(equities, dtype=np.float64)[rows]
            found.extend(ts[rows], values, lambda at: Decimal(equities[at // HOUR - 1]))
    return found


def columns(points: list[EquityPoint]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([point.ts for point in points]), np.array([float(point.equity) for point in points])


@given(EQUITIES)
def test_the_maximum_drawdown_and_the_peak_are_those_of_every_bar(equities: list[int]) -> None:
    found = marked(equities)
    assert max_drawdown(columns(found.points)[1]) == max_drawdown(np.array([1_000, *equities]))
    assert found.peak == max(1_000, *equities)
    assert [point.equity for point in (found.points[0], found.points[-1])] == [START.equity, equities[-1]]


@given(EQUITIES)
def test_the_longest_drawdown_is_that_of_every_bar(equities: list[int]) -> None:
    ts = np.arange(len(equities) + 1, dtype=np.int64) * HOUR
    end = EquityPoint(int(ts[-1]), Decimal(equities[-1]))
    assert marked(equities).longest_drawdown(end) == longest_drawdown(ts, np.array([1_000.0, *equities]))


@given(EQUITIES, st.data())
def test_whole_stretches_taken_alone_fall_as_their_bars_do(equities: list[int], data: st.DataObject) -> None:
    ts, values = columns(marked(equities, stretch=4 * HOUR).points)
    first = data.draw(st.integers(0, len(equities) // 4)) * 4
    bars = np.array([1_000, *equities])[first + 1 :]
    assert max_drawdown(values[ts > first * HOUR]) == max_drawdown(bars)


@given(EQUITIES, st.lists(st.integers(0, 120), max_size=12))
def test_it_does_not_matter_in_how_many_calls_the_bars_come(equities: list[int], cuts: list[int]) -> None:
    once, often = marked(equities), marked(equities, cuts)
    end = EquityPoint(len(equities) * HOUR, Decimal(equities[-1]))
    assert often.points == once.points
    assert often.longest_drawdown(end) == once.longest_drawdown(end)


def test_memory_grows_by_the_stretch_and_not_by_the_bar() -> None:
    wave = [1_000 + round(100 * np.sin(hour / 3)) for hour in range(24 * 400)]
    assert len(marked(wave, stretch=DAY).points) <= 5 * 400 + 1


def test_money_taken_out_is_no_fall_and_growth_before_and_after_is_put_together() -> None:
    found = marked([1_100, 990])
    # 990 of 1,100: 10 % below. 490 are left, and they lose a tenth more.
    found.transferred(EquityPoint(2 * HOUR + 60, Decimal(990)), Decimal(-500))
    assert found.peak == Decimal(1_100) * 490 / 990
    found.extend(np.array([3 * HOUR]), np.array([441.0]), lambda _at: Decimal(441))
    grown = without_flows(found.points, [(2 * HOUR + 60, Decimal(-500))])
    _, values = columns([*grown])
    assert max_drawdown(values) == pytest.approx(1 - 0.9 * 0.9)
    assert found.longest_drawdown(EquityPoint(4 * HOUR, Decimal(441))) == pytest.approx(3 / 24)


def test_two_transfers_at_one_moment_and_one_at_the_start_keep_the_order_of_time() -> None:
    found = MarkedEquity(START, DAY)
    for equity in (1_000, 900):
        found.transferred(EquityPoint(0, Decimal(equity)), Decimal(-100))
    found.extend(np.array([HOUR]), np.array([800.0]), lambda _at: Decimal(800))
    stamps = [point.ts for point in found.points]
    assert stamps == sorted(set(stamps))
    assert [point.equity for point in found.points] == [1_000, 800, 800]


@pytest.mark.parametrize(("days", "hours"), [(10, 1), (31, 1), (60, 2), (120, 4), (240, 8), (365, 24), (3_650, 24)])
def test_a_short_run_keeps_more_of_its_path(days: int, hours: int) -> None:
    assert stretch_for(days * DAY) == hours * HOUR
