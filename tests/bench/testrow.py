# file: tests/bench/testrow.py
from __future__ import annotations

import pytest

from bench.row import Row


@pytest.mark.parametrize(
    ("row", "met"),
    [
        (Row("start", 0.3, "s", aim=0.4), True),
        (Row("start", 0.5, "s", aim=0.4), False),
        (Row("rate", 2e6, "rows/s", aim=1e6, higher=True), True),
        (Row("stack", 1.3, "s", 1.0, aim=1.25, of_ratio=True), False),
        (Row("stack", 1.3, "s", aim=1.25, of_ratio=True), None),
        (Row("memory", 100, "MB", 50), None),
    ],
)
def test_an_aim_is_met_on_its_better_side(row: Row, met: bool | None) -> None:
    assert row.met is met


def test_a_ratio_is_value_over_baseline_and_reaches_the_json() -> None:
    row = Row("memory", 100, "MB", 50)
    assert row.ratio == 2
    assert row.as_dict()["ratio"] == 2
