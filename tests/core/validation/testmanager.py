# file: tests/core/validation/testmanager.py
from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.core.validation.validationfixture import flip_byte, flip_middle, rewrite
from tests.learning.training.trainingfixture import NOW, campus, copied, market, quiet, recipe, taught, within
from tradingbot import promote as promotion
from tradingbot import train as training
from tradingbot import validate as usecase
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.experiments.candidate import candidate_parts
from tradingbot.core.experiments.trials import Trial, TrialLedger
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry
from tradingbot.learning.features.featurestream import FeatureTable, InstrumentHistory, compute_features
from tradingbot.learning.models.artefact import load
from tradingbot.learning.models.currentmodel import current, make_current
from tradingbot.learning.training import trainingset as course

EASY = {"trades": 20, "effective_trades": 20, "adjusted_p": 0.5, "sharpe": 1.0, "profit_factor": 1.1, "cvar": 0.5}


@dataclass(frozen=True)
class Degree:
    """A home whose pupil was trained and validated."""

    home: Path
    trained: training.Trained
    found: usecase.Validated
    hashed: tuple[Counter[str], ...] = ()


@contextmanager
def counted_hashing() -> Iterator[Counter[str]]:
    """Count how often each data file of a catalog is hashed."""
    counts: Counter[str] = Counter()
    file_digest = hashlib.file_digest

    def digest(file: BufferedReader, name: str) -> Any:
        counts[file.name] += 1
        return file_digest(file, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashlib, "file_digest", digest)
        yield counts


def validated(home: Path, budget: str = "full") -> usecase.Validated:
    with within(home):
        return usecase.run("pupil.json", [], budget=budget, workers=1, cluster=None, stage=quiet, now=lambda: NOW)


def school(folder: Path, **fields: object) -> Path:
    home = campus(folder, market(), recipe(**fields), thresholds=EASY, joint=[0.9])
    rewrite(home / "pupil.json", perturb=["hold"])
    return home


@pytest.fixture(scope="module")
def degree(tmp_path_factory: pytest.TempPathFactory) -> Degree:
    home = school(tmp_path_factory.mktemp("degree") / "home")
    trained = taught(home)
    return Degree(home, trained, validated(home))


@pytest.fixture
def copy(degree: Degree, tmp_path: Path) -> Path:
    return copied(degree.home, tmp_path / "home")


def trials(home: Path) -> list[Trial]:
    return [row.trial for row in TrialLedger(home / "state" / "trials.db").rows()]


def state(home: Path) -> State:
    return Registry(home / "state" / "registry.db").history("pupil")[-1].state


def test_what_was_learned_passes_by_what_each_folds_model_did_in_its_test(degree: Degree) -> None:
    record = degree.found.record
    assert record.verdict.value == "PASS", record.verdict.reasons
    assert [(fold.chosen["model"], fold.candidates) for fold in record.folds] == [("direction", 1)] * 3
    assert sum(fold.test.trades for fold in record.folds) == record.pooled.measured.trades == record.whole.trades
    assert record.pooled.days[0] == record.folds[0].test_start[:10]


def test_every_fold_is_traded_by_a_model_of_its_own_that_is_kept(degree: Degree) -> None:
    models = degree.home / "state" / "models"
    kept = [load(folder).manifest.learned for folder in models.iterdir() if folder.is_dir()]
    assert len(kept) == 4
    folds = degree.trained.record.folds
    assert sorted(item.rows for item in kept)[:3] == [fold.rows for fold in folds]
    starts = [np.datetime64(fold.test_start.removesuffix("Z"), "ns").astype(np.int64) for fold in folds]
    for item, start in zip(sorted(kept, key=lambda one: one.rows), starts, strict=False):
        assert item.end < start - 24 * 3_600_000_000_000


def test_validation_teaches_what_training_taught(degree: Degree) -> None:
    trained, found = degree.trained.record.folds, degree.found.record.folds
    assert [(fold.rows, fold.purged) for fold in trained] == [(fold.chosen["rows"], fold.purged) for fold in found]
    weak = [fold.strengths.weak for fold in trained]
    assert [round(one, 4) if one else "never" for one in weak] == [fold.chosen["weak"] for fold in found]


