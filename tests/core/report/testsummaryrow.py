# file: tests/core/report/testsummaryrow.py
from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

from rich.console import Console

from tradingbot.core.report.result import Caveat
from tradingbot.core.report.summaryrow import row_of, rows_json, rows_table


def test_no_number_of_the_table_is_cut_on_80_columns(usual: Any) -> None:
    row = row_of(usual.result, "logs/run.html")
    console = Console(file=io.StringIO(), width=80, color_system=None, legacy_windows=False)
    console.print(rows_table([row], 7))
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
    row = row_of(fake(days=40, trades=8).result, "run.html")
    console = Console(file=io.StringIO(), width=80, color_system=None, legacy_windows=False)
    console.print(rows_table([row], 7))
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert f"{row.sharpe:+.2f}*" in said
    assert f"* {row.name}: from 40 days, 60 are needed" in said
    told = json.loads(rows_json([row], [], 7))["backtests"][0]["unreliable"]
    assert told == [{"name": "sharpe", "of": "days", "was": 40, "least": 60}]


def test_every_warning_is_told_but_the_one_the_title_says(usual: Any) -> None:
    caveats = [Caveat("synthetic_data", "made up"), *(Caveat(f"c{number}", f"[b]{number}[/b]") for number in range(9))]
    row = row_of(replace(usual.result, warnings=caveats), "run.html")
    console = Console(file=io.StringIO(), width=80, color_system=None, legacy_windows=False)
    console.print(rows_table([row], 7))
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert [caveat for caveat in caveats[1:] if f"! {caveat.sentence}" not in said] == []
    assert "made up" not in said
    told = json.loads(rows_json([row], [], 7))["backtests"][0]["warnings"]
    assert [item["code"] for item in told] == [caveat.code for caveat in caveats]


def test_scripts_read_the_same_rows(usual: Any) -> None:
    found = json.loads(rows_json([row_of(usual.result, "run.html")], [], 7))
    assert found["seed"] == 7
    assert found["synthetic"] is True
    assert found["backtests"][0]["trades"] == usual.result.summary.trades
