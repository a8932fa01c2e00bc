# file: core/validation/record.py
"""Validation record: everything one validation found out, the file `report.json`."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import Field

from tradingbot.core.config.load import Section
from tradingbot.core.messages.smallsample import SmallSample

Answer = Literal["pass", "fail", "unsettled", "not_applicable"]
"""`not_applicable`: a stress that could not show anything here; it counts neither for nor against."""


class RunStats(Section):
    """The numbers of one run or slice; None where a number is undefined. Ratios are annual, drawdowns fractions.

    `net_pnl` is the change of equity, open positions included, `realised_pnl` that of the closed trades entered in it;
    both in account currency. `unreliable` are those numbers that come from too few days or trades.
    """

    trades: int
    net_pnl: float
    realised_pnl: float
    sharpe: float | None
    profit_factor: float | None
    max_drawdown: float
    unreliable: tuple[SmallSample, ...] = ()


class Verdict(Section):
    """The verdict. `reason` is one line, `reasons` the whole list, `settle` what would change it."""

    value: Literal["PASS", "FAIL", "INSUFFICIENT_EVIDENCE"]
    reason: str
    reasons: tuple[str, ...] = ()
    settle: tuple[str, ...] = ()


class Criterion(Section):
    """One criterion: `value` against `limit`, with the 95 % interval `low` to `high`.

    `at_least` says on which side of the limit a pass lies. `power` is the chance of passing on data of this length had
    the truth been `power_at`. `looser` is set when the limit is easier than the program's own, `own_limit`.
    """

    name: str
    title: str
    unit: Literal["", "count", "share", "p"] = ""
    value: float | None
    limit: float
    own_limit: float
    at_least: bool
    low: float | None = None
    high: float | None = None
    power: float | None = None
    power_at: float | None = None
    answer: Answer
    looser: bool = False
    why: str


class Fold(Section):
    """One walk-forward fold; times are ISO-8601 UTC. `purged` training trades overlapped the test, `chosen` are the
    parameters the training picked, `in_sample_sharpe` what they showed there (None where nothing is trained)."""

    number: int
    train_start: str
    train_end: str
    test_start: str
    test_end: str
    purged: int
    candidates: int
    chosen: dict[str, float | int | str]
    in_sample_sharpe: float | None
    test: RunStats


class Path(Section):
    """One path of the combinatorial purged cross-validation."""

    number: int
    sharpe: float | None
    total_return: float
    max_drawdown: float


class Shock(Section):
    """Cost or latency stress: one re-run with `kind` times `factor`; `reason` says why it is not applicable, if so."""

    name: str
    kind: Literal["slippage", "latency", "fees", "joint"]
    factor: float
    measured: RunStats
    criterion: str
    answer: Answer
    reason: str = ""


class Perturbation(Section):
    """Parameter sensitivity: one re-run with `parameter` (`all` for a joint move) times `factor`.

    `refused` says why the moved value is not allowed; such a run has no `measured`.
    """

    parameter: str
    factor: float
    value: str
    measured: RunStats | None
    refused: str | None = None


class Regime(Section):
    """The days and trades of one volatility regime, known from the past alone."""

    name: str
    days: int
    measured: RunStats
    criterion: str
    answer: Answer


class Fan(Section):
    """Bootstrapped equity paths: growth of one unit, quantiles by day, and what was realised."""

    days: tuple[str, ...]
    realised: tuple[float, ...]
    quantiles: dict[str, tuple[float, ...]]
    resamples: int
    block: float


class TradeShuffle(Section):
    """Monte Carlo trade shuffle: maximum drawdown of the same trades in other orders, quantiles over `resamples`."""

    observed: float
    quantiles: dict[str, float]
    resamples: int


class TrialShare(Section):
    """One trial of the ledger in the correction: who ran what, and its t statistic on its own days."""

    label: str
    who: str
    purpose: str
    when: str
    t: float


class TrialsSeen(Section):
    """The ledger's part: `recorded` rows touch this market and period, `counted` are distinct and enter the test."""

    recorded: int
    counted: int
    adjusted_p: float | None
    own_p: float | None
    t: float | None
    resamples: int
    head: str
    strongest: tuple[TrialShare, ...] = ()


class Diagnostics(Section):
    """Printed beside the verdict, never decisive. Lengths in days of data."""

    psr: float | None
    dsr: float | None
    expected_max_sharpe: float | None
    pbo: float | None
    min_track_record_days: float | None
    min_backtest_years: float | None
    sharpe_se: float | None
    autocorrelation: float | None


class Pooled(Section):
    """The pooled out-of-sample path: daily returns' dates (ISO days) and growth of one unit."""

    days: tuple[str, ...]
    growth: tuple[float, ...]
    measured: RunStats
    cvar: float | None
    effective_trades: float
    clusters: int


class Origin(Section):
    """What repeats the run: command, seed, hashes, versions. `parts` are the hashes a certificate binds.

    `chosen` are the settings (`key.path=value`) that training on the whole period left, for the run that would trade.
    `coverage` is the period that was asked for and what the data lacks of it, as in a backtest's JSON.
    """

    command: str
    config: str
    seed: int
    budget: str
    start: str
    end: str
    instruments: tuple[str, ...]
    lane: str
    bar: str
    currency: str
    equity: float
    strategies: tuple[dict[str, object], ...]
    recipe: str
    chosen: tuple[str, ...] = ()
    synthetic: bool
    data_label: str
    parts: dict[str, str]
    versions: dict[str, str]
    runs: int
    coverage: dict[str, object] = Field(default_factory=dict)


class ValidationRecord(Section):
    """The whole report. `switched_off` names the hard rules of the program's own that the config switches off."""

    candidate: str
    run: str
    verdict: Verdict
    criteria: tuple[Criterion, ...]
    pooled: Pooled
    whole: RunStats
    folds: tuple[Fold, ...]
    paths: tuple[Path, ...] = ()
    perturbations: tuple[Perturbation, ...]
    perturbation_criterion: str
    perturbation_answer: Answer
    shocks: tuple[Shock, ...]
    regimes: tuple[Regime, ...]
    fan: Fan | None
    reordering: TradeShuffle | None
    trials: TrialsSeen
    diagnostics: Diagnostics
    cautions: tuple[str, ...] = ()
    switched_off: tuple[str, ...] = ()
    origin: Origin

    @property
    def sha256(self) -> str:
        """The hash of the report: equal for equal validations of an equal ledger."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> str:
        """Return the file: ASCII, sorted keys, one space of indent, a newline at the end, no NaN."""
        values = self.model_dump(mode="json") | {"sha256": self.sha256}
        return json.dumps(values, indent=1, sort_keys=True, allow_nan=False) + "\n"
