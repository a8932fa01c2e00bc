# file: core/messages/validationview.py
"""What is to be known about the last validation of a candidate, in words and numbers as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CriterionView", "FactView", "ValidationView"]


@dataclass(frozen=True, slots=True)
class CriterionView:
    """A criterion: what was measured, and the limit with the side on which a pass lies, such as `≥ 2.00`.

    `interval` is the 95 % interval; `answer` is pass, fail or unsettled, and `passed` whether it is the first. `looser`
    is set when the limit is easier than the program's own.
    """

    name: str
    title: str
    was: str
    limit: str
    interval: str
    answer: str
    passed: bool
    looser: bool
    why: str


@dataclass(frozen=True, slots=True)
class FactView:
    """A number of the report worth showing beside the criteria: what its `meaning` is, why it is `weak` where it is."""

    name: str
    value: str
    meaning: str
    weak: str = ""


@dataclass(frozen=True, slots=True)
class ValidationView:
    """A report of a candidate. `run` names it; it was written at `finished` (UTC ns).

    `verdict` is PASS, FAIL or INSUFFICIENT_EVIDENCE, `reason` its one line, `reasons` the whole list, `settle` what
    would change it. `certified` says whether the registry's certificate is of this run; then it is good from `issued`
    until `expires` (UTC ns), which are None otherwise. `html` is the path of the page, empty when there is none;
    `sha256` is the report's own hash and `report` all of it.
    """

    candidate: str
    run: str
    finished: int
    verdict: str
    reason: str
    reasons: tuple[str, ...]
    settle: tuple[str, ...]
    criteria: tuple[CriterionView, ...]
    facts: tuple[FactView, ...]
    cautions: tuple[str, ...]
    budget: str
    synthetic: bool
    certified: bool
    issued: int | None
    expires: int | None
    html: str
    sha256: str
    report: Mapping[str, Any] = field(repr=False)
