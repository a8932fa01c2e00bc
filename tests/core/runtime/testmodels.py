# file: tests/core/runtime/testmodels.py
from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.learning.modelfixture import BTC, ETH, FOLLOW, Studio, heeding, recipe
from tradingbot.core.errors import BadInput, ConfigError, RunFailed
from tradingbot.learning.features.featurestream import feature_code_hash
from tradingbot.learning.models.artefact import Artefact, save

FILTERED = [{"path": "strategies.trendfollow:TrendFollow", "filtered": True}]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    studio = Studio(tmp_path_factory.mktemp("learned"))
    studio.walk()
    studio.walk(ETH, seed=4, scale=0.05)
    return studio


@pytest.fixture(scope="module")
def model(studio: Studio) -> Artefact:
    return heeding(studio.taught(recipe()))


def named(model: Artefact, **fields: Any) -> Artefact:
    return replace(model, manifest=model.manifest.model_copy(update=fields))


def asked(model: Artefact, **fields: Any) -> Artefact:
    return named(model, recipe=model.manifest.recipe.model_copy(update=fields))


def test_a_follower_without_a_model_is_refused_rather_than_silent(studio: Studio) -> None:
    with pytest.raises(ConfigError, match=r"^strategies: Follow trades a model's signals, but `models` is empty"):
        studio.run(None)


def test_without_models_nothing_is_loaded_for_them() -> None:
    code = "import sys, tradingbot.core.runtime.models as _; sys.exit('tradingbot.learning.modelactor' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_process_that_trades_a_model_loads_no_library_that_trains(studio: Studio, model: Artefact) -> None:
    path = studio.keep(model)
    studio.plan(models=[{"path": str(path)}])
    code = (
        "import sys; from tradingbot.core.runtime import backtesthost, market\n"
        f"p = market.plan({str(studio.home / 'studio.json')!r})\n"
        "o = backtesthost.run_backtest(p, market.open_planned_market(p)[0])\n"
        "heavy = {'lightgbm', 'xgboost', 'sklearn', 'optuna', 'mlflow', 'deltalake', 'pandera', 'river'}\n"
        "print(len(o.recorder.ledger.trades), sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    trades = studio.run(path).recorder.ledger.trades
    assert done.stdout.split(maxsplit=1) == [str(len(trades)), "[]\n"]


def test_a_path_below_the_home_is_found(studio: Studio, model: Artefact, monkeypatch: pytest.MonkeyPatch) -> None:
    path = studio.keep(model)
    monkeypatch.setenv("TRADINGBOT_HOME", str(studio.home))
    assert studio.run([{"path": str(path.relative_to(studio.home))}]).recorder.ledger.trades


def test_a_filtered_strategy_without_a_model_is_an_error(studio: Studio) -> None:
    with pytest.raises(ConfigError, match=r"^strategies: one is filtered, but `models` is empty$"):
        studio.run(None, strategies=FILTERED)


def test_a_filtered_strategy_with_a_model_of_directions_is_an_error(studio: Studio, model: Artefact) -> None:
    with pytest.raises(
        ConfigError, match=r"^models: the target was direction, which is for a strategy that follows signals$"
    ):
        studio.run(model, strategies=FILTERED)


def test_a_meta_model_without_a_filtered_strategy_is_an_error(studio: Studio, model: Artefact) -> None:
    with pytest.raises(ConfigError, match=r"^models: the target was meta, which is for a filtered strategy$"):
        studio.run(asked(model, target="meta"))


def test_a_model_of_other_bars_is_an_error(studio: Studio, model: Artefact) -> None:
    with pytest.raises(ConfigError, match=r"^models: trained was on 5m bars, allowed are no others, the run's are 1h$"):
        studio.run(named(model, bar="5m"))
    assert studio.run(named(model, bar="60m")).recorder.ledger.trades


def test_an_instrument_that_the_model_never_saw_is_an_error(studio: Studio, model: Artefact) -> None:
    with pytest.raises(ConfigError, match=rf"^models: {ETH} is traded, allowed is what was trained on: {BTC}$"):
        studio.run(model, instruments=[BTC, ETH])


def test_a_leader_that_is_not_heard_is_an_error(studio: Studio, model: Artefact) -> None:
    led = asked(named(model, instruments=(BTC, ETH)), leader=ETH)
    with pytest.raises(ConfigError, match=rf"^models: they look at {ETH}, which leads and is not among the instr"):
        studio.run(led)


@pytest.mark.parametrize("word", ["quotedspread 4", "fundingrate"])
def test_a_meta_model_that_looks_at_more_than_bars_is_an_error(studio: Studio, model: Artefact, word: str) -> None:
    meta = named(asked(model, target="meta"), features=(word,), feature_code_sha256=feature_code_hash((word,), 8))
    with pytest.raises(ConfigError, match=r"^recipe\.features: a meta model hears bars alone"):
        studio.run(meta, strategies=FILTERED)


def test_overlapping_times_are_an_error(studio: Studio, model: Artefact) -> None:
    path = str(studio.keep(model))
    with pytest.raises(ConfigError, match=r"^models: two are in force at once, allowed is one at any time$"):
        studio.run([{"path": path, "end": "2025-01-10T01:00"}, {"path": path, "start": "2025-01-10T00:00"}])


def test_models_of_other_recipes_are_an_error(studio: Studio, model: Artefact) -> None:
    first, second = studio.keep(model), studio.keep(asked(model, every=3))
    with pytest.raises(
        ConfigError, match=rf"^models: {second.name[:16]} was trained by another recipe than the first$"
    ):
        studio.run(
            [{"path": str(first), "end": "2025-01-10T00:00"}, {"path": str(second), "start": "2025-01-10T00:00"}]
        )


def test_a_model_whose_feature_code_is_no_longer_ours_is_an_error(studio: Studio, model: Artefact) -> None:
    with pytest.raises(
        ConfigError, match=r"was trained with feature code 0000000000000000, this program's is .*again$"
    ):
        studio.run(named(model, feature_code_sha256="0" * 64))


def test_a_model_that_was_tampered_with_is_an_error(studio: Studio, model: Artefact, tmp_path: Path) -> None:
    folder = save(model, tmp_path)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"weak": 0.5', '"weak": 0.4'))
    with pytest.raises(
        BadInput, match=rf"^models.path was {folder}: what is in it has the hash [0-9a-f]{{16}}, allowed"
    ):
        studio.run(folder)


def test_a_model_that_no_longer_says_what_was_fitted_fails_the_run(studio: Studio, model: Artefact) -> None:
    wrong = replace(model, expected=np.nextafter(model.expected, 1) + 1e-6)
    with pytest.raises(RunFailed, match=r"^the model [0-9a-f]{16}: probability in row 0 was"):
        studio.run(wrong)


def test_a_follower_beside_a_filtered_strategy_is_heard_by_nobody(studio: Studio, model: Artefact) -> None:
    with pytest.raises(ConfigError, match=r"^models: the target was direction"):
        studio.run(model, strategies=[{"path": FOLLOW}, *FILTERED])
