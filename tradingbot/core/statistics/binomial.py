# file: core/statistics/binomial.py
"""Exact binomial bounds of a counted share (Clopper and Pearson)."""

from __future__ import annotations

from scipy.special import betaincinv

from tradingbot.core.errors import BadInput


def clopper_pearson(hits: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact two-sided confidence interval at `level` for the share behind `hits` of `n`; (0, 1) without any.

    Quantiles of Beta(hits, n - hits + 1) and Beta(hits + 1, n - hits); Clopper and Pearson (1934), "The Use of
    Confidence or Fiducial Limits Illustrated in the Case of the Binomial".

    Raises BadInput: `hits` lies outside 0 to `n`, or `level` not between 0 and 1.
    """
    if not 0 <= hits <= n:
        raise BadInput(f"hits was {hits}, allowed is 0 to {n}")
    if not 0 < level < 1:
        raise BadInput(f"level was {level:g}, allowed is between 0 and 1")
    tail = (1 - level) / 2
    low = float(betaincinv(hits, n - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
    return low, high
