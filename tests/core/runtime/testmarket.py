# file: tests/core/runtime/testmarket.py
from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.golden.catalogfixture import HOUR, MONDAY, Stage, bars_along
from tests.learning.modelfixture import BTC, EURUSD, Studio
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.errors import BadInput, ConfigError, UnknownInstrument
from tradingbot.core.execution.riskview import terms_of
from tradingbot.core.market.calendars.coverage import Shortfall, Unused
from tradingbot.core.market.columns import Bars, Kind, PriceSide, Quotes
from tradingbot.core.market.journal.reader import journal_file
from tradingbot.core.market.journal.writer import FeedJournal
from tradingbot.core.market.series import Series, Step
from tradingbot.core.runtime.market import (
    REPLAY,
    Market,
    open_market,
    open_node_market,
    open_planned_market,
    plan,
    round_trip_costs,
)
from tradingbot.core.time import ENDLESS

COIN, OTHER, PAIR, SHARE = "BTCUSDT-LINEAR.BYBIT", "ETHUSDT-LINEAR.BYBIT", "EUR/USD.IDEALPRO", "SPY=STK.SMART"
HOURLY = Step.parse("1h")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path)
    stage.bars(COIN, HOURLY, bars_along(np.full(11, 40_000.0), HOURLY))
    stage.bars(OTHER, HOURLY, bars_along(np.full(9, 3_000.0), HOURLY, MONDAY + 6 * HOUR))
    return stage


def opened(stage: Stage, **fields: Any) -> Market:
    least = {
        "name": "m", "catalog": str(stage.catalog.path), "lane": "cryptofutures", "instruments": [COIN], "bar": "1h",
        "equity": "10000 USDT", "strategies": [{"path": "a:B"}],
    }  # fmt: skip
    return open_market(BacktestConfig.model_validate(least | fields), stage.catalog)


def at(hour: float) -> dt.datetime:
    return dt.datetime.fromtimestamp((MONDAY + round(hour * HOUR)) / 1e9, dt.UTC)


def test_the_period_is_all_there_is_from_the_first_bars_start_to_the_last_ones_close(stage: Stage) -> None:
    found = opened(stage, instruments=[COIN, OTHER])
    assert (found.start, found.end) == (MONDAY, MONDAY + 14 * HOUR)
    assert [source.name for source in found.sources] == [COIN, OTHER]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        (3, 5, 3, 5),
        (3.5, 5.5, 3, 5),
        (-100, 100, 0, 10),
        (9.9, 100, 9, 10),
        (None, 4.2, 0, 4),
    ],
)
def test_a_period_is_cut_to_the_data_and_ends_with_a_bar(
    stage: Stage, start: float | None, end: float, first: int, last: int
) -> None:
    found = opened(stage, start=None if start is None else at(start), end=at(end))
    assert (found.start, found.end) == (MONDAY + first * HOUR, MONDAY + last * HOUR)


@pytest.mark.parametrize(
    ("start", "end", "asked"),
    [
        (11, 20, "after 2025-01-06 11:00 and until 2025-01-06 20:00"),
        (-9, -2, "after 2025-01-05 15:00 and until 2025-01-05 22:00"),
        (10, 12, "after 2025-01-06 10:00 and until 2025-01-06 12:00"),
        (4.2, 4.4, "after 2025-01-06 04:00 and until 2025-01-06 04:24"),
    ],
)
def test_a_period_without_data_is_told_with_the_one_there_is(
    stage: Stage, start: float, end: float, asked: str
) -> None:
    with pytest.raises(BadInput) as failed:
        opened(stage, start=at(start), end=at(end))
    assert str(failed.value) == (
        f"start, end: no 1h bar closes {asked}; the data runs from 2025-01-06 00:00 to 2025-01-06 10:00"
    )


def test_what_the_data_lacks_of_the_period_asked_for_is_known_by_instrument(stage: Stage) -> None:
    # COIN has the closes 1 to 10, OTHER 7 to 14.
    found = opened(stage, instruments=[COIN, OTHER], start=at(-5), end=at(14)).coverage
    assert (found.asked_start, found.asked_end) == (MONDAY - 5 * HOUR, MONDAY + 14 * HOUR)
    assert found.shortfalls == (
        Shortfall(COIN, "1h LAST bars", "start", MONDAY + HOUR, 5),
        Shortfall(COIN, "1h LAST bars", "end", MONDAY + 10 * HOUR, 4),
        Shortfall(OTHER, "1h LAST bars", "start", MONDAY + 7 * HOUR, 11),
    )
    assert opened(stage, start=at(0), end=at(11)).coverage.shortfalls == ()


