# file: tests/reports/training/testlabels.py
from __future__ import annotations

import pytest

from tradingbot.reports.training.labels import classes_chart


def test_shares_fill_the_bar_and_are_told_apart_without_colour() -> None:
    bars = classes_chart([("up", 30), ("down", 20), ("neither", 50)])["data"]
    assert sum(bar["x"][0] for bar in bars) == pytest.approx(1)
    assert [bar["name"] for bar in bars] == ["up 30.0 %", "down 20.0 %", "neither 50.0 %"]
    assert bars[0]["marker"]["pattern"] != bars[1]["marker"]["pattern"]


def test_no_rows_are_no_share() -> None:
    assert [bar["x"] for bar in classes_chart([("up", 0), ("down", 0), ("neither", 0)])["data"]] == [[0.0]] * 3
