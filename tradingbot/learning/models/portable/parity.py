# file: learning/models/portable/parity.py
"""Refuse to trade on arrays that do not answer as the model they were taken from."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from tradingbot.core.errors import RunFailed
from tradingbot.core.statistics.arrays import Floats

__all__ = ["TOLERANCE", "check_log_odds", "check_parity"]

TOLERANCE = 1e-9


class _Asked(Protocol):
    def probabilities(self, x: Floats) -> Floats: ...
    def log_odds(self, x: Floats) -> Floats: ...


def check_parity(portable: _Asked, rows: Floats, expected: Floats, where: str) -> None:
    """Compare the calibrated probabilities for `rows` [r, k] with those `expected` [r] of the source.

    They may differ by `TOLERANCE`, as a probability: trees agree bit for bit, so only the rounding of a dot product, an
    exponential and a calibration's slope is left, some 1e-15. `where` says whose model it is.

    Raises
    ------
    RunFailed
        Naming the first row that differs, what was and what was expected.
    """
    _compare(portable.probabilities(rows), expected, np.ones(np.shape(expected)), f"{where}: probability")


def check_log_odds(portable: _Asked, rows: Floats, expected: Floats, where: str) -> None:
    """Compare each member's log-odds for `rows` [r, k] with those `expected` [r, m] of its source.

    They may differ by `TOLERANCE` times the larger of 1 and what is expected. Expected from XGBoost are margins: it
    computes probabilities in float32, whose log-odds are worth 7 digits near 0 and none near 1.

    Raises
    ------
    RunFailed
        Naming the first row that differs, the member, what was and what was expected.
    """
    found = portable.log_odds(rows)
    if np.shape(expected) != found.shape:
        raise RunFailed(f"{where}: expected were {np.shape(expected)} values, allowed is {found.shape}")
    for member in range(found.shape[1]):
        said = expected[:, member]
        _compare(found[:, member], said, np.maximum(1.0, np.abs(said)), f"{where}: log-odds of member {member}")


def _compare(found: Floats, expected: Floats, scale: Floats, what: str) -> None:
    if not len(found) or np.shape(expected) != found.shape:
        raise RunFailed(
            f"{what}: expected were {np.shape(expected)} values,"
            f" allowed is one for each of {len(found)} rows, of which 1 or more"
        )
    with np.errstate(invalid="ignore"):
        close = (found == expected) | (np.isfinite(expected) & (np.abs(found - expected) <= TOLERANCE * scale))
    wrong = np.flatnonzero(~(close | (np.isnan(found) & np.isnan(expected))))
    if len(wrong):
        row = int(wrong[0])
        raise RunFailed(
            f"{what} in row {row} was {found[row]}, expected is {expected[row]}"
            f" to within {TOLERANCE * scale[row]:.0e}; {len(wrong):,} of {len(found):,} rows differ"
        )
