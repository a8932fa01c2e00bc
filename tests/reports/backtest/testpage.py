# file: tests/reports/backtest/testpage.py
from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.reports.browser import Browser, assert_self_contained
from tradingbot.core.market.calendars.coverage import Coverage, Shortfall
from tradingbot.core.messages.approval import Cut
from tradingbot.core.messages.formatting import NONE
from tradingbot.reports.backtest.metrics import HEADLINE_METRICS, METRIC_GROUPS
from tradingbot.reports.backtest.page import render


class Page(Browser):
    """With the values of its named places."""

    def begin(self) -> None:
        self.values: dict[str, str] = {}

    def seen(self, data: str) -> None:
        for _, found in self.open:
            if name := found.get("data-name"):
                self.values[name] = self.values.get(name, "") + data


def _page(made: Any, /, **changes: Any) -> Page:
    return Page(render(replace(made.result, **changes).to_dict(), made.prices, made.hold))


@pytest.fixture(scope="session")
def page(usual: Any) -> Page:
    return _page(usual)


def test_the_page_is_self_contained(page: Page) -> None:
    assert_self_contained(page)
    assert page.addresses == []


def test_every_part_is_there_in_its_order(page: Page) -> None:
    heads = ["Warnings", "Summary", "Equity vs buy and hold", "Drawdown", "Monthly returns", "Entries and exits"]
    heads += ["P&L distribution", "P&L vs holding time", "Cost attribution", "Events", "By exit reason"]
    heads += ["Refusals and cuts", "Refusals and cuts over time", "By instrument", "By strategy"]
    assert page.heads == [*heads, "The 20 best trades", "The 20 worst trades", "Reproduce this run"]
    assert len(page.charts) == 8


def test_ratios_of_few_days_and_trades_are_greyed_with_the_reason(fake: Any) -> None:
    page = _page(fake(days=40, trades=8)).html
    for name, reason in (("sharpe", "from 40 days, 60 are needed"), ("win_rate", "from 8 trades, 30 are needed")):
        assert re.search(rf'data-name="{name}"><span class="weak" title="{reason}">', page)
    assert "Greyed are ratios from 40 days, 60 are needed; from 8 trades, 30 are needed" in page
    assert not re.search(r'data-name="(net_pnl|max_drawdown|trades)"><span class="weak"', page)


def test_trades_whose_risk_is_not_known_are_counted_beside_the_expectancy_in_r(fake: Any) -> None:
    few = fake(trades=40)
    known = replace(few.result.summary, trades_without_risk=3)
    said = "Expectancy in R leaves out 3 of 40 trades, whose risk is not known."
    assert said in _page(few, summary=known).html
    assert "Expectancy in R leaves out" not in _page(few).html


def test_what_is_realised_and_what_is_open_are_beside_the_net_profit(fake: Any) -> None:
    few = fake(trades=40)
    still = replace(few.result.trades[0], exit_time=None, exit_price=None, pnl=Decimal("77.5"), exit_reason="open")
    known = replace(few.result.summary, net_pnl=Decimal("100.5"), realised_pnl=Decimal(23), open_pnl=Decimal("77.5"))
    page = _page(few, open=[still], summary=known).html
    assert "The net profit of +100.50 USDT is +23.00 USDT realised and +77.50 USDT unrealised." in page
    assert "after all costs; realised +23.00, unrealised +77.50" in page


def test_the_numbers_shown_are_the_results(page: Page, usual: Any) -> None:
    summary = usual.result.to_dict()["summary"]
    # The average trade is the expectancy; how many days there were is said where they are too few.
    assert set(page.values) == set(summary) - {"average_trade", "days", "trades_without_risk", "unreliable"}
    for line in (line for lines in (HEADLINE_METRICS, *METRIC_GROUPS.values()) for line in lines):
        shown, value = page.values[line.name], summary[line.name]
        assert shown == line.write(value, "USDT")
        if isinstance(value, float) and "USDT" in shown:
            number = float(re.sub(r"[ ,A-Z+]", "", shown).replace("\N{MINUS SIGN}", "-"))
            assert number == pytest.approx(value, abs=0.005)


