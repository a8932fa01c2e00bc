# file: core/runtime/liveshadow.py
"""Judge each intent of a paper node a second time, as live would at that moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.lane import Stage
from tradingbot.core.messages.answers import Refused
from tradingbot.core.risk.desk import Desk
from tradingbot.core.runtime.decision import Decision
from tradingbot.core.switches.killlatch import KillLatch

__all__ = ["LiveShadow"]


class LiveShadow:
    """Answer what live would: the same rules on the same facts, but with the lane's real switches.

    `latch` is the lane's on disk and is read for every intent; `enabled` and `promoted` say whether the lane trades
    real money and whether the candidate may. What a strategy was refused without the desk, live would refuse it too.
    """

    def __init__(
        self, policy: LaneRisk, latch: KillLatch, enabled: Callable[[], bool], promoted: Callable[[], bool]
    ) -> None:
        self._desk = Desk(policy)
        self._latch = latch
        self._enabled = enabled
        self._promoted = promoted

    def row(self, number: int, decision: Decision) -> tuple[Any, ...]:
        """Return the row of the state's table `live` for the decision of that number."""
        answer = decision.answer
        if decision.view is not None:
            killed = self._latch.read()
            view = replace(
                decision.view,
                stage=Stage.LIVE,
                halted=None if killed is None else killed.reason or "killed",
                enabled=self._enabled(),
                promoted=self._promoted(),
            )
            answer = self._desk.ask(decision.intent, view)
        if isinstance(answer, Refused):
            return number, time.time_ns(), "refused", answer.rule, answer.sentence, None
        rule, sentence = (None, "") if answer.cut is None else (answer.cut.rule, answer.cut.sentence)
        return number, time.time_ns(), "approved", rule, sentence, str(answer.quantity)
