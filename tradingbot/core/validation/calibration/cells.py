# file: core/validation/calibration/cells.py
"""Simulated searches whose truth is known: kinds of noise, with or without a planted edge."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import load
from tradingbot.core.config.validation import ValidationConfig
from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.intraday import Intraday
from tradingbot.core.time import DAY
from tradingbot.core.validation.evaluation import diagnose, evaluate
from tradingbot.core.validation.evidence import CompetingTrial, Evidence
from tradingbot.core.validation.verdict import StressAnswer

DAYS_PER_YEAR = 365
DSR = 0.95
STRESSES = (StressAnswer("stresses", "pass", "taken as passed: they can only refuse more"),)
_START = 1_577_836_800_000_000_000
# The share of its slot that a trade is held; the rest keeps trades of one instrument apart.
_HELD = 0.8
_VOLATILITY = 0.1
_EQUITY = 10_000.0
_MEMORY, _FREEDOM, _SHARED = 0.3, 4, 0.5
_CLUSTER, _ALIKE = 5, 0.8
_LEVEL = 0.05
_THRESHOLDS = ("trades", "sharpe", "profit_factor", "max_drawdown", "cvar")
# Enough for a diagnosis of which only the deflated Sharpe ratio is read.
_BLOCKS = 4
# More trades where they are worth less, so that 500 effective ones can be reached.
_KINDS = (("iid", 400, 1), ("ar1", 600, 1), ("t4", 400, 1), ("clustered", 400, _CLUSTER), ("correlated", 400, 1))


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of noise over so many years: `bets` a year, one after the other, each of `size` trades at once."""

    kind: str
    years: int
    bets: int = 400
    size: int = 1

    @property
    def name(self) -> str:
        """Its name on the command line and in the report."""
        return f"{self.kind}-{self.years}y"


