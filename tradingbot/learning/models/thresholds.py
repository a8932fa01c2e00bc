# file: learning/models/thresholds.py
"""Probability thresholds: from which confidence on trading pays after costs, or that it never does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.time import DAY
from tradingbot.learning.models.abstention import NEVER, Thresholds
from tradingbot.learning.models.samples import Samples

_SHARES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05)
_NORMAL, _STRONG = 0.5, 0.85
_LEAST_ROWS = 50
_LEAST_BLOCKS = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Trades:
    # Decisions that could be traded: how sure, what they earned, and in which stretch of time.
    sure: Floats
    net: Floats
    block: Ints


def fit_thresholds(
    probability: Floats, samples: Samples, allowed: BoolArray | None = None, level: float = 0.05
) -> Thresholds:
    """Return thresholds on max(p, 1 - p) from rows that neither fit nor calibration has seen.

    p >= 1/2 is a long and earns `net_up`, below a short and earns `net_down`; a one-sided sample has no shorts; rows
    not `allowed` are no trades. Tried are the surest 100 % to 5 % of the trades. A share is taken when the mean net
    return has a one-sided lower bound above 0 at `level` over all shares tried (Bonferroni); of those the one with the
    largest t is weak. Errors are robust within stretches of a day, or three times the longest label, so that
    overlapping labels and instruments that move together are not counted as many (Cameron, Gelbach and Miller, 2008:
    Student's t with one less than the number of stretches). Normal and strong are the middle and the upper 15 % of what
    is weak or better, where they are higher, have 50 rows, and earned no less on average.
    """
    trades = _trades(probability, samples, allowed)
    if not len(trades.sure):
        return NEVER
    best, weak = 0.0, None
    for share in _SHARES:
        least = float(np.quantile(trades.sure, 1 - share))
        t, needed = _t(trades, trades.sure >= least, level / len(_SHARES))
        if t > max(best, needed):
            best, weak = t, least
    return NEVER if weak is None else _graded(trades, weak)


def _trades(probability: Floats, samples: Samples, allowed: BoolArray | None) -> _Trades:
    net = np.where(probability >= 0.5, samples.net_up, samples.net_down)
    usable = np.isfinite(net) & np.isfinite(probability) & (True if allowed is None else allowed)
    longest = int((samples.ends - samples.starts).max(initial=0))
    block = samples.starts[usable] // max(DAY, 3 * longest)
    return _Trades(np.maximum(probability, 1 - probability)[usable], net[usable], block)


def _t(trades: _Trades, chosen: BoolArray, level: float) -> tuple[float, float]:
    # The mean over its robust error, and what it has to exceed.
    net, (_, block) = trades.net[chosen], np.unique(trades.block[chosen], return_inverse=True)
    blocks = int(block.max(initial=-1)) + 1
    if len(net) < _LEAST_ROWS or blocks < _LEAST_BLOCKS:
        return 0.0, np.inf
    off = np.bincount(block, net - net.mean())
    error = float(np.sqrt((off @ off) * blocks / (blocks - 1))) / len(net)
    return float(net.mean()) / max(error, 1e-300), -float(stdtrit(blocks - 1, level))


def _graded(trades: _Trades, weak: float) -> Thresholds:
    sure = trades.sure[trades.sure >= weak]
    found: list[float] = [weak]
    for quantile in (_NORMAL, _STRONG):
        least = float(np.quantile(sure, quantile))
        beyond, before = trades.net[trades.sure >= least], trades.net[trades.sure >= found[-1]]
        if least <= found[-1] or len(beyond) < _LEAST_ROWS or beyond.mean() < before.mean():
            break
        found.append(least)
    return Thresholds(*found, *[None] * (3 - len(found)))
