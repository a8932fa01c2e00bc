# file: core/experiments/trials/ledger.py
"""Trial ledger on disk: one row per run, added and never changed."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from pathlib import Path

from tradingbot.core.experiments.trials.trial import Row, Trial, row_of, values_of
from tradingbot.core.storage.hashchain import GENESIS, ChainLayout, HashChain

LAYOUT = ChainLayout(
    table="trials",
    columns=(
        ("recorded_ns", "INTEGER"), ("who", "TEXT"), ("purpose", "TEXT"), ("label", "TEXT"), ("lane", "TEXT"),
        ("strategy", "TEXT"), ("instruments", "TEXT"), ("assets", "TEXT"), ("bar", "TEXT"), ("start_ns", "INTEGER"),
        ("end_ns", "INTEGER"), ("config_sha256", "TEXT"), ("code_sha256", "TEXT"), ("data_sha256", "TEXT"),
        ("trades", "INTEGER"), ("days", "BLOB"), ("returns", "BLOB"), ("parent", "TEXT"),
    ),
    digest="digest",
    title="the trial ledger",
    row="trial",
    entry="a trial",
)  # fmt: skip

_PATIENCE_S = 30.0


class TrialLedger:
    """The hash-chained table of trials at `path`, with its head beside it.

    Every method raises LedgerTampered when the ledger is not what was written; RunFailed when the file cannot be opened
    or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = path.with_suffix(".head")
        self._chain = HashChain(path, LAYOUT, patience_s=_PATIENCE_S)

    def record(self, trial: Trial, now: int) -> Row:
        """Add the trial, recorded at `now` (UTC ns), and return its row; it is on the disk when this returns.

        Raises BadInput when a text of the trial is not Unicode.
        """
        with self._chain.appending() as table:
            cells = table.add([operator.index(now), *values_of(trial)])
        return Row(cells[0], cells[1], trial, cells[-1])

    def rows(self) -> list[Row]:
        """Return every row, oldest first."""
        return self._chain.read(row_of)

    def touching(self, assets: Iterable[str], start: int, end: int) -> list[Row]:
        """Return the rows on any of `assets` whose period overlaps `start` to `end` (UTC ns).

        Whatever their lane, bars or data file: a bar more in the catalog, or a perpetual in place of the coin, does not
        make what was tried forgotten.
        """
        wanted = set(assets)
        return [
            row
            for row in self.rows()
            if wanted & set(row.trial.assets) and row.trial.start < end and row.trial.end > start
        ]

    def verify(self) -> str:
        """Check everything and return the digest of the last row, 64 zeros without one."""
        rows = self.rows()
        return rows[-1].digest if rows else GENESIS


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Return the first row of each thing that was run: equal configuration, code and data are one trial."""
    first: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        first.setdefault(row.trial.identity, row)
    return list(first.values())
