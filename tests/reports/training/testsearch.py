# file: tests/reports/training/testsearch.py
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.learning.training.record import SearchTrial
from tradingbot.reports.training.search import trials_chart

_VALUES = st.lists(st.none() | st.floats(-5, 5), max_size=30)


@given(_VALUES)
def test_the_staircase_rises_to_the_best_and_skips_what_has_no_value(values: list[float | None]) -> None:
    trials = [SearchTrial(number=number, settings={}, value=value) for number, value in enumerate(values)]
    stairs, dots = trials_chart(trials)["data"]
    known = [round(value, 4) for value in values if value is not None]
    assert dots["y"] == known
    assert stairs["y"] == sorted(stairs["y"])
    assert stairs["y"][-1:] == ([max(known)] if known else [])
    assert stairs["x"] == dots["x"]
