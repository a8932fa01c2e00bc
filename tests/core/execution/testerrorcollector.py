# file: tests/core/execution/testerrorcollector.py
from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.core.execution.enginefixture import COIN, FLAT, MONDAY, Engine, acting
from tradingbot.core.errors import StrategyFailed
from tradingbot.core.execution.errorcollector import ErrorCollector, error_context, guarded
from tradingbot.core.execution.marketwindow import InstrumentWindow, MarketWindow

_BAR = (
    rf"at 2025-01-06T00:15:00Z, on the bar {COIN}-5-MINUTE-LAST-EXTERNAL"
    r" \(open 100\.0, high 101\.0, low 99\.0, close 100\.0, volume 1000000\.000\)"
)


def _boom(*_args: Any) -> None:
    raise ValueError("boom")


def _failed(engine: Engine, found: Any) -> str:
    engine.trade(FLAT * 8)
    with pytest.raises(StrategyFailed) as raised:
        engine.run(found)
    return str(raised.value).splitlines()[0]


@pytest.mark.parametrize("realism", ["exact", "fast"])
def test_an_exception_at_a_bar_tells_market_time_instrument_and_bar(engine: Engine, realism: str) -> None:
    engine.trade(FLAT * 5)
    with pytest.raises(StrategyFailed, match=rf"^Actor-000\.on_bar raised ValueError: boom \({_BAR}\)\nTraceback"):
        engine.run(acting({3: _boom}), realism=realism)


def test_an_exception_at_a_fill_tells_what_was_filled_and_the_last_bar(engine: Engine) -> None:
    found = acting({1: lambda actor, _bar: actor.enter(95)}, on_order_filled=_boom)
    assert _failed(engine, found) == (
        "Actor-000.on_order_filled raised ValueError: boom "
        f"(at 2025-01-06T00:05:00.100Z, on OrderFilled of {COIN}, the last bar closed 2025-01-06T00:05:00Z at 100)"
    )


def test_an_exception_in_a_timer_or_at_the_start_tells_the_time(engine: Engine) -> None:
    def ask(actor: Any, _bar: Any) -> None:
        actor.clock.set_time_alert_ns("later", actor.clock.timestamp_ns() + 60_000_000_000, callback=_boom)

    assert _failed(engine, acting({2: ask})).startswith(
        "Actor-000.timer raised ValueError: boom (at 2025-01-06T00:11:00Z"
    )


def test_an_exception_in_a_topic_tells_the_message_and_its_instrument(engine: Engine) -> None:
    signal = SimpleNamespace(instrument=COIN, ts=1)

    def tell(actor: Any, _bar: Any) -> None:
        actor.subscribe_topic("mine", _boom)
        actor.publish_message("mine", signal)

    assert _failed(engine, acting({2: tell})) == (
        "Actor-000.topic raised ValueError: boom "
        f"(at 2025-01-06T00:10:00Z, on SimpleNamespace of {COIN}, the last bar closed 2025-01-06T00:10:00Z at 100)"
    )


def test_what_is_not_known_is_not_told() -> None:
    assert error_context(None) == ""
    assert error_context(object()) == ""
    assert error_context(SimpleNamespace(ts_event=MONDAY)) == "at 2025-01-06T00:00:00Z"
    assert error_context(SimpleNamespace(instrument="X.Y"), MONDAY, MarketWindow()) == (
        "at 2025-01-06T00:00:00Z, on SimpleNamespace of X.Y"
    )


def test_the_last_bar_is_that_of_the_instrument_it_was_about() -> None:
    tape, one = MarketWindow(), np.ones(1)
    closed, price = np.array([MONDAY]), one * 2.5
    tape.load({"X.Y": InstrumentWindow(closed, closed - 1, one, price, one, one, price, price)})
    told = error_context(SimpleNamespace(instrument="X.Y"), MONDAY + 1_000_000_000, tape)
    assert told.endswith("the last bar closed 2025-01-06T00:00:00Z at 2.5")


class _Owner:
    def __init__(self, faults: ErrorCollector) -> None:
        self.faults = faults

    @guarded
    def fail(self, error: BaseException) -> None:
        raise error

    @guarded
    def double(self, number: int, *, plus: int = 0) -> int:
        return 2 * number + plus


def test_nothing_is_raised_where_nothing_was_found() -> None:
    ErrorCollector().raise_first()


def test_the_first_fault_is_raised_with_where_and_the_traceback() -> None:
    faults = ErrorCollector()
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
    faults = ErrorCollector(halt=told.append)
    faults.add("Trend-000", "on_bar", KeyError("x"))
    assert told == ["Trend-000.on_bar: KeyError('x')"]


def test_a_fault_is_kept_where_the_engine_is_too_busy_to_halt() -> None:
    def busy(_reason: str) -> None:
        raise RuntimeError("Already mutably borrowed")

    faults = ErrorCollector(halt=busy)
    faults.add("Trend-000", "on_order_denied", ValueError("boom"))
    assert [fault.sentence for fault in faults.errors] == ["ValueError: boom"]


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt(), SystemExit(3)])
def test_a_guarded_method_records_and_lets_the_error_go_on(error: BaseException) -> None:
    owner = _Owner(ErrorCollector())
    with pytest.raises(type(error)):
        owner.fail(error)
    assert [(fault.component, fault.where) for fault in owner.faults.errors] == [("_Owner", "fail")]


def test_a_guarded_method_answers_as_before() -> None:
    assert _Owner(ErrorCollector()).double(2, plus=1) == 5


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt(), SystemExit(3)])
def test_a_watched_call_records_and_ends_there(error: BaseException) -> None:
    def fail(_event: object) -> None:
        raise error

    faults = ErrorCollector()
    assert faults.watched("Trend-000", "timer", fail)(None) is None
    assert [(fault.component, fault.where) for fault in faults.errors] == [("Trend-000", "timer")]


def test_a_watched_call_answers_as_before() -> None:
    assert ErrorCollector().watched("Trend-000", "timer", lambda a, b=0: a + b)(1, b=2) == 3
