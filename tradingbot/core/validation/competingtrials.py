# file: core/validation/competingtrials.py
"""Competing trials: all recorded runs on the same days that a candidate has to beat."""

from __future__ import annotations

from dataclasses import dataclass

from tradingbot.core.experiments.runner import run_identity
from tradingbot.core.experiments.trials.ledger import TrialLedger, distinct
from tradingbot.core.experiments.trials.trial import Row
from tradingbot.core.runtime.runrecord import RunRecord
from tradingbot.core.validation.evidence import CompetingTrial


@dataclass(frozen=True, slots=True)
class CompetingTrials:
    """`recorded` rows touch the candidate's assets and period; `rows` are the distinct rivals among them.

    The rows are sorted by what was run, since the order in which workers finish is no one's choice.
    """

    recorded: int
    rows: tuple[Row, ...]

    @property
    def rivals(self) -> list[CompetingTrial]:
        """(days, returns) of each of `rows`."""
        return [(row.trial.days, row.trial.returns.astype(float)) for row in self.rows]


def competing_trials(ledger: TrialLedger, record: RunRecord, parent: str = "") -> CompetingTrials:
    """Return the trials that compete with the run of `record`, after checking the ledger's hash chain.

    The run is not its own rival, nor are shocks, since nobody can choose dearer trading, nor the stress runs of the
    candidate `parent`. Raises LedgerTampered when the ledger is not what was written.
    """
    ledger.verify()
    touching, own = ledger.touching(record.assets, record.start, record.end), run_identity(record.hashes)
    rivals = [
        row
        for row in touching
        if row.trial.purpose != "shock" and not (parent and row.trial.parent == parent) and row.trial.identity != own
    ]
    return CompetingTrials(
        len(touching), tuple(sorted(distinct(rivals), key=lambda row: (row.trial.label, *row.trial.identity)))
    )
