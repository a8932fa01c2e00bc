# file: core/validation/stressanswer.py
"""What a stress says, in the form the verdict reads."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.report.validation.record import Answer

__all__ = ["StressAnswer"]


@dataclass(frozen=True, slots=True)
class StressAnswer:
    """A stress by name, whether its criterion holds, and the sentence that says so. `missing` when it was not run."""

    name: str
    answer: Answer
    sentence: str
    missing: bool = False
