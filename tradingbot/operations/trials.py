# file: operations/trials.py
"""Trial ledger as operators read it: the last trials, and who spent how many on which data; checked first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from tradingbot.core.config.home import existing_home
from tradingbot.core.errors import BadInput, TradingbotError
from tradingbot.core.experiments.trials import Row, TrialLedger, distinct
from tradingbot.core.messages.candidateview import SpentRow, TrialRow, TrialTotals
from tradingbot.core.storage.atomicfile import file_stamp
from tradingbot.core.storage.hashchain import GENESIS
from tradingbot.core.time import to_iso


def spending(asset: str | None = None) -> TrialTotals:
    """Return what was spent, on `asset` alone when it is given; LedgerTampered when the ledger was changed."""
    return _totals(_ledger().rows(), asset)


def spending_dict(totals: TrialTotals) -> dict[str, Any]:
    """Return the spending as JSON holds it."""
    spent = [asdict(row) | {"assets": list(row.assets), "purposes": dict(row.purposes)} for row in totals.spent]
    return {"recorded": totals.recorded, "distinct": totals.distinct, "head": totals.head, "spent": spent}


def trials(last: int = 200) -> tuple[TrialRow, ...]:
    """Return the last trials, newest first.

    Raises BadInput when `last` is below 1; LedgerTampered when the ledger is not what was written; RunFailed when it
    cannot be read.
    """
    if last < 1:
        raise BadInput(f"last was {last}, allowed is 1 or more")
    return _checked()[0][:last]


def totals() -> TrialTotals:
    """Return what was spent in all and whether the hash chain is verified; it never raises for the ledger's sake."""
    try:
        return _checked()[1]
    except TradingbotError as error:
        return TrialTotals(0, 0, "", False, str(error), ())


def _ledger() -> TrialLedger:
    return TrialLedger(existing_home() / "state" / "trials.db")


def _checked() -> tuple[tuple[TrialRow, ...], TrialTotals]:
    ledger = _ledger()
    return _read(ledger.path, file_stamp(ledger.path), file_stamp(ledger.head))


@lru_cache(maxsize=1)
def _read(path: Path, *_stamps: tuple[int, int, int, int]) -> tuple[tuple[TrialRow, ...], TrialTotals]:
    """Checking the whole chain takes seconds once there are many trials: again only when the files changed."""
    rows = TrialLedger(path).rows()
    return tuple(map(_trial, reversed(rows))), _totals(rows)


def _totals(everything: Sequence[Row], asset: str | None = None) -> TrialTotals:
    rows = [row for row in everything if asset is None or asset in row.trial.assets]
    groups: dict[tuple[str, str, tuple[str, ...]], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.trial.who, row.trial.strategy, row.trial.assets), []).append(row)
    head = everything[-1].digest if everything else GENESIS
    spent = tuple(_spent(*key, group) for key, group in groups.items())
    return TrialTotals(len(rows), len(distinct(rows)), head, True, "", spent)


def _spent(who: str, strategy: str, assets: tuple[str, ...], rows: Sequence[Row]) -> SpentRow:
    return SpentRow(
        who=who,
        strategy=strategy,
        assets=assets,
        start=to_iso(min(row.trial.start for row in rows)),
        end=to_iso(max(row.trial.end for row in rows)),
        recorded=len(rows),
        distinct=len(distinct(rows)),
        purposes=tuple(sorted(Counter(row.trial.purpose for row in rows).items())),
        first=to_iso(rows[0].recorded_ns),
        last=to_iso(rows[-1].recorded_ns),
    )


def _trial(row: Row) -> TrialRow:
    trial = row.trial
    return TrialRow(
        number=row.number,
        recorded=row.recorded_ns,
        who=trial.who,
        purpose=trial.purpose,
        label=trial.label,
        strategy=trial.strategy,
        lane=trial.lane,
        assets=trial.assets,
        bar=trial.bar,
        start=trial.start,
        end=trial.end,
        trades=trial.trades,
        parent=trial.parent,
    )
