# file: core/execution/indicator.py
"""Indicator: one of Nautilus' indicators with a memory, so that a run can stop and go on exactly where it was."""

from __future__ import annotations

import math
from typing import Any

from nautilus_trader.indicators import (
    AverageTrueRange,
    BollingerBands,
    DonchianChannel,
    ExponentialMovingAverage,
    MovingAverageType,
    SimpleMovingAverage,
    WeightedMovingAverage,
    WilderMovingAverage,
)  # fmt: skip

from tradingbot.core.stateful import Stateful

_WINDOWED = (BollingerBands, DonchianChannel, SimpleMovingAverage, WeightedMovingAverage)
_RECURSIVE = (ExponentialMovingAverage, WilderMovingAverage)
_TRIES = 33


class Indicator(Stateful):
    """A Nautilus indicator of the class `kind`, made with `args`: the same attributes, fed by the same updates.

    Nautilus' own cannot be written down. This one keeps its last inputs and is made anew from the last `memory` of
    them after every `memory` inputs, so that what it is follows from them alone, bit for bit. Averages that run on for
    ever (Wilder's, exponential, the average true range of either) have no such window; their value is all they know.
    Any other kind of indicator needs `memory`: as many inputs as its value depends on.

    Raises TypeError when `memory` is needed and not given.
    """

    state_names = ("_inputs", "_value", "_previous", "_count")

    def __init__(self, kind: type, *args: Any, memory: int | None = None) -> None:
        self._kind, self._args = kind, args
        self._native = self._made()
        self._recursive = isinstance(self._native, (*_RECURSIVE, _TrueRangeAverage))
        if memory is None and not isinstance(self._native, (*_WINDOWED, *_RECURSIVE, _TrueRangeAverage)):
            known = sorted(each.__name__ for each in (*_WINDOWED, *_RECURSIVE, AverageTrueRange))
            raise TypeError(
                f"Indicator({kind.__name__}) needs memory=, the number of inputs that its value depends on; without it"
                f" are allowed {', '.join(known)}"
            )
        self._memory = int(memory or self._native.period)
        self._inputs: list[tuple[str, tuple[Any, ...]]] = []
        self._value = self._previous = 0.0
        self._count = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self._kind, self._args, self._memory, self.state_dict())

    @property
    def count(self) -> int:
        """How many inputs it has had."""
        return self._count

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "_native" not in vars(self):
            raise AttributeError(name)
        value = getattr(self._native, name)
        return value if not name.startswith(("update_", "handle_")) else lambda *inputs: self._take(name, inputs)

    def update_raw(self, *inputs: float) -> None:
        """Take in numbers as the indicator of Nautilus does."""
        self._native.update_raw(*inputs)
        self._noted("update_raw", inputs)

    def reset(self) -> None:
        """Begin anew."""
        self._native = self._made()
        self._inputs, self._count = [], 0

    def state_dict(self) -> dict[str, Any]:
        """Return what it would be made from."""
        if self._recursive:
            self._value, self._previous = self._native.value, getattr(self._native, "previous", 0.0)
        return super().state_dict()

    def load_state_dict(self, state: Any) -> None:
        """Be as the one was whose `state_dict` this is."""
        super().load_state_dict(state)
        self._replay()
        if self._recursive and self._count > len(self._inputs):
            self._seed()

    def _made(self) -> Any:
        if issubclass(self._kind, AverageTrueRange) and len(self._args) == 2:
            return _TrueRangeAverage.of(*self._args) or self._kind(*self._args)
        return self._kind(*self._args)

    def _take(self, name: str, inputs: tuple[Any, ...]) -> None:
        getattr(self._native, name)(*inputs)
        self._noted(name, inputs)

    def _noted(self, name: str, inputs: tuple[Any, ...]) -> None:
        self._count += 1
        if not self._recursive:
            self._inputs.append((name, inputs))
            if len(self._inputs) >= 2 * self._memory:
                del self._inputs[: -self._memory]
                self._replay()
        elif not self._native.initialized or self._count == self._memory:
            self._inputs.append((name, inputs))
        else:  # the first value of all is a mean, and not on the grid of those after it
            self._inputs.clear()

    def _replay(self) -> None:
        self._native = self._made()
        for name, inputs in self._inputs:
            getattr(self._native, name)(*inputs)

    def _seed(self) -> None:
        """Bring a fresh recursive average to the value, by inputs that warm it up and a last one that ends there."""
        ranged = isinstance(self._native, _TrueRangeAverage)
        for number in range(_TRIES):
            self._native = self._made()
            average = self._native.average if ranged else self._native
            for _ in range(self._memory):
                average.update_raw(self._value)
            ideal = (self._value - (1.0 - average.alpha) * average.value) / average.alpha
            step = math.ulp(self._value / average.alpha) / 2
            average.update_raw(ideal + (number + 1) // 2 * step * (1 if number % 2 else -1))
            if average.value == self._value:
                break
        else:
            raise ValueError(f"{self._native.name} could not be brought back to {self._value!r}")
        if ranged:
            self._native.previous = self._previous


def _made(kind: type, args: tuple[Any, ...], memory: int, state: dict[str, Any]) -> Indicator:
    indicator = Indicator(kind, *args, memory=memory)
    indicator.load_state_dict(state)
    return indicator


class _TrueRangeAverage:
    """`AverageTrueRange` from its two parts, the true range and a recursive average: the same numbers, bit for bit."""

    name = "AverageTrueRange"

    def __init__(self, average: Any, ma_type: Any) -> None:
        self.average, self.ma_type = average, ma_type
        self.previous = math.nan

    @classmethod
    def of(cls, period: int, ma_type: Any) -> _TrueRangeAverage | None:
        # Compared by name: these enumerations have no hash.
        makes = {str(MovingAverageType.Wilder): WilderMovingAverage,
                 str(MovingAverageType.Exponential): ExponentialMovingAverage}  # fmt: skip
        make = makes.get(str(ma_type))
        return None if make is None else cls(make(period), ma_type)

    def __getattr__(self, name: str) -> Any:
        if name not in ("value", "period", "initialized", "has_inputs"):
            raise AttributeError(name)
        return getattr(self.average, name)

    def update_raw(self, high: float, low: float, close: float) -> None:
        """Take in a bar's prices; Nautilus passes over those that no bar can have."""
        if not low <= close <= high:
            return
        before = close if math.isnan(self.previous) else self.previous
        self.average.update_raw(max(before, high) - min(low, before))
        self.previous = close

    def handle_bar(self, bar: Any) -> None:
        """Take in a Nautilus bar."""
        self.update_raw(float(bar.high), float(bar.low), float(bar.close))
