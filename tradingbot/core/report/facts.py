# file: core/report/facts.py
"""What the warnings need to know beyond the result: the grain of the data and how orders met the market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tradingbot.core.market.coverage import Hole

__all__ = ["Facts", "FundingFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingFacts:
    """Settlements of one perpetual over a run.

    `due` by the schedule, `missing` of them in the data, the `first` and `last` of those (UTC ns), `held` and
    `held_missing` the same while a position was open. `unmarked` were priced at the last price though the data has
    marks of other times. `zero` of those in the data have a rate of zero that no venue charged, `held_zero` of them
    while a position was open. `median_rate` is the median size of a rate in eight hours.
    """

    due: int
    missing: int
    first: int
    last: int
    held: int
    held_missing: int
    unmarked: int
    zero: int
    held_zero: int
    median_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Statistics of bars and orders of one run; what is left out warns about nothing.

    `bar_ns` is the length of a bar. The mappings are by instrument, in price units: the smallest price step, the median
    of high - low of its bars, the median distance of stops and of targets from the entry. `fills` and
    `fills_outside_session` count executions. `holes` are where bars are missing within the run, `ends` is when the data
    of a run that was stopped before ends (UTC ns). `funding` is by perpetual.
    """

    bar_ns: int
    tick: Mapping[str, float] = field(default_factory=dict)
    bar_range: Mapping[str, float] = field(default_factory=dict)
    stop_distance: Mapping[str, float] = field(default_factory=dict)
    target_distance: Mapping[str, float] = field(default_factory=dict)
    fills: int = 0
    fills_outside_session: int = 0
    holes: Sequence[Hole] = ()
    ends: int | None = None
    funding: Mapping[str, FundingFacts] = field(default_factory=dict)
