# file: tests/ui/web/testcurve.py
from __future__ import annotations

import re

import pytest

from tradingbot.ui.web.curve import HEIGHT, WIDTH, drawn


def places(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_a_curve_goes_from_edge_to_edge_and_up_where_equity_goes_up() -> None:
    found = drawn([(0, 100.0), (5, 90.0), (10, 120.0)], 100.0)
    assert found is not None
    (x1, start), (x2, low), (x3, high) = places(found.line)
    assert (x1, x2, x3) == (0, WIDTH / 2, WIDTH)
    assert HEIGHT > low > start > high > 0
    assert (found.lowest, found.highest, found.base, found.rises) == (90.0, 120.0, start, True)


def test_the_start_is_in_the_picture_even_if_equity_never_comes_back_to_it() -> None:
    found = drawn([(0, 50.0), (10, 60.0)], 100.0)
    assert found is not None
    assert (found.lowest, found.highest, found.rises) == (50.0, 100.0, False)
    assert 0 < found.base < HEIGHT


def test_equity_that_does_not_move_is_a_line_in_the_middle() -> None:
    found = drawn([(0, 100.0), (10, 100.0)], 100.0)
    assert found is not None
    assert {y for _, y in places(found.line)} == {HEIGHT / 2}


@pytest.mark.parametrize("points", [[], [(0, 100.0)]])
def test_less_than_two_points_are_no_curve(points: list[tuple[int, float]]) -> None:
    assert drawn(points, 100.0) is None


def test_points_of_one_moment_do_not_fail() -> None:
    assert drawn([(7, 100.0), (7, 101.0)], 100.0) is not None
