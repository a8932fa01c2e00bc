# file: tests/core/report/testsummaryrow.py
from __future__ import annotations

import io
import json
from typing import Any

from rich.console import Console

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
        "SYNTHETIC market, seed 7",
        "logs/run.html",
    ):
        assert text in said
    assert "…" not in said


def test_scripts_read_the_same_rows(usual: Any) -> None:
    found = json.loads(rows_json([row_of(usual.result, "run.html")], [], 7))
    assert found["seed"] == 7
    assert found["synthetic"] is True
    assert found["backtests"][0]["trades"] == usual.result.summary.trades
