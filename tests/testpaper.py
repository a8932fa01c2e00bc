# file: tests/testpaper.py
from __future__ import annotations

import pytest

from tradingbot import paper as door
from tradingbot.core.errors import BadInput


@pytest.mark.parametrize(("text", "speed"), [("max", None), ("1", 1.0), ("0.5", 0.5), ("3600", 3_600.0)])
def test_a_speed_is_a_number_or_as_fast_as_possible(text: str, speed: float | None) -> None:
    assert door.speed_of(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf", ""])
def test_another_speed_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match=f"--speed was {text}, allowed is a number above 0, or max"):
        door.speed_of(text)