def test_without_a_period_all_there_is_of_any_series_is_asked_for(stage: Stage) -> None:
    found = opened(stage, instruments=[COIN, OTHER]).coverage
    assert (found.asked_start, found.asked_end) == (None, None)
    assert [(item.instrument, item.edge, item.bars) for item in found.shortfalls] == [
        (COIN, "end", 4),
        (OTHER, "start", 6),
    ]


def forex(stage: Stage, **fields: Any) -> Market:
    return opened(stage, lane="forex", instruments=[PAIR], equity="10000 USD", **fields)


def test_a_short_second_series_does_not_shorten_a_run_and_is_told(stage: Stage) -> None:
    # A bar and its ask alone are there for 10 hours of 40.
    stage.bars(PAIR, HOURLY, bars_along(np.full(41, 1.1), HOURLY))
    for side in (PriceSide.BID, PriceSide.ASK):
        stage.bars(PAIR, HOURLY, bars_along(np.full(11, 1.1), HOURLY, MONDAY + 20 * HOUR), side)
    whole = forex(stage)
    assert (whole.start, whole.end) == (MONDAY, MONDAY + 40 * HOUR)
    assert whole.sources[0].sides == (PriceSide.LAST,)
    assert whole.coverage.unused == (Unused(PAIR, "1h BID and ASK bars", MONDAY + 20 * HOUR, MONDAY + 30 * HOUR),)
    within = forex(stage, start=at(20), end=at(30))
    assert within.sources[0].real_spread
    assert (within.coverage.unused, within.coverage.shortfalls) == ((), ())


def test_a_side_that_is_shorter_than_the_other_cuts_the_run_and_is_named(stage: Stage) -> None:
    stage.bars(PAIR, HOURLY, bars_along(np.full(41, 1.1), HOURLY), PriceSide.BID)
    stage.bars(PAIR, HOURLY, bars_along(np.full(11, 1.1), HOURLY, MONDAY + 5 * HOUR), PriceSide.ASK)
    found = forex(stage)
    assert (found.start, found.end) == (MONDAY + 5 * HOUR, MONDAY + 15 * HOUR)
    assert [(item.series, item.edge, item.at) for item in found.coverage.shortfalls] == [
        ("1h ASK bars", "start", MONDAY + 6 * HOUR),
        ("1h ASK bars", "end", MONDAY + 15 * HOUR),
    ]


def test_a_period_inside_a_gap_has_no_data_either(stage: Stage) -> None:
    stage.bars(COIN, HOURLY, bars_along(np.full(4, 40_000.0), HOURLY, MONDAY + 100 * HOUR))
    with pytest.raises(BadInput, match="no 1h bar closes after 2025-01-06 20:00 and until 2025-01-09 18:00"):
        opened(stage, start=at(20), end=at(90))
    assert opened(stage, start=at(5), end=at(90)).end == MONDAY + 10 * HOUR


def test_a_gap_longer_than_the_near_past_does_not_hide_the_last_bar(stage: Stage) -> None:
    stage.bars(COIN, HOURLY, bars_along(np.full(4, 40_000.0), HOURLY, MONDAY + 2_000 * HOUR))
    assert opened(stage, end=at(1_900)).end == MONDAY + 10 * HOUR


def test_an_instrument_of_another_lane_is_refused(stage: Stage) -> None:
    with pytest.raises(
        ConfigError, match=r"^instruments: EUR/USD\.IDEALPRO belongs to the lane forex, the config's is cryptofutures$"
    ):
        opened(stage, instruments=[COIN, PAIR])


def test_an_unknown_instrument_is_told_with_near_ones(stage: Stage) -> None:
    with pytest.raises(UnknownInstrument, match=r"instrument BTCUSDT-LINAER\.BYBIT is not defined, near are BTCUSDT-"):
        opened(stage, instruments=["BTCUSDT-LINAER.BYBIT"])


def test_a_step_the_catalog_does_not_hold_is_told_with_those_it_does(stage: Stage) -> None:
    with pytest.raises(BadInput, match=rf"has no 5m bars of {COIN}; it has {COIN} 1h, {OTHER} 1h$"):
        opened(stage, bar="5m")


