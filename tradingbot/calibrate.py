# file: calibrate.py
"""Use case: measure the validation gate: false positive rate, power, and which sabotage it catches."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tradingbot.core.errors import BadInput
from tradingbot.core.experiments.jobs.resultstore import ResultStore
from tradingbot.core.progress import Stages
from tradingbot.core.storage.atomicfile import write_atomic
from tradingbot.core.validation.calibration.cells import cells_named
from tradingbot.core.validation.calibration.record import CalibrationRecord
from tradingbot.core.validation.calibration.run import BUDGETS, CalibrationResources, calibrate
from tradingbot.promote import promote


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The record, and where its files are."""

    record: CalibrationRecord
    json: Path
    html: Path


def run(
    out: Path, cells: Sequence[str] = (), *, budget: str, seed: int, workers: int | None, stage: Stages
) -> Calibrated:
    """Calibrate and write `calibration.json` and `calibration.html` into `out`.

    `cells` are names or kinds, all when empty; `workers` the number of processes, one per core by default. What an
    interrupted calibration found is kept in `out` and not measured again. Raises TradingbotError: Of whichever kind
    fits; the files are as they were.
    """
    if budget not in BUDGETS:
        raise BadInput(f"--budget was {budget!r}, allowed are {', '.join(BUDGETS)}")
    if seed < 0:
        raise BadInput(f"--seed was {seed}, allowed is 0 or more")
    if out.exists() and not out.is_dir():
        raise BadInput(f"--out was {out}, which is a file; allowed is a folder, new or old")
    chosen = cells_named(cells)
    words = ["tradingbot", "calibrate", "--budget", budget, "--seed", str(seed), "--out", out.name]
    words += ["--cells", ",".join(cells)] if cells else []
    resources = CalibrationResources(workers or os.cpu_count() or 1, out / ".parts", stage)
    record = calibrate(chosen, budget, seed, promote, resources, shlex.join(words))
    from tradingbot.reports.calibration.page import render

    json = write_atomic(out / "calibration.json", record.to_json())
    html = write_atomic(out / "calibration.html", render(record))
    ResultStore[object](resources.folder).clear()
    return Calibrated(record, json, html)