@dataclass(frozen=True, slots=True)
class SimulatedSearch:
    """One search as the gate sees it: the trial that is handed in, and what the ledger holds of the others."""

    evidence: Evidence
    rivals: tuple[CompetingTrial, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Searches number `first` to `first + count` of one cell, the trial handed in having `planted` as Sharpe ratio."""

    cell: Cell
    planted: float
    first: int
    count: int
    trials: int
    resamples: int
    seed: int


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Whether the trial that was handed in passes the verdict and each rule alone, and its numbers."""

    verdict: bool
    adjusted_p: bool
    thresholds: bool
    own_p: bool
    dsr: bool
    sharpe: float | None
    profit_factor: float | None
    trades: int
    effective_trades: float


CELLS = tuple(Cell(kind, years, bets, size) for kind, bets, size in _KINDS for years in (2, 4))


def cells_named(names: Sequence[str]) -> tuple[Cell, ...]:
    """Return the cells of these names, or of these kinds; all when none is named.

    Raises BadInput when there is no such cell.
    """
    known = {cell.name for cell in CELLS} | {cell.kind for cell in CELLS}
    if strangers := [name for name in names if name not in known]:
        raise BadInput(f"--cells has {strangers[0]!r}, allowed are {', '.join(sorted(known))}")
    return tuple(cell for cell in CELLS if not names or {cell.name, cell.kind} & set(names))


def simulated_search(cell: Cell, trials: int, planted: float, rng: np.random.Generator) -> SimulatedSearch:
    """Return a search of `trials`, of which the best by Sharpe ratio is handed in; with an edge, the one that has it.

    Trades are held one bet after the other; their profit is booked at the exit. A bet's trades are entered within a
    tenth of its slot, in as many instruments, and leave together. Equity, daily returns and profits are one account:
    each profit is its fraction of the equity at entry. The kinds of cell: `iid` normal; `ar1`: autocorrelation 0.3 from
    trade to trade; `t4`: Student's t with 4 degrees of freedom; `clustered`: five at once, correlation 0.8;
    `correlated`: the trials share half of their variance. `planted` is the true annual Sharpe ratio (mean over
    deviation of the sum of a year's trades, had bets been independent) of the trial that is handed in.
    """
    bets = cell.bets * cell.years
    spread = math.sqrt(1 + (cell.size - 1) * _ALIKE) * math.sqrt(cell.size)
    fractions = _VOLATILITY / math.sqrt(cell.bets) / spread * _noise(cell, bets, trials, rng)
    if planted:
        fractions[:, :, 0] += planted * _VOLATILITY / cell.bets / cell.size
    width = cell.years * DAYS_PER_YEAR * DAY // bets
    starts = _START + width * np.arange(bets, dtype=np.int64)
    late = (np.arange(cell.size, dtype=np.int64) * width) // (10 * cell.size)
    ends = starts + int(_HELD * width)
    days = _START + DAY * np.arange(1, cell.years * DAYS_PER_YEAR + 1)
    growth = np.vstack([np.ones(trials), np.cumprod(1 + fractions.sum(axis=1), axis=0)])
    closed = growth[np.searchsorted(ends, np.concatenate([[_START], days]), side="right")]
    returns = closed[1:] / closed[:-1] - 1
    chosen = 0 if planted else int(np.argmax(returns.mean(axis=0) / returns.std(axis=0)))
    mine, daily = fractions[:, :, chosen], returns[:, chosen].copy()
    evidence = Evidence(
        days=days,
        returns=daily,
        intraday=Intraday.of_ends(daily),
        entries=(starts[:, None] + late).ravel(),
        exits=np.repeat(ends, cell.size),
        pnl=(_EQUITY * growth[:-1, chosen, None] * mine).ravel(),
        instruments=np.tile(np.arange(cell.size, dtype=np.int64), bets),
        fractions=mine.ravel().copy(),
    )
    rivals = tuple((days, returns[:, trial].copy()) for trial in range(trials) if trial != chosen)
    return SimulatedSearch(evidence, rivals)


@cache
def limits() -> ValidationConfig:
    """Return the limits of this installation."""
    return load(ValidationConfig, config_file("validation.json"))


def batches(
    cells: Iterable[Cell], planted: Sequence[float], searches: int, size: int, trials: int, resamples: int, seed: int
) -> dict[str, Batch]:
    """Return `searches` of every cell and Sharpe ratio in batches of `size`, by name."""
    return {
        f"{cell.name} sharpe {edge:g} from {first}": Batch(
            cell, edge, first, min(size, searches - first), trials, resamples, seed
        )
        for cell in cells
        for edge in planted
        for first in range(0, searches, size)
    }


def measure(batch: Batch) -> list[SearchResult]:
    """Return the verdict on each search of the batch.

    A search depends on the seed, its cell, its planted Sharpe ratio and its number alone. Stresses are taken as passed,
    which lets through more than the gate does.
    """
    results = []
    for number in range(batch.first, batch.first + batch.count):
        name = zlib.crc32(batch.cell.name.encode())
        key = [batch.seed, name, round(1000 * batch.planted), number]
        made = simulated_search(batch.cell, batch.trials, batch.planted, np.random.default_rng(key))
        seed = int(np.random.default_rng([*key, 1]).integers(2**31))
        results.append(search_result(made.evidence, made.rivals, batch.resamples, seed))
    return results


def search_result(evidence: Evidence, rivals: Sequence[CompetingTrial], resamples: int, seed: int) -> SearchResult:
    """Return which rules the trial that is handed in meets; stresses are taken as passed."""
    evaluation = evaluate(
        evidence,
        limits(),
        days_per_year=DAYS_PER_YEAR,
        rivals=rivals,
        stresses=STRESSES,
        resamples=resamples,
        seed=seed,
    )
    answers = {item.name: item for item in evaluation.criteria}
    facts, dsr = evaluation.facts, diagnose(evaluation.facts, rivals, _BLOCKS).dsr
    own = facts.correction.own_p if facts.correction else None
    return SearchResult(
        verdict=evaluation.verdict.value == "PASS",
        adjusted_p=answers["adjusted_p"].answer == "pass",
        thresholds=all(answers[name].answer == "pass" for name in _THRESHOLDS),
        own_p=own is not None and own <= _LEVEL,
        dsr=dsr is not None and dsr > DSR,
        sharpe=facts.sharpe,
        profit_factor=answers["profit_factor"].value,
        trades=len(facts.evidence.pnl),
        effective_trades=facts.effective.count,
    )


def _noise(cell: Cell, bets: int, trials: int, rng: np.random.Generator) -> Floats:
    """Return trades of mean 0 and deviation 1 [bets, trades of a bet, trials]."""
    shape = (bets, cell.size, trials)
    if cell.kind == "t4":
        return rng.standard_t(_FREEDOM, shape) / math.sqrt(_FREEDOM / (_FREEDOM - 2))
    noise = rng.standard_normal(shape)
    if cell.kind == "ar1":
        noise[1:] *= math.sqrt(1 - _MEMORY**2)
        for bet in range(1, bets):
            noise[bet] += _MEMORY * noise[bet - 1]
    elif cell.kind == "clustered":
        return math.sqrt(_ALIKE) * rng.standard_normal((bets, 1, trials)) + math.sqrt(1 - _ALIKE) * noise
    elif cell.kind == "correlated":
        return math.sqrt(_SHARED) * rng.standard_normal((bets, cell.size, 1)) + math.sqrt(1 - _SHARED) * noise
    return noise
