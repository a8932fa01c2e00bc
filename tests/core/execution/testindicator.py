# file: tests/core/execution/testindicator.py
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nautilus_trader.indicators import (
    AverageTrueRange,
    BollingerBands,
    DonchianChannel,
    ExponentialMovingAverage,
    MovingAverageType,
    RelativeStrengthIndex,
    SimpleMovingAverage,
    WeightedMovingAverage,
    WilderMovingAverage,
)  # fmt: skip

from tradingbot.core.execution.indicator import Indicator
from tradingbot.core.runtime.checkpoint.pickling import dump_state, load_state

_ATTRIBUTES = ("value", "upper", "middle", "lower", "stddev", "initialized", "has_inputs", "count")

_MAKERS: dict[str, Callable[[], Indicator]] = {
    "simple": lambda: Indicator(SimpleMovingAverage, 5),
    "weighted": lambda: Indicator(WeightedMovingAverage, 4, [0.1, 0.2, 0.3, 0.4]),
    "bands": lambda: Indicator(BollingerBands, 6, 2.0),
    "channel": lambda: Indicator(DonchianChannel, 5),
    "exponential": lambda: Indicator(ExponentialMovingAverage, 7),
    "wilder": lambda: Indicator(WilderMovingAverage, 4),
    "range of wilder": lambda: Indicator(AverageTrueRange, 5, MovingAverageType.Wilder),
    "exponential range": lambda: Indicator(AverageTrueRange, 5, MovingAverageType.Exponential),
    "simple range": lambda: Indicator(AverageTrueRange, 5, MovingAverageType.Simple, memory=40),
    "strength": lambda: Indicator(RelativeStrengthIndex, 4, memory=60),
}
_NUMBERS = st.lists(st.floats(1e-4, 1e5), max_size=60)


def _feed(indicator: Any, kind: str, value: float) -> None:
    if "range" in kind:
        indicator.update_raw(value * 1.02, value * 0.97, value)
    elif kind == "channel":
        indicator.update_raw(value * 1.1, value)
    else:
        indicator.update_raw(value)


def _shown(indicator: Any) -> list[Any]:
    return [getattr(indicator, name, None) for name in _ATTRIBUTES]


@pytest.mark.parametrize("kind", _MAKERS)
@settings(max_examples=30)
@given(before=_NUMBERS, after=_NUMBERS)
def test_it_goes_on_bit_for_bit_after_any_number_of_inputs(kind: str, before: list[float], after: list[float]) -> None:
    whole, restored = _MAKERS[kind](), _MAKERS[kind]()
    for value in before:
        _feed(whole, kind, value)
    restored.load_state_dict(load_state(dump_state(whole.state_dict(), {}), {}))
    pickled = load_state(dump_state(whole, {}), {})
    assert _shown(pickled) == _shown(restored) == _shown(whole)
    for value in after:
        for indicator in (whole, restored, pickled):
            _feed(indicator, kind, value)
        assert _shown(pickled) == _shown(restored) == _shown(whole)


@pytest.mark.parametrize("average", [MovingAverageType.Wilder, MovingAverageType.Exponential])
@given(bars=st.lists(st.tuples(*[st.floats(1, 100)] * 3), max_size=40))
def test_the_average_true_range_is_the_engine_s_and_passes_over_what_no_bar_can_be(
    average: Any, bars: list[tuple[float, float, float]]
) -> None:
    ours, native = Indicator(AverageTrueRange, 4, average), AverageTrueRange(4, average)
    for high, low, close in bars:
        ours.update_raw(high, low, close)
        native.update_raw(high, low, close)
        assert (ours.value, ours.initialized, ours.has_inputs) == (native.value, native.initialized, native.has_inputs)


@given(values=st.lists(st.floats(1, 100), min_size=11, max_size=80))
def test_a_window_made_anew_from_its_last_inputs_is_the_engine_s(values: list[float]) -> None:
    ours, native = Indicator(SimpleMovingAverage, 5), SimpleMovingAverage(5)
    for value in values:
        ours.update_raw(value)
        native.update_raw(value)
    assert ours.value == pytest.approx(native.value, rel=1e-12)
    assert ours.count == len(values)


def test_what_it_depends_on_must_be_known() -> None:
    told = (
        r"^Indicator\(RelativeStrengthIndex\) needs memory=, the number of inputs that its value depends on; without it"
        r" are allowed AverageTrueRange, BollingerBands, DonchianChannel, ExponentialMovingAverage,"
        r" SimpleMovingAverage, WeightedMovingAverage, WilderMovingAverage$"
    )
    with pytest.raises(TypeError, match=told):
        Indicator(RelativeStrengthIndex, 14)


def test_it_can_begin_anew() -> None:
    for kind, make in _MAKERS.items():
        used, fresh = make(), make()
        for value in range(1, 30):
            _feed(used, kind, float(value))
        used.reset()
        assert _shown(used) == _shown(fresh)
        for indicator in (used, fresh):
            _feed(indicator, kind, 3.0)
        assert used.state_dict() == fresh.state_dict()


def test_it_has_no_other_attributes_than_the_engine_s() -> None:
    with pytest.raises(AttributeError):
        _ = Indicator(SimpleMovingAverage, 5).upper
