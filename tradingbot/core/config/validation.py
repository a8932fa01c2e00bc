# file: core/config/validation.py
"""`config/validation.json`: thresholds a strategy must pass."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field, PositiveInt

from tradingbot.core.config.load import Section


class Thresholds(Section):
    """What must hold on pooled out-of-sample days and trades; the defaults are the program's own.

    `sharpe` is annual, `max_drawdown` and `cvar` (mean loss of the worst 5 % of days) are fractions of equity,
    `adjusted_p` is the level of the multiple-testing correction over the trial ledger.
    """

    trades: PositiveInt = 500
    effective_trades: PositiveInt = 500
    sharpe: float = Field(default=2.0, ge=0)
    max_drawdown: float = Field(default=0.15, gt=0, lt=1)
    profit_factor: float = Field(default=1.5, ge=1)
    cvar: float = Field(default=0.03, gt=0, lt=1)
    adjusted_p: float = Field(default=0.05, gt=0, lt=1)


class ShockLimits(Section):
    """What must be left when trading becomes dearer."""

    sharpe: float
    profit_factor: float = Field(gt=0)
    max_drawdown: float = Field(gt=0, lt=1)


class PerturbationLimits(Section):
    """What must be left when parameters move: the share of runs in profit, of the Sharpe ratio in the median run."""

    profitable: float = Field(default=0.9, gt=0, le=1)
    sharpe_kept: float = Field(default=0.5, ge=0, le=1)
    max_drawdown: float = Field(default=0.2, gt=0, lt=1)


class RegimeLimits(Section):
    """What no volatility regime may show: a drawdown beyond `max_drawdown`, or losses whose t statistic is below `t`.

    A regime of fewer than `days` days is not judged.
    """

    max_drawdown: float = Field(default=0.15, gt=0, lt=1)
    t: float = Field(default=-1.645, lt=0)
    days: PositiveInt = 20


class ShockSpec(Section):
    """One re-run: every named cost times its factor, judged by the `moderate` or the `severe` limits."""

    slippage: Decimal = Field(default=Decimal(1), ge=1)
    latency: int = Field(default=1, ge=1)
    fees: Decimal = Field(default=Decimal(1), ge=1)
    judged: Literal["moderate", "severe"] = "moderate"


class Limits(Section):
    """What each stress must leave."""

    moderate: ShockLimits = ShockLimits(sharpe=1.0, profit_factor=1.2, max_drawdown=0.2)
    severe: ShockLimits = ShockLimits(sharpe=0.0, profit_factor=1.0, max_drawdown=0.25)
    perturbations: PerturbationLimits = PerturbationLimits()
    regimes: RegimeLimits = RegimeLimits()


class Budget(Section):
    """How much is spent: walk-forward folds, bootstrap `resamples`, `factors` for single parameters and all jointly.

    More parameters than `parameters` are moved in a seeded choice. `shocks` name those run; `groups` and `tested` are
    the combinatorial purged cross-validation's; `blocks` those of the overfitting probability.
    """

    folds: int = Field(ge=2, le=50)
    resamples: int = Field(ge=100, le=100_000)
    factors: tuple[float, ...]
    joint: tuple[float, ...]
    parameters: PositiveInt
    shocks: tuple[str, ...]
    groups: int = Field(default=10, ge=3, le=20)
    tested: int = Field(default=2, ge=1)
    blocks: int = Field(default=16, ge=4, le=20)


class ValidationConfig(Section):
    """The whole file. `embargo_days` follow each test block; a certificate holds for `valid_days`.

    `allow_missing_funding` switches the hard rule off that a perpetual's funding must be in the data.
    """

    thresholds: Thresholds = Thresholds()
    limits: Limits = Limits()
    shocks: dict[str, ShockSpec]
    budgets: dict[Literal["quick", "full"], Budget]
    embargo_days: int = Field(default=1, ge=0)
    allow_missing_funding: bool = False
    valid_days: PositiveInt = 90
