# file: tests/core/market/checks/testcontinuity.py
from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.checks.findings import T0, flat
from tradingbot.core.market.calendars.sessions import CONTINUOUS, FOREX, USEQUITY, Session
from tradingbot.core.market.checks.continuity import ContinuityChecks
from tradingbot.core.market.checks.defects import Defect, DefectKind, Severity
from tradingbot.core.market.columns import Bars, Kind, PriceSide
from tradingbot.core.market.series import Series, Step
from tradingbot.core.time import HOUR

SERIES = Series(Kind.BARS, "X.Y", Step(1, "h"), PriceSide.LAST)


def met(*parts: tuple[Bars, bool], cut: int = 10**9, session: Session = CONTINUOUS) -> dict[DefectKind, Defect]:
    rows = Bars.join([part for part, _fresh in parts])
    fresh = np.concatenate([np.full(len(part), is_new) for part, is_new in parts])
    order = np.argsort(rows.ts, kind="stable")
    rows, fresh = rows.take(order), fresh[order]
    seams = ContinuityChecks(SERIES, session)
    for start in range(0, len(rows), cut):
        seams.feed(rows.take(slice(start, start + cut)), fresh[start : start + cut])
    return {defect.kind: defect for defect in seams.defects()}


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("factor", [1_000.0, 0.001, 20.0, 1.2])
def test_another_level_is_refused_before_and_after(is_new: bool, factor: float) -> None:
    found = met((flat(48), not is_new), (flat(48, 48, 100 * factor), is_new))
    defect = found.pop(DefectKind.LEVEL_SHIFT)
    assert not found
    assert (defect.severity, defect.count) == (Severity.REFUSE, 1)
    assert defect.first_time == T0 + HOUR * (48 if is_new else 47)


def test_a_file_that_fills_a_hole_is_held_against_both_its_neighbours() -> None:
    stored = (flat(40), False), (flat(40, 80), False)
    assert met(*stored, (flat(40, 40), True)) == {}
    assert met(*stored, (flat(40, 40, 105.0), True)) == {}
    assert met(*stored, (flat(40, 40, 150.0), True))[DefectKind.LEVEL_SHIFT].count == 2


@pytest.mark.parametrize(("price", "refused"), [(109.0, False), (150.0, True)])
def test_single_rows_are_held_against_their_neighbours_by_a_tenth(price: float, refused: bool) -> None:
    even, odd = flat(40).take(slice(0, None, 2)), flat(40, price=price).take(slice(1, None, 2))
    assert (DefectKind.LEVEL_SHIFT in met((even, False), (odd, True))) == refused
    assert met((flat(40), False), (flat(1, 40, 201.0), True))[DefectKind.LEVEL_SHIFT].count == 1


def test_a_pause_lets_the_market_move_and_not_a_thousandfold() -> None:
    later = 40 + 24 * 14
    found = met((flat(40), False), (flat(40, later, 180.0), True))
    assert set(found) == {DefectKind.GAP}
    assert (found[DefectKind.GAP].severity, found[DefectKind.GAP].count) == (Severity.WARN, 24 * 14)
    assert DefectKind.LEVEL_SHIFT in met((flat(40), False), (flat(40, later, 100_000.0), True))


@pytest.mark.parametrize(("factor", "refused"), [(99.0, False), (101.0, True), (60_000.0, True), (1 / 1_000, True)])
def test_a_volume_in_another_unit_is_refused(factor: float, refused: bool) -> None:
    found = met((flat(48), False), (flat(48, 48, volume=factor), True))
    assert (DefectKind.VOLUME_SHIFT in found) == refused


def test_ticks_that_become_few_or_a_volume_that_begins_at_the_seam_only_warn() -> None:
    found = met((flat(48), False), (flat(48, 48, volume=0.001), True), session=FOREX)
    assert found[DefectKind.VOLUME_SHIFT].severity is Severity.WARN
    found = met((flat(48, volume=0.0), False), (flat(48, 48), True))
    assert found[DefectKind.VOLUME_SHIFT].severity is Severity.WARN


def test_bars_of_another_minute_or_length_are_refused_where_they_meet() -> None:
    later = flat(48, 48)
    later.ts[:] += HOUR // 2
    found = met((flat(48), False), (later, True))
    assert "are 90m apart, no whole number of bars of 1h" in found[DefectKind.MIXED_STEP].sentence
    assert DefectKind.MIXED_STEP not in met((flat(48), False), (later, True), session=USEQUITY)
    found = met((flat(48), False), (flat(12, 47 * 12 + 1, step=HOUR // 12), True))
    assert found[DefectKind.MIXED_STEP].sentence == (
        "the catalog's row of 2025-01-02 23:00:00 and the file's of 2025-01-02 23:05:00 are 5m apart, a bar is 1h: "
        "another bar length, or stamps of the bars' other end?"
    )


def test_three_rows_tell_another_level() -> None:
    assert DefectKind.LEVEL_SHIFT in met((flat(48), False), (flat(48, 3, 120.0), True))
    assert DefectKind.LEVEL_SHIFT not in met((flat(48), False), (flat(48, 3, 105.0), True))


@given(st.lists(st.booleans(), min_size=2, max_size=60), st.integers(1, 30), st.integers(0, 9))
@settings(max_examples=30)
def test_one_market_split_in_any_way_has_no_bad_seam(parts: list[bool], cut: int, seed: int) -> None:
    moves = np.random.default_rng(seed).normal(0, 0.01, len(parts) * 7)
    close = 100 * np.exp(np.cumsum(moves))
    opened = np.concatenate([[100.0], close[:-1]])
    high, low = np.maximum(opened, close), np.minimum(opened, close)
    whole = Bars(T0 + HOUR * np.arange(len(close)), opened, high, low, close, np.ones(len(close)))
    pieces = [(whole.take(slice(7 * row, 7 * row + 7)), part) for row, part in enumerate(parts)]
    assert met(*pieces, cut=cut) == {}


@given(st.integers(1, 90), st.sampled_from([1_000.0, 0.001, 3.0]))
@settings(max_examples=20)
def test_where_the_stream_is_cut_decides_nothing(cut: int, factor: float) -> None:
    parts = (flat(48), False), (flat(48, 48, 100 * factor), True), (flat(48, 96), False)
    found, whole = met(*parts, cut=cut), met(*parts)
    assert found.keys() == whole.keys() == {DefectKind.LEVEL_SHIFT}
    assert found[DefectKind.LEVEL_SHIFT].first_time == whole[DefectKind.LEVEL_SHIFT].first_time == T0 + 48 * HOUR
    assert found[DefectKind.LEVEL_SHIFT].count == 2
