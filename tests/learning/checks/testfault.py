# file: tests/learning/checks/testfault.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.errors import DataDefect
from tradingbot.learning.checks.fault import Fault, refuse

TS = np.arange(10) * 60_000_000_000


def _fault(*rows: int) -> Fault:
    return Fault("high was odd", np.array(rows, np.intp))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "high was odd"),
        ((2,), "high was odd in 1 row: 2 (1970-01-01T00:02:00Z)"),
        ((0, 1), "high was odd in 2 rows: 0 (1970-01-01T00:00:00Z), 1 (1970-01-01T00:01:00Z)"),
    ],
)
def test_a_fault_names_its_rows_and_their_times(rows: tuple[int, ...], said: str) -> None:
    assert _fault(*rows).phrase(TS) == said


def test_many_rows_are_counted_and_three_are_shown() -> None:
    assert _fault(*range(10)).phrase(TS).startswith("high was odd in 10 rows: 0 (")
    assert _fault(*range(10)).phrase(TS).endswith("2 (1970-01-01T00:02:00Z), ...")


def test_times_of_another_type_are_shown_as_they_are() -> None:
    assert _fault(0).phrase(np.array([np.nan])) == "high was odd in 1 row: 0 (nan)"


def test_nothing_wrong_is_not_refused() -> None:
    refuse([], TS, "bars of X")


def test_five_faults_are_told_and_the_others_counted() -> None:
    with pytest.raises(DataDefect) as told:
        refuse([_fault()] * 7, TS, "bars of X")
    assert str(told.value) == "bars of X: " + "; ".join(["high was odd"] * 5) + "; 2 more"
