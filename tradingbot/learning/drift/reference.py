# file: learning/drift/reference.py
"""Keep what training data looked like, so that a market can be compared with it while its model trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput
from tradingbot.core.statistics.arrays import Floats, Ints
from tradingbot.learning.drift.portrait import Portrait

__all__ = ["Reference"]


@dataclass(frozen=True, slots=True)
class Reference:
    """One portrait per instrument of training.

    `names` are the features'; `miss` is how often the conformal sets may miss; `every` is how many bars lie between two
    rows of training.
    """

    instruments: tuple[str, ...]
    names: tuple[str, ...]
    portraits: tuple[Portrait, ...]
    miss: float
    every: int

    @classmethod
    def of_training(
        cls,
        features: Floats,
        names: Sequence[str],
        probabilities: Floats,
        y: npt.NDArray[Any],
        miss: float,
        window: int,
        instruments: Sequence[str],
        instrument: Ints,
        every: int = 1,
    ) -> Reference:
        """Return what training keeps.

        Rows are in order of time: `features` [n, k], `probabilities` [n] the model's, NaN where it saw the row when it
        was fitted (of its own rows it is too sure); `y` [n] 1 or 0, -1 where there is no label; `instrument` [n] are
        positions in `instruments`. `window` is in bars.

        Raises
        ------
        BadInput
            When lengths differ.
        """
        lengths = {len(features), len(probabilities), len(y), len(instrument)}
        if len(lengths) > 1 or features.ndim != 2 or features.shape[1] != len(names):
            raise BadInput(
                f"rows were {sorted(lengths)} and features {features.shape} for {len(names)} names,"
                " allowed is one length and a column for each name"
            )
        columns = np.column_stack([features, probabilities])
        portraits = []
        for number in range(len(instruments)):
            mine = instrument == number
            labels = y[mine & (y >= 0)].astype(np.float64)
            portraits.append(Portrait.of_rows(columns[mine], labels, max(1, window // every)))
        return cls(tuple(instruments), tuple(names), tuple(portraits), miss, every)

    def portrait(self, instrument: str) -> Portrait | None:
        """Return an instrument's portrait, None for one that training did not see."""
        return self.portraits[self.instruments.index(instrument)] if instrument in self.instruments else None

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything as plain arrays."""
        stacked = {
            field.name: np.array([getattr(portrait, field.name) for portrait in self.portraits])
            for field in fields(Portrait)
        }
        return stacked | {
            "instruments": np.array(self.instruments, dtype=np.str_),
            "names": np.array(self.names, dtype=np.str_),
            "miss": np.array(self.miss),
            "every": np.array(self.every),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Reference:
        """Return what `arrays()` gave."""
        instruments = tuple(str(name) for name in arrays["instruments"])
        portraits = []
        for place in range(len(instruments)):
            parts = {field.name: arrays[field.name][place] for field in fields(Portrait)}
            portraits.append(Portrait(**parts | {"step": int(parts["step"])}))
        names = tuple(str(name) for name in arrays["names"])
        return cls(instruments, names, tuple(portraits), float(arrays["miss"]), int(arrays["every"]))
