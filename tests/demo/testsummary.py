# file: tests/demo/testsummary.py
from __future__ import annotations

import io
import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from tradingbot.core.runtime.result import ResultWarning
from tradingbot.demo.summary import (
    CandidateRow,
    PaperRow,
    backtest_row,
    backtest_table,
    candidates_view,
    paper_table,
    summary_json,
)

ROW = CandidateRow(
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


def said(row: CandidateRow, width: int = 100) -> str:
    console = Console(width=width, record=True, file=None, force_terminal=False)
    with console.capture() as shown:
        console.print(candidates_view([row]))
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


def test_each_node_is_a_line_that_fits_a_terminal() -> None:
    row = PaperRow(
        "democryptofutures", "cryptofutures", "x", "running", "t", 17_292, 30, 3, 1.0, -1226.4, -1326.4, 100.0, "USDT"
    )
    console = Console(file=StringIO(), width=80)
    console.print(paper_table([row, row]))
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert shown.count("democryptofutures") == 2
    assert "17,292" in shown
    assert " ".join(("-1,226 USDT", "-1,326", "+100")) in " ".join(shown.split())


def test_no_number_of_the_table_is_cut_on_80_columns(usual: Any) -> None:
    row = backtest_row(usual.result, "logs/run.html")
    console = Console(file=io.StringIO(), width=80, color_system=None, legacy_windows=False)
    console.print(backtest_table([row], 7))
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    for text in (
        "cryptofutures",
        f"{row.net_pnl:+,.0f} USDT",
        f"{row.trades}",
        f"{row.realised_pnl:+,.0f}",
        f"{row.open_pnl:+,.0f}",
        "SYNTHETIC market, seed 7",
        "logs/run.html",
    ):
        assert text in said
    assert "…" not in said


def test_a_ratio_of_few_days_is_marked_and_the_reason_is_told(fake: Any) -> None:
    row = backtest_row(fake(days=40, trades=8).result, "run.html")
    console = Console(file=io.StringIO(), width=80, color_system=None, legacy_windows=False)
    console.print(backtest_table([row], 7))
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert f"{row.sharpe:+.2f}*" in said
    assert f"* {row.name}: from 40 days, 60 are needed" in said
    told = json.loads(summary_json([row], [], 7))["backtests"][0]["unreliable"]
    assert told == [{"name": "sharpe", "of": "days", "was": 40, "least": 60}]


def test_every_warning_is_told_but_the_one_the_title_says(usual: Any) -> None:
    caveats = [
        ResultWarning("synthetic_data", "made up"),
        *(ResultWarning(f"c{number}", f"[b]{number}[/b]") for number in range(9)),
    ]
    row = backtest_row(replace(usual.result, warnings=caveats), "run.html")
    console = Console(file=io.StringIO(), width=80, color_system=None, legacy_windows=False)
    console.print(backtest_table([row], 7))
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert [caveat for caveat in caveats[1:] if f"! {caveat.sentence}" not in said] == []
    assert "made up" not in said
    told = json.loads(summary_json([row], [], 7))["backtests"][0]["warnings"]
    assert [item["code"] for item in told] == [caveat.code for caveat in caveats]


def test_scripts_read_the_same_rows(usual: Any) -> None:
    found = json.loads(summary_json([backtest_row(usual.result, "run.html")], [], 7))
    assert found["seed"] == 7
    assert found["synthetic"] is True
    assert found["backtests"][0]["trades"] == usual.result.summary.trades
