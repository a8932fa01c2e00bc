# file: lookahead.py
"""DOOR: look for decisions of a strategy that rest on what had not happened yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tradingbot.core.errors import BadInput
from tradingbot.core.runtime.plan import plan
from tradingbot.core.validation.lookahead.finding import Report
from tradingbot.core.validation.lookahead.lab import examine

__all__ = ["look_ahead"]


def look_ahead(
    path: str | Path,
    settings: Sequence[str],
    *,
    samples: int,
    seed: int | None,
    workers: int | None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Examine a backtest config at `samples` cuts, drawn with `seed` (the config's own when None).

    Nothing goes into the trial ledger: the lab tells what a strategy decides, never what it earns.

    Raises
    ------
    TradingbotError
        Of whichever kind fits.
    """
    if samples < 1:
        raise BadInput(f"--samples was {samples}, allowed is 1 or more")
    planned = plan(path, settings)
    return examine(planned, samples, planned.config.seed if seed is None else seed, workers, progress)
