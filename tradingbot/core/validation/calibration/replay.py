# file: core/validation/calibration/replay.py
"""Repeat trades that another strategy made, at other times: signals without their market."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from tradingbot.core.config.load import Section
from tradingbot.core.execution.lanestrategy import LaneStrategy
from tradingbot.core.messages.intent import Side

__all__ = ["Cue", "Replay", "ReplayParams"]


class Cue(Section):
    """Enter at the close of bar `enter` (from 1) and leave at that of bar `leave`."""

    enter: int
    leave: int
    side: Literal["LONG", "SHORT"]


class ReplayParams(Section):
    """The trades, and how far away (a fraction of the price) each one's stop lies."""

    cues: tuple[Cue, ...] = ()
    room: float = Field(default=0.05, gt=0, le=0.15)


class Replay(LaneStrategy):
    """Enter and leave when told, whatever the market does."""

    params_class = ReplayParams
    params: ReplayParams

    def on_start(self) -> None:
        """Begin before the first bar."""
        self.bar, self.until = 0, 0
        self.entries = {cue.enter: cue for cue in self.params.cues}

    def on_bar(self, bar: Any) -> None:
        """Leave what is due, then enter what is due."""
        self.bar += 1
        name, close = str(bar.bar_type.instrument_id), float(bar.close)
        if self.holding(name) and self.bar >= self.until:
            self.close(name, "time")
        elif (cue := self.entries.get(self.bar)) and not self.busy(name):
            side, self.until = Side(cue.side), cue.leave
            self.propose(self.intent(name, side, close, close * (1 - side.sign * self.params.room)))
