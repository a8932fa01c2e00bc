# file: core/runtime/liveshadow.py
"""Live shadow: judge each intent of a paper node a second time, as live would at that moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tradingbot.core.config.risk import LaneRisk
from tradingbot.core.execution.switches.killlatch import KillLatch
from tradingbot.core.messages.approval import Refused
from tradingbot.core.risk.desk import RiskDesk
from tradingbot.core.risk.rulechain import switched_off, with_switches_on
from tradingbot.core.runtime.decisions import Decision


class LiveShadow:
    """Answer what live would: on the merits, with every switch on; and whether the lane's real switches would have let
    it through.

    `latch` is the lane's on disk and is read for every intent; `enabled` and `promoted` say whether the lane trades
    real money and whether the candidate may. What a strategy was refused without the desk, live would refuse it too.
    """

    def __init__(
        self, policy: LaneRisk, latch: KillLatch, enabled: Callable[[], bool], promoted: Callable[[], bool]
    ) -> None:
        self._desk = RiskDesk(policy)
        self._latch = latch
        self._enabled = enabled
        self._promoted = promoted

    def row(self, number: int, decision: Decision) -> tuple[Any, ...]:
        """Return the row of the state's table `live` for the decision of that number."""
        intent, answer, off = decision.intent, decision.answer, None
        if decision.view is not None:
            view = with_switches_on(decision.view)
            answer = self._desk.ask(intent, view)
            killed = self._latch.read()
            halted = None if killed is None else killed.reason or "killed"
            real = replace(view, halted=halted, enabled=self._enabled(), promoted=self._promoted())
            off = switched_off(intent, real)
        switch = (None, None) if off is None else (off.rule, off.sentence)
        if isinstance(answer, Refused):
            return number, time.time_ns(), "refused", answer.rule, answer.sentence, None, *switch
        rule, sentence = (None, "") if answer.cut is None else (answer.cut.rule, answer.cut.sentence)
        return number, time.time_ns(), "approved", rule, sentence, str(answer.quantity), *switch
