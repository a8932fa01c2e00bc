# file: learning/models/samples.py
"""Samples: rows of features with labels, net returns and the time each label spans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import BoolArray, Floats, Ints
from tradingbot.core.errors import BadInput

Labels = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Decisions as rows.

    `x` [n, k] are the features, NaN where one is missing. `y` int8 [n] is 1 or 0, or -1 for a decision that belongs to
    neither class: it is evaluated and never fitted. `weight` [n] is above 0. The label covers [`starts`, `ends`], both
    included, UTC ns. `net_up` and `net_down` [n] are the net returns of a long and of a short decided there; for a meta
    model `net_up` is the trade's and `net_down` NaN. `instrument` int64 [n] numbers the instruments.

    Raises BadInput when lengths differ, a feature is infinite, a class is unknown, a weight is not above 0, or a label
    ends before it starts.
    """

    x: Floats
    y: Labels
    weight: Floats
    starts: Ints
    ends: Ints
    net_up: Floats
    net_down: Floats
    instrument: Ints

    def __post_init__(self) -> None:
        """Check that the columns are of one length and hold what they should."""
        lengths = {field.name: len(getattr(self, field.name)) for field in fields(self)}
        if len(set(lengths.values())) > 1 or self.x.ndim != 2:
            raise BadInput(f"samples had {self.x.ndim} axes of features and lengths {lengths}, allowed is 2 and one")
        if not np.isin(self.y, (-1, 0, 1)).all():
            raise BadInput(f"classes were {sorted(set(self.y.tolist()))}, allowed are -1, 0 and 1")
        if np.isinf(self.x).any():
            raise BadInput("a feature was infinite, allowed are finite numbers, and NaN where one is missing")
        if not (np.isfinite(self.weight) & (self.weight > 0)).all():
            raise BadInput("a weight was 0 or less or not finite, allowed is above 0")
        if (self.ends < self.starts).any():
            place = int(np.argmax(self.ends < self.starts))
            raise BadInput(
                f"label {place} was {self.starts[place]} to {self.ends[place]}, allowed is an end no earlier"
            )

    def __len__(self) -> int:
        """Return the number of decisions."""
        return len(self.y)

    @property
    def labelled(self) -> BoolArray:
        """Which rows have a class: [n]."""
        found: BoolArray = self.y >= 0
        return found

    @property
    def one_sided(self) -> bool:
        """Whether these are a meta model's: each decision either takes its one trade or leaves it."""
        return bool(np.isnan(self.net_down).all())

    def take(self, index: Ints | BoolArray) -> Samples:
        """Return the rows at `index`, positions or a mask, in its order."""
        return Samples(*(getattr(self, field.name)[index] for field in fields(self)))

    @classmethod
    def join(cls, parts: Sequence[Samples]) -> Samples:
        """Return the rows of all `parts`, in order of time."""
        columns = (np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls))
        return cls(*columns).in_time()

    def in_time(self) -> Samples:
        """Return the rows by when they start, those of one instant by instrument."""
        return self.take(np.lexsort((self.instrument, self.starts)))
