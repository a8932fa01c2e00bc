# file: tests/reports/training/testimportance.py
from __future__ import annotations

from tests.reports.training.samples import sample
from tradingbot.learning.training.record import Importance
from tradingbot.reports.training.importance import importance_chart, importance_height, ranked


def test_the_twenty_dearest_are_drawn_with_two_standard_errors() -> None:
    found = ranked(sample().importance)
    bars = importance_chart(found)["data"][0]
    assert bars["y"] == [one.feature for one in found[:20]]
    assert bars["error_x"]["array"] == [round(2 * one.error, 6) for one in found[:20]]


def test_what_does_harm_has_the_colour_of_loss() -> None:
    found = ranked(
        [
            Importance(feature="a", rise=-0.1, error=0.0),
            Importance(feature="b", rise=0.1, error=0.0),
        ]
    )
    bars = importance_chart(found)["data"][0]
    assert bars["y"] == ["b", "a"]
    assert bars["marker"]["color"] == ["@gain", "@loss"]


def test_the_chart_grows_with_its_bars_and_no_further() -> None:
    found = sample().importance
    assert importance_height(found[:3]) < importance_height(found[:20]) == importance_height(found)
