# file: tests/reports/training/testimportance.py
from __future__ import annotations

import pytest

from tests.reports.training.samples import sample
from tradingbot.learning.training.record import Importance
from tradingbot.reports.training.importance import classes_chart, importance_chart, importance_height, ranked


def test_the_twenty_largest_are_drawn_with_two_standard_errors() -> None:
    features = ranked(sample().importance)
    bars = importance_chart(features)["data"][0]
    assert bars["y"] == [one.feature for one in features[:20]]
    assert bars["error_x"]["array"] == [round(2 * one.error, 6) for one in features[:20]]


def test_what_does_harm_has_the_colour_of_loss() -> None:
    rises = {"a": -0.1, "b": 0.1}
    features = ranked([Importance(feature=name, rise=rise, error=0.0) for name, rise in rises.items()])
    bars = importance_chart(features)["data"][0]
    assert bars["y"] == ["b", "a"]
    assert bars["marker"]["color"] == ["@gain", "@loss"]


def test_the_chart_grows_with_its_bars_and_no_further() -> None:
    features = sample().importance
    assert importance_height(features[:3]) < importance_height(features[:20]) == importance_height(features)


def test_shares_of_labels_fill_the_bar_and_differ_without_colour() -> None:
    bars = classes_chart([("up", 30), ("down", 20), ("neither", 50)])["data"]
    assert sum(bar["x"][0] for bar in bars) == pytest.approx(1)
    assert [bar["name"] for bar in bars] == ["up 30.0 %", "down 20.0 %", "neither 50.0 %"]
    assert bars[0]["marker"]["pattern"] != bars[1]["marker"]["pattern"]


def test_no_rows_are_no_share() -> None:
    assert [bar["x"] for bar in classes_chart([("up", 0), ("down", 0), ("neither", 0)])["data"]] == [[0.0]] * 3
