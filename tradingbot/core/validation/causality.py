# file: core/validation/causality.py
"""Find features that know the future: what later rows change was never known at the time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tradingbot.core.errors import RunFailed
from tradingbot.core.validation.evidence import Floats

__all__ = ["audit_causal"]

_ROUNDING = 1e-9


def audit_causal(feature: Callable[[Floats], Floats], values: Floats, where: str, cuts: int = 8) -> None:
    """Refuse a feature of which a row changes when the rows after it are taken away.

    `feature` makes one number per row of `values`; it is computed on all rows and on `cuts` shorter beginnings, the
    shortest a quarter. Reading one row ahead shows in the last row of every one of them. `where` names the feature.

    Raises
    ------
    RunFailed
        Naming the first row that changes, with both values.
    """
    whole = np.asarray(feature(values), dtype=np.float64)
    for cut in np.unique(np.linspace(len(values) // 4, len(values) - 1, cuts).round().astype(int)).tolist():
        part = np.asarray(feature(values[:cut]), dtype=np.float64)
        if len(part) != cut or len(whole) != len(values):
            raise RunFailed(f"{where}: it made {len(part)} numbers of {cut} rows, allowed is one of each")
        changed = np.flatnonzero(~np.isclose(part, whole[:cut], rtol=_ROUNDING, atol=0.0, equal_nan=True))
        if len(changed):
            row = int(changed[0])
            raise RunFailed(
                f"{where}: row {row} was {whole[row]:g} with all {len(values)} rows and {part[row]:g} with the first"
                f" {cut}; it reads rows that had not come yet"
            )
