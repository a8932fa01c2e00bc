# file: learning/training/datachecks.py
"""Data checks: refuse to learn from bars and features that cannot be right."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tradingbot.core.arrays import Floats, Ints
from tradingbot.core.config.candidate import DataLimits
from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.calendars.sessions import CONTINUOUS, Session
from tradingbot.core.market.columns import Columns
from tradingbot.core.time import to_iso

_ROWS = 3
_FAULTS = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """`sentence` names the column and the rule; `rows` are the numbers of the rows that break it, from 0."""

    sentence: str
    rows: npt.NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))

    def phrase(self, ts: Ints) -> str:
        """Return the sentence with the count and the first rows and their times (UTC)."""
        if not len(self.rows):
            return self.sentence
        first = ", ".join(f"{row} ({_time(ts, row)})" for row in self.rows[:_ROWS].tolist())
        count = len(self.rows)
        return f"{self.sentence} in {count} {'row' if count == 1 else 'rows'}: {first}{', ...' * (count > _ROWS)}"


def refuse(faults: Sequence[Fault], ts: Ints, where: str) -> None:
    """Raise when there are faults.

    Raises DataDefect naming `where` and the first five faults.
    """
    if faults:
        more = [f"{len(faults) - _FAULTS} more"] if len(faults) > _FAULTS else []
        raise DataDefect(f"{where}: {'; '.join([*(fault.phrase(ts) for fault in faults[:_FAULTS]), *more])}")


def _time(ts: Ints, row: int) -> str:
    return to_iso(int(ts[row])) if ts.dtype == np.int64 else str(ts[row])


type Rule = tuple[str, Callable[[Any], Any]]
"""The sentence of a broken rule, and what makes the column (pandas) that is False where a column or frame breaks it."""


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
    except SchemaErrors as broken:
        return [_fault(error) for error in broken.schema_errors]
    return []


def _fault(error: Any) -> Fault:
    if error.reason_code.name != "DATAFRAME_CHECK":
        return Fault(str(error))
    named = f"{error.schema.name} " if error.schema.name else ""
    return Fault(f"{named}{error.check.error}", np.flatnonzero(~np.asarray(error.check_output, np.bool_)))


_DEFAULT = DataLimits()
_OHLC = ("open", "high", "low", "close")
_FLOAT = "float64"


def check_bars(
    bars: Columns,
    instrument: str,
    step_ns: int,
    limits: DataLimits = _DEFAULT,
    end: int | None = None,
    session: Session = CONTINUOUS,
) -> None:
    """Check bars (`Bars`, or `PointInTimeBars` with further columns) before features are made of them.

    Columns are int64 `ts` and float64; time moves on with every row; prices are positive, the high not below and the
    low not above open and close; volume and spread are not negative; further columns are finite or NaN. No more than
    `limits` is absent of what is due in `session`, absent before `end` (UTC nanoseconds; None: not judged), or flat.

    Raises BadInput when the columns differ in length; DataDefect naming the instrument, the column, the count and the
    first rows with their times.
    """
    columns = {field.name: getattr(bars, field.name) for field in fields(bars)}
    where = f"bars of {instrument}"
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise BadInput(f"{where}: lengths were {lengths}, allowed is one for all")
    if not len(bars):
        refuse([Fault("there are no rows")], bars.ts, where)
    kinds = dict.fromkeys(columns, _FLOAT) | {"ts": "int64"}
    rules = {name: _rules_of_bars(name) for name in columns}
    longest = limits.flat_bars
    wide: list[Rule] = [
        ("high was below open or close", lambda frame: ~(frame.high < np.maximum(frame.open, frame.close))),
        ("low was above open or close", lambda frame: ~(frame.low > np.minimum(frame.open, frame.close))),
        (f"open, high, low and close repeat for more than {longest} bars", lambda frame: ~_flat(frame, longest)),
    ]
    faults = faults_of(columns, kinds, rules, wide) or _absent(bars.ts, step_ns, end, session, limits)
    refuse(faults, bars.ts, where)


def check_features(
    ts: Ints,
    names: Sequence[str],
    values: Floats,
    instrument: str,
    limits: DataLimits = _DEFAULT,
    *,
    warmup: int | None = None,
    optional: Collection[str] = (),
) -> None:
    """Check features, `values` Floats[n, k], before a model learns from them.

    Time moves on with every row; nothing is infinite or larger than `limits.largest`; after `warmup` rows (None: from
    its first number on) no more than `limits.nan_share` of a column is NaN, and no column is NaN throughout, unless it
    is one of the `optional` names (a spread where there are no quotes).

    Raises BadInput when the arrays do not fit together; DataDefect naming the instrument, the feature, the count and
    the first rows with their times.
    """
    where = f"features of {instrument}"
    if values.shape != (len(ts), len(names)) or "ts" in names:
        raise BadInput(f"{where}: shape was {values.shape}, allowed is {(len(ts), len(names))}, without ts")
    columns = {"ts": ts} | {name: values[:, place] for place, name in enumerate(names)}
    bounded: Rule = (f"was beyond {limits.largest:g}", lambda column: ~(np.abs(column) > limits.largest))
    rules: dict[str, list[Rule]] = {name: [bounded] for name in names} | {"ts": [_LATER]}
    found = faults_of(columns, dict.fromkeys(columns, _FLOAT) | {"ts": "int64"}, rules)
    for place, name in enumerate(names):
        if name not in optional:
            found += _empty(name, values[:, place], warmup, limits.nan_share)
    refuse(found, ts, where)


def _later(ts: Any) -> Any:
    return ts > ts.shift(1, fill_value=np.iinfo(np.int64).min)


_LATER: Rule = ("was not later than in the row before", _later)
_POSITIVE: Rule = ("was not a positive number", lambda column: (column > 0) & (column < np.inf))
_COUNTED: Rule = ("was negative or no number", lambda column: (column >= 0) & (column < np.inf))
_WIDTH: Rule = ("was negative or infinite", lambda column: ~((column < 0) | (column == np.inf)))
_FINITE: Rule = ("was infinite", lambda column: ~np.isinf(column))


def _rules_of_bars(name: str) -> list[Rule]:
    if name in _OHLC:
        return [_POSITIVE]
    return [{"ts": _LATER, "volume": _COUNTED, "spread": _WIDTH}.get(name, _FINITE)]


def _flat(frame: Any, longest: int) -> Any:
    """Tell which rows lie in a run of more than `longest` equal bars."""
    prices = frame[list(_OHLC)]
    run = (prices != prices.shift()).any(axis=1).cumsum()
    return run.map(run.value_counts()) > longest


def _absent(ts: Ints, step_ns: int, end: int | None, session: Session, limits: DataLimits) -> list[Fault]:
    found: list[Fault] = []
    missing = session.open_between(ts[:-1], ts[1:], step_ns)
    due = int(missing.sum()) + len(ts)
    share = (due - len(ts)) / due
    if share > limits.missing_share:
        worst = int(missing.argmax())
        found.append(
            Fault(
                f"ts: {share:.2%} of the bars due are absent ({due - len(ts)} of {due}), allowed is"
                f" {limits.missing_share:.2%}; the longest gap, of {missing[worst]} bars, follows row"
                f" {worst} ({to_iso(int(ts[worst]))})"
            )
        )
    late = 0 if end is None else int(session.open_between(ts[-1:], np.array([end]), step_ns)[0])
    if end is not None and late > limits.missing_at_end:
        found.append(
            Fault(
                f"ts: the last bar, row {len(ts) - 1}, is at {to_iso(int(ts[-1]))}: {late} bars are absent before"
                f" {to_iso(end)}, allowed is {limits.missing_at_end}"
            )
        )
    return found


def _empty(name: str, column: Floats, warmup: int | None, most: float) -> list[Fault]:
    absent = np.isnan(column)
    if absent.all():
        return [Fault(f"{name} was NaN", np.flatnonzero(absent))]
    warm = int(np.argmin(absent)) if warmup is None else warmup
    rows = np.flatnonzero(absent[warm:]) + warm
    share = len(rows) / max(len(column) - warm, 1)
    if share <= most:
        return []
    return [Fault(f"{name} was NaN for {share:.2%} of the time from row {warm} on, allowed is {most:.2%}:", rows)]
