# file: tests/learning/training/testdatachecks.py
from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.arrays import Floats
from tradingbot.core.config.candidate import DataLimits
from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.calendars.sessions import FOREX
from tradingbot.core.market.columns import Bars
from tradingbot.learning.training.datachecks import Fault, Rule, check_bars, check_features, faults_of, refuse

STEP = 300_000_000_000
N = 400
TS = np.arange(1, N + 1, dtype=np.int64) * STEP
NAMES = ("momentum 24", "spread")


@dataclass(frozen=True, slots=True)
class _Wider(Bars):
    spread: Floats
    funding: Floats


def _bars(**changed: Any) -> Bars:
    close = 100 + np.sin(np.arange(N))
    opened = np.append(close[0], close[:-1])
    made = Bars(TS, opened, np.maximum(opened, close) + 0.1, np.minimum(opened, close) - 0.1, close, np.ones(N))
    return replace(made, **changed)


def _with(column: str, row: int, value: float) -> Bars:
    made = getattr(_bars(), column).copy()
    made[row] = value
    return _bars(**{column: made})


def _features(**cells: float) -> Floats:
    """Values of shape (N, 2); `r7c1=...` sets one of them."""
    values = np.random.default_rng(4).standard_normal((N, 2))
    for place, value in cells.items():
        row, column = place[1:].split("c")
        values[int(row), int(column)] = value
    return values


def test_good_bars_and_features_pass() -> None:
    check_bars(_bars(), "X", STEP, end=int(TS[-1]))
    check_features(TS, NAMES, _features(), "X", warmup=10)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("open", 0.0, "open was not a positive number"),
        ("high", np.nan, "high was not a positive number"),
        ("low", -1.0, "low was not a positive number"),
        ("close", np.inf, "close was not a positive number"),
        ("volume", -1.0, "volume was negative or no number"),
        ("volume", np.nan, "volume was negative or no number"),
        ("high", 1.0, "high was below open or close"),
        ("low", 500.0, "low was above open or close"),
    ],
)
def test_an_impossible_bar_is_named_by_column_and_row(column: str, value: float, said: str) -> None:
    with pytest.raises(DataDefect, match=rf"^bars of X: .*{said} in 1 row: 7 \(1970-01-01T00:40:00Z\)"):
        check_bars(_with(column, 7, value), "X", STEP)


@pytest.mark.parametrize("step", [0, -1])
def test_time_that_does_not_move_on_is_named(step: int) -> None:
    ts = TS.copy()
    ts[7] = ts[6] + step
    with pytest.raises(DataDefect, match=r"ts was not later than in the row before in 1 row: 7 \("):
        check_bars(_bars(ts=ts), "X", STEP)
    with pytest.raises(DataDefect, match=r"^features of X: ts was not later than in the row before in 1 row: 7 \("):
        check_features(ts, NAMES, _features(), "X", warmup=0)


@pytest.mark.parametrize(
    ("bars", "kind", "said"),
    [
        (_bars(volume=np.ones(N, np.float32)), DataDefect, "'volume' to have type float64, got float32"),
        (_bars(ts=TS.astype(float)), DataDefect, "'ts' to have type int64, got float64"),
        (
            _bars(close=_bars().close[1:]),
            BadInput,
            r"^bars of X: lengths were .*'close': 399.*, allowed is one for all$",
        ),
        (_bars().take(slice(0)), DataDefect, r"^bars of X: there are no rows$"),
    ],
)
def test_columns_of_another_type_or_length_or_without_rows_are_refused(
    bars: Bars, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said):
        check_bars(bars, "X", STEP)


def test_further_columns_may_be_nan_but_not_infinite_and_a_spread_not_negative() -> None:
    nan = np.full(N, np.nan)
    wider = _Wider(**asdict(_bars()), spread=nan, funding=nan)
    check_bars(wider, "X", STEP)
    with pytest.raises(DataDefect, match=r"spread was negative or infinite in 400 rows"):
        check_bars(replace(wider, spread=-np.ones(N)), "X", STEP)
    with pytest.raises(DataDefect, match=r"funding was infinite in 400 rows"):
        check_bars(replace(wider, funding=np.full(N, -np.inf)), "X", STEP)


