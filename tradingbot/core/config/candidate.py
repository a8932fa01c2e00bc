# file: core/config/candidate.py
"""`config/candidates/*.json`: a candidate, its parameters and its model recipe with data limits and drift detection."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from tradingbot.core.config.load import Section


class DataLimits(Section):
    """The most that is allowed of each fault.

    `missing_share` of the bars that were due, `missing_at_end` bars due between the last one and the end of the period,
    `flat_bars` in a row with the same open, high, low and close, `nan_share` of the values of one feature once it is
    warm, `largest` absolute value of a feature.
    """

    missing_share: float = Field(default=0.05, ge=0, lt=1)
    missing_at_end: int = Field(default=24, ge=0)
    flat_bars: PositiveInt = 240
    nan_share: float = Field(default=0.05, ge=0, lt=1)
    largest: float = Field(default=1e6, gt=0, allow_inf_nan=False)


class DriftConfig(Section):
    """The rolling `window` in bars (kept in the model at training), and how many false alarms are paid for.

    `level` is the chance of one or more false alarms in 30 days of one instrument without drift, all streams together.
    A stream that alarmed stays silent until it looked like training again, and for `cooldown_days` at least.
    """

    window: int = Field(default=1000, ge=100, le=100_000)
    level: float = Field(default=0.05, gt=0, lt=1)
    cooldown_days: float = Field(default=7.0, ge=0, le=365)


class BarrierSpec(Section):
    """Where a decision ends: at the target, at the stop, or after `horizon` bars.

    The reach is `barrier_width` times the volatility of one bar over the last `bars`, times the root of the horizon,
    between `least` and `most` as a fraction of the price; `target` and `stop` are multiples of it.
    """

    horizon: int = Field(default=24, ge=1, le=5_000)
    bars: int = Field(default=96, ge=8, le=5_000)
    barrier_width: float = Field(default=1.0, gt=0, le=20)
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
    `holdout` the later share that calibrates, `alpha` how often the conformal set may miss the truth. `decay_floor` is
    the weight of the oldest labels (time decay), `sequential` draws the rows by the sequential bootstrap.
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
    alpha: float = Field(default=0.4, gt=0, lt=1)
    decay_floor: float = Field(default=1.0, gt=-1, le=1)
    sequential: bool = False
    data: DataLimits = DataLimits()
    drift: DriftConfig = DriftConfig()

    @model_validator(mode="after")
    def _has_a_baseline(self) -> Self:
        kinds = [member.kind for member in self.members]
        if kinds[0] != "linear" or len(set(kinds)) != len(kinds):
            raise ValueError(f"members were {kinds}, allowed is linear first, as the baseline, and each kind once")
        return self


type Value = int | float | bool | str


class Fixed(Section):
    """Nothing is trained: the parameters are those of the backtest config."""

    kind: Literal["fixed"] = "fixed"


class Grid(Section):
    """Training picks the best of every combination of `values`, by Sharpe ratio on the training days.

    Keys are paths in the backtest config, such as `strategies.0.params.entry_bars`. The candidate itself runs with what
    the whole period picks.
    """

    kind: Literal["grid"]
    values: dict[str, tuple[Value, ...]] = Field(min_length=1)


type Recipe = Annotated[Fixed | Grid | ModelRecipe, Field(discriminator="kind")]


class CandidateConfig(Section):
    """The whole file: `backtest` is the path of a backtest config, `perturb` the parameters that stress moves.

    `perturb` holds names of numeric strategy parameters; all of them when it is left out.
    """

    candidate: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=80)
    backtest: str
    recipe: Recipe = Fixed()
    perturb: tuple[str, ...] | None = None
