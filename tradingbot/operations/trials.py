# file: operations/trials.py
"""Trial ledger: who spent how many trials on which data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.core.config.home import existing_home
from tradingbot.core.experiments.trials.ledger import TrialLedger, distinct
from tradingbot.core.experiments.trials.trial import Row
from tradingbot.core.storage.hashchain import GENESIS
from tradingbot.core.time import to_iso


@dataclass(frozen=True, slots=True)
class Spent:
    """What one person ran of one strategy on some assets: `recorded` runs, `distinct` ones, and how many per purpose.

    `start` and `end` are the period of the data, `first` and `last` when it was run; all ISO-8601 UTC.
    """

    who: str
    strategy: str
    assets: tuple[str, ...]
    start: str
    end: str
    recorded: int
    distinct: int
    purposes: dict[str, int]
    first: str
    last: str

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {name: getattr(self, name) for name in self.__slots__} | {"assets": list(self.assets)}


@dataclass(frozen=True, slots=True)
class Spending:
    """The whole ledger, checked: how many trials, how many distinct ones, the chain's end, and who spent them."""

    recorded: int
    distinct: int
    head: str
    spent: tuple[Spent, ...]

    def to_dict(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        rows = [item.to_dict() for item in self.spent]
        return {"recorded": self.recorded, "distinct": self.distinct, "head": self.head, "spent": rows}


def trial_ledger() -> TrialLedger:
    """Return the ledger of the home."""
    return TrialLedger(existing_home() / "state" / "trials.db")


def spending(asset: str | None = None) -> Spending:
    """Return what was spent, of `asset` alone when it is given; LedgerTampered when the ledger was changed."""
    return summed(trial_ledger().rows(), asset)


def summed(everything: Sequence[Row], asset: str | None = None) -> Spending:
    """Return what was spent, of `asset` alone when it is given, from every row of a ledger, oldest first."""
    rows = [row for row in everything if asset is None or asset in row.trial.assets]
    groups: dict[tuple[str, str, tuple[str, ...]], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.trial.who, row.trial.strategy, row.trial.assets), []).append(row)
    head = everything[-1].digest if everything else GENESIS
    return Spending(len(rows), len(distinct(rows)), head, tuple(_spent(*key, found) for key, found in groups.items()))


def _spent(who: str, strategy: str, assets: tuple[str, ...], rows: Sequence[Row]) -> Spent:
    purposes: dict[str, int] = {}
    for row in rows:
        purposes[row.trial.purpose] = purposes.get(row.trial.purpose, 0) + 1
    return Spent(
        who=who,
        strategy=strategy,
        assets=assets,
        start=to_iso(min(row.trial.start for row in rows)),
        end=to_iso(max(row.trial.end for row in rows)),
        recorded=len(rows),
        distinct=len(distinct(rows)),
        purposes=dict(sorted(purposes.items())),
        first=to_iso(rows[0].recorded_ns),
        last=to_iso(rows[-1].recorded_ns),
    )
