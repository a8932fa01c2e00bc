# file: tests/cli/testfeed.py
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.clirunner import Program
from tradingbot import feed as usecase
from tradingbot.core.market.series import Step


def test_the_verb_hands_on_what_was_said_and_tells_when_something_was(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def fed(venue: str, bars: Iterable[tuple[str, Step]], say: Callable[[str], None], **options: Any) -> None:
        asked.append((venue, list(bars), options))
        say("a row came late")

    monkeypatch.setattr(usecase, "feed", fed)
    words = ("--instrument", "A-LINEAR.BYBIT", "--instrument", "B-SPOT.BYBIT@1h", "--bar", "5m", "--history", "7")
    said = program("feed", "bybit", *words, "--catalog", "catalog/live")
    five = Step(5, "m")
    assert asked == [
        ("bybit", [("A-LINEAR.BYBIT", five), ("B-SPOT.BYBIT", Step(1, "h"))], {"catalog": "catalog/live", "history": 7})
    ]
    assert said.endswith("Z a row came late\n")
