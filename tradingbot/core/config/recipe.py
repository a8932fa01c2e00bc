# file: core/config/recipe.py
"""The model recipe of a candidate: what is predicted, from what, by which models, and how they are searched."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from tradingbot.core.config.datalimits import DataLimits
from tradingbot.core.config.drift import DriftConfig
from tradingbot.core.config.load import Section

__all__ = ["BarrierSpec", "BoosterSpec", "LinearSpec", "MemberSpec", "ModelRecipe", "SearchSpec"]


class BarrierSpec(Section):
    """Where a decision ends: at the target, at the stop, or after `horizon` bars.

    The reach is `reach` times the volatility of one bar over the last `bars`, times the root of the horizon, between
    `least` and `most` as a fraction of the price; `target` and `stop` are multiples of it.
    """

    horizon: int = Field(default=24, ge=1, le=5_000)
    bars: int = Field(default=96, ge=8, le=5_000)
    reach: float = Field(default=1.0, gt=0, le=20)
    target: float = Field(default=1.0, gt=0, le=10)
    stop: float = Field(default=1.0, gt=0, le=10)
    least: float = Field(default=0.002, gt=0, lt=0.15)
    most: float = Field(default=0.1, gt=0, le=0.15)

    @model_validator(mode="after")
    def _within_the_stop(self) -> Self:
        if self.least > self.most:
            raise ValueError(f"least was {self.least}, allowed is at most `most`, {self.most}")
        if self.most * self.stop > 0.15:
            raise ValueError(f"most times stop was {self.most * self.stop:g}, allowed is a stop at most 0.15 away")
        return self


class LinearSpec(Section):
    """The baseline: a logistic regression on standardised features, `l2` its penalty per row."""

    kind: Literal["linear"] = "linear"
    l2: float = Field(default=0.01, gt=0, le=100)


class BoosterSpec(Section):
    """Gradient boosted trees of one library; the names are those of the literature."""

    kind: Literal["lightgbm", "xgboost"]
    trees: int = Field(default=150, ge=1, le=5_000)
    leaves: int = Field(default=15, ge=2, le=1_024)
    learning_rate: float = Field(default=0.05, gt=0, le=1)
    min_rows: int = Field(default=100, ge=1)
    row_share: float = Field(default=0.8, gt=0, le=1)
    feature_share: float = Field(default=0.8, gt=0, le=1)
    l2: float = Field(default=1.0, ge=0)


type MemberSpec = Annotated[LinearSpec | BoosterSpec, Field(discriminator="kind")]


class SearchSpec(Section):
    """The search over the boosters' settings: `trials` of Optuna's TPE, each in the trial ledger, none by default."""

    trials: NonNegativeInt = 0
    folds: int = Field(default=3, ge=2, le=20)


class ModelRecipe(Section):
    """Training fits models on labels of the past.

    `target` is `direction` (which side pays, for a strategy that follows signals) or `meta` (whether an entry of the
    strategy itself pays, for one whose entries are `filtered`). `features` are names such as `momentum 24`, the
    program's own set when left out; `leader` is the instrument that cross-asset features look at. A decision is
    labelled every `every` bars. `folds` and `embargo_bars` are those of the out-of-fold predictions inside training,
    `holdout` the later share that calibrates, `miss` how often the conformal set may miss the truth. `oldest` is the
    weight of the oldest labels (time decay), `sequential` draws the rows by the sequential bootstrap.
    """

    kind: Literal["model"]
    target: Literal["direction", "meta"] = "direction"
    features: tuple[str, ...] | None = None
    leader: str | None = None
    every: PositiveInt = 4
    barriers: BarrierSpec = BarrierSpec()
    members: tuple[MemberSpec, ...] = Field(
        default=(LinearSpec(), BoosterSpec(kind="lightgbm"), BoosterSpec(kind="xgboost")), min_length=1
    )
    search: SearchSpec = SearchSpec()
    folds: int = Field(default=4, ge=2, le=20)
    embargo_bars: NonNegativeInt = 24
    holdout: float = Field(default=0.3, gt=0.05, lt=0.8)
    miss: float = Field(default=0.4, gt=0, lt=1)
    oldest: float = Field(default=1.0, gt=-1, le=1)
    sequential: bool = False
    data: DataLimits = DataLimits()
    drift: DriftConfig = DriftConfig()

    @model_validator(mode="after")
    def _has_a_baseline(self) -> Self:
        kinds = [member.kind for member in self.members]
        if kinds[0] != "linear" or len(set(kinds)) != len(kinds):
            raise ValueError(f"members were {kinds}, allowed is linear first, as the baseline, and each kind once")
        return self
