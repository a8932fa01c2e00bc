# file: tests/learning/training/testtrainingset.py
"""What is learned from is checked before anything is learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.learning.training.trainingfixture import BARS, FEATURES, HOUR, MONDAY, enrolled, market, quiet
from tradingbot.core.arrays import Floats
from tradingbot.core.errors import ConfigError, DataDefect, RunFailed
from tradingbot.core.market.columns import Bars
from tradingbot.core.runtime.market import round_trip_costs
from tradingbot.learning.features.featurestream import FeatureTable, InstrumentHistory, compute_features
from tradingbot.learning.models.artefact import StoredFeatures
from tradingbot.learning.training import trainingset as room
from tradingbot.learning.training.trainingset import build_training_set, read_histories, store_features

if TYPE_CHECKING:
    from tests.trainedhome import Trained


pytestmark = pytest.mark.usefixtures("here")


def history(trained: Trained) -> InstrumentHistory:
    trainer = trained.trainer
    (found,) = read_histories(trainer.experiment.market, trainer.experiment.plan.venue, trainer.recipe)
    return found


def test_a_history_is_the_whole_market_as_a_strategy_sees_it_at_the_cost_of_a_round_trip(trained: Trained) -> None:
    found, written = history(trained), market()
    assert len(found.moments.ts) == BARS
    assert all(np.array_equal(getattr(found.bars, item.name), getattr(written, item.name)) for item in fields(Bars))
    assert (found.price_digits, found.size_digits) == (1, 3)
    assert np.isnan(found.moments.spread).all()
    assert np.isnan(found.moments.leader).all()
    # Funding is known from the first settlement in the period on.
    known = np.isfinite(found.moments.funding)
    assert 0 < int(np.argmax(known)) <= 10
    assert known[int(np.argmax(known)) :].all()
    experiment = trained.trainer.experiment
    assert found.cost == round_trip_costs(experiment.market, experiment.plan.venue)["BTCUSDT-LINEAR.BYBIT"]
    assert 0.0005 < found.cost < 0.01


def test_nothing_outside_the_markets_period_is_read(trained: Trained) -> None:
    experiment = trained.trainer.experiment
    some = replace(experiment.market, start=MONDAY + 100 * HOUR, end=MONDAY + 200 * HOUR)
    (found,) = read_histories(some, experiment.plan.venue, trained.trainer.recipe)
    assert found.moments.ts[0] >= MONDAY + 100 * HOUR
    assert found.moments.ts[-1] <= MONDAY + 200 * HOUR
    assert 99 <= len(found.moments.ts) <= 101


def test_a_leader_that_trades_is_read_and_another_refused(trained: Trained) -> None:
    experiment, recipe = trained.trainer.experiment, trained.trainer.recipe
    led = recipe.model_copy(update={"leader": "BTCUSDT-LINEAR.BYBIT"})
    (found,) = read_histories(experiment.market, experiment.plan.venue, led)
    assert np.isnan(found.moments.leader[0])
    # Of the leader the bar that closed before this one did.
    assert np.array_equal(found.moments.leader[1:], found.moments.close[:-1])
    with pytest.raises(ConfigError, match=r"recipe.leader was ETH, allowed are the run's instruments: BTCUSDT-LINEAR"):
        read_histories(experiment.market, experiment.plan.venue, recipe.model_copy(update={"leader": "ETH"}))


def attended(trained: Trained, **fields: object) -> room.TrainingSet:
    trainer = trained.trainer
    asked = type(trainer.recipe).model_validate(trainer.recipe.model_dump() | fields)
    return build_training_set("pupil", trainer.experiment, asked, trainer.runner, quiet(""))


def test_a_training_set_has_the_features_of_every_instrument_and_the_rows_made_of_them(trained: Trained) -> None:
    found = trained.trainer.training_set
    assert [piece.slice.instrument for piece in found.pieces] == ["BTCUSDT-LINEAR.BYBIT"]
    assert found.step_ns == HOUR
    assert found.samples.x.shape[1] == len(FEATURES)
    assert (np.diff(found.samples.starts) >= 2 * HOUR).all()
    # Without names the features are the program's own.
    found = attended(trained, features=None, every=24)
    assert len(found.pieces[0].names) > 20
    assert np.isfinite(found.samples.x).all()


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [("low", 0.0, "low "), ("high", 1.0, "high was below open or close"), ("close", np.nan, "close")],
)
def test_a_price_that_cannot_be_is_refused_by_column_and_row(
    trained: Trained, monkeypatch: pytest.MonkeyPatch, column: str, value: float, words: str
) -> None:
    def read(*given: Any) -> list[InstrumentHistory]:
        (piece,) = read_histories(*given)
        values = getattr(piece.moments, column).copy()
        values[700] = value
        return [replace(piece, moments=replace(piece.moments, **{column: values}))]

    monkeypatch.setattr(room, "read_histories", read)
    with pytest.raises(DataDefect, match=rf"bars of BTCUSDT-LINEAR.BYBIT: .*{words}.* row: 700"):
        attended(trained)


def test_a_feature_that_is_beyond_all_bounds_is_refused_by_name(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wild(piece: InstrumentHistory, names: Sequence[str], bars: int) -> FeatureTable:
        found = compute_features(piece, names, bars)
        values = found.values.copy()
        values[900, 2] = 1e30
        return replace(found, values=values)

    monkeypatch.setattr(room, "compute_features", wild)
    with pytest.raises(DataDefect, match=r"features of BTCUSDT-LINEAR.BYBIT: .*volratio 12 96 .*row: 900"):
        attended(trained)


def test_a_training_set_of_the_same_market_is_the_same_and_a_meta_model_needs_a_filtered_strategy(
    trained: Trained, here: Path
) -> None:
    with pytest.raises(ConfigError, match=r"recipe.target was meta, allowed for a backtest of one strategy"):
        attended(trained, target="meta")
    again, samples = enrolled(here)[1].training_set.samples, trained.trainer.training_set.samples
    assert np.array_equal(again.x, samples.x)
    assert np.array_equal(again.net_up, samples.net_up)


def store(trained: Trained, values: Floats | None = None) -> dict[str, StoredFeatures]:
    """Store the features of the training set, or other values in their place."""
    training_set = trained.trainer.training_set
    if values is not None:
        training_set = replace(training_set, pieces=(replace(training_set.pieces[0], values=values),))
    return store_features(training_set, trained.trainer.experiment.plan)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def test_what_is_warm_is_stored_below_its_catalog_and_bar_and_once(trained: Trained, elsewhere: Path) -> None:
    (piece,) = trained.trainer.training_set.pieces
    first = store(trained)
    assert first["BTCUSDT-LINEAR.BYBIT"].rows == len(piece.values) - piece.memory
    assert (elsewhere / "state" / "features" / "main-1h").is_dir()
    cold = piece.values.copy()
    cold[: piece.memory] = 7.0
    assert store(trained) == store(trained, cold) == first


@pytest.mark.usefixtures("elsewhere")
def test_features_that_came_out_otherwise_under_the_same_code_are_refused(trained: Trained) -> None:
    store(trained)
    values = trained.trainer.training_set.pieces[0].values.copy()
    values[2000, 1] = np.nextafter(values[2000, 1], 9)
    with pytest.raises(RunFailed, match=r"did not: momentum 4 at .* corrected, move .* away"):
        store(trained, values)
