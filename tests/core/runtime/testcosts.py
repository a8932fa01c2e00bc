# file: tests/core/runtime/testcosts.py
from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.learning.studio import BTC, EURUSD, HOUR, MONDAY, Studio
from tradingbot.core.market.arrays import Bars, PriceSide
from tradingbot.core.market.steps import Step
from tradingbot.core.runtime.costs import round_trips
from tradingbot.core.runtime.opening import opened

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
    return round_trips(opened(planned)[0], planned.venue)


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
