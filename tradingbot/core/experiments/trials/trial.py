# file: core/experiments/trials/trial.py
"""Trial: one run that could have been chosen, and the row it becomes."""

from __future__ import annotations

import json
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput

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


def values_of(trial: Trial) -> list[Any]:
    """Return what the ledger's row holds of `trial`, in the order of the columns."""
    return [
        *(trial.who, trial.purpose, trial.label, trial.lane, trial.strategy),
        *(json.dumps(list(trial.instruments)), json.dumps(list(trial.assets)), trial.bar),
        *(operator.index(trial.start), operator.index(trial.end)),
        *(trial.config_sha256, trial.code_sha256, trial.data_sha256, operator.index(trial.trades)),
        *(trial.days.astype("<i8").tobytes(), trial.returns.astype("<f4").tobytes(), trial.parent),
    ]


_FIELDS = (
    "who", "purpose", "label", "lane", "strategy", "instruments", "assets", "bar", "start", "end", "config_sha256",
    "code_sha256", "data_sha256", "trades", "days", "returns", "parent",
)  # fmt: skip


def row_of(cells: Sequence[Any]) -> Row:
    """Return the row whose cells these are; errors of any kind when no trial can have made them."""
    values = dict(zip(_FIELDS, cells[2:-1], strict=True))
    values["instruments"] = tuple(json.loads(values["instruments"]))
    values["assets"] = tuple(json.loads(values["assets"]))
    values["days"] = np.frombuffer(values["days"], "<i8").astype(np.int64)
    values["returns"] = np.frombuffer(values["returns"], "<f4").astype(np.float32)
    return Row(cells[0], cells[1], Trial(**values), cells[-1])
