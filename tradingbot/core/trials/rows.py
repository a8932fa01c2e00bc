# file: core/trials/rows.py
"""A trial as a row of the file, tied to the row before it."""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tradingbot.core.trials.trial import Trial

__all__ = ["GENESIS", "Row", "cells_of", "digest_of", "row_of"]

GENESIS = "0" * 64
"""The digest before the first row."""


@dataclass(frozen=True, slots=True)
class Row:
    """A trial in the ledger: its number from 1, when it was recorded (UTC ns), the chain's SHA-256 (hex) up to it."""

    number: int
    recorded_ns: int
    trial: Trial
    digest: str


def cells_of(number: int, recorded_ns: int, trial: Trial, before: str) -> list[Any]:
    """Return the row of `trial` in the order of the columns, its digest last."""
    cells = [
        number,
        operator.index(recorded_ns),
        trial.who,
        trial.purpose,
        trial.label,
        trial.lane,
        trial.strategy,
        json.dumps(list(trial.instruments)),
        json.dumps(list(trial.assets)),
        trial.bar,
        operator.index(trial.start),
        operator.index(trial.end),
        trial.config_sha256,
        trial.code_sha256,
        trial.data_sha256,
        operator.index(trial.trades),
        trial.days.astype("<i8").tobytes(),
        trial.returns.astype("<f4").tobytes(),
        trial.parent,
    ]
    return [*cells, digest_of(before, cells)]


def digest_of(before: str, cells: Sequence[Any]) -> str:
    """Return the SHA-256 (hex) of the digest before and of a row without its own."""
    plain = [hashlib.sha256(cell).hexdigest() if isinstance(cell, bytes) else cell for cell in cells]
    text = json.dumps([before, *plain], separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def row_of(cells: Sequence[Any]) -> Row:
    """Return the row that `cells_of` wrote; errors of any kind when it could not have."""
    values = dict(zip(_FIELDS, cells[2:-1], strict=True))
    values["instruments"] = tuple(json.loads(values["instruments"]))
    values["assets"] = tuple(json.loads(values["assets"]))
    values["days"] = np.frombuffer(values["days"], "<i8").astype(np.int64)
    values["returns"] = np.frombuffer(values["returns"], "<f4").astype(np.float32)
    return Row(cells[0], cells[1], Trial(**values), cells[-1])


_FIELDS = (
    "who", "purpose", "label", "lane", "strategy", "instruments", "assets", "bar", "start", "end", "config_sha256",
    "code_sha256", "data_sha256", "trades", "days", "returns", "parent",
)  # fmt: skip