@given(st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=25)
def test_a_flat_run_is_refused_from_one_bar_beyond_the_limit(length: int, limit: int) -> None:
    flat = {name: getattr(_bars(), name).copy() for name in ("open", "high", "low", "close")}
    for column in flat.values():
        column[20 : 20 + length] = column[20]
    bars, limits = _bars(**flat), DataLimits(flat_bars=limit)
    if length <= limit:
        check_bars(bars, "X", STEP, limits)
        return
    said = rf"^bars of X: open, high, low and close repeat for more than {limit} bars in {length} rows: 20 \("
    with pytest.raises(DataDefect, match=said):
        check_bars(bars, "X", STEP, limits)


@given(st.integers(1, 100))
@settings(max_examples=20)
def test_absent_bars_are_refused_beyond_their_share(absent: int) -> None:
    bars = _bars().take(np.delete(np.arange(N), slice(50, 50 + absent)))
    if absent <= 0.05 * N:
        check_bars(bars, "X", STEP)
        return
    said = (
        rf"^bars of X: ts: {absent / N:.2%} of the bars due are absent \({absent} of 400\), allowed is 5.00%; "
        rf"the longest gap, of {absent} bars, follows row 49 \(1970-01-01T04:10:00Z\)$"
    )
    with pytest.raises(DataDefect, match=said):
        check_bars(bars, "X", STEP)


def test_bars_that_end_too_early_are_refused() -> None:
    check_bars(_bars(), "X", STEP, end=int(TS[-1]) + 25 * STEP)
    said = r"row 399, is at 1970-01-02T09:20:00Z: 25 bars are absent before 1970-01-02T11:30:00Z, allowed is 24$"
    with pytest.raises(DataDefect, match=said):
        check_bars(_bars(), "X", STEP, end=int(TS[-1]) + 26 * STEP)


def test_a_weekend_lacks_nothing_where_the_market_is_closed() -> None:
    friday = int(np.datetime64("2024-06-07T20:00", "ns").astype(np.int64))
    sunday = friday + 50 * 3600 * 10**9
    ts = np.concatenate([friday + STEP * np.arange(-N // 2, 1), sunday + STEP * np.arange(N // 2 - 1)])
    check_bars(_bars(ts=ts), "X", STEP, DataLimits(missing_share=0.1), session=FOREX)
    with pytest.raises(DataDefect, match="of the bars due are absent"):
        check_bars(_bars(ts=ts), "X", STEP, DataLimits(missing_share=0.1))


@pytest.mark.parametrize("value", [np.inf, -np.inf, 2e6])
def test_a_feature_beyond_the_largest_is_named(value: float) -> None:
    said = r"^features of X: spread was beyond 1e\+06 in 1 row: 7 \(1970-01-01T00:40:00Z"
    with pytest.raises(DataDefect, match=said):
        check_features(TS, NAMES, _features(r7c1=value), "X")


def test_a_feature_may_be_nan_while_it_warms_up_and_more_than_its_share_is_named() -> None:
    values = _features()
    values[:100, 0] = np.nan
    check_features(TS, NAMES, values, "X", warmup=100)
    check_features(TS, NAMES, values, "X")
    said = r"was NaN for 23\.08% of the time from row 10 on, allowed is 5\.00%: in 90 rows: 10"
    with pytest.raises(DataDefect, match=rf"^features of X: momentum 24 {said}"):
        check_features(TS, NAMES, values, "X", warmup=10)
    values = _features()
    values[100:120, 0] = np.nan
    check_features(TS, NAMES, values, "X")
    values[120, 0] = np.nan
    with pytest.raises(DataDefect, match=r"^features of X: momentum 24 was NaN for 5\.25% .* in 21 rows: 100 \("):
        check_features(TS, NAMES, values, "X")


def test_a_feature_that_is_never_there_is_refused_unless_it_is_optional() -> None:
    values = _features()
    values[:, 1] = np.nan
    check_features(TS, NAMES, values, "X", optional=("spread",))
    with pytest.raises(DataDefect, match=r"^features of X: spread was NaN in 400 rows: 0 \("):
        check_features(TS, NAMES, values, "X", DataLimits(nan_share=0.99), warmup=N)


def test_features_of_another_shape_are_bad_input() -> None:
    with pytest.raises(BadInput, match=r"^features of X: shape was \(400, 2\), allowed is \(400, 1\), without ts$"):
        check_features(TS, ("a",), _features(), "X")
    with pytest.raises(BadInput, match=r"without ts$"):
        check_features(TS, ("a", "ts"), _features(), "X")


def test_several_faults_are_told_together() -> None:
    bars = replace(_with("high", 7, 1.0), volume=-np.ones(N))
    said = r"volume was negative.* in 400 rows: 0 .*; high was below open or close in 1 row"
    with pytest.raises(DataDefect, match=said):
        check_bars(bars, "X", STEP)


TS_FAULT = np.arange(10) * 60_000_000_000


def _fault(*rows: int) -> Fault:
    return Fault("high was odd", np.array(rows, np.intp))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ""),
        (1, " in 1 row: 0 (1970-01-01T00:00:00Z)"),
        (2, " in 2 rows: 0 (1970-01-01T00:00:00Z), 1 (1970-01-01T00:01:00Z)"),
        (10, f" in 10 rows: {', '.join(f'{n} (1970-01-01T00:0{n}:00Z)' for n in range(3))}, ..."),
    ],
)
def test_a_fault_names_three_of_its_rows_and_their_times(count: int, said: str) -> None:
    assert _fault(*range(count)).phrase(TS_FAULT) == f"high was odd{said}"
    assert _fault(0).phrase(np.array([np.nan])) == "high was odd in 1 row: 0 (nan)"


