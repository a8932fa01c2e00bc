# file: core/messages/observation.py
"""What a model saw at the close of a bar, and what came of it when its label was known."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Observation", "Resolved"]


@dataclass(frozen=True, slots=True)
class Observation:
    """The features of one bar and the probability the model made of them. `ts` is the bar's close, UTC ns."""

    instrument: str
    ts: int
    features: tuple[float, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Resolved:
    """How an opinion ended.

    It was given at `decided` and its outcome known at `ts`, both UTC ns: `up` is the class that came true. `covered`
    says whether the conformal set of then held that class, None where no set was made.
    """

    instrument: str
    decided: int
    ts: int
    up: bool
    probability: float
    covered: bool | None
