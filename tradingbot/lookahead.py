# file: lookahead.py
"""Use case: look for lookahead bias in a strategy's decisions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tradingbot.core.errors import BadInput
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.market import plan
from tradingbot.core.validation.lookahead.analysis import examine
from tradingbot.core.validation.lookahead.record import LookaheadReport


def look_ahead(
    path: str | Path,
    settings: Sequence[str],
    *,
    samples: int,
    seed: int | None,
    workers: int | None,
    progress: Progress = no_progress,
) -> LookaheadReport:
    """Examine a backtest config at `samples` cuts, drawn with `seed` (the config's own when None).

    Nothing goes into the trial ledger: the analysis shows what a strategy decides, never what it earns. Raises
    TradingbotError: Of whichever kind fits.
    """
    if samples < 1:
        raise BadInput(f"--samples was {samples}, allowed is 1 or more")
    planned = plan(path, settings)
    return examine(planned, samples, planned.config.seed if seed is None else seed, workers, progress)
