# file: tests/operations/testrisk.py
"""The hand-checked numbers of the manual's risk reference, by the shipped policy."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tradingbot.core.errors import BadInput, UnknownInstrument
from tradingbot.core.lane import Lane
from tradingbot.core.messages.intent import Strength
from tradingbot.operations.risk import explain_size

BTC, ADA = "BTCUSDT-LINEAR.BYBIT", "ADAUSDT-LINEAR.BYBIT"
EURUSD, USDJPY = "EUR/USD.IDEALPRO", "USD/JPY.IDEALPRO"

# lane, equity, price, stop, strength, drawdown, instrument -> fraction, size, lost at the stop
EXAMPLES = [
    # 10 / 0.50 = 20
    ("cryptofutures", 800, "0.50", "0.49", "strong", "0", ADA, None, "20", "0.20"),
    # 5,000 x 0.02 x 0.5 / (0.02 x 60,000) = 0.0416...
    ("cryptofutures", 5_000, "60000", "58800", "weak", "0", BTC, "0.02", "0.041", "49.20"),
    # 5,000 x 0.02 x 1.0 / 1,200 = 0.0833...
    ("cryptofutures", 5_000, "60000", "58800", "normal", "0", BTC, "0.02", "0.083", "99.60"),
    # 5,000 x 0.02 x 1.5 / 1,200 = 0.125
    ("cryptofutures", 5_000, "60000", "58800", "strong", "0", BTC, "0.02", "0.125", "150.00"),
    # 12 % of drawdown are two full steps: 0.02 - 2 x 0.0025 = 0.015; 5,000 x 0.015 / 1,200 = 0.0625
    ("cryptofutures", 5_000, "60000", "58800", "normal", "0.12", BTC, "0.015", "0.062", "74.40"),
    # 50 % are ten: 0.02 - 0.025 lies below the floor; 5,000 x 0.0025 / 1,200 = 0.0104...
    ("cryptofutures", 5_000, "60000", "58800", "normal", "0.50", BTC, "0.0025", "0.010", "12.00"),
    # 20,000 x 0.015 / 0.0055 = 54,545.45...
    ("forex", 20_000, "1.10", "1.0945", "normal", "0", EURUSD, "0.015", "54545", "300.00"),
    # a yen is 1 / 150 dollars: 20,000 x 0.015 / (0.75 / 150) = 60,000
    ("forex", 20_000, "150", "150.75", "normal", "0", USDJPY, "0.015", "60000", "300.00"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("lane", "equity", "price", "stop", "strength", "drawdown", "instrument", "fraction", "size", "risk"), EXAMPLES
)
def test_the_examples_are_the_hand_computed_ones(
    lane: str,
    equity: int,
    price: str,
    stop: str,
    strength: str,
    drawdown: str,
    instrument: str,
    fraction: str | None,
    size: str,
    risk: str,
) -> None:
    numbers = (Decimal(equity), Decimal(price), Decimal(stop))
    found = explain_size(Lane(lane), *numbers, Strength(strength), Decimal(drawdown), instrument)
    assert found.refused is None
    assert found.size is not None
    assert found.size.risk_fraction == (None if fraction is None else Decimal(fraction))
    assert found.size.quantity == Decimal(size)
    assert round(found.size.risk, 2) == Decimal(risk)


def test_the_manual_tells_the_same_numbers() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "reference" / "risk.md").read_text(encoding="utf-8")
    rows = [line for line in manual.splitlines() if line.startswith("| `") and "-> " not in line]
    for lane, equity, price, stop, strength, drawdown, instrument, fraction, size, risk in EXAMPLES:
        wanted = (
            f"| `{lane}` | {equity:,} | {instrument.split('.')[0]} | {price} | {stop} | {strength} | {drawdown} |"
            f" {fraction or 'fixed 10'} | {size} | {risk} |"
        )
        assert wanted in rows


def test_the_cut_of_the_manual_is_the_hand_computed_one() -> None:
    found = explain_size(Lane.CRYPTOFUTURES, Decimal(5_000), Decimal(60_000), Decimal(59_700), instrument=BTC).to_dict()
    assert (found["size"], found["notional"], found["approved"]) == (0.333, 19_980.0, 0.166)
    assert found["rule"] == "position_leverage"
    assert found["cut"] == (
        "BTCUSDT-LINEAR.BYBIT: the position would be 19980.00, 4.00 times equity; the limit is 10000.00, 2 times;"
        " cut from 0.333 to 0.166"
    )


def test_ten_dollars_do_not_buy_the_least_bitcoin() -> None:
    found = explain_size(Lane.CRYPTOFUTURES, Decimal(800), Decimal(60_000), Decimal(58_800), instrument=BTC)
    assert found.refused is not None
    assert found.refused.sentence == (
        "BTCUSDT-LINEAR.BYBIT: the policy allows a quantity of 0.000, the venue's minimum is 0.001 (worth 60.00)"
    )


def test_without_an_instrument_nothing_is_rounded_and_no_minimum_asked_for() -> None:
    found = explain_size(Lane.CRYPTOFUTURES, Decimal(5_000), Decimal(60_000), Decimal(58_800)).to_dict()
    assert found["size"] == pytest.approx(5_000 * 0.02 / 1_200, rel=1e-9)
    assert {"equity", "risk_fraction", "drawdown_penalty", "signal_weight", "sl_distance", "price", "size", "notional",
            "refused"} <= set(found)  # fmt: skip


def test_a_stop_on_the_wrong_side_or_too_far_is_refused() -> None:
    far = explain_size(Lane.CRYPTOFUTURES, Decimal(5_000), Decimal(100), Decimal(84))
    assert far.refused is not None
    assert far.refused.rule == "stop_distance"


@pytest.mark.parametrize("drawdown", ["-0.1", "1"])
def test_a_drawdown_that_is_none_is_told(drawdown: str) -> None:
    with pytest.raises(BadInput, match=rf"drawdown was {drawdown}, allowed is 0 up to 1"):
        explain_size(Lane.FOREX, Decimal(1), Decimal(1), Decimal(1), drawdown=Decimal(drawdown))


def test_an_instrument_of_another_lane_or_of_none_is_told() -> None:
    numbers = (Decimal(5_000), Decimal(100), Decimal(98))
    with pytest.raises(BadInput, match=r"belongs to the lane cryptofutures, the lane asked is cryptospot"):
        explain_size(Lane.CRYPTOSPOT, *numbers, instrument=BTC)
    with pytest.raises(UnknownInstrument):
        explain_size(Lane.CRYPTOSPOT, *numbers, instrument="BTC")
