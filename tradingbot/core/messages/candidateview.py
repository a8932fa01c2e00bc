# file: core/messages/candidateview.py
"""Views of a candidate: states, trials spent, and its last validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tradingbot.core.lane import Lane


@dataclass(frozen=True, slots=True)
class RegistryRow:
    """`candidate` is `state` since `since` (UTC ns), through whom and why.

    `state` is candidate, validated, promoted, demoted or retired. `run` is the validation its certificate is of, which
    is good until `certificate_until` (UTC ns); without a certificate they are empty and None. `certificate_good` says
    whether it is good now. `ways` are the states an operator may bring it into.
    """

    candidate: str
    state: str
    since: int
    who: str
    why: str
    strategy: str
    lane: Lane
    run: str
    certificate_until: int | None
    certificate_good: bool
    ways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A trial: run by whom, for what, on which data; times are UTC ns. `parent` is whose stress run it was."""

    number: int
    recorded: int
    who: str
    purpose: str
    label: str
    strategy: str
    lane: str
    assets: tuple[str, ...]
    bar: str
    start: int
    end: int
    trades: int
    parent: str


@dataclass(frozen=True, slots=True)
class SpentRow:
    """What one person ran of one strategy on some assets: `recorded` runs, of which `distinct` differ.

    `start` to `end` is the period of the data, `first` and `last` when it was run; ISO-8601 UTC. `purposes` counts the
    runs by what they were for.
    """

    who: str
    strategy: str
    assets: tuple[str, ...]
    start: str
    end: str
    recorded: int
    distinct: int
    purposes: tuple[tuple[str, int], ...]
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class TrialTotals:
    """The whole trial ledger: how many trials, how many distinct, the end of its chain, and who spent them.

    `verified` is whether the chain is what was written; `trouble` says why not, or why that is not known, and is else
    empty.
    """

    recorded: int
    distinct: int
    head: str
    verified: bool
    trouble: str
    spent: tuple[SpentRow, ...]


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
