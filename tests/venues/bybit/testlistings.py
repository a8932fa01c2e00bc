# file: tests/venues/bybit/testlistings.py
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import httpx
from hypothesis import given
from hypothesis import strategies as st

from tests.venues.bybit.listings import Grid, listings
from tests.venues.bybit.venue import BybitVenue


@given(steps=st.integers(-(10**12), 10**12), step=st.sampled_from(["0.1", "0.25", "1", "10", "0.00001"]))
def test_steps_become_exact_text(steps: int, step: str) -> None:
    assert Decimal(Grid.of(Decimal(step)).text(steps)) == steps * Decimal(step)


def test_terms_can_be_made_to_differ() -> None:
    chosen = next(each for each in listings() if each.key == ("linear", "BTCUSDT"))
    with BybitVenue(1_780_012_800_000, listed=[replace(chosen, price_step=Decimal("0.5"))]) as venue:
        answer = httpx.get(f"{venue.http}/v5/market/instruments-info", params={"category": "linear"})
    (row,) = answer.json()["result"]["list"]
    assert (row["priceFilter"]["tickSize"], row["lotSizeFilter"]["qtyStep"]) == ("0.5", "0.001")


def test_every_instrument_of_the_configs_is_listed() -> None:
    keys = [each.key for each in listings()]
    assert len(keys) == len(set(keys)) == 24
