# file: tests/learning/training/testtrainingset.py
"""What is learned from is checked before anything is learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.learning.training.trainingfixture import BARS, FEATURES, HOUR, MONDAY, enrolled, market, quiet
from tradingbot.core.errors import ConfigError, DataDefect, RunFailed
from tradingbot.core.experiments.runner import ExperimentRunner
from tradingbot.core.market.columns import Bars
from tradingbot.core.runtime.market import round_trip_costs
from tradingbot.learning.features.featureset import PointInTimeBars
from tradingbot.learning.features.featurestream import FeatureTable, InstrumentHistory, compute_features
from tradingbot.learning.training import trainingset as course
from tradingbot.learning.training.trainingset import build_training_set, read_histories, store_features

if TYPE_CHECKING:
    from tests.trainedhome import Term


def test_a_slice_is_the_whole_market_as_a_strategy_sees_it(term: Term, here: Path) -> None:
    del here
    (found,) = read_histories(term.school.experiment.market, term.school.experiment.plan.venue, term.school.recipe)
    written = market()
    assert len(found.moments.ts) == BARS
    assert all(np.array_equal(getattr(found.bars, item.name), getattr(written, item.name)) for item in fields(Bars))
    assert (found.price_digits, found.size_digits) == (1, 3)
    assert np.isnan(found.moments.spread).all()
    assert np.isnan(found.moments.leader).all()


def test_funding_is_known_from_the_first_settlement_in_the_period_on(term: Term, here: Path) -> None:
    del here
    (found,) = read_histories(term.school.experiment.market, term.school.experiment.plan.venue, term.school.recipe)
    known = np.isfinite(found.moments.funding)
    assert 0 < int(np.argmax(known)) <= 10
    assert known[int(np.argmax(known)) :].all()


def test_the_cost_is_that_of_a_round_trip_on_the_lane(term: Term, here: Path) -> None:
    del here
    school = term.school
    (found,) = read_histories(school.experiment.market, school.experiment.plan.venue, school.recipe)
    assert (
        found.cost == round_trip_costs(school.experiment.market, school.experiment.plan.venue)["BTCUSDT-LINEAR.BYBIT"]
    )
    assert 0.0005 < found.cost < 0.01


def test_nothing_outside_the_markets_period_is_read(term: Term, here: Path) -> None:
    del here
    some = replace(term.school.experiment.market, start=MONDAY + 100 * HOUR, end=MONDAY + 200 * HOUR)
    (found,) = read_histories(some, term.school.experiment.plan.venue, term.school.recipe)
    assert found.moments.ts[0] >= MONDAY + 100 * HOUR
    assert found.moments.ts[-1] <= MONDAY + 200 * HOUR
    assert 99 <= len(found.moments.ts) <= 101


def test_a_leader_that_trades_is_read_and_another_refused(term: Term, here: Path) -> None:
    del here
    school = term.school
    led = school.recipe.model_copy(update={"leader": "BTCUSDT-LINEAR.BYBIT"})
    (found,) = read_histories(school.experiment.market, school.experiment.plan.venue, led)
    assert np.isnan(found.moments.leader[0])
    # Of the leader the bar that closed before this one did.
    assert np.array_equal(found.moments.leader[1:], found.moments.close[:-1])
    with pytest.raises(ConfigError, match=r"recipe.leader was ETH, allowed are the run's instruments: BTCUSDT-LINEAR"):
        read_histories(
            school.experiment.market, school.experiment.plan.venue, school.recipe.model_copy(update={"leader": "ETH"})
        )


def attended(term: Term, **fields: object) -> course.TrainingSet:
    school = term.school
    asked = type(school.recipe).model_validate(school.recipe.model_dump() | fields)
    executor: ExperimentRunner = school.executor
    return build_training_set("pupil", school.experiment, asked, executor, quiet(""))


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


def spoiled(change: Callable[[PointInTimeBars], PointInTimeBars]) -> Callable[..., list[InstrumentHistory]]:
    """Return what reads the market, with a change to what it read."""

    def read(*given: object) -> list[InstrumentHistory]:
        return [replace(piece, moments=change(piece.moments)) for piece in read_histories(*given)]  # type: ignore[arg-type]

    return read


def _zero(moments: PointInTimeBars) -> PointInTimeBars:
    low = moments.low.copy()
    low[700] = 0.0
    return replace(moments, low=low)


def _crossed(moments: PointInTimeBars) -> PointInTimeBars:
    high = moments.high.copy()
    high[700] = moments.low[700] / 2
    return replace(moments, high=high)


def _unknown(moments: PointInTimeBars) -> PointInTimeBars:
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
    term: Term,
    here: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[PointInTimeBars], PointInTimeBars],
    words: str,
) -> None:
    del here
    monkeypatch.setattr(course, "read_histories", spoiled(change))
    with pytest.raises(DataDefect, match=words):
        attended(term)


def test_a_feature_that_is_beyond_all_bounds_is_refused_by_name(
    term: Term, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wild(piece: InstrumentHistory, names: Sequence[str], bars: int) -> FeatureTable:
        found = compute_features(piece, names, bars)
        values = found.values.copy()
        values[900, 2] = 1e30
        return replace(found, values=values)

    del here
    monkeypatch.setattr(course, "compute_features", wild)
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


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def test_what_is_warm_of_every_instrument_is_stored_below_its_catalog_and_bar(term: Term, elsewhere: Path) -> None:
    (piece,) = term.school.course.pieces
    found = store_features(term.school.course, term.school.experiment.plan)
    assert found["BTCUSDT-LINEAR.BYBIT"].rows == len(piece.values) - piece.memory
    assert (elsewhere / "state" / "features" / "main-1h").is_dir()


def test_storing_again_changes_nothing(term: Term, elsewhere: Path) -> None:
    del elsewhere
    assert store_features(term.school.course, term.school.experiment.plan) == store_features(
        term.school.course, term.school.experiment.plan
    )


def test_features_that_came_out_otherwise_under_the_same_code_are_refused(term: Term, elsewhere: Path) -> None:
    del elsewhere
    store_features(term.school.course, term.school.experiment.plan)
    (piece,) = term.school.course.pieces
    values = piece.values.copy()
    values[2000, 1] = np.nextafter(values[2000, 1], 9)
    other = replace(term.school.course, pieces=(replace(piece, values=values),))
    with pytest.raises(RunFailed, match=r"did not: momentum 4 at .* corrected, move .* away"):
        store_features(other, term.school.experiment.plan)


def test_what_came_before_the_set_was_warm_is_not_stored(term: Term, elsewhere: Path) -> None:
    del elsewhere
    (piece,) = term.school.course.pieces
    values = piece.values.copy()
    values[: piece.memory] = 7.0
    other = replace(term.school.course, pieces=(replace(piece, values=values),))
    assert store_features(other, term.school.experiment.plan) == store_features(
        term.school.course, term.school.experiment.plan
    )
