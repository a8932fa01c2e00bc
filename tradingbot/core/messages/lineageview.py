# file: core/messages/lineageview.py
"""Where candidates come from: the states they went through, and the trials that were spent on the way."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.lane import Lane

__all__ = ["RegistryRow", "SpentRow", "TrialRow", "TrialTotals"]


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
