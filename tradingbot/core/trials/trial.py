# file: core/trials/trial.py
"""One run that could have been chosen, as the ledger keeps it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput

__all__ = ["Trial"]

type Ints = npt.NDArray[np.int64]
type Singles = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """Who ran what on which data, and what each day brought.

    `purpose` is a word such as backtest, candidate, search, perturbation or shock; `assets` are the base currencies or
    underlyings of `instruments`; `start` and `end` UTC nanoseconds. The hashes (hex) are of configuration with
    parameters, of the strategies' sources, and of the data. `days` (int64 UTC ns, ascending, the midnights that end
    them) and `returns` (float32, fractions) have equal length. `parent` is the candidate whose stress run it is, else
    empty.

    Raises
    ------
    BadInput
        When days and returns are not int64 and float32 or differ in length, days do not ascend, a return is not finite.
    """

    who: str
    purpose: str
    label: str
    lane: str
    strategy: str
    instruments: tuple[str, ...]
    assets: tuple[str, ...]
    bar: str
    start: int
    end: int
    config_sha256: str
    code_sha256: str
    data_sha256: str
    trades: int
    days: Ints
    returns: Singles
    parent: str = ""

    def __post_init__(self) -> None:
        if self.days.dtype != np.int64 or self.returns.dtype != np.float32:
            was = f"{self.days.dtype} and {self.returns.dtype}"
            raise BadInput(f"trial {self.label}: days and returns were {was}, allowed is int64 and float32")
        if len(self.days) != len(self.returns):
            raise BadInput(
                f"trial {self.label}: {len(self.days)} days and {len(self.returns)} returns, allowed is one each"
            )
        if len(self.days) > 1 and not (np.diff(self.days) > 0).all():
            raise BadInput(f"trial {self.label}: its days did not ascend")
        if not np.isfinite(self.returns).all():
            raise BadInput(f"trial {self.label}: a return was not a number")

    @property
    def identity(self) -> tuple[str, str, str]:
        """What was run, on what: trials that share it are one trial."""
        return self.config_sha256, self.code_sha256, self.data_sha256
