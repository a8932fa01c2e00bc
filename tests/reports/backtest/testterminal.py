# file: tests/reports/backtest/testterminal.py
from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from tradingbot.core.market.calendars.coverage import Coverage, Shortfall
from tradingbot.core.messages.formatting import amount
from tradingbot.core.runtime.result import Result, ResultWarning
from tradingbot.core.time import from_iso
from tradingbot.reports.backtest.terminal import screen, sparkline

_PATHS = {"html": "reports/run.html", "json": "reports/run.json"}


def _printed(result: Result, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    console.print(screen(result.to_dict(), _PATHS))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_a_result_fits_one_screen(usual: Any) -> None:
    lines = _printed(usual.result)
    text = "\n".join(lines)
    profit = amount(float(usual.result.summary.net_pnl), "USDT", sign=True)
    for words in (
        "SYNTHETIC DATA",
        profit,
        "Profit factor",
        "reports/run.html",
        "! The prices are synthetic",
    ):
        assert words in text
    assert len(lines) <= 40


def test_a_period_that_was_cut_stands_beside_the_one_asked_for(usual: Any) -> None:
    short = Shortfall("I", "5m LAST bars", "start", usual.result.start, 99)
    asked = Coverage(from_iso("2020-01-01T00:00:00Z"), from_iso("2030-01-01T00:00:00Z"), (short,))
    cut = "\n".join(_printed(replace(usual.result, coverage=asked)))
    assert "asked for 2020-01-01 00:00 to 2030-01-01 00:00" in cut
    assert "asked for 2020-01-01" in "\n".join(_printed(replace(usual.result, coverage=replace(asked, shortfalls=()))))
    exactly = Coverage(usual.result.start, usual.result.end)
    assert "asked for" not in "\n".join(_printed(replace(usual.result, coverage=exactly)))


def test_no_number_is_cut_where_the_terminal_is_narrow(usual: Any) -> None:
    wide, narrow = ("\n".join(_printed(usual.result, width)) for width in (100, 80))
    numbers = re.findall(r"[\d,]+\.\d\d USDT", wide)
    assert [number for number in numbers if number not in narrow] == []
    assert sum("▁" in line or "█" in line for line in narrow.splitlines()) == 1


def test_no_warning_is_hidden_however_many_there_are(usual: Any) -> None:
    caveats = [ResultWarning(f"code{number}", f"sentence {number} about what is wrong " * 7) for number in range(16)]
    names = [f"INSTRUMENT{number}-LINEAR.BYBIT" for number in range(12)]
    lines = _printed(replace(usual.result, warnings=caveats, instruments=names, name="name " * 40))
    assert max(map(len, lines)) <= 100
    text = " ".join("\n".join(lines).split())
    assert [caveat for caveat in caveats if f"! {caveat.sentence.strip()}" not in text] == []


@pytest.mark.parametrize("width", [80, 60])
def test_a_number_is_never_cut_where_the_terminal_is_narrow(usual: Any, width: int) -> None:
    text = "\n".join(_printed(usual.result, width))
    for name in ("net_pnl", "average_trade", "best_trade", "worst_trade"):
        value = float(getattr(usual.result.summary, name))
        assert amount(value, "USDT", sign=True) in text, name


def test_ratios_of_few_days_and_trades_are_marked_with_the_reason(fake: Any) -> None:
    result = fake(days=40, trades=8).result
    text = "\n".join(_printed(result))
    assert f"{result.summary.sharpe:.2f}*".replace("-", "\N{MINUS SIGN}") in text
    assert "* from 40 days, 60 are needed; from 8 trades, 30 are needed: luck moves it more than skill" in text
    assert f"{amount(float(result.summary.net_pnl), 'USDT', sign=True)}*" not in text
    assert "*" not in "\n".join(_printed(fake().result))


def test_a_result_without_trades_is_shown(empty: Any) -> None:
    assert any("No trade was closed" in line for line in _printed(empty.result))


@pytest.mark.parametrize(
    ("values", "width", "blocks"),
    [([], 5, ""), ([1.0, 1.0, 1.0], 3, "▁▁▁"), ([0.0, 7.0, 3.5], 3, "▁█▅"), ([0.0, 1.0, 2.0, 3.0], 2, "▁█")],
)
def test_a_sparkline_spans_its_values(values: list[float], width: int, blocks: str) -> None:
    assert sparkline(np.array(values), width) == blocks
