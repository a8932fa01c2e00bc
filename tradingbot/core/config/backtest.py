# file: core/config/backtest.py
"""A backtest config: what is traded, on which data, by what."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tradingbot.core.config.events import Event
from tradingbot.core.config.fields import Amount, FileName, UtcTime
from tradingbot.core.config.load import Section
from tradingbot.core.lane import Lane

__all__ = ["BacktestConfig", "ModelUse", "StrategySpec"]


class StrategySpec(Section):
    """One strategy: the class by its import path `package.module:Class`, and its parameters.

    The entries of a `filtered` one go past the run's model, which drops those it does not expect to pay.
    """

    path: str = Field(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$")
    params: dict[str, Any] = Field(default_factory=dict)
    filtered: bool = False


class ModelUse(Section):
    """A trained model by its folder's path, in force from `start` until before `end`; without, always."""

    path: str
    start: UtcTime | None = None
    end: UtcTime | None = None


class BacktestConfig(Section):
    """The whole file.

    `start` and `end` are UTC where they name no zone; `equity` is an amount and the lane's currency; `venue` and `risk`
    replace single fields of the lane's section of `config/lanes.json` and `config/risk.json`; `models` are those whose
    signals the strategies hear, each in force in its own time; `events` drill it. With
    `automatic_kill` the lane's own watches kill it as they would live; without, they only note that they would have,
    since a backtest has no operator to resume it.
    """

    name: FileName
    catalog: str
    lane: Lane
    instruments: tuple[str, ...] = Field(min_length=1)
    bar: str
    start: UtcTime | None = None
    end: UtcTime | None = None
    equity: Amount
    realism: Literal["fast", "exact"] = "exact"
    seed: int = Field(default=7, ge=0)
    strategies: tuple[StrategySpec, ...] = Field(min_length=1)
    venue: dict[str, Any] = Field(default_factory=dict)
    risk: dict[str, Any] = Field(default_factory=dict)
    models: tuple[ModelUse, ...] = ()
    events: tuple[Event, ...] = ()
    automatic_kill: bool = False

    @field_validator("bar")
    @classmethod
    def _length(cls, value: str) -> str:
        if not re.fullmatch(r"[1-9]\d{0,3}[smhd]", value):
            raise ValueError("allowed is a number and one of s, m, h, d, such as 5m or 1h")
        return value

    @field_validator("start", "end", mode="before")
    @classmethod
    def _dated(cls, value: object) -> object:
        # pydantic would take a bare 2024 for seconds since 1970.
        if value is not None and not re.match(r"\d{4}-\d\d-\d\d", str(value)):
            raise ValueError("allowed is a date, or a date and a time, such as 2024-01-31T08:00")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.start and self.end and self.start >= self.end:
            raise ValueError(f"start {self.start.isoformat()} must lie before end {self.end.isoformat()}")
        if len(set(self.instruments)) != len(self.instruments):
            raise ValueError("instruments names one twice")
        for number, event in enumerate(self.events):
            self._fits(event, f"events.{number}")
        return self

    def _fits(self, event: Event, where: str) -> None:
        for lane in (event.kill, event.resume):
            if lane not in (None, self.lane):
                raise ValueError(f"{where} names the lane {lane}, the config's is {self.lane}")
        if event.withdraw and event.withdraw.split()[1] != self.currency:
            raise ValueError(f"{where}.withdraw was in {event.withdraw.split()[1]}, equity is in {self.currency}")
        if strangers := [name for name in event.instruments if name not in self.instruments]:
            raise ValueError(f"{where}.instruments has {strangers[0]}, which the config does not trade")

    @property
    def start_equity(self) -> Decimal:
        """The amount of `equity`."""
        return Decimal(self.equity.split()[0])

    @property
    def currency(self) -> str:
        """The currency of `equity`."""
        return self.equity.split()[1]
