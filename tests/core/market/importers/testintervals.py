# file: tests/core/market/importers/testintervals.py
from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.errors import BadInput, DataDefect
from tradingbot.core.market.arrays import Funding, Ints, Kind
from tradingbot.core.market.importers import ReadOptions, open_source
from tradingbot.core.market.importers.intervals import settlements_of
from tradingbot.core.market.rateunits import RateUnit

T0 = 1_735_689_600_000_000_000
MINUTE = 60_000_000_000


def settlements(minutes: list[int], late_ns: int = 0) -> Ints:
    return T0 + np.cumsum([0, *minutes]) * MINUTE + late_ns * (np.arange(len(minutes) + 1) % 2)


def kept(funding: Funding, cuts: int = 1, unit: RateUnit = RateUnit.FRACTION) -> Funding:
    pieces = [funding.take(part) for part in np.array_split(np.arange(len(funding)), cuts)]
    return Funding.join([part for part in settlements_of(iter(pieces), unit) if isinstance(part, Funding)])


def guessed(ts: Ints, cuts: int = 1) -> list[int]:
    found: list[int] = kept(Funding(ts, np.zeros(len(ts)), np.zeros(len(ts), np.int64)), cuts).interval.tolist()
    return found


@pytest.mark.parametrize("interval", [60, 240, 480])
@pytest.mark.parametrize("late", [8_000_000, -1_500_000_000, 45_000_000_000])
def test_stamps_a_little_off_still_tell_the_interval_and_are_kept_when_due(interval: int, late: int) -> None:
    ts = settlements([interval] * 4, late_ns=late)
    assert guessed(ts) == [interval] * 5
    assert kept(Funding(ts, np.zeros(5), np.zeros(5, np.int64))).ts.tolist() == settlements([interval] * 4).tolist()


def test_a_change_of_interval_is_followed() -> None:
    assert guessed(settlements([480, 480, 480, 240, 240, 60])) == [480, 480, 480, 480, 240, 240, 60]


@pytest.mark.parametrize("hole", [960, 1440])
def test_a_missing_settlement_does_not_make_an_interval(hole: int) -> None:
    assert guessed(settlements([480, 480, hole, 480])) == [480] * 5


def test_one_settlement_is_taken_for_eight_hours() -> None:
    assert guessed(settlements([])) == [480]


@settings(max_examples=20)
@given(st.lists(st.sampled_from([60, 240, 480, 960, 7]), min_size=3, max_size=30), st.integers(1, 6))
def test_chunks_do_not_change_the_intervals(minutes: list[int], cuts: int) -> None:
    ts = settlements(minutes)
    assert guessed(ts, cuts) == guessed(ts)


def test_published_intervals_stay() -> None:
    assert kept(Funding(settlements([480, 480]), np.zeros(3), np.full(3, 240))).interval.tolist() == [240] * 3


def test_a_stated_unit_becomes_a_fraction_of_the_interval() -> None:
    # 0.02 % in the first four hours, 0.04 % in the next eight: 0.0002 and 0.0004, over a year 2,190 and 1,095 times.
    due, interval = settlements([480]), np.array([240, 480])
    for unit, rates in (
        (RateUnit.FRACTION, [0.0002, 0.0004]),
        (RateUnit.PERCENT, [0.02, 0.04]),
        (RateUnit.BPS, [2.0, 4.0]),
        (RateUnit.ANNUAL, [0.438, 0.438]),
        (RateUnit.ANNUAL_PERCENT, [43.8, 43.8]),
    ):
        found = kept(Funding(due, np.array(rates), interval), unit=unit)
        assert found.rate == pytest.approx([0.0002, 0.0004], rel=1e-12)


def _file(folder: Path, column: str) -> Path:
    path = folder / "f.csv"
    path.write_text(f"timestamp,{column}\n1735718400007,0.01\n1735747200003,0.02\n", encoding="utf-8")
    return path


def test_a_column_that_names_another_unit_asks_for_it(tmp_path: Path) -> None:
    path = _file(tmp_path, "funding_rate_pct")
    mapped = {"rate": "funding_rate_pct"}
    with pytest.raises(DataDefect, match=r"'funding_rate_pct' does not seem to hold fractions.*--unit percent, or"):
        open_source(path, Kind.FUNDING, ReadOptions(columns=mapped))
    source = open_source(path, Kind.FUNDING, ReadOptions(columns=mapped, rate_unit=RateUnit.PERCENT))
    (rows,) = source.chunks()
    assert isinstance(rows, Funding)
    assert rows.rate == pytest.approx([0.0001, 0.0002])
    assert source.unit_known
    assert source.notes[-1] == "rates are read as --unit percent and kept as fractions an interval"


def test_only_funding_has_a_unit(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text("timestamp,price\n1735718400000,50000\n1735718460000,50001\n", encoding="utf-8")
    with pytest.raises(BadInput, match="--unit was percent, but the rows are marks"):
        open_source(path, Kind.MARKS, ReadOptions(stamp="close", rate_unit=RateUnit.PERCENT))