def test_five_faults_are_told_the_others_counted_and_none_is_refused() -> None:
    refuse([], TS_FAULT, "bars of X")
    with pytest.raises(DataDefect) as told:
        refuse([_fault()] * 7, TS_FAULT, "bars of X")
    assert str(told.value) == "bars of X: " + "; ".join(["high was odd"] * 5) + "; 2 more"


A, B = np.arange(5.0), np.arange(5)[::-1].astype(float)
KINDS = {"a": "float64", "b": "float64"}
SMALL: Rule = ("was not below 3", lambda column: column < 3)
ORDER: Rule = ("a was above b", lambda frame: frame.a <= frame.b)


@pytest.mark.parametrize(
    ("columns", "rules", "wide", "faults"),
    [
        ({"a": A, "b": B}, {"a": [SMALL]}, [], [("a was not below 3", [3, 4])]),
        ({"a": A, "b": B}, {}, [ORDER], [("a was above b", [3, 4])]),
        ({"a": np.array([1.0, np.nan]), "b": B[:2]}, {"a": [SMALL]}, [], [("a was not below 3", [1])]),
        ({"a": np.float32(A), "b": B}, {}, [], [("expected series 'a' to have type float64, got float32", [])]),
    ],
    ids=["a rule of a column", "a rule over all columns", "NaN fails a rule that is false of it", "another type"],
)
def test_what_is_wrong_is_told_with_its_column_and_rows(
    columns: dict[str, np.ndarray], rules: dict[str, list[Rule]], wide: list[Rule], faults: list[tuple[str, list[int]]]
) -> None:
    found = faults_of(columns, KINDS, rules, wide)
    assert [(fault.sentence, fault.rows.tolist()) for fault in found] == faults


@pytest.mark.parametrize(("columns", "name"), [({"a": A}, "'b'"), ({"a": A, "b": B, "c": A}, "'c'")])
def test_a_column_too_few_or_too_many_is_told(columns: dict[str, np.ndarray], name: str) -> None:
    (fault,) = faults_of(columns, KINDS, {})
    assert name in fault.sentence


def test_what_is_right_is_not_changed_and_nothing_is_told() -> None:
    kept = A.copy()
    assert faults_of({"a": A, "b": B}, KINDS, {"a": [("x", lambda column: column >= 0)]}) == []
    assert (kept == A).all()


def test_pandera_is_not_loaded_before_the_first_frame() -> None:
    program = "import sys, tradingbot.learning.training.datachecks; assert not {'pandas', 'pandera'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
