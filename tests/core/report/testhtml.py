# file: tests/core/report/testhtml.py
from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from tests.core.report.browser import Browser
from tradingbot.core.report.html import render
from tradingbot.core.report.phrase import NONE
from tradingbot.core.report.sections.tiles import BIG, GROUPS


class Page(Browser):
    """With the values of its named places."""

    def begin(self) -> None:
        self.values: dict[str, str] = {}

    def seen(self, data: str) -> None:
        for _, found in self.open:
            if name := found.get("data-name"):
                self.values[name] = self.values.get(name, "") + data


@pytest.fixture(scope="session")
def text(usual: Any) -> str:
    return render(usual.result.to_dict(), usual.prices, usual.hold)


@pytest.fixture(scope="session")
def page(text: str) -> Page:
    return Page(text)


def test_the_page_is_well_formed_and_asks_nobody(page: Page, text: str) -> None:
    assert page.open == []
    assert page.addresses == []
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert max(page.ids.values()) == 1


def test_every_part_is_there_in_its_order(page: Page) -> None:
    assert page.heads == [
        "Before you trust this",
        "Summary",
        "Equity against buy and hold",
        "Drawdown",
        "Months",
        "Entries and exits",
        "Distribution of trades",
        "Profit and patience",
        "Where the profit went",
        "Events of the lane",
        "Exits by reason",
        "Refusals",
        "Refusals over time",
        "By instrument",
        "By strategy",
        "The 20 best trades",
        "The 20 worst trades",
        "Run it again",
    ]
    assert len(page.charts) == 8


def test_the_numbers_shown_are_the_results(page: Page, usual: Any) -> None:
    summary = usual.result.to_dict()["summary"]
    assert set(page.values) == set(summary)
    for name, _, write, _ in (line for _, lines in (("", BIG), *GROUPS) for line in lines):
        shown = page.values[name]
        assert shown == write(summary[name], "USDT")
        if isinstance(summary[name], float) and "USDT" in shown:
            number = float(re.sub(r"[ ,A-Z+]", "", shown).replace("\N{MINUS SIGN}", "-"))
            assert number == pytest.approx(summary[name], abs=0.005)


def test_warnings_and_refusals_are_in_plain_sight(page: Page, usual: Any) -> None:
    for item in usual.result.to_dict()["warnings"]:
        assert item["sentence"] in page.words
    assert "SYNTHETIC DATA" in page.words
    assert "exposure-cap" in page.words
    assert usual.result.to_dict()["run"]["result_sha256"] in page.words


def test_every_trade_is_marked_on_its_price(page: Page, usual: Any) -> None:
    names = ("Long entry", "Short entry", "Exit +", "Exit \N{MINUS SIGN}")
    marks = [trace for chart in page.charts for trace in chart["data"] if trace.get("name") in names]
    assert sum(len(trace["x"]) for trace in marks) == 2 * len(usual.result.trades)
    assert any("out by target" in words for trace in marks for words in trace["text"])


def test_equal_results_give_equal_bytes(fake: Any, text: str, usual: Any) -> None:
    again = fake()
    slower = replace(again.result, run=replace(again.result.run, seconds=77.0))
    assert render(slower.to_dict(), again.prices, again.hold) == text
    assert render(json.loads(usual.result.to_json()), usual.prices, usual.hold) == text


def test_a_run_without_trades_still_has_a_report(empty: Any) -> None:
    page = Page(render(empty.result.to_dict(), empty.prices, empty.hold))
    assert page.open == []
    assert page.values["profit_factor"] == NONE
    assert "Exits by reason" not in page.heads
    assert "No trade was closed: there is nothing to judge." in page.words
    assert "The risk desk refused nothing." in page.words


def test_prices_and_holding_may_be_missing(usual: Any) -> None:
    page = Page(render(usual.result.to_dict()))
    assert "Entries and exits" not in page.heads
    assert [trace["name"] for trace in page.charts[0]["data"]] == ["Equity"]


def test_an_open_position_is_listed(usual: Any) -> None:
    still = replace(usual.result.trades[0], exit_time=None, exit_price=None)
    page = Page(render(replace(usual.result, open=[still]).to_dict()))
    assert "Still open at the end" in page.heads


def test_names_from_a_config_cannot_become_markup(usual: Any) -> None:
    nasty = "<script>alert(1)</script>&\"'"
    trades = [replace(usual.result.trades[0], exit_reason=nasty)]
    result = replace(usual.result, name=nasty, trades=trades, currency="</script>")
    page = Page(render(result.to_dict(), usual.prices, usual.hold))
    assert page.open == []
    assert nasty in page.words
    assert len(page.charts) == 8


def test_few_trades_are_one_table(fake: Any) -> None:
    short = fake(trades=20)
    assert "All trades, best first" in Page(render(short.result.to_dict())).heads
    assert "The 5 worst trades" in Page(render(fake(trades=25).result.to_dict())).heads
