# file: tests/core/execution/testfaults.py
from __future__ import annotations

import pytest

from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.faults import Faults, guarded


class _Owner:
    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    @guarded
    def fail(self, error: BaseException) -> None:
        raise error

    @guarded
    def double(self, number: int, *, plus: int = 0) -> int:
        return 2 * number + plus


def test_nothing_is_raised_where_nothing_was_found() -> None:
    Faults().raise_first()


def test_the_first_fault_is_raised_with_where_and_the_traceback() -> None:
    faults = Faults()
    for number in (1, 2):
        try:
            raise ValueError(f"number {number}")
        except ValueError as error:
            faults.add("Trend-000", "on_bar", error)
    with pytest.raises(StrategyFailed) as raised:
        faults.raise_first()
    text = str(raised.value)
    assert text.startswith("Trend-000.on_bar raised ValueError: number 1\nTraceback")
    assert 'raise ValueError(f"number {number}")' in text
    assert "number 2" not in text


def test_the_host_is_told_to_halt_at_each_fault() -> None:
    told: list[str] = []
    faults = Faults(halt=told.append)
    faults.add("Trend-000", "on_bar", KeyError("x"))
    assert told == ["Trend-000.on_bar: KeyError('x')"]


def test_a_fault_is_kept_where_the_engine_is_too_busy_to_halt() -> None:
    def busy(_reason: str) -> None:
        raise RuntimeError("Already mutably borrowed")

    faults = Faults(halt=busy)
    faults.add("Trend-000", "on_order_denied", ValueError("boom"))
    assert [fault.sentence for fault in faults.found] == ["ValueError: boom"]


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt(), SystemExit(3)])
def test_a_guarded_method_records_and_lets_the_error_go_on(error: BaseException) -> None:
    owner = _Owner(Faults())
    with pytest.raises(type(error)):
        owner.fail(error)
    assert [(fault.component, fault.where) for fault in owner.faults.found] == [("_Owner", "fail")]


def test_a_guarded_method_answers_as_before() -> None:
    assert _Owner(Faults()).double(2, plus=1) == 5


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt(), SystemExit(3)])
def test_a_watched_call_records_and_ends_there(error: BaseException) -> None:
    def fail(_event: object) -> None:
        raise error

    faults = Faults()
    assert faults.watched("Trend-000", "timer", fail)(None) is None
    assert [(fault.component, fault.where) for fault in faults.found] == [("Trend-000", "timer")]


def test_a_watched_call_answers_as_before() -> None:
    assert Faults().watched("Trend-000", "timer", lambda a, b=0: a + b)(1, b=2) == 3
