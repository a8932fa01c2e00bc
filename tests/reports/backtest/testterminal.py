# file: tests/reports/backtest/testterminal.py
from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.reports.browser import printed
from tradingbot.core.market.calendars.coverage import Coverage, Shortfall
from tradingbot.core.messages.formatting import amount
from tradingbot.core.runtime.result import Result, ResultWarning
from tradingbot.core.time import from_iso
from tradingbot.reports.backtest.terminal import screen


def _printed(result: Result, width: int = 100) -> str:
    return printed(screen(result.to_dict(), {"html": "reports/run.html", "json": "reports/run.json"}), width)


def test_a_result_fits_one_screen(usual: Any) -> None:
    text = _printed(usual.result)
    profit = amount(float(usual.result.summary.net_pnl), "USDT", sign=True)
    for words in ("SYNTHETIC DATA", profit, "Profit factor", "reports/run.html", "! The prices are synthetic"):
        assert words in text
    assert len(text.splitlines()) <= 40


def test_a_period_that_was_cut_is_beside_the_requested_one(usual: Any) -> None:
    short = Shortfall("I", "5m LAST bars", "start", usual.result.start, 99)
    asked = Coverage(from_iso("2020-01-01T00:00:00Z"), from_iso("2030-01-01T00:00:00Z"), (short,))
    cut = _printed(replace(usual.result, coverage=asked))
    assert "requested 2020-01-01 00:00 to 2030-01-01 00:00" in cut
    assert "requested 2020-01-01" in _printed(replace(usual.result, coverage=replace(asked, shortfalls=())))
    exactly = Coverage(usual.result.start, usual.result.end)
    assert "requested" not in _printed(replace(usual.result, coverage=exactly))


@pytest.mark.parametrize("width", [80, 60])
def test_no_number_is_cut_where_the_terminal_is_narrow(usual: Any, width: int) -> None:
    wide, narrow = _printed(usual.result), _printed(usual.result, width)
    for name in ("net_pnl", "average_trade", "best_trade", "worst_trade"):
        assert amount(float(getattr(usual.result.summary, name)), "USDT", sign=True) in narrow, name
    numbers = re.findall(r"[\d,]+\.\d\d USDT", wide)
    assert width < 80 or [number for number in numbers if number not in narrow] == []
    assert width < 80 or sum("▁" in line or "█" in line for line in narrow.splitlines()) == 1


def test_no_warning_is_hidden_however_many_there_are(usual: Any) -> None:
    caveats = [ResultWarning(f"code{number}", f"sentence {number} about what is wrong " * 7) for number in range(16)]
    names = [f"INSTRUMENT{number}-LINEAR.BYBIT" for number in range(12)]
    text = _printed(replace(usual.result, warnings=caveats, instruments=names, name="name " * 40))
    assert max(map(len, text.splitlines())) <= 100
    flat = " ".join(text.split())
    assert [caveat for caveat in caveats if f"! {caveat.sentence.strip()}" not in flat] == []


def test_ratios_of_few_days_and_trades_are_marked_with_the_reason(fake: Any) -> None:
    result = fake(days=40, trades=8).result
    text = _printed(result)
    assert f"{result.summary.sharpe:.2f}*".replace("-", "\N{MINUS SIGN}") in text
    assert "* from 40 days, 60 are needed; from 8 trades, 30 are needed: too few to be significant" in text
    assert f"{amount(float(result.summary.net_pnl), 'USDT', sign=True)}*" not in text
    assert "*" not in _printed(fake().result)


def test_a_result_without_trades_is_shown(empty: Any) -> None:
    assert "No trade was closed" in _printed(empty.result)
