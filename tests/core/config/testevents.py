# file: tests/core/config/testevents.py
from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tradingbot.core.config.events import Event


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
