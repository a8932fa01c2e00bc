# file: core/report/training/record.py
"""Hold everything one training found out: the file `report.json`, and what the page is drawn from."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import Field

from tradingbot.core.config.load import Section

__all__ = [
    "Calibration",
    "Curve",
    "Importance",
    "Scored",
    "SearchTrial",
    "Strengths",
    "TrainedFold",
    "TrainingOrigin",
    "TrainingRecord",
]


class Scored(Section):
    """One model's predictions on rows that none of its fits had seen, pooled over the walk-forward folds.

    The first is the baseline, the last the model that is traded. `trades` are the decisions a follower would have
    taken, one at a time per instrument; `net` numbers are after the lane's costs, `sharpe` is annual and of daily
    returns of one unit per trade. None where a number is undefined.
    """

    name: str
    auc: float | None
    log_loss: float | None
    brier: float | None
    trades: int | None
    mean_net: float | None
    profit_factor: float | None
    sharpe: float | None


class Curve(Section):
    """The sum of a model's net returns, by the date that each day ends (ISO, UTC)."""

    name: str
    days: tuple[str, ...]
    total: tuple[float, ...]


class Strengths(Section):
    """From which probability of the side taken a signal is weak, normal or strong; all None where it never trades."""

    weak: float | None
    normal: float | None
    strong: float | None


class TrainedFold(Section):
    """One walk-forward fold; times are ISO-8601 UTC. `rows` were fitted after `purged` were left out."""

    number: int
    train_start: str
    train_end: str
    test_start: str
    test_end: str
    rows: int
    purged: int
    tested: int
    auc: float | None
    baseline_auc: float | None
    sharpe: float | None
    strengths: Strengths


class SearchTrial(Section):
    """One setting the search tried in the final training; `value` is its net Sharpe ratio out of fold."""

    number: int
    settings: dict[str, float | int]
    value: float | None


class Calibration(Section):
    """Forecast against what happened, in equally full bins; `before` and `after` are Brier scores."""

    forecast: tuple[float, ...]
    happened: tuple[float, ...]
    counts: tuple[int, ...]
    before: float | None
    after: float | None
    promised_coverage: float
    realised_coverage: float | None
    abstained: float


class Importance(Section):
    """By how much the log loss out of fold rises when a feature's values change places, with its standard error."""

    feature: str
    rise: float
    error: float


class TrainingOrigin(Section):
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


class TrainingRecord(Section):
    """The whole file. `strengths` are the final model's; `trials_recorded` went into the trial ledger."""

    candidate: str
    scores: tuple[Scored, ...]
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
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> str:
        """Return the file's text."""
        return json.dumps(self.model_dump(mode="json") | {"sha256": self.sha256}, indent=1) + "\n"
