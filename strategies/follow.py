# file: strategies/follow.py
"""Follow a model: trade the signals of a trained model."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tradingbot.strategy import SIGNAL, Approved, LaneStrategy, Side, Signal, StrategyParams, Strength

_RANKS = {Strength.WEAK: 1, Strength.NORMAL: 2, Strength.STRONG: 3}


class FollowParams(StrategyParams):
    """Say which signals are followed, and how far from the model's own plan. `least` is the weakest strength that is
    traded. `stop`, `target` and `hold` are multiples of the distances and the horizon that the model was trained on: 1
    is what it learned. The stop lies at most `max_stop_pct` away, a fraction of the price."""

    least: Literal["weak", "normal", "strong"] = "weak"
    stop: float = Field(default=1.0, gt=0, le=10)
    target: float = Field(default=1.0, gt=0, le=10)
    hold: float = Field(default=1.0, gt=0, le=10)
    max_stop_pct: float = Field(default=0.15, gt=0, le=0.15)


class Follow(LaneStrategy):
    """Enter on a signal, leave at its stop, its target, or when its horizon is over.

    Idea: the model has learned how often the price reaches a target before a stop from where it is now; whoever trades
    that very bet, one at a time per instrument, gets what the labels promised, less what trading costs beyond them.

    Works as long as the market is the one that was learned from, which the drift alarms watch. Fails when it is not,
    and when the model was fooled by chance: both are why a candidate must pass its validation.

    Source: M. Lopez de Prado, Advances in Financial Machine Learning, 2018, chapter 3 (the triple-barrier method).
    """

    params_class = FollowParams
    follows_models = True
    params: FollowParams

    def on_start(self) -> None:
        self.left: dict[str, int] = {}
        self.entered: dict[str, int] = {}
        # Several followers get a signal in their order in the config.
        self.subscribe_topic(SIGNAL, self.follow_signal, priority=self.context.priority)

    def on_bar(self, bar: Any) -> None:
        """Leave when the horizon is over."""
        name = str(bar.bar_type.instrument_id)
        # The model may have been handed this very bar before: its signal then is here already.
        if name in self.left and bar.ts_event > self.entered[name]:
            self.left[name] -= 1
            if self.left[name] <= 0:
                del self.left[name]
                self.close(name, "time")

    def follow_signal(self, signal: Any) -> None:
        """Propose what the model says, unless something is held already."""
        if not isinstance(signal, Signal) or signal.direction is None or signal.strength is None:
            return
        name, side = signal.instrument, signal.direction
        if _RANKS[signal.strength] < _RANKS[Strength(self.params.least)] or self.busy(name):
            return
        if side is Side.SHORT and not self.context.shorting:
            return
        close = self._close(name)
        stop = min(self.params.stop * signal.stop, self.params.max_stop_pct)
        intent = self.intent(
            name,
            side,
            close,
            close * (1 - side.sign * stop),
            close * (1 + side.sign * self.params.target * signal.target),
            signal.strength,
        )
        if isinstance(self.propose(intent), Approved):
            self.left[name] = max(1, round(self.params.hold * signal.horizon))
            self.entered[name] = signal.ts

    def _close(self, name: str) -> float:
        bar = self.cache.bar(self.context.bar_types[name])
        assert bar is not None  # noqa: S101 - a signal follows its bar
        return float(bar.close)
