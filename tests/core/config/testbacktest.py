# file: tests/core/config/testbacktest.py
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tradingbot.core.config.backtest import BacktestConfig, Event
from tradingbot.core.config.load import build
from tradingbot.core.errors import ConfigError


def test_a_time_without_a_zone_is_utc() -> None:
    event = Event.model_validate({"at": "2025-12-01T00:00", "kill": "cryptofutures"})
    assert event.ts == 1_764_547_200_000_000_000
    assert Event.model_validate({"at": "2025-12-01T01:00+01:00", "kill": "forex"}).ts == event.ts


def test_a_withdrawal_has_an_amount_and_a_gap_a_length() -> None:
    assert Event.model_validate({"at": "2025-12-01", "withdraw": "500.5 USDT"}).amount == Decimal("500.5")
    assert Event.model_validate({"at": "2025-12-01", "gap": "2h"}).gap_ns == 7_200_000_000_000


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "an event is one of kill, resume, withdraw and gap, was none"),
        ({"kill": "forex", "gap": "2h"}, "was kill and gap"),
        ({"kill": "gold"}, "kill"),
        ({"withdraw": "-5 USDT"}, "a positive amount and a currency"),
        ({"gap": "2 hours"}, "gap"),
        ({"kill": "forex", "instruments": ["EUR/USD.IDEALPRO"]}, "instruments belong to a gap only"),
    ],
)
def test_what_is_no_event_is_told(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Event.model_validate({"at": "2025-12-01"} | fields)


LEAST: dict[str, Any] = {
    "name": "trend",
    "catalog": "catalog/main",
    "lane": "cryptofutures",
    "instruments": ["BTCUSDT-LINEAR.BYBIT"],
    "bar": "5m",
    "equity": "10000 USDT",
    "strategies": [{"path": "strategies.trend:Trend"}],
}


def config(**fields: Any) -> BacktestConfig:
    return build(BacktestConfig, LEAST | fields, "mine.json")


def test_what_is_left_out_has_a_default() -> None:
    found = config()
    assert (found.realism, found.seed, found.start, found.end) == ("exact", 7, None, None)
    assert (found.venue, found.risk, found.strategies[0].params) == ({}, {}, {})


def test_equity_is_an_amount_and_a_currency() -> None:
    found = config(equity="2500.50 USD")
    assert (found.start_equity, found.currency) == (Decimal("2500.50"), "USD")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-10", dt.datetime(2024, 3, 10, tzinfo=dt.UTC)),
        ("2024-03-10T08:30", dt.datetime(2024, 3, 10, 8, 30, tzinfo=dt.UTC)),
        ("2024-03-10T08:30:00-05:00", dt.datetime(2024, 3, 10, 13, 30, tzinfo=dt.UTC)),
        ("2024-03-10 08:30Z", dt.datetime(2024, 3, 10, 8, 30, tzinfo=dt.UTC)),
    ],
)
def test_a_time_without_a_zone_is_utc_and_one_with_a_zone_becomes_utc(text: str, moment: dt.datetime) -> None:
    found = config(start=text, end="2025-01-01")
    assert found.start == moment
    assert found.start is not None
    assert found.start.tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "my trend"}, "name was 'my trend'"),
        ({"name": "../trend"}, "name was '../trend'"),
        ({"lane": "bonds"}, "lane was 'bonds': Input should be 'cryptospot', 'cryptofutures', 'forex' or 'options'"),
        ({"instruments": []}, r"instruments was \[\]"),
        ({"instruments": ["A.B", "A.B"]}, "instruments names one twice"),
        ({"bar": "5 minutes"}, "bar was '5 minutes': allowed is a number and one of s, m, h, d, such as 5m or 1h"),
        ({"bar": "0m"}, "bar was '0m'"),
        ({"equity": "10000"}, "equity was '10000': allowed is a positive amount and a currency, such as '10000 USDT'"),
        ({"equity": "-5 USDT"}, "equity was '-5 USDT'"),
        ({"equity": "0 USDT"}, "equity was '0 USDT'"),
        ({"equity": 10000}, "equity was 10000: Input should be a valid string"),
        ({"realism": "perfect"}, "realism was 'perfect': Input should be 'fast' or 'exact'"),
        ({"seed": -1}, "seed was -1: Input should be greater than or equal to 0"),
        ({"start": 2024}, "start was 2024: allowed is a date, or a date and a time, such as 2024-01-31T08:00"),
        ({"end": "2024"}, "end was '2024': allowed is a date"),
        ({"end": "2024-13-01"}, "end was '2024-13-01'"),
        ({"start": "2024-02-01", "end": "2024-02-01"}, "start 2024-02-01T00:00:00.00:00 must lie before end 2024-02"),
        ({"strategies": []}, r"strategies was \[\]"),
        ({"strategies": [{"path": "trend.py"}]}, "strategies.0.path was 'trend.py'"),
        (
            {"strategies": [{"path": "a:B", "parms": {}}]},
            "strategies.0.parms is not a known field, allowed are filtered, params",
        ),
        ({"fees": 0}, "fees is not a known field, allowed are automatic_kill, bar, catalog, end, eq"),
    ],
)
def test_a_wrong_field_is_told_with_file_value_and_what_is_allowed(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=rf"^mine\.json: {told}") as failed:
        config(**fields)
    assert "\n" not in str(failed.value)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^mine\.json: bar is missing$"):
        build(BacktestConfig, {key: value for key, value in LEAST.items() if key != "bar"}, "mine.json")


def test_nothing_can_be_changed_after_it_was_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        config().seed = 8  # type: ignore[misc]
