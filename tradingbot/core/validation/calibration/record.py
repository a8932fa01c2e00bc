# file: core/validation/calibration/record.py
"""Calibration record: everything a calibration found out, the file `calibration.json`."""

from __future__ import annotations

import json

from tradingbot.core.config.load import Section


class Share(Section):
    """`hits` of `n`, and the exact 95 % interval of Clopper and Pearson for the share behind them."""

    hits: int
    n: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """The share itself; 0 of none."""
        return self.hits / self.n if self.n else 0.0


class Rates(Section):
    """How often the trial that was handed in got through, by what decides.

    `verdict` is the gate as a whole, `adjusted_p` its correction for all trials alone, `thresholds` the five limits
    without correction and without effective trades, `own_p` a test that does not know of the other trials, `dsr` a
    deflated Sharpe ratio above 0.95. Only the first decides anything in the program.
    """

    verdict: Share
    adjusted_p: Share
    thresholds: Share
    own_p: Share
    dsr: Share


class _SimulatedCell(Section):
    """Simulated searches of one kind of noise; the numbers are medians of the trials handed in."""

    name: str
    kind: str
    years: int
    trials: int
    searches: int
    rates: Rates
    sharpe: float


class NullCell(_SimulatedCell):
    """Searches in which no trial has an edge."""

    trades: float
    effective_trades: float


class PowerCell(_SimulatedCell):
    """Searches in which the trial handed in has a true annual Sharpe ratio of `planted`, and the others have none."""

    planted: float


class EngineCell(Section):
    """Searches run through the engine with the lane's own costs: `settings` runs each, best by Sharpe ratio handed in.

    `edge` says whether there is one to be found. `sharpe`, `profit_factor`, `trades` are medians of what was handed in.
    """

    name: str
    title: str
    edge: bool
    strategy: str
    settings: int
    searches: int
    runs: int
    rates: Rates
    sharpe: float | None
    profit_factor: float | None
    trades: float
    fees: float


class Sabotage(Section):
    """A way to cheat, whether it was caught, by which check, and the message."""

    name: str
    what: str
    caught: bool
    check: str
    message: str


class Claim(Section):
    """What the calibration is to show: `value` at most `limit` in every place, worst in `where`."""

    text: str
    value: float
    limit: float
    where: str
    holds: bool


class CalibrationRecord(Section):
    """The whole file. Equal seeds, budgets, cells and programs give equal files."""

    seed: int
    budget: str
    trials: int
    resamples: int
    level: float
    claims: tuple[Claim, ...]
    null: tuple[NullCell, ...]
    power: tuple[PowerCell, ...]
    engine: tuple[EngineCell, ...]
    sabotage: tuple[Sabotage, ...]
    command: str
    program: str
    versions: dict[str, str]

    @property
    def holds(self) -> bool:
        """Whether every claim holds and every sabotage was caught."""
        return all(claim.holds for claim in self.claims) and all(item.caught for item in self.sabotage)

    def to_json(self) -> str:
        """Return the file's text."""
        return json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True, allow_nan=False) + "\n"
