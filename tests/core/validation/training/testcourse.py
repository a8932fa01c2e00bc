# file: tests/core/validation/training/testcourse.py
"""What is learned from is checked before anything is learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.core.validation.training.campus import FEATURES, HOUR, enrolled, quiet
from tradingbot.core.errors import ConfigError, DataDefect
from tradingbot.core.validation.executor import Executor
from tradingbot.core.validation.training import course
from tradingbot.core.validation.training.course import course_of
from tradingbot.core.validation.training.material import slices_of
from tradingbot.learning.datasets import Featured, Slice, featured
from tradingbot.learning.moments import Moments

if TYPE_CHECKING:
    from tests.core.validation.training.conftest import Term


def attended(term: Term, **fields: object) -> course.Course:
    school = term.school
    asked = type(school.recipe).model_validate(school.recipe.model_dump() | fields)
    executor: Executor = school.executor
    return course_of("pupil", school.planned, school.market, asked, executor, quiet(""))


def test_a_course_has_the_features_of_every_instrument_and_the_rows_made_of_them(term: Term) -> None:
    found = term.school.course
    assert [piece.slice.instrument for piece in found.pieces] == ["BTCUSDT-LINEAR.BYBIT"]
    assert found.step_ns == HOUR
    assert found.samples.x.shape[1] == len(FEATURES)
    assert (np.diff(found.samples.starts) >= 2 * HOUR).all()


def test_without_names_the_features_are_the_programs_own(term: Term, here: Path) -> None:
    del here
    found = attended(term, features=None, every=24)
    assert len(found.pieces[0].names) > 20
    assert np.isfinite(found.samples.x).all()


def spoiled(change: Callable[[Moments], Moments]) -> Callable[..., list[Slice]]:
    """Return what reads the market, with a change to what it read."""

    def read(*given: object) -> list[Slice]:
        return [replace(piece, moments=change(piece.moments)) for piece in slices_of(*given)]  # type: ignore[arg-type]

    return read


def _zero(moments: Moments) -> Moments:
    low = moments.low.copy()
    low[700] = 0.0
    return replace(moments, low=low)


def _crossed(moments: Moments) -> Moments:
    high = moments.high.copy()
    high[700] = moments.low[700] / 2
    return replace(moments, high=high)


def _unknown(moments: Moments) -> Moments:
    close = moments.close.copy()
    close[700] = np.nan
    return replace(moments, close=close)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_zero, r"bars of BTCUSDT-LINEAR.BYBIT: .*low .* row: 700"),
        (_crossed, r"bars of BTCUSDT-LINEAR.BYBIT: .*high was below open or close.* row: 700"),
        (_unknown, r"bars of BTCUSDT-LINEAR.BYBIT: .*close.* row: 700"),
    ],
)
def test_a_price_that_cannot_be_is_refused_by_column_and_row(
    term: Term, here: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Moments], Moments], words: str
) -> None:
    del here
    monkeypatch.setattr(course, "slices_of", spoiled(change))
    with pytest.raises(DataDefect, match=words):
        attended(term)


def test_a_feature_that_is_beyond_all_bounds_is_refused_by_name(
    term: Term, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wild(piece: Slice, names: Sequence[str], bars: int) -> Featured:
        found = featured(piece, names, bars)
        values = found.values.copy()
        values[900, 2] = 1e30
        return replace(found, values=values)

    del here
    monkeypatch.setattr(course, "featured", wild)
    with pytest.raises(DataDefect, match=r"features of BTCUSDT-LINEAR.BYBIT: .*volratio 12 96 .*row: 900"):
        attended(term)


def test_a_meta_model_needs_a_strategy_that_is_filtered(term: Term, here: Path) -> None:
    del here
    with pytest.raises(ConfigError, match=r"recipe.target was meta, allowed for a backtest of one strategy"):
        attended(term, target="meta")


def test_a_course_of_the_same_market_is_the_same(term: Term, here: Path) -> None:
    again = enrolled(here)[1].course.samples
    samples = term.school.course.samples
    assert np.array_equal(again.x, samples.x)
    assert np.array_equal(again.net_up, samples.net_up)
