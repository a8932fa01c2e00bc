# file: tests/ui/web/testequitycurve.py
from __future__ import annotations

import re
from itertools import accumulate

import pytest

from tradingbot.ui.web.equitycurve import HEIGHT, WIDTH, draw_curve


def places(path: str) -> list[tuple[float, float]]:
    """Return where the line of a path goes, whose steps are told one from the other."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.partition("V")[0])]
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    return list(accumulate(pairs, lambda at, step: (at[0] + step[0], at[1] + step[1])))


def test_a_curve_goes_from_edge_to_edge_and_up_where_equity_goes_up() -> None:
    found = draw_curve([(0, 100.0), (5, 90.0), (10, 120.0)], 100.0)
    assert found is not None
    (x1, start), (x2, low), (x3, high) = places(found.line)
    assert (x1, x2, x3) == (0, WIDTH / 2, WIDTH)
    assert HEIGHT > low > start > high > 0
    assert (found.lowest, found.highest, found.base, found.rises) == (90.0, 120.0, start, True)


def test_the_start_is_in_the_picture_even_if_equity_never_comes_back_to_it() -> None:
    found = draw_curve([(0, 50.0), (10, 60.0)], 100.0)
    assert found is not None
    assert (found.lowest, found.highest, found.rises) == (50.0, 100.0, False)
    assert 0 < found.base < HEIGHT


def test_equity_that_does_not_move_is_a_line_in_the_middle() -> None:
    found = draw_curve([(0, 100.0), (10, 100.0)], 100.0)
    assert found is not None
    assert {y for _, y in places(found.line)} == {HEIGHT / 2}


@pytest.mark.parametrize("points", [[], [(0, 100.0)]])
def test_less_than_two_points_are_no_curve(points: list[tuple[int, float]]) -> None:
    assert draw_curve(points, 100.0) is None


def test_points_of_one_moment_do_not_fail() -> None:
    assert draw_curve([(7, 100.0), (7, 101.0)], 100.0) is not None


def test_what_is_written_beside_a_curve_lies_where_the_line_does() -> None:
    found = draw_curve([(0, 100.0), (5, 80.0), (10, 120.0)], 100.0)
    assert found is not None
    assert [(mark.kind, mark.value) for mark in found.marks] == [("high", 120.0), ("low", 80.0), ("start", 100.0)]
    high, low, start = (mark.top for mark in found.marks)
    assert 0 < high < start < low < 100
    assert (found.last.value, found.last.top) == (120.0, high)
    assert (found.base / HEIGHT * 100, found.split * 100) == pytest.approx((start, start), abs=0.1)
    assert (found.begins, found.ends) == (0, 10)


@pytest.mark.parametrize(
    ("values", "kinds"),
    [((100.0, 100.0), ["high"]), ((100.0, 130.0), ["high", "low"]), ((70.0, 101.0), ["high", "low"])],
)
def test_no_two_numbers_beside_a_curve_lie_on_each_other(values: tuple[float, float], kinds: list[str]) -> None:
    found = draw_curve(list(enumerate(values)), 100.0)
    assert found is not None
    assert [mark.kind for mark in found.marks] == kinds


def test_equity_below_zero_is_drawn_too() -> None:
    found = draw_curve([(0, 10.0), (10, -10.0)], 10.0)
    assert found is not None
    assert (found.lowest, found.rises) == (-10.0, False)
    assert all(0 <= y <= HEIGHT for _, y in places(found.area))
