# file: tests/core/messages/testformatting.py
from __future__ import annotations

import pytest

from tradingbot.core.messages.formatting import NONE, amount, duration, lapse, number, percent, price, when
from tradingbot.core.time import DAY, HOUR, SECOND

_MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (number(1234.5), "1,234.50"),
        (number(-1234.567, 1, sign=True), f"{_MINUS}1,234.6"),
        (number(0.004, sign=True), "0.00"),
        (number(-0.004), "0.00"),
        (number(None), NONE),
        (percent(0.1234, sign=True), "+12.3 %"),
        (percent(None), NONE),
        (amount(12.0, "EUR", sign=True), "+12.00 EUR"),
        (amount(None, "EUR"), NONE),
        (price(0.00001234), "0.00001234"),
        (price(0.0), "0.00"),
        (price(-3.15), f"{_MINUS}3.15"),
        (price(64123.5), "64,123.50"),
        (price(1.08425), "1.08425"),
        (price(None), NONE),
        (duration(3 * DAY + 4 * HOUR), "3 d 4 h"),
        (duration(2 * DAY - SECOND), "2 d"),
        (duration(300 * SECOND), "5 min"),
        (duration(12 * SECOND), "12 s"),
        (lapse(-8_200_000_000, sign=True), f"{_MINUS}8.2 s"),
        (lapse(300_000_000), "0.3 s"),
        (lapse(0, sign=True), "0.0 s"),
        (lapse(-3 * HOUR), f"{_MINUS}3 h"),
        (lapse(63 * SECOND, sign=True), "+1 min 3 s"),
        (when("2024-03-01T15:04:05Z"), "2024-03-01 15:04"),
        (when(None), NONE),
    ],
)
def test_a_number_is_written_for_people(written: str, text: str) -> None:
    assert written == text
