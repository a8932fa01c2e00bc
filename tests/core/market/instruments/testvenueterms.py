# file: tests/core/market/instruments/testvenueterms.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tradingbot.core.errors import ConfigError
from tradingbot.core.market.instruments.listings import load_listing
from tradingbot.core.market.instruments.venueterms import VenueTerms, require_same_terms, term_differences

NAME = "BTCUSDT-LINEAR.BYBIT"
SAME = VenueTerms(
    price_step=Decimal("0.10"),
    size_step=Decimal("0.001"),
    minimum_quantity=Decimal("0.001"),
    minimum_notional=Decimal(5),
    margin_init=Decimal("0.01"),
    margin_maint=Decimal("0.005"),
    multiplier=Decimal(1),
    funding_minutes=Decimal(480),
)


def differences(**changes: Any) -> list[tuple[str, bool]]:
    told = term_differences(load_listing(NAME), replace(SAME, **changes))
    return [(each.field, each.blocks) for each in told]


def test_equal_numbers_and_a_margin_above_the_venues_do_not_differ() -> None:
    assert differences() == []
    assert differences(margin_maint=Decimal("0.004"), minimum_notional=None, funding_minutes=None) == []


@pytest.mark.parametrize(
    ("field", "value", "blocks"),
    [
        ("price_step", "0.01", True),
        ("size_step", "0.002", True),
        ("minimum_quantity", "0.002", True),
        ("minimum_notional", "10", True),
        ("multiplier", "10", True),
        ("margin_init", "0.2", True),
        ("margin_maint", "0.0051", True),
        ("maximum_quantity", "100", False),
        ("funding_minutes", "240", False),
        ("funding_minutes", "960", True),
    ],
)
def test_another_number_differs_and_blocks_where_orders_would_be_wrong(field: str, value: str, blocks: bool) -> None:
    assert differences(**{field: Decimal(value)}) == [(field, blocks)]


def test_a_refusal_names_every_field_with_both_numbers_and_the_way_out() -> None:
    both = {NAME: replace(SAME, price_step=Decimal("0.5"), size_step=Decimal("0.01"), maximum_quantity=Decimal(9))}
    require_same_terms([load_listing(NAME)], {NAME: SAME})
    with pytest.raises(ConfigError) as refused:
        require_same_terms([load_listing(NAME), load_listing("ETHUSDT-SPOT.BYBIT")], both)
    assert str(refused.value) == (
        f"{NAME}: price_step is 0.1 in config/instruments and 0.5 at the venue; "
        f"{NAME}: size_step is 0.001 in config/instruments and 0.01 at the venue; "
        "ETHUSDT-SPOT.BYBIT is in config/instruments and not listed at the venue. "
        "`tradingbot data instruments --sync` writes the venue's numbers"
    )
