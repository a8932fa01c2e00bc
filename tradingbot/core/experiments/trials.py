# file: core/experiments/trials.py
"""Trial ledger: one hash-chained row per run that could have been chosen, added and never changed; it feeds the
multiple-testing correction.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput
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

type Singles = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """Who ran what on which data, and what each day brought.

    `purpose` is a word such as backtest, candidate, search, perturbation or shock; `assets` are the base currencies or
    underlyings of `instruments`; `start` and `end` UTC nanoseconds. The hashes (hex) are of configuration with
    parameters, of the strategies' sources, and of the data. `days` (int64 UTC ns, ascending, the midnights that end
    them) and `returns` (float32, fractions) have equal length. `parent` is the candidate whose stress run it is, else
    empty.

    Raises BadInput when days and returns are not int64 and float32 or differ in length, days do not ascend, a return is
    not finite.
    """

    who: str
    purpose: str
    label: str
    lane: str
    strategy: str
    instruments: tuple[str, ...]
    assets: tuple[str, ...]
    bar: str
    start: int
    end: int
    config_sha256: str
    code_sha256: str
    data_sha256: str
    trades: int
    days: Ints
    returns: Singles
    parent: str = ""

    def __post_init__(self) -> None:
        if self.days.dtype != np.int64 or self.returns.dtype != np.float32:
            was = f"{self.days.dtype} and {self.returns.dtype}"
            raise BadInput(f"trial {self.label}: days and returns were {was}, allowed is int64 and float32")
        if len(self.days) != len(self.returns):
            raise BadInput(
                f"trial {self.label}: {len(self.days)} days and {len(self.returns)} returns, allowed is one each"
            )
        if len(self.days) > 1 and not (np.diff(self.days) > 0).all():
            raise BadInput(f"trial {self.label}: its days did not ascend")
        if not np.isfinite(self.returns).all():
            raise BadInput(f"trial {self.label}: a return was not a number")

    @property
    def identity(self) -> tuple[str, str, str]:
        """What was run, on what: trials that share it are one trial."""
        return self.config_sha256, self.code_sha256, self.data_sha256


@dataclass(frozen=True, slots=True)
class Row:
    """A trial in the ledger: its number from 1, when it was recorded (UTC ns), the chain's SHA-256 (hex) up to it."""

    number: int
    recorded_ns: int
    trial: Trial
    digest: str


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
            cells = table.add([operator.index(now), *_values_of(trial)])
        return Row(cells[0], cells[1], trial, cells[-1])

    def rows(self) -> list[Row]:
        """Return every row, oldest first."""
        return self._chain.read(_row_of)

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


def _values_of(trial: Trial) -> list[Any]:
    return [
        *(trial.who, trial.purpose, trial.label, trial.lane, trial.strategy),
        *(json.dumps(list(trial.instruments)), json.dumps(list(trial.assets)), trial.bar),
        *(operator.index(trial.start), operator.index(trial.end)),
        *(trial.config_sha256, trial.code_sha256, trial.data_sha256, operator.index(trial.trades)),
        *(trial.days.astype("<i8").tobytes(), trial.returns.astype("<f4").tobytes(), trial.parent),
    ]


def _row_of(cells: Sequence[Any]) -> Row:
    values = dict(zip((field.name for field in fields(Trial)), cells[2:-1], strict=True))
    values["instruments"] = tuple(json.loads(values["instruments"]))
    values["assets"] = tuple(json.loads(values["assets"]))
    values["days"] = np.frombuffer(values["days"], "<i8").astype(np.int64)
    values["returns"] = np.frombuffer(values["returns"], "<f4").astype(np.float32)
    return Row(cells[0], cells[1], Trial(**values), cells[-1])
