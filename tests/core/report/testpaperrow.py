# file: tests/core/report/testpaperrow.py
from __future__ import annotations

from io import StringIO

from rich.console import Console

from tradingbot.core.report.paperrow import PaperRow, paper_table


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
