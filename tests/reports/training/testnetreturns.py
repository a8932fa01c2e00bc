# file: tests/reports/training/testnetreturns.py
from __future__ import annotations

from tests.reports.training.samples import sample
from tradingbot.reports.training.netreturns import net_returns_chart


def test_the_traded_model_is_drawn_through_and_every_other_is_dashed() -> None:
    lines = net_returns_chart(sample())["data"]
    assert [line["name"] for line in lines] == ["linear (baseline)", "stack (traded)"]
    assert "dash" in lines[0]["line"]
    assert "dash" not in lines[1]["line"]


def test_a_baseline_alone_is_not_drawn_as_the_traded_one() -> None:
    record = sample()
    lines = net_returns_chart(record.model_copy(update={"curves": record.curves[:1]}))["data"]
    assert "dash" in lines[0]["line"]


def test_curves_keep_their_last_value() -> None:
    for line, curve in zip(net_returns_chart(sample())["data"], sample().curves, strict=True):
        assert line["y"][-1] == curve.total[-1]
        assert len(line["x"]) == len(line["y"])
