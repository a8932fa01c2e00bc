# file: tests/core/market/instruments/testocc.py
from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.market.calendars.sessions import USEQUITY
from tradingbot.core.market.instruments.occ import Contract, option_id, parse


@given(
    root=st.from_regex(r"[A-Z]{1,6}", fullmatch=True),
    session=st.integers(3000, 12000),
    thousandths=st.integers(1, 10**8 - 1),
    right=st.sampled_from("CP"),
)
def test_an_id_names_exactly_one_contract(root: str, session: int, thousandths: int, right: str) -> None:
    expiry = int(USEQUITY.hours().closes[session]) if USEQUITY.hours else 0
    wanted = Contract(f"{root}=STK.SMART", expiry, Decimal(thousandths) / 1000, right)
    assert parse(option_id(wanted)) == wanted


def test_what_is_no_option_names_none() -> None:
    for text in ("SPY=STK.SMART", "BTCUSDT-LINEAR.BYBIT", "SPY 260821C00600000=OPT.SMART", ""):
        assert parse(text) is None
