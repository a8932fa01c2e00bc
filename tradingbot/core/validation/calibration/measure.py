# file: core/validation/calibration/measure.py
"""Put searches of known truth before the verdict that candidates meet, and note which rule let what through."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import load
from tradingbot.core.config.validation import ValidationConfig
from tradingbot.core.validation.appraisal import Appraisal, appraise
from tradingbot.core.validation.calibration.cells import DAYS_PER_YEAR, Cell, search
from tradingbot.core.validation.diagnosing import diagnose
from tradingbot.core.validation.facts import Rival
from tradingbot.core.validation.stressanswer import StressAnswer

__all__ = ["DSR", "STRESSES", "Batch", "Found", "batches", "found_of", "limits", "measure"]

DSR = 0.95
_LEVEL = 0.05
_FIVE = ("trades", "sharpe", "profit_factor", "max_drawdown", "cvar")
# Enough for a diagnosis of which only the deflated Sharpe ratio is read.
_BLOCKS = 4

STRESSES = (StressAnswer("stresses", "pass", "taken as passed: they can only refuse more"),)


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
class Found:
    """What was said on the trial that was handed in, by the verdict and by each rule alone."""

    verdict: bool
    adjusted_p: bool
    thresholds: bool
    own_p: bool
    dsr: bool
    sharpe: float | None
    profit_factor: float | None
    trades: int
    effective_trades: float


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


def measure(batch: Batch) -> list[Found]:
    """Return what the verdict said on each search of the batch.

    A search depends on the seed, its cell, its planted Sharpe ratio and its number alone. Stresses are taken as passed,
    which lets through more than the gate does.
    """
    found = []
    for number in range(batch.first, batch.first + batch.count):
        name = zlib.crc32(batch.cell.name.encode())
        key = [batch.seed, name, round(1000 * batch.planted), number]
        made = search(batch.cell, batch.trials, batch.planted, np.random.default_rng(key))
        appraisal = appraise(
            made.evidence,
            limits(),
            days_per_year=DAYS_PER_YEAR,
            rivals=made.rivals,
            stresses=STRESSES,
            resamples=batch.resamples,
            seed=int(np.random.default_rng([*key, 1]).integers(2**31)),
        )
        found.append(found_of(appraisal, made.rivals))
    return found


def found_of(appraisal: Appraisal, rivals: Sequence[Rival]) -> Found:
    """Return which rules an appraisal met."""
    answers = {item.name: item for item in appraisal.criteria}
    facts, dsr = appraisal.facts, diagnose(appraisal.facts, rivals, _BLOCKS).dsr
    own = facts.correction.own_p if facts.correction else None
    return Found(
        verdict=appraisal.verdict.value == "PASS",
        adjusted_p=answers["adjusted_p"].answer == "pass",
        thresholds=all(answers[name].answer == "pass" for name in _FIVE),
        own_p=own is not None and own <= _LEVEL,
        dsr=dsr is not None and dsr > DSR,
        sharpe=facts.sharpe,
        profit_factor=answers["profit_factor"].value,
        trades=len(facts.evidence.pnl),
        effective_trades=facts.effective.count,
    )
