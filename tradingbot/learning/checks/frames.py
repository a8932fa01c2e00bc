# file: learning/checks/frames.py
"""Judge a frame by a pandera schema and say what failed in our words. pandera is loaded when the first frame is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tradingbot.learning.checks.fault import Fault

__all__ = ["Rule", "faults_of"]

type Rule = tuple[str, Callable[[Any], Any]]
"""What is said where it is broken, and the column (pandas) that is False there, made of a column or the whole frame."""


def faults_of(
    columns: Mapping[str, npt.NDArray[Any]],
    kinds: Mapping[str, str],
    rules: Mapping[str, Sequence[Rule]],
    wide: Sequence[Rule] = (),
) -> list[Fault]:
    """Return what is wrong: columns by `kinds` (name to dtype), each one's `rules`, and `wide` ones over all columns.

    A column's sentence is preceded by its name.
    """
    from pandera.errors import SchemaErrors
    from pandera.pandas import Check, Column, DataFrameSchema

    def check(rule: Rule) -> Any:
        sentence, holds = rule
        return Check(holds, error=sentence, ignore_na=False, n_failure_cases=1)

    schema = DataFrameSchema(
        {
            name: Column(kind, [check(rule) for rule in rules.get(name, ())], nullable=True)
            for name, kind in kinds.items()
        },
        [check(rule) for rule in wide],
        strict=True,
    )
    try:
        schema.validate(pa.table(dict(columns)).to_pandas(use_threads=False), lazy=True, inplace=True)
    except SchemaErrors as found:
        return [_fault(error) for error in found.schema_errors]
    return []


def _fault(error: Any) -> Fault:
    if error.reason_code.name != "DATAFRAME_CHECK":
        return Fault(str(error), np.empty(0, np.intp))
    named = f"{error.schema.name} " if error.schema.name else ""
    return Fault(f"{named}{error.check.error}", np.flatnonzero(~np.asarray(error.check_output, np.bool_)))
