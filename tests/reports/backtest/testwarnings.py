# file: tests/reports/backtest/testwarnings.py
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tradingbot.core.market.calendars.coverage import Coverage, DataGap, Shortfall, Unused
from tradingbot.core.runtime.decisions import IntentCounts
from tradingbot.core.runtime.period import coverage_dict
from tradingbot.core.runtime.result import FundingFacts, WarningFacts
from tradingbot.core.time import DAY, HOUR, SECOND, from_iso, to_iso
from tradingbot.reports.backtest.warnings import WARNINGS, find_warnings, with_warnings

START = from_iso("2023-01-01T00:00:00Z")
CALM = WarningFacts(bar_ns=300 * SECOND, fills=1200, tick={"I": 0.1}, bar_range={"I": 5.0})


def _trade(number: int, pnl: float, exit_reason: str = "stop", held: int = 4 * HOUR) -> dict[str, Any]:
    leave = START + number * (700 * DAY // 600)
    times = {"entry_time": to_iso(leave - held), "exit_time": to_iso(leave)}
    return {"id": number, "instrument": "I", "pnl": pnl, "exit_reason": exit_reason} | times


def _result(**changes: Any) -> dict[str, Any]:
    """A result nobody needs to be warned about, with `changes`."""
    return {
        "lane": "cryptofutures",
        "realism": "exact",
        "currency": "USDT",
        "bar": "5m",
        "start": to_iso(START),
        "end": to_iso(START + 700 * DAY),
        "data": {"synthetic": False, "label": ""},
        "coverage": coverage_dict(Coverage()),
        "trades": [_trade(number, 12.0 if number % 5 else -8.0) for number in range(1, 601)],
        "equity": _equity(lambda day: 1000.0 + day),
        "open": [],
        "events": [],
        "intents": _intents(650, {}, {}),
        "costs": _costs(1000.0, 750.0),
    } | changes


def _equity(value: Callable[[int], float]) -> list[dict[str, Any]]:
    return [{"time": to_iso(START + day * DAY), "equity": value(day)} for day in range(701)]


def _costs(before: float, net: float) -> dict[str, float]:
    fixed = {"slippage": 100.0, "fees": 80.0, "funding": -20.0}
    return {"before_costs": before, "gross": before - 100, "net": net} | fixed


def _intents(proposed: int, refused: dict[str, int], cut: dict[str, int]) -> dict[str, object]:
    return IntentCounts(proposed, refused, cut).to_dict()


def _event(kind: str) -> dict[str, str]:
    return {"time": to_iso(START), "kind": kind, "sentence": f"I, S-000: {kind}"}


MANY = _result()["trades"]
LATE = coverage_dict(Coverage(START - 9 * DAY, None, (Shortfall("I", "5m bars", "start", START, 2592),)))


def _funding(**fields: Any) -> dict[str, FundingFacts]:
    known = {"due": 90, "missing": 0, "first": 0, "last": 0, "held": 60, "held_missing": 0, "unmarked": 0}
    known |= {"zero": 0, "held_zero": 0}
    return {"I": FundingFacts(**(known | {"median_rate": 0.0001} | fields))}


LACKING = _funding(missing=18, first=START + 8 * HOUR, last=START + 40 * DAY, held_missing=15)
CASES = [
    ("missing_funding", {}, {"funding": LACKING},
     "Funding is missing: I lacks 18 of 90 settlements (20.0 %), from 2023-01-01 08:00 to 2023-02-10 00:00. "
     "Of the 60 that fell while a position was open 15 (25.0 %) were not charged"),
    ("missing_funding", {}, {"funding": {name: LACKING["I"] for name in "ABC"}},
     "to 2023-02-10 00:00; 1 more instruments lack some. Of the 180 that fell while a position was open 45 (25.0 %)"),
    ("stale_marks", {}, {"funding": _funding(missing=30, unmarked=45)},
     "45 of 60 settlements (75.0 %) of I were priced at the last price"),
    ("zero_funding", {}, {"funding": _funding(missing=30, zero=45, held_zero=20)},
     "45 of 60 funding rates (75.0 %) of I are zero, 20 of them while a position was open"),
    ("wrong_unit", {}, {"funding": _funding(median_rate=0.01)}, "rates of I have a median of 1.00 % in eight hours"),
    ("synthetic_data", {"data": {"synthetic": True, "label": ""}}, {}, "prices are synthetic"),
    ("fast_realism", {"realism": "fast"}, {}, "Realism was 'fast'"),
    ("too_few_trades", {"trades": []}, {}, "No trade was closed"),
    ("too_few_trades", {"trades": MANY[:1]}, {}, "Only 1 trade: nothing can be concluded from fewer than 30"),
    ("too_few_trades", {"trades": MANY[:29]}, {}, "Only 29 trades"),
    ("too_few_trades", {"trades": MANY[:499]}, {},
     "499 trades are enough for a first idea and too few for promotion, which asks for 500."),
    ("short_sample", {"end": to_iso(START + 90 * DAY)}, {}, "covers 90 days"),
    ("short_sample", {"end": to_iso(START + 23 * DAY // 24)}, {},
     "covers 23 h: less than a year shows only one market regime"),
    ("period_shortened", {"coverage": LATE}, {},
     "Asked for all from 2022-12-23 00:00, run from 2023-01-01 00:00 to 2024-12-01 00:00 UTC: the 5m bars of I begin"
     " at 2023-01-01 00:00, 2,592 missing."),
    ("real_spread_unused",
     {"coverage": coverage_dict(Coverage(unused=(Unused("I", "5m BID and ASK bars", START, START + DAY),)))}, {},
     "The 5m BID and ASK bars of I cover only 2023-01-01 00:00 to 2023-01-02 00:00 and are not used"),
    ("stopped", {}, {"ends": START + 900 * DAY}, "Stopped at 2024-12-01 00:00, its data goes on to 2025-06-19 00:00"),
    ("missing_bars", {}, {"holes": [DataGap("I", START, START + DAY, 287), DataGap("J", START, START + 2 * DAY, 575)]},
     "J lacks 575 bars between 2023-01-01 00:00 and 2023-01-03 00:00, and in 1 more stretches, 862 bars in all"),
    ("flat_equity", {"equity": _equity(lambda day: 1000 + day // 3)}, {}, "did not move on 67 % of the days"),
    ("one_trade", {"trades": [_trade(900, 9000.0), *MANY]}, {}, "One trade makes 65 % of the net profit: I on 20"),
    ("one_trade", {"open": [_trade(900, 9000.0) | {"exit_time": None}]}, {},
     "One trade makes 65 % of the net profit: I, still open, +9,000.00 USDT."),
    ("one_trade", {"trades": [_trade(number, 30.0 if number > 588 else -0.5) for number in range(1, 601)]}, {},
     "Without its best 6 of 600 trades (1 %) the run would have lost money"),
    ("one_month", {"trades": [_trade(number, 9.0 if number < 20 else 0.1) for number in range(1, 601)]}, {},
     "January 2023 alone makes"),
    ("open_drawdown", {"equity": _equity(lambda day: 1000 - max(0, day - 500) / 5)}, {}, "ends 4.0 % below its peak"),
    ("below_zero", {"equity": _equity(lambda day: 1000 - 2 * day)}, {}, "0.00 USDT on 2024-05-15 00:00"),
    ("liquidated", {"trades": [*MANY, _trade(700, -1.0, "liquidation")]}, {}, "liquidated a position once, first in I"),
    ("orders_refused", {"events": [_event("kill"), _event("change refused")]}, {},
     "A stop or an order was refused or lost, first on 2023-01-01 00:00: I, S-000: change refused."),
    ("orders_refused", {"events": [_event("stop lost"), _event("order refused"), _event("data gap")]}, {},
     "Stops or orders were 2 times refused or lost, first on 2023-01-01 00:00: I, S-000: stop lost."),
    ("outside_session", {}, {"fills_outside_session": 7}, "7 of 1,200 fills fell outside"),
    ("costs_eat_edge", {"costs": _costs(300.0, 100.0)}, {}, "Costs take 67 % of the 300.00 USDT made before costs"),
    ("costs_eat_edge", {"costs": _costs(150.0, -50.0)}, {}, "turn it into a loss"),
    ("costs_eat_edge", {"costs": _costs(-10.0, -210.0)}, {},
     "Even before costs the trades made \N{MINUS SIGN}10.00 USDT: there is no gross edge."),
    ("stop_near_resolution", {}, {"stop_distance": {"I": 4.9}},
     "median stop of I is 4.90 away, one bar usually spans 5.00"),
    ("stop_near_resolution", {}, {"stop_distance": {"I": 0.3}}, "median stop of I is 3 price steps away"),
    ("target_near_resolution", {}, {"target_distance": {"I": 2.0}}, "median target of I"),
    ("short_holding", {"trades": [_trade(number, 1.0, held=300 * SECOND) for number in range(1, 601)]}, {},
     "Half of the trades last 5 min or less, about one bar (5m)"),
    ("refused_or_cut", {"intents": _intents(660, {"daily_loss": 20}, {"position_leverage": 12, "lane_exposure": 1})},
     {}, "5.0 % of the 660 intents were not traded as they were meant, 20 refused (daily_loss 20) and 13 cut"
     " (position_leverage 12, lane_exposure 1): what was tested is the rest of the strategy."),
    ("refused_or_cut", {"intents": _intents(2, {}, {"option_reserve": 2})}, {},
     "100.0 % of the 2 intents were not traded as they were meant, 2 cut (option_reserve 2): what was"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "changes", "facts", "words"), CASES)
def test_each_warning_fires(code: str, changes: Any, facts: Any, words: str) -> None:
    warned = find_warnings(_result(**changes), replace(CALM, **facts))
    assert words in {warning.code: warning.sentence for warning in warned}[code]


def test_every_warning_has_a_case_that_fires_it() -> None:
    assert {code for code, *_ in CASES} == {code for code, _ in WARNINGS}


def test_all_are_silent_about_a_sound_result() -> None:
    facts = replace(CALM, stop_distance={"I": 25.0}, target_distance={"I": 50.0})
    assert find_warnings(_result(intents=_intents(650, {"daily_loss": 20}, {"position_leverage": 12})), facts) == ()


def test_a_weekend_is_not_flat_equity_where_the_market_is_closed() -> None:
    # 1 January 2023 is a Sunday: equity rises from Monday to Friday alone.
    weekdays = _equity(lambda day: 1000 + day // 7 * 5 + min(day % 7, 5))
    warned = find_warnings(_result(lane="forex", equity=weekdays), CALM)
    assert "flat_equity" not in {warning.code for warning in warned}


def test_warnings_come_in_their_order_and_join_the_result(usual: Any) -> None:
    result = with_warnings(usual.result, WarningFacts(bar_ns=DAY))
    codes = [warning.code for warning in result.warnings]
    assert codes == [code for code, _ in WARNINGS if code in codes]
    # 37 of 297 intents were refused.
    assert codes[:2] == ["refused_or_cut", "synthetic_data"]
    assert {"synthetic_data", "short_holding"} < set(codes)
