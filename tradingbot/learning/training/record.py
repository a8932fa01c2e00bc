# file: learning/training/record.py
"""Training record: everything one training found out, the file `report.json`."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from tradingbot.core.config.load import Section
from tradingbot.core.messages.smallsample import SmallSample


def _defined(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


# What has no value, NaN or infinity included, is None.
_Known = Annotated[float | None, BeforeValidator(_defined)]


class _Finite(Section):
    model_config = ConfigDict(allow_inf_nan=False)


class ModelScore(_Finite):
    """One model's predictions on rows that none of its fits had seen, pooled over the walk-forward folds.

    The first is the baseline, the last the model that is traded. `trades` are the decisions following it would have
    taken, one at a time per instrument; `net` numbers are after the lane's costs, `sharpe` is annual and of daily
    returns of one unit per trade. None where a number is undefined; `unreliable` come from too few days or trades.
    """

    name: str
    auc: _Known
    log_loss: _Known
    brier: _Known
    trades: int | None
    mean_net: _Known
    profit_factor: _Known
    sharpe: _Known
    unreliable: tuple[SmallSample, ...] = ()


class Curve(_Finite):
    """The sum of a model's net returns, by the date that each day ends (ISO, UTC)."""

    name: str
    days: tuple[str, ...]
    total: tuple[float, ...]


class Strengths(_Finite):
    """From which probability of the side taken a signal is weak, normal or strong; all None where it never trades."""

    weak: _Known
    normal: _Known
    strong: _Known


class TrainedFold(_Finite):
    """One walk-forward fold; times are ISO-8601 UTC. `rows` were fitted after `purged` were left out.

    `sharpe` is that of following the model in the test; `unreliable` lists where that is too short.
    """

    number: int
    train_start: str
    train_end: str
    test_start: str
    test_end: str
    rows: int
    purged: int
    tested: int
    auc: _Known
    baseline_auc: _Known
    sharpe: _Known
    strengths: Strengths
    unreliable: tuple[SmallSample, ...] = ()


class SearchTrial(_Finite):
    """One setting the search tried in the final training; `value` is its net Sharpe ratio out of fold."""

    number: int
    settings: dict[str, float | int]
    value: _Known


class Calibration(_Finite):
    """Forecast against what happened, in equally full bins; `before` and `after` are Brier scores."""

    forecast: tuple[float, ...]
    happened: tuple[float, ...]
    counts: tuple[int, ...]
    before: _Known
    after: _Known
    promised_coverage: float
    realised_coverage: _Known
    abstained: float


class Importance(_Finite):
    """By how much the log loss out of fold rises when a feature's values change places, with its standard error."""

    feature: str
    rise: float
    error: float


class TrainingOrigin(_Finite):
    """What the training was made of. Hashes are SHA-256; `store_version` is the feature table's."""

    command: str
    config: str
    seed: int
    lane: str
    bar: str
    instruments: tuple[str, ...]
    target: Literal["direction", "meta"]
    start: str
    end: str
    bars: int
    rows: int
    up: int
    down: int
    neither: int
    features: int
    cost: float
    synthetic: bool
    model_sha256: str
    data_sha256: str = ""
    program_sha256: str = ""
    feature_code_sha256: str
    store_version: int | None
    store_rows: int
    store_sha256: str
    recipe: dict[str, object]
    versions: dict[str, str]
    seconds: float = 0.0


class TrainingRecord(_Finite):
    """The whole file. `strengths` are the final model's; `trials_recorded` went into the trial ledger."""

    candidate: str
    scores: tuple[ModelScore, ...]
    curves: tuple[Curve, ...]
    folds: tuple[TrainedFold, ...]
    trials: tuple[SearchTrial, ...]
    trials_recorded: int
    strengths: Strengths
    calibration: Calibration
    importance: tuple[Importance, ...]
    cautions: tuple[str, ...] = ()
    origin: TrainingOrigin
    format: Literal[1] = Field(default=1)

    @property
    def sha256(self) -> str:
        """The hash of everything but the time it took."""
        values = self.model_dump(mode="json")
        values["origin"].pop("seconds")
        return hashlib.sha256(json.dumps(values, sort_keys=True, allow_nan=False).encode()).hexdigest()

    def to_json(self) -> str:
        """Return the file: ASCII, sorted keys, one space of indent, a newline at the end, no NaN."""
        found = self.model_dump(mode="json") | {"sha256": self.sha256}
        return json.dumps(found, indent=1, sort_keys=True, allow_nan=False) + "\n"
