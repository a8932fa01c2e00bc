# file: core/validation/competingtrials.py
"""Competing trials: all recorded runs on the same days that a candidate has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.core.experiments.trials.ledger import TrialLedger, distinct
from tradingbot.core.experiments.trials.trial import Row
from tradingbot.core.validation.evidence import CompetingTrial

# Dearer trading is no other strategy: nobody can choose it.
_NO_CHOICE = ("shock",)


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


def competing_trials(
    ledger: TrialLedger, assets: Sequence[str], start: int, end: int, own: tuple[str, str, str], parent: str
) -> CompetingTrials:
    """Return the family, after checking the ledger's chain.

    Parameters
    ----------
    own
        (config, code, data) hashes of the candidate's own run, which is not its own rival.
    parent
        The candidate whose stress runs are left out.

    Raises LedgerTampered when the ledger is not what was written.
    """
    ledger.verify()
    touching = ledger.touching(assets, start, end)
    rivals = [
        row
        for row in touching
        if row.trial.purpose not in _NO_CHOICE
        and not (parent and row.trial.parent == parent)
        and (row.trial.config_sha256, row.trial.code_sha256, row.trial.data_sha256) != own
    ]
    return CompetingTrials(len(touching), tuple(sorted(distinct(rivals), key=_identity)))


def _identity(row: Row) -> tuple[str, str, str, str]:
    trial = row.trial
    return trial.label, trial.config_sha256, trial.code_sha256, trial.data_sha256
