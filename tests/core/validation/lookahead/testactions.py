# file: tests/core/validation/lookahead/testactions.py
from __future__ import annotations

import pytest

from tradingbot.core.validation.lookahead.actions import Action, first_difference, until


def at(ts: int, what: str = "exit (signal)", strategy: str = "S-000") -> Action:
    return Action(ts, strategy, "BTC", what)


@pytest.mark.parametrize(
    ("was", "now", "ts", "sentence"),
    [
        ([at(1), at(2)], [at(1)], 2, "exit (signal) vanished"),
        ([at(1)], [at(1), at(2)], 2, "exit (signal) appeared"),
        ([at(1)], [at(2)], 1, "exit (signal) vanished"),
        ([at(2)], [at(1)], 1, "exit (signal) appeared"),
        ([at(1, "LONG at 5")], [at(1, "LONG at 6")], 1, "LONG at 5 became LONG at 6"),
        ([at(1, "stop to 4")], [at(1, "stop to 3")], 1, "stop to 4 became stop to 3"),
    ],
)
def test_the_first_difference_is_told_in_words(was: list[Action], now: list[Action], ts: int, sentence: str) -> None:
    found = first_difference(was, now)
    assert found is not None
    assert (found.action.ts, found.sentence) == (ts, sentence)


def test_equal_sequences_have_none() -> None:
    assert first_difference([at(1), at(2)], [at(1), at(2)]) is None


def test_near_the_end_only_the_first_call_of_each_strategy_counts() -> None:
    calls = [at(5), at(8), at(9), at(10, strategy="T-001"), at(10), at(11)]
    assert until(calls, 10) == [at(5), at(8), at(9), at(10, strategy="T-001"), at(10)]
    assert until(calls, 10, latency=2) == [at(5), at(8), at(10, strategy="T-001")]
