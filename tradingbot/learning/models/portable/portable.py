# file: learning/models/portable/portable.py
"""Portable model: a trained model's probability in microseconds without its framework, and the parity check with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from tradingbot.core.arrays import Floats
from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.learning.models.portable.fields import Array, Arrays, number, there, under
from tradingbot.learning.models.portable.kernel import lay_out, run_model
from tradingbot.learning.models.portable.linear import Linear, PiecewiseLinear
from tradingbot.learning.models.portable.trees import Trees

TOLERANCE = 1e-9
_READ: dict[str, Callable[[Arrays, str], object]] = {"Array": there, "bool": number, "float": number, "int": number}


@dataclass(frozen=True, slots=True, eq=False)
class Portable:
    """Members that each give log-odds from the same k features, a stack over those [m], and a calibration.

    Raises BadInput when there is no member, their widths differ, or the stack does not weigh as many as there are.
    """

    members: tuple[Trees | Linear, ...]
    stack: Linear
    calibration: PiecewiseLinear
    _ready: tuple[Array, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check that the parts fit and lay them out for the kernel."""
        object.__setattr__(self, "members", tuple(self.members))
        if not self.members:
            raise BadInput("members were 0, allowed is 1 or more")
        for place, member in enumerate(self.members):
            if member.width != self.width:
                raise BadInput(f"member {place} took {member.width} features, allowed is {self.width} as member 0")
        if self.stack.width != len(self.members):
            raise BadInput(f"the stack weighed {self.stack.width} members, allowed is {len(self.members)}")
        object.__setattr__(self, "_ready", lay_out(self.members, self.stack, self.calibration).arrays)

    def __reduce__(self) -> tuple[type[Portable], tuple[object, ...]]:
        """Travel without the layout: another process may get arrays as read-only maps of a file, the kernel may not."""
        return Portable, (self.members, self.stack, self.calibration)

    @property
    def width(self) -> int:
        """The number of features."""
        return self.members[0].width

    def probability(self, x: Floats) -> float:
        """Return the calibrated probability for one row of features [k]; NaN is a missing feature.

        NaN only where a linear member meets infinities.

        Raises BadInput when x does not have k values.
        """
        row = np.array(x, dtype=np.float64, ndmin=2, order="C")
        if row.shape != (1, self.width):
            raise BadInput(f"a row of features had shape {np.shape(x)}, allowed is ({self.width},)")
        return float(self._run(row)[0, -1])

    def probabilities(self, x: Floats) -> Floats:
        """Return the calibrated probability for each row of x [n, k]: [n], bit for bit those of `probability`.

        Raises BadInput when a row does not have k values.
        """
        return self._run(self._rows(x))[:, -1].copy()

    def log_odds(self, x: Floats) -> Floats:
        """Return each member's log-odds for each row of x [n, k], before stack and calibration: [n, m].

        Raises BadInput when a row does not have k values.
        """
        return self._run(self._rows(x))[:, :-1].copy()

    def arrays(self) -> dict[str, Array]:
        """Return everything as named arrays, for `np.savez`; `of` takes them back."""
        kinds = np.array([type(member) is Trees for member in self.members])
        named = {"trees": kinds} | _arrays("stack", self.stack) | _arrays("calibration", self.calibration)
        for place, member in enumerate(self.members):
            named |= _arrays(f"member{place}", member)
        return named

    @classmethod
    def of(cls, arrays: Arrays) -> Portable:
        """Return the model that gave `arrays`, every part checked as when it was made.

        Raises BadInput when an array is missing, unknown, or does not hold what it should; the message names it.
        """
        kinds = np.asarray(arrays.get("trees", np.zeros(0)))
        if kinds.ndim != 1 or kinds.dtype != np.bool_:
            raise BadInput("array 'trees' was missing or of another kind, allowed is true or false for each member")
        parts = {f"member{place}": Trees if kind else Linear for place, kind in enumerate(kinds)}
        wanted = parts | {"stack": Linear, "calibration": PiecewiseLinear}
        known = {"trees"} | {f"{name}.{part.name}" for name, kind in wanted.items() for part in fields(kind)}
        if unknown := sorted(set(arrays) - known):
            raise BadInput(f"array {unknown[0]!r} was not expected, allowed are {len(known)} others")
        made = {name: _made(kind, name, arrays) for name, kind in wanted.items()}
        return cls(tuple(made[name] for name in parts), made["stack"], made["calibration"])

    def _rows(self, x: Floats) -> Floats:
        if np.ndim(x) != 2 or np.shape(x)[1] != self.width:
            raise BadInput(f"rows of features had shape {np.shape(x)}, allowed is [n, {self.width}]")
        return np.ascontiguousarray(x, dtype=np.float64)

    def _run(self, rows: Floats) -> Floats:
        out = np.empty((len(rows), len(self.members) + 1))
        run_model(rows, *self._ready, out)  # type: ignore[call-arg]
        return out


def check_parity(portable: Portable, rows: Floats, expected: Floats, where: str) -> None:
    """Compare the calibrated probabilities for `rows` [r, k] with those `expected` [r] of the source.

    They may differ by `TOLERANCE`, as a probability: trees agree bit for bit, so only the rounding of a dot product, an
    exponential and a calibration's slope is left, some 1e-15. `where` says whose model it is.

    Raises RunFailed naming the first row that differs, what was and what was expected.
    """
    _compare(portable.probabilities(rows), expected, np.ones(np.shape(expected)), f"{where}: probability")


def check_log_odds(portable: Portable, rows: Floats, expected: Floats, where: str) -> None:
    """Compare each member's log-odds for `rows` [r, k] with those `expected` [r, m] of its source.

    They may differ by `TOLERANCE` times the larger of 1 and what is expected. Expected from XGBoost are margins: it
    computes probabilities in float32, whose log-odds are worth 7 digits near 0 and none near 1.

    Raises RunFailed naming the first row that differs, the member, what was and what was expected.
    """
    odds = portable.log_odds(rows)
    if np.shape(expected) != odds.shape:
        raise RunFailed(f"{where}: expected were {np.shape(expected)} values, allowed is {odds.shape}")
    for member, wanted in enumerate(expected.T):
        scale = np.maximum(1.0, np.abs(wanted))
        _compare(odds[:, member], wanted, scale, f"{where}: log-odds of member {member}")


def _arrays(name: str, part: Trees | Linear | PiecewiseLinear) -> dict[str, Array]:
    return {f"{name}.{item.name}": np.asarray(getattr(part, item.name)) for item in fields(part)}


def _made(kind: Any, name: str, arrays: Arrays) -> Any:
    given = under(arrays, name)
    try:
        return kind(**{item.name: _READ[str(item.type)](given, item.name) for item in fields(kind)})
    except BadInput as refused:
        raise BadInput(f"{name}: {refused}") from None


def _compare(given: Floats, expected: Floats, scale: Floats, what: str) -> None:
    if not len(given) or np.shape(expected) != given.shape:
        raise RunFailed(
            f"{what}: expected were {np.shape(expected)} values,"
            f" allowed is one for each of {len(given)} rows, of which 1 or more"
        )
    with np.errstate(invalid="ignore"):
        close = (given == expected) | (np.isfinite(expected) & (np.abs(given - expected) <= TOLERANCE * scale))
    wrong = np.flatnonzero(~(close | (np.isnan(given) & np.isnan(expected))))
    if len(wrong):
        row = int(wrong[0])
        raise RunFailed(
            f"{what} in row {row} was {given[row]}, expected is {expected[row]}"
            f" to within {TOLERANCE * scale[row]:.0e}; {len(wrong):,} of {len(given):,} rows differ"
        )
