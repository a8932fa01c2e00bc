# file: core/config/backtest.py
"""`config/backtests/*.json`: what is traded, on which data, by what, and the drills in between."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from tradingbot.core.config.load import Amount, FileName, Section, UtcTime
from tradingbot.core.lane import Lane

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


class Event(Section):
    """One event: exactly one of `kill`, `resume`, `withdraw` and `gap`, at a time (UTC unless it names a zone).

    `kill` and `resume` name the lane; a resume needs an `operator` and a `reason` or is refused, as it would be live.
    `withdraw` takes an amount such as `"500 USDT"` out of the account. `gap` leaves out the data of that long, `"2h"`
    from `at` on, of `instruments` or, without them, of all.
    """

    at: UtcTime
    kill: Lane | None = None
    resume: Lane | None = None
    withdraw: Amount | None = None
    gap: str | None = Field(default=None, pattern=r"^[1-9]\d{0,4}[smhd]$")
    operator: str = ""
    reason: str = "drill"
    instruments: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = [name for name in ("kill", "resume", "withdraw", "gap") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"an event is one of kill, resume, withdraw and gap, was {' and '.join(given) or 'none'}")
        if self.instruments and self.gap is None:
            raise ValueError("instruments belong to a gap only")
        return self

    @property
    def ts(self) -> int:
        """The time in UTC nanoseconds."""
        return int(self.at.timestamp()) * 1_000_000_000 + self.at.microsecond * 1_000

    @property
    def amount(self) -> Decimal:
        """The amount of a withdrawal, 0 for anything else."""
        return Decimal(self.withdraw.split()[0]) if self.withdraw else Decimal(0)

    @property
    def gap_ns(self) -> int:
        """The length of a gap, 0 for anything else."""
        return int(self.gap[:-1]) * _SECONDS[self.gap[-1]] * 1_000_000_000 if self.gap else 0


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
    signals the strategies receive, each in force in its own time; `events` drill it. With
    `automatic_kill` the lane's own triggers kill it as they would live; without, they only note that they would have,
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