def test_the_requested_period_is_named_where_the_run_is_shorter(usual: Any) -> None:
    short = Shortfall("I", "5m LAST bars", "start", usual.result.start, 99)
    cut = _page(usual, coverage=Coverage(asked_start=0, shortfalls=(short,)))
    assert "<dt>Requested</dt><dd>all from 1970-01-01 00:00</dd>" in cut.html
    assert "<dt>Requested</dt>" not in _page(usual).html


def test_warnings_and_refusals_are_in_plain_sight(page: Page, usual: Any) -> None:
    for item in usual.result.to_dict()["warnings"]:
        assert item["sentence"] in page.words
    assert "SYNTHETIC DATA" in page.words
    assert "exposure-cap" in page.words
    assert usual.result.to_dict()["run"]["result_sha256"] in page.words


def test_cuts_are_beside_refusals_with_their_share_of_the_intents(usual: Any) -> None:
    sizes = Decimal("1.5"), Decimal("1.25")
    cut = Cut("S", "I", usual.result.start, "asset_exposure", "12.00", "10.00", *sizes, "I: cut to 1.25")
    page = _page(usual, cut=[cut] * 99)
    place = page.words.index("asset_exposure")
    # 99 of the 297 intents.
    assert page.words[place : place + 5] == ["asset_exposure", "cut", "99", "33.3 %", "I: cut to 1.25"]
    (chart,) = [chart for chart in page.charts if any("cut" in str(bar.get("name")) for bar in chart["data"])]
    assert {bar["name"]: sum(bar["y"]) for bar in chart["data"]}["asset_exposure, cut"] == 99


def test_every_trade_is_marked_on_its_price(page: Page, usual: Any) -> None:
    names = ("Long entry", "Short entry", "Exit +", "Exit \N{MINUS SIGN}")
    marks = [trace for chart in page.charts for trace in chart["data"] if trace.get("name") in names]
    assert sum(len(trace["x"]) for trace in marks) == 2 * len(usual.result.trades)
    assert any("exit by target" in words for trace in marks for words in trace["text"])


def test_equal_results_give_equal_bytes(fake: Any, page: Page, usual: Any) -> None:
    again = fake()
    assert _page(again, run=replace(again.result.run, seconds=77.0)).html == page.html
    assert render(json.loads(usual.result.to_json()), usual.prices, usual.hold) == page.html


def test_a_run_without_trades_still_has_a_report(empty: Any) -> None:
    page = _page(empty)
    assert page.open == []
    assert page.values["profit_factor"] == NONE
    assert "By exit reason" not in page.heads
    assert "No trade was closed: there is nothing to judge." in page.words
    assert "Nothing was refused or cut." in page.words


def test_prices_and_holding_may_be_missing(usual: Any) -> None:
    page = Page(render(usual.result.to_dict()))
    assert "Entries and exits" not in page.heads
    assert [trace["name"] for trace in page.charts[0]["data"]] == ["Equity"]


def test_names_from_a_config_cannot_become_markup(usual: Any) -> None:
    nasty = "<script>alert(1)</script>&\"'"
    trades = [replace(usual.result.trades[0], exit_reason=nasty)]
    page = _page(usual, name=nasty, trades=trades, currency="</script>")
    assert page.open == []
    assert nasty in page.words
    assert len(page.charts) == 8


def test_trades_are_listed_by_their_number_and_open_ones_apart(fake: Any, usual: Any) -> None:
    still = replace(usual.result.trades[0], exit_time=None, exit_price=None)
    assert "Open positions at the end" in _page(usual, open=[still]).heads
    assert "All trades, best first" in _page(fake(trades=20)).heads
    assert "The 5 worst trades" in _page(fake(trades=25)).heads