def test_the_certificate_binds_the_model_and_the_code_of_its_features(degree: Degree) -> None:
    certificate, model = degree.found.certificate, degree.trained.model
    assert certificate is not None
    learned = certificate.parts["model"], certificate.parts["features"]
    assert learned == (model.name, load(model).manifest.feature_code_sha256)
    with within(degree.home):
        assert candidate_parts("pupil.json") == certificate.parts
    assert state(degree.home) is State.VALIDATED


def test_validating_counts_its_runs_and_not_the_training_twice(degree: Degree) -> None:
    counts = Counter(trial.purpose for trial in trials(degree.home))
    assert counts == {"training": 1, "candidate": 1, "perturbation": counts["perturbation"]}


def test_what_passed_is_promoted_as_long_as_it_is_what_passed(copy: Path) -> None:
    with within(copy):
        promotion.promote("pupil", "ann", "read it", NOW + 1)
    assert state(copy) is State.PROMOTED


def _pointed(home: Path) -> None:
    models = home / "state" / "models"
    now = current(models, "pupil").name
    other = next(item.name for item in models.iterdir() if item.is_dir() and item.name != now)
    make_current(models, "pupil", other)


def _retrained(home: Path) -> None:
    models = home / "state" / "models"
    change = Registry(home / "state" / "registry.db").history("pupil")[-1]
    taught(home, "seed=5")
    assert state(home) is State.CANDIDATE
    Registry(home / "state" / "registry.db").record(change)
    assert load(current(models, "pupil")).manifest.seed == 5


@pytest.mark.parametrize("change", [_pointed, _retrained])
def test_another_model_than_the_validated_one_is_not_promoted(copy: Path, change: Callable[[Path], None]) -> None:
    change(copy)
    sentence = "pupil was not promoted: model changed since it was validated"
    with within(copy), pytest.raises(PolicyRefused, match=sentence):
        promotion.promote("pupil", "ann", "", NOW + 1)


@pytest.mark.parametrize("name", ["manifest.json", "arrays.npz"])
def test_a_model_file_that_was_changed_is_not_promoted(copy: Path, name: str) -> None:
    flip_middle(current(copy / "state" / "models", "pupil") / name)
    with within(copy), pytest.raises((PolicyRefused, BadInput), match=r"model"):
        promotion.promote("pupil", "ann", "", NOW + 1)
    assert state(copy) is State.VALIDATED


def _recipe(home: Path) -> None:
    asked = json.loads((home / "pupil.json").read_text(encoding="utf-8"))["recipe"]
    rewrite(home / "pupil.json", recipe=asked | {"alpha": 0.35})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_recipe, ": recipe changed since its model was trained; train it again"),
        (
            lambda home: rewrite(home / "small.json", seed=5),
            ": seed changed since its model was trained; train it again",
        ),
        (flip_byte, ": data changed since its model was trained; train it again"),
        (
            lambda home: (home / "state" / "models" / "pupil.json").unlink(),
            " has no trained model in .*; `tradingbot train CONFIG` makes one",
        ),
    ],
)
def test_what_is_not_what_was_trained_is_not_validated(copy: Path, change: Callable[[Path], None], words: str) -> None:
    before = len(trials(copy))
    change(copy)
    with pytest.raises((PolicyRefused, BadInput), match=f"pupil{words}"):
        validated(copy)
    assert len(trials(copy)) == before


def test_without_an_edge_what_was_trained_does_not_pass(tmp_path: Path) -> None:
    home = campus(tmp_path / "home", market(0.0), thresholds=EASY)
    trained = taught(home)
    assert trained.record.cautions[0].startswith("No probability was found from which trading pays")
    found = validated(home)
    assert found.record.verdict.value != "PASS"
    assert (found.record.whole.trades, found.certificate, state(home)) == (0, None, State.CANDIDATE)


