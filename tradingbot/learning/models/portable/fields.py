# file: learning/models/portable/fields.py
"""Validated arrays: read arrays of a file as exactly what they should be, or refuse them by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from tradingbot.core.errors import BadInput

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]


def frozen(values: npt.ArrayLike, kind: npt.DTypeLike, name: str) -> Array:
    """Return a read-only, contiguous copy of `values` [n] as `kind`, nothing lost on the way.

    Raises BadInput when the values do not lie along one axis, or `kind` cannot hold one of them.
    """
    given = np.asarray(values)
    if given.ndim != 1:
        raise BadInput(f"{name} had {given.ndim} dimensions, allowed is 1")
    if given.dtype.kind not in "biuf":
        raise BadInput(f"{name} was of type {given.dtype}, allowed are numbers")
    with np.errstate(all="ignore"):
        copy = np.array(given, dtype=kind, order="C")
    lost = np.flatnonzero((copy != given) & ((copy == copy) | (given == given)))
    if len(lost):
        raise BadInput(f"{name} {lost[0]} was {given[lost[0]]}, allowed is what {copy.dtype} can hold")
    copy.flags.writeable = False
    return copy


def exactly(values: Array, count: int, name: str) -> None:
    """Refuse an array whose length is not `count`.

    Raises BadInput naming the array, its length and the one allowed.
    """
    if len(values) != count:
        raise BadInput(f"{name} had {len(values):,} values, allowed is {count:,}")


def refuse_where(wrong: Array, values: Array, name: str, allowed: str) -> None:
    """Refuse an array in which a value is `wrong` [n].

    Raises BadInput naming the array, the first such place, the value and what is `allowed`.
    """
    if wrong.any():
        place = int(np.argmax(wrong))
        raise BadInput(f"{name} {place} was {values[place]}, allowed is {allowed}")


def there(arrays: Arrays, name: str) -> Array:
    """Return the array under `name`.

    Raises BadInput when it is not there.
    """
    if name not in arrays:
        raise BadInput(f"array {name} was missing")
    return np.asarray(arrays[name])


def number(arrays: Arrays, name: str) -> float:
    """Return the one number under `name`.

    Raises BadInput when it is not there, or is not one number.
    """
    value = there(arrays, name)
    if value.shape or value.dtype.kind not in "biuf":
        raise BadInput(f"{name} was of type {value.dtype} and shape {value.shape}, allowed is one number")
    return float(value)


def under(arrays: Arrays, prefix: str) -> dict[str, Array]:
    """Return the arrays whose names begin with `prefix` and a dot, by what follows it."""
    start = f"{prefix}."
    return {name.removeprefix(start): values for name, values in arrays.items() if name.startswith(start)}
