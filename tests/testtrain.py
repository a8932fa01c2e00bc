# file: tests/testtrain.py
"""Training from end to end: what it writes, that it repeats itself, goes on where it was, and refuses whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest

from tests.learning.training.trainingfixture import (
    DAY_NS,
    DAYS,
    NOW,
    campus,
    copied,
    market,
    recipe,
    rewritten,
    taught,
    unheard,
    write,
)
from tradingbot import promote as registry
from tradingbot import train as door
from tradingbot.core.errors import BadInput, ConfigError, DataDefect, PolicyRefused, RunFailed, TradingbotError
from tradingbot.core.experiments.trials import TrialLedger
from tradingbot.core.progress import Progress
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry
from tradingbot.learning.models.artefact import load
from tradingbot.learning.models.currentmodel import current
from tradingbot.learning.training.record import TrainingRecord


@dataclass(frozen=True)
class Training:
    """A home whose candidate was trained with two trials of a search, and what came of it."""

    home: Path
    result: door.Trained


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Training:
    home = campus(tmp_path_factory.mktemp("trained") / "home", market(), recipe(search={"trials": 2}), synthetic=True)
    return Training(home, taught(home, processes=True))


@pytest.fixture
def copy(trained: Training, tmp_path: Path) -> Path:
    return copied(trained.home, tmp_path / "home")


def rows(home: Path) -> list[Any]:
    return TrialLedger(home / "state" / "trials.db").rows()


def states(home: Path) -> list[State]:
    return [change.state for change in Registry(home / "state" / "registry.db").history("pupil")]


def written(home: Path) -> dict[str, bytes]:
    """Return what trading, promotion and people read: models, pointers, reports and the registry."""
    places = [home / "state" / "models", home / "logs", home / "state" / "registry.db"]
    files = [path for place in places for path in ([place] if place.is_file() else place.rglob("*"))]
    return {str(path.relative_to(home)): path.read_bytes() for path in files if path.is_file()}


def test_a_training_leaves_a_model_that_is_the_candidates_and_a_report_that_reads_back_whole(trained: Training) -> None:
    home, found = trained.home, trained.result
    assert current(home / "state" / "models", "pupil") == found.model
    manifest = load(found.model).manifest
    assert (manifest.candidate, manifest.lane, manifest.bar) == ("pupil", "cryptofutures", "1h")
    assert manifest.recipe.search.trials == 2
    assert manifest.learned.rows == found.record.origin.rows
    assert found.record.origin.model_sha256 == found.model.name
    assert states(home) == [State.CANDIDATE]
    report = json.loads(found.json.read_text(encoding="utf-8"))
    assert report.pop("sha256") == TrainingRecord.model_validate(report).sha256 == found.record.sha256
    assert "evidence of nothing" in found.html.read_text(encoding="utf-8")
    assert found.json.parent == home / "logs" / "training" / "pupil" / found.model.name[:16]


def test_every_trial_of_every_search_is_in_the_ledger_and_the_walk_forward_too(trained: Training) -> None:
    found = [row.trial for row in rows(trained.home)]
    assert [trial.purpose for trial in found].count("search") == 4 * 2
    assert [trial.purpose for trial in found].count("training") == 1
    assert trained.result.record.trials_recorded == len(found) == 9
    assert {trial.label for trial in found} == {
        *(f"pupil {part} trial {n}" for part in ("fold 1", "fold 2", "fold 3", "final") for n in (0, 1)),
        "pupil walk forward",
    }
    assert found[-1].trades == trained.result.record.scores[-1].trades
    assert len({trial.config_sha256 for trial in found}) == 9
    assert {trial.strategy for trial in found} == {"strategies.follow:Follow"}


def test_the_record_compares_the_stack_with_its_baseline_out_of_fold(trained: Training) -> None:
    record = trained.result.record
    assert [row.name for row in record.scores] == ["linear", "lightgbm", "stack"]
    line, stack = record.scores[0], record.scores[-1]
    assert (stack.auc or 0) > (line.auc or 0)
    assert [fold.number for fold in record.folds] == [1, 2, 3]
    assert {curve.name for curve in record.curves} == {"linear", "stack"}
    assert len(record.trials) == 2
    assert {item.feature for item in record.importance} == set(recipe()["features"])
    assert record.cautions[0].startswith("The market is synthetic")


def test_one_worker_and_two_give_the_same_bytes(trained: Training, tmp_path: Path) -> None:
    home = campus(tmp_path / "home", market(), recipe(search={"trials": 2}), synthetic=True)
    again = taught(home, processes=True, workers=1)
    assert again.model.name == trained.result.model.name
    assert again.record.sha256 == trained.result.record.sha256


def test_training_again_gives_the_same_model_another_seed_another_and_the_last_is_the_candidates(
    trained: Training, copy: Path
) -> None:
    was = trained.result.model.name
    assert taught(copy).model.name == was
    assert len(rows(copy)) == 18
    other = taught(copy, "seed=9")
    assert other.model.name != was
    assert current(copy / "state" / "models", "pupil").name == other.model.name
    assert (copy / "state" / "models" / was).is_dir()


def test_the_option_replaces_the_trials_of_the_recipe(copy: Path) -> None:
    found = taught(copy, trials=0)
    assert load(found.model).manifest.recipe.search.trials == 0
    assert found.record.trials_recorded == 1
    assert "--trials 0" in found.record.origin.command


def trained_on(home: Path, *settings: str) -> tuple[door.Trained, list[int]]:
    """Train, and return the numbers of trainings done whenever one was told."""
    told: list[int] = []
    return taught(home, *settings, stage=lambda _title: lambda done, _total: told.append(done)), told


def interrupted(home: Path, at: int) -> None:
    """Train until so many trainings are done, and press Ctrl-C."""

    def stage(title: str) -> Progress:
        def hear(done: int, _total: int) -> None:
            if "trainings" in title and done == at:
                raise KeyboardInterrupt

        return hear

    with pytest.raises(KeyboardInterrupt):
        taught(home, stage=stage)


def test_what_an_interrupted_training_finished_is_not_done_again(tmp_path: Path, trained: Training) -> None:
    home = campus(tmp_path / "home", market(), recipe(search={"trials": 2}), synthetic=True)
    interrupted(home, at=2)
    assert len(rows(home)) == 4
    assert written(home) == {}
    found, began = trained_on(home)
    assert [number for number in began if number] == [2, 3, 4]
    assert len(rows(home)) == found.record.trials_recorded == 9
    assert found.model.name == trained.result.model.name
    assert not (home / "state" / "lessons").exists() or not any((home / "state" / "lessons" / "pupil").glob("*"))


def test_results_kept_for_other_costs_are_not_taken(tmp_path: Path) -> None:
    home = campus(tmp_path / "home", market())
    interrupted(home, at=4)
    assert trained_on(home, "venue.spread.bps=30")[1] == [0, 1, 2, 3, 4]


def _short(home: Path) -> None:
    rewritten(home, market().take(slice(24 * 60)))


def _gap(home: Path) -> None:
    bars = market()
    rewritten(home, bars.take((bars.ts < bars.ts[0] + 100 * DAY_NS) | (bars.ts > bars.ts[0] + 150 * DAY_NS)))


def _flat(home: Path) -> None:
    bars, places = market(), np.arange(24 * DAYS)
    stuck = (places >= 4000) & (places < 6000)
    prices = {name: np.where(stuck, bars.close[3999], getattr(bars, name)) for name in ("open", "high", "low", "close")}
    rewritten(home, replace(bars, **prices))


GRID = {"kind": "grid", "values": {"strategies.0.params.hold": [1.0, 2.0]}}
LED, META = recipe(leader="ETHUSDT-LINEAR.BYBIT"), recipe(target="meta")


def _candidate(**fields: object) -> Callable[[Path], None]:
    return lambda home: write(home / "pupil.json", {"candidate": "pupil", "backtest": "small.json"} | fields)


@pytest.mark.parametrize(
    ("spoil", "kind", "words"),
    [
        (_short, BadInput, r"fold 1: labelled rows to train on were \d+, allowed are 200 or more"),
        (_gap, DataDefect, r"bars of BTCUSDT-LINEAR.BYBIT: .*2025-04-16"),
        (_flat, DataDefect, r"bars of BTCUSDT-LINEAR.BYBIT: .*open, high, low and close repeat"),
        (_candidate(recipe=GRID), ConfigError, r"recipe.kind was grid, allowed is model: nothing is trained"),
        (_candidate(), ConfigError, r"recipe.kind was fixed, allowed is model: nothing is trained"),
        (
            _candidate(recipe=LED),
            ConfigError,
            "recipe.leader was ETHUSDT-LINEAR.BYBIT, allowed are the run's instruments",
        ),
        (
            _candidate(recipe=META),
            ConfigError,
            "recipe.target was meta, allowed for a backtest of one strategy that is `filtered`",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_refused_and_the_last_model_stays(
    copy: Path, spoil: Callable[[Path], None], kind: type[TradingbotError], words: str
) -> None:
    before = written(copy)
    spoil(copy)
    with pytest.raises(kind, match=words):
        taught(copy)
    assert written(copy) == before
    assert len(rows(copy)) == 9


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.RETIRED, "pupil is retired, which is final; give the candidate another name"),
        (State.PROMOTED, "pupil is promoted and trades its model; train a challenger under another name, or demote it"),
    ],
)
def test_what_stands_is_not_trained_again(
    copy: Path, state: State, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, changes = written(copy), Registry(copy / "state" / "registry.db").history("pupil")
    monkeypatch.setattr(Registry, "history", lambda *_: [replace(change, state=state) for change in changes])
    with pytest.raises(PolicyRefused, match=words):
        taught(copy)
    assert written(copy) == before


def test_what_is_retired_while_it_trains_keeps_its_model_and_is_not_trained_again(copy: Path) -> None:
    def stage(title: str) -> Progress:
        if "trainings" in title:
            registry.retire("pupil", "ann", "enough", NOW + 1)
        return unheard

    was = current(copy / "state" / "models", "pupil").name
    with pytest.raises(PolicyRefused, match="pupil is retired, which is final"):
        taught(copy, "seed=5", stage=stage)
    assert current(copy / "state" / "models", "pupil").name == was
    assert states(copy)[-1] is State.RETIRED
    with pytest.raises(PolicyRefused, match="pupil is retired, which is final"):
        taught(copy)


@pytest.mark.parametrize(
    ("step", "settings", "kept"),
    [
        pytest.param("save", {}, True, id="a model that cannot be written"),
        pytest.param("track_training", {"tracking": True}, False, id="a training that cannot be tracked"),
    ],
)
def test_what_fails_changes_no_pointer_and_no_registry(
    copy: Path, monkeypatch: pytest.MonkeyPatch, step: str, settings: dict[str, bool], kept: bool
) -> None:
    before = written(copy)

    monkeypatch.setattr(door, step, Mock(side_effect=RunFailed("the disk is full")))
    with pytest.raises(RunFailed, match="the disk is full"):
        taught(copy, "seed=5", **settings)
    after = written(copy)
    assert not kept or after == before
    changed = {name for name in after if after[name] != before.get(name)}
    assert not {name for name in changed if "registry" in name or name == "state/models/pupil.json"}


def test_without_tracking_a_training_works_where_there_is_no_mlflow(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "mlflow"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert taught(copy).tracked == ""
    assert not (copy / "state" / "mlflow.db").exists()


def test_a_tracked_training_says_where(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    track = Mock(return_value="run-7")
    monkeypatch.setattr(door, "track_training", track)
    found = taught(copy, tracking=True)
    ((record, model, files),) = (call.args for call in track.mock_calls)
    assert (found.tracked, record.candidate, model.name) == ("run-7", "pupil", found.model.name)
    assert [file.name for file in files] == ["report.json", "report.html"]