def test_a_model_that_learned_from_bars_to_come_shines_in_training_and_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ahead(piece: InstrumentHistory, names: Sequence[str], bars: int) -> FeatureTable:
        found = compute_features(piece, names, bars)
        return replace(found, values=np.vstack([found.values[6:], np.repeat(found.values[-1:], 6, axis=0)]))

    monkeypatch.setattr(course, "compute_features", ahead)
    home = campus(tmp_path / "home", market(0.0), thresholds=EASY | {"trades": 1, "effective_trades": 1})
    trained = taught(home).record
    assert (trained.scores[-1].auc or 0) > 0.75
    assert (trained.scores[-1].sharpe or 0) > 5
    # The engine gives the model what was known at the time, and with that it earns nothing.
    found = validated(home).record
    assert found.whole.trades > 20
    assert found.whole.net_pnl < 0
    assert found.verdict.value == "FAIL"


def test_the_search_of_a_validation_is_that_of_the_training(tmp_path: Path) -> None:
    home = school(tmp_path / "home", search={"trials": 5})
    trained = taught(home, trials=1)
    before = len(trials(home))
    found = validated(home, "quick").record
    assert [fold.candidates for fold in found.folds] == [1, 1, 1]
    assert [fold.chosen["rows"] for fold in found.folds] == [fold.rows for fold in trained.record.folds]
    assert [trial.purpose for trial in trials(home)[before:]].count("search") == 3


@pytest.fixture(scope="module")
def filtered(tmp_path_factory: pytest.TempPathFactory) -> Degree:
    """Breaks of a short channel, which pay in calm markets alone, filtered by what was learned of their trades."""
    params = {"entry_bars": 6, "exit_bars": 4, "range_bars": 12, "stop_ranges": 4}
    boosted = {"kind": "lightgbm", "trees": 30, "leaves": 5, "min_rows": 15}
    home = campus(
        tmp_path_factory.mktemp("filtered") / "home",
        market(0.8, 24 * 800, seed=2),
        recipe(target="meta", members=[{"kind": "linear"}, boosted]),
        strategy={"path": "strategies.trendfollow:TrendFollow", "params": params, "filtered": True},
        thresholds=EASY,
        folds=2,
    )
    with counted_hashing() as by_training:
        trained = taught(home)
    with counted_hashing() as by_validation:
        return Degree(home, trained, validated(home), (by_training, by_validation))


def test_no_data_file_is_hashed_twice_in_a_command(filtered: Degree) -> None:
    """The meta model's primary run, every fold and every stress are variants of one experiment."""
    files = {str(path) for path in (filtered.home / "catalog").rglob("*.parquet")}
    for counts in filtered.hashed:
        data = {name: count for name, count in counts.items() if name in files}
        assert len(data) > 2
        assert set(data.values()) == {1}


def test_a_meta_model_learns_from_the_trades_of_the_unfiltered_strategy(filtered: Degree) -> None:
    primary, training = trials(filtered.home)[:2]
    record, origin = filtered.trained.record, filtered.trained.record.origin
    assert (primary.purpose, training.purpose, record.trials_recorded) == ("primary", "training", 2)
    # Its first trades came before the features were warm.
    assert primary.trades - 20 < origin.rows <= primary.trades
    assert (origin.target, origin.up + origin.down, origin.neither) == ("meta", origin.rows, 0)
    assert {item.feature for item in record.importance} == {*recipe()["features"], "side"}


def test_a_filter_lets_fewer_and_better_trades_through(filtered: Degree) -> None:
    primary, record = trials(filtered.home)[0], filtered.found.record
    for fold, trained in zip(record.folds, filtered.trained.record.folds, strict=True):
        if trained.strengths.weak is None:
            assert fold.test.trades == 0
        else:
            assert 10 < fold.test.trades < 0.6 * trained.tested
    assert filtered.trained.record.origin.up < 0.45 * filtered.trained.record.origin.rows
    assert primary.trades > 4 * record.whole.trades
    assert (record.whole.profit_factor or 0) > 1.5
