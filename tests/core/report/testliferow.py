# file: tests/core/report/testliferow.py
from __future__ import annotations

from dataclasses import replace

import pytest
from rich.console import Console

from tradingbot.core.report.liferow import LifeRow, life_screen

ROW = LifeRow(
    candidate="learner",
    auc=0.7041,
    baseline_auc=0.66,
    sharpe=7.21,
    baseline_sharpe=4.94,
    trades=1292,
    verdict="PASS",
    verdict_reason="every criterion and every stress holds",
    promoted=True,
    promotion_reason="promoted by ann",
    training_html="logs/training/learner/0123456789abcdef/report.html",
    validation_html="logs/validation/learner/full-0123456789ab/report.html",
)


def said(row: LifeRow, width: int = 100) -> str:
    console = Console(width=width, record=True, file=None, force_terminal=False)
    with console.capture() as shown:
        console.print(life_screen([row]))
    return " ".join(shown.get().split())


def test_a_life_is_told_in_three_steps() -> None:
    text = said(ROW)
    assert "trained AUC 0.704, baseline 0.660; net Sharpe 7.21, baseline 4.94" in text
    assert "validated PASS: every criterion and every stress holds (1292 trades out of sample)" in text
    assert "✓ promoted promoted by ann" in text


def test_a_refusal_is_told_with_its_reason() -> None:
    refused = replace(ROW, auc=None, sharpe=None, promoted=False, promotion_reason="learner is candidate")
    text = said(refused)
    assert "found nothing that pays after costs and abstained" in text
    assert "✗ refused learner is candidate" in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_paths_are_whole_at_any_width(width: int) -> None:
    assert ROW.validation_html in said(ROW, width).replace(" ", "")
