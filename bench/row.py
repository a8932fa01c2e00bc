# file: bench/row.py
"""What a measure answers: one number beside the number it is judged by."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    `baseline` is measured in the same run, in the same unit, and `against` says what it is; `aim` is what was promised
    for `value`, or for `ratio` when `of_ratio`. `higher` says which way is better.
    """

    name: str
    value: float
    unit: str
    baseline: float | None = None
    against: str = ""
    aim: float | None = None
    higher: bool = False
    of_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        """Value over baseline."""
        return self.value / self.baseline if self.baseline else None

    @property
    def met(self) -> bool | None:
        """Whether the aim was met; None where there is none."""
        judged = self.ratio if self.of_ratio else self.value
        if self.aim is None or judged is None:
            return None
        return judged >= self.aim if self.higher else judged <= self.aim

    def as_dict(self) -> dict[str, object]:
        """Return the row for JSON."""
        return asdict(self) | {"ratio": self.ratio, "met": self.met}
