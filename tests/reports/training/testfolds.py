# file: tests/reports/training/testfolds.py
from __future__ import annotations

from tests.reports.training.samples import EVERY, sample
from tradingbot.reports.training.folds import folds_chart, net_pnl_chart


def test_a_fold_below_its_baseline_is_joined_in_the_colour_of_loss() -> None:
    better, *_ = sample().folds
    worse = better.model_copy(update={"number": 2, "auc": 0.51, "baseline_auc": 0.55})
    joints = [trace for trace in folds_chart([better, worse])["data"] if trace["mode"] == "lines"]
    assert [joint["line"]["color"] for joint in joints] == ["@gain", "@loss"]


def test_model_and_baseline_differ_in_shape_as_in_colour() -> None:
    marks = [trace["marker"] for trace in folds_chart(sample().folds)["data"] if trace["mode"] == "markers"]
    assert len({mark["symbol"] for mark in marks}) == len({mark["color"] for mark in marks}) == 2


def test_the_random_level_is_always_in_sight() -> None:
    for folds in (sample().folds, EVERY["hollow"].folds):
        low, high = folds_chart(folds)["layout"]["yaxis"]["range"]
        assert low < 0.5 < high


def test_unknown_folds_leave_gaps() -> None:
    chart = folds_chart(EVERY["hollow"].folds)
    assert [trace["y"] for trace in chart["data"]] == [[None] * 5, [None] * 5]


def test_the_traded_model_is_solid_and_every_other_is_dashed_even_alone() -> None:
    lines = net_pnl_chart(sample())["data"]
    assert [line["name"] for line in lines] == ["linear (baseline)", "stack (traded)"]
    assert "dash" in lines[0]["line"]
    assert "dash" not in lines[1]["line"]
    record = sample()
    (alone,) = net_pnl_chart(record.model_copy(update={"curves": record.curves[:1]}))["data"]
    assert "dash" in alone["line"]


def test_curves_keep_their_last_value() -> None:
    for line, curve in zip(net_pnl_chart(sample())["data"], sample().curves, strict=True):
        assert line["y"][-1] == curve.total[-1]
        assert len(line["x"]) == len(line["y"])