def test_instruments_of_several_venues_have_no_common_account(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    folder = tmp_path / "config" / "instruments"
    folder.mkdir(parents=True)
    shipped = Path(__file__).resolve().parents[3] / "config" / "instruments" / "bybitlinear.json"
    file = json.loads(shipped.read_text(encoding="utf-8"))
    file["instruments"] = {"BTCUSDT-LINEAR.BITGET": file["instruments"][COIN]}
    (folder / "bitget.json").write_text(json.dumps(file), encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"^instruments: they trade at BITGET, BYBIT, a run has one account at one venue$"
    ):
        opened(stage, instruments=[COIN, "BTCUSDT-LINEAR.BITGET"])


def test_charges_and_the_least_notional_are_the_venues(stage: Stage) -> None:
    found = opened(stage)
    assert found.charges == {COIN: (Decimal("0.0002"), Decimal("0.00055"))}
    assert {str(item.id): terms_of(item).minimum_notional for item in found.instruments} == {COIN: Decimal(5)}
    assert found.contracts == []


def test_forex_has_no_least_notional(stage: Stage) -> None:
    stage.bars(PAIR, HOURLY, bars_along(np.full(5, 1.1), HOURLY), PriceSide.MID)
    (pair,) = opened(stage, lane="forex", instruments=[PAIR], equity="10000 USD").instruments
    assert terms_of(pair).minimum_notional == 0


def quoted(first: int, last: int) -> Quotes:
    ts = np.array([MONDAY + first * HOUR, MONDAY + last * HOUR])
    flat = np.full(2, 2.0)
    return Quotes(ts, flat, flat + 0.1, flat, flat)


def test_the_options_of_a_run_are_those_of_its_share_quoted_in_its_period(stage: Stage) -> None:
    stage.bars(SHARE, HOURLY, bars_along(np.full(40, 600.0), HOURLY))
    stage.bars("QQQ=STK.SMART", HOURLY, bars_along(np.full(40, 500.0), HOURLY))
    expiry = MONDAY + 117 * HOUR
    wanted = stage.puts(SHARE, expiry, {600: quoted(1, 20), 590: quoted(10, 11)})
    stage.puts(SHARE, expiry, {580: quoted(1, 5), 570: quoted(21, 22)})
    stage.puts("QQQ=STK.SMART", expiry, {500: quoted(1, 20)})
    fields = {"lane": "options", "instruments": [SHARE], "equity": "10000 USD"}
    found = opened(stage, **fields, start=at(6), end=at(20))
    assert [str(contract.id) for contract in found.contracts] == sorted(wanted)
    assert [str(item.id) for item in found.instruments] == [SHARE, *sorted(wanted)]
    assert [item.series for item in found.coverage.shortfalls] == []


def test_quotes_of_options_that_end_days_early_are_told(stage: Stage) -> None:
    stage.bars(SHARE, HOURLY, bars_along(np.full(24 * 12, 600.0), HOURLY))
    stage.puts(SHARE, MONDAY + 117 * HOUR, {600: quoted(16, 40)})
    found = opened(stage, lane="options", instruments=[SHARE], equity="10000 USD", end=at(24 * 10)).coverage.shortfalls
    # Quoted on Monday and Tuesday, asked for until the Wednesday after; Thursday 9 January 2025 was a day of mourning.
    assert [(item.instrument, item.series, item.edge, item.at) for item in found] == [
        ("SPY=STK", "option quotes", "end", MONDAY + 40 * HOUR)
    ]
    assert found[0].bars == len(["Wed 8", "Fri 10", "Mon 13", "Tue 14", "Wed 15"])


def test_a_share_without_option_quotes_is_refused(stage: Stage) -> None:
    stage.bars(SHARE, HOURLY, bars_along(np.full(40, 600.0), HOURLY))
    with pytest.raises(BadInput, match=r"^instruments: the catalog .* has no option quotes on SPY=STK$"):
        opened(stage, lane="options", instruments=[SHARE], equity="10000 USD")


def test_terms_hold_what_a_result_depends_on(stage: Stage) -> None:
    terms: Any = opened(stage).terms
    assert str(terms[COIN]["taker_fee"]) == "0.00055"
    assert {"price_increment", "size_increment", "margin_maint", "multiplier"} <= set(terms[COIN])


FOREX: dict[str, Any] = {"lane": "forex", "equity": "10000 USD", "instruments": [EURUSD]}


def flat(price: float, spreads: list[float]) -> tuple[Bars, Bars]:
    ts = MONDAY + HOUR * np.arange(1, len(spreads) + 1)
    bid = np.full(len(spreads), price)
    ask = bid + np.array(spreads)
    volume = np.ones(len(spreads))
    return Bars(ts, bid, bid, bid, bid, volume), Bars(ts, ask, ask, ask, ask, volume)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def costs(studio: Studio, **fields: Any) -> dict[str, float]:
    planned = studio.plan(**fields)
    return round_trip_costs(open_planned_market(planned)[0], planned.venue)


@pytest.mark.parametrize(
    ("spread", "paid"),
    [({"ticks": 0, "bps": 0}, 0.0), ({"ticks": 0, "bps": 3}, 3e-4), ({"ticks": 100, "bps": 0}, 2e-4)],
)
def test_a_modelled_spread_is_paid_once_and_the_taker_s_fee_twice(
    studio: Studio, spread: dict[str, float], paid: float
) -> None:
    studio.bars(BTC, flat(50_000.0, [0.0] * 9)[0])
    taker = studio.market().charges[BTC][1]
    assert taker > 0
    assert costs(studio, venue={"spread": spread}) == {BTC: pytest.approx(2 * float(taker) + paid)}


def test_a_dearer_class_of_customers_pays_a_multiple(studio: Studio) -> None:
    studio.bars(BTC, flat(50_000.0, [0.0] * 9)[0])
    free: dict[str, Any] = {"ticks": 0, "bps": 0}
    once = costs(studio, venue={"spread": free})[BTC]
    twice = costs(studio, venue={"spread": free, "fees": {"kind": "rate", "multiplier": 2}})[BTC]
    assert twice == pytest.approx(2 * once)


def test_a_real_spread_is_the_median_of_the_data(studio: Studio) -> None:
    sides = flat(1.1, [0.0001, 0.0003, 0.0002, 0.0002, 0.0100])
    for side, bars in zip((PriceSide.BID, PriceSide.ASK), sides, strict=True):
        studio.bars(EURUSD, bars, side=side)
    taker = float(studio.market(**FOREX).charges[EURUSD][1])
    assert costs(studio, **FOREX) == {EURUSD: pytest.approx(2 * taker + 0.0002 / 1.1001, abs=1e-9)}


def test_what_is_no_option_pays_its_rate_where_options_pay_by_the_contract(studio: Studio) -> None:
    """As the engine charges it: 0.65 is a contract's, a share or coin in that lane pays its taker's rate in and out."""
    studio.bars(BTC, flat(50_000.0, [0.0] * 9)[0])
    taker = float(studio.market().charges[BTC][1])
    per_contract = {"kind": "per_contract", "amount": 0.65}
    paid = costs(studio, venue={"spread": {"ticks": 0, "bps": 2}, "fees": per_contract})
    assert paid == {BTC: pytest.approx(2 * taker + 2e-4)}


def test_steps_and_amounts_are_those_of_the_instrument(studio: Studio) -> None:
    studio.bars(BTC, flat(50_000.0, [0.0] * 9)[0])
    tick = studio.market().sources[0].instrument.price_increment.as_decimal()
    one = costs(studio, venue={"spread": {"ticks": 1, "bps": 0}})[BTC]
    none = costs(studio, venue={"spread": {"ticks": 0, "bps": 0}})[BTC]
    assert one - none == pytest.approx(float(tick / Decimal(50_000)), rel=1e-6)
    assert Step.parse("1h").ns == HOUR


def test_the_market_of_a_node_on_a_feed_has_no_end_and_begins_where_it_is_told(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRADINGBOT_HOME", str(stage.home))
    journal = FeedJournal(journal_file("bybit"))
    series = Series(Kind.BARS, COIN, HOURLY, PriceSide.LAST)
    journal.carry(series, MONDAY + 10 * HOUR)
    journal.advance(series, MONDAY + 12 * HOUR, Bars(np.array([MONDAY + 12 * HOUR]), *np.full((5, 1), 40_000.0)))
    journal.close()
    spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": []}}
    planned = plan(stage.config(lane="cryptofutures", instruments=[COIN], bar="1h", equity="9 USDT", strategies=[spec]))
    live, synthetic = open_node_market(planned, "bybit", MONDAY + 3 * HOUR, MONDAY + 5 * HOUR)
    assert (live.start, live.since, live.end, synthetic) == (MONDAY + 3 * HOUR, MONDAY + 5 * HOUR, ENDLESS, False)
    closes = live.sources[0].read(MONDAY + 8 * HOUR, live.end)[0].ts
    assert closes.tolist() == [MONDAY + hour * HOUR for hour in (9, 10, 12)]
    replayed, _synthetic = open_node_market(planned, REPLAY)
    assert (replayed.end, replayed.since) == (MONDAY + 10 * HOUR, 0)
