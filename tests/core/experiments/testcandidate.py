# file: tests/core/experiments/testcandidate.py
from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.learning.modelfixture import HOUR, MONDAY, Studio, recipe
from tradingbot.core.config.candidate import Grid
from tradingbot.core.errors import BadInput, ConfigError, PolicyRefused, TradingbotError
from tradingbot.core.experiments.candidate import plan_paper, read_candidate
from tradingbot.core.runtime.market import plan
from tradingbot.core.validation.crossvalidation import combinations
from tradingbot.core.validation.stress.perturbations import numeric
from tradingbot.learning.features.catalogue import DEFAULT
from tradingbot.learning.features.featureset import FeatureSet
from tradingbot.learning.models.currentmodel import make_current


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def backtest(folder: Path, **fields: Any) -> Path:
    known: dict[str, Any] = {"name": "play", "catalog": "catalog/main", "lane": "cryptofutures", "bar": "5m"}
    known |= {"instruments": ["BTCUSDT-LINEAR.BYBIT"], "equity": "10000 USDT"}
    known |= {"strategies": [{"path": "strategies.trendfollow:TrendFollow", "params": {}}]}
    path = folder / "play.json"
    path.write_text(json.dumps(known | fields), encoding="utf-8")
    return path


def candidate(folder: Path, **fields: Any) -> Path:
    path = folder / "candidate.json"
    path.write_text(json.dumps({"candidate": "mine", "backtest": "play.json"} | fields), encoding="utf-8")
    return path


def test_a_backtest_config_is_a_candidate_of_its_own_name(folder: Path) -> None:
    found = read_candidate(backtest(folder, realism="fast", automatic_kill=True), ["seed=3"])
    assert (found.id, found.recipe.kind, found.perturb) == ("play", "fixed", None)
    assert (found.plan.config.realism, found.plan.config.automatic_kill) == ("exact", False)
    assert found.plan.config.seed == 3
    assert found.command("full").endswith("play.json --budget full --set=seed=3")


def test_a_candidate_file_names_backtest_recipe_and_what_is_moved(folder: Path) -> None:
    backtest(folder)
    grid = {"kind": "grid", "values": {"strategies.0.params.entry_bars": [300, 576]}}
    found = read_candidate(candidate(folder, recipe=grid, perturb=["entry_bars"]))
    assert (found.id, found.recipe.kind, found.perturb) == ("mine", "grid", ("entry_bars",))


@pytest.mark.parametrize(
    ("venue", "sentence"),
    [
        ({"fees": {"multiplier": 0}}, "venue.fees.multiplier was 0, the cryptofutures lane's own is 1"),
        ({"latency_ms": 1}, "venue.latency_ms was 1, the cryptofutures lane's own is 100"),
        ({"spread": {"ticks": 0}}, "venue.spread.ticks was 0, the cryptofutures lane's own is 1"),
        ({"spread": {"bps": 0}}, "venue.spread.bps was 0"),
        ({"depth": {"impact": 0}}, "venue.depth.impact was 0"),
        ({"depth": {"participation": 1}}, "venue.depth.participation was 1, the cryptofutures lane's own is 0.1"),
        ({"limit_fill_probability": 1}, "venue.limit_fill_probability was 1.0, the cryptofutures lane's own is 0.5"),
        ({"fees": {"multiplier": 0.99}}, "venue.fees.multiplier was 0.99, the cryptofutures lane's own is 1"),
        ({"fees": {"kind": "per_contract"}}, "venue.fees.kind and venue.carry.kind must be the cryptofutures lane's"),
    ],
)
def test_a_config_that_makes_trading_cheaper_is_refused(folder: Path, venue: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        read_candidate(backtest(folder, venue=venue))
    assert str(refused.value).startswith(sentence)


def test_a_config_may_make_trading_dearer(folder: Path) -> None:
    venue = {"fees": {"multiplier": 2}, "latency_ms": 500, "spread": {"ticks": 3}, "depth": {"participation": 0.05}}
    assert read_candidate(backtest(folder, venue=venue)).plan.venue.latency_ms == 500


@pytest.mark.parametrize("multiplier", [0, 0.5])
def test_a_lane_that_takes_something_off_its_fees_is_refused(folder: Path, multiplier: float) -> None:
    shipped = json.loads(Path("config/lanes.json").read_text(encoding="utf-8"))
    shipped["lanes"]["cryptofutures"]["fees"]["multiplier"] = multiplier
    (folder / "config").mkdir()
    (folder / "config" / "lanes.json").write_text(json.dumps(shipped), encoding="utf-8")
    with pytest.raises(PolicyRefused, match=rf"fees.multiplier .* in config/lanes.json was {multiplier}, allowed is"):
        read_candidate(backtest(folder))


GRIDS: tuple[dict[str, Any], ...] = (
    {"equity": ["1 USDT", "2 USDT"]}, {"strategies.0.params.entry_bars": [300]},
    {"strategies.0.params.entry_bars": [300, 300]}, {},
)  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        *({"recipe": {"kind": "grid", "values": values}} for values in GRIDS),
        *({"recipe": {"kind": "forest"}}, {"candidate": "../up"}, {"unknown": 1}),
    ],
)
def test_a_candidate_that_makes_no_sense_is_refused(folder: Path, fields: dict[str, Any]) -> None:
    backtest(folder)
    with pytest.raises(ConfigError):
        read_candidate(candidate(folder, **fields))


@pytest.mark.parametrize("path", sorted(Path("config/candidates").glob("*.json")), ids=lambda path: path.stem)
def test_every_shipped_candidate_is_read_and_its_recipe_is_allowed(path: Path) -> None:
    found = read_candidate(path)
    if isinstance(found.recipe, Grid):
        assert len(combinations(found.plan, found.recipe)) > 1
    else:
        FeatureSet(found.model_recipe.features or DEFAULT, 2, 2)
    if found.perturb is not None:
        assert numeric(found.plan, found.perturb)


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    studio = Studio(tmp_path)
    studio.walk(count=400)
    studio.plan(risk={})
    return studio


def model_candidate(studio: Studio, **fields: Any) -> Path:
    path = studio.home / "pupil.json"
    asked = recipe().model_dump(mode="json")
    path.write_text(json.dumps({"candidate": "pupil", "backtest": "studio.json", "recipe": asked} | fields), "utf-8")
    return path


def trained(studio: Studio, until: int) -> Path:
    artefact = studio.taught(recipe(), risk={})
    learned = artefact.manifest.learned.model_copy(update={"end": until})
    kept = studio.keep(replace(artefact, manifest=artefact.manifest.model_copy(update={"learned": learned})))
    make_current(studio.home / "state" / "models", "pupil", kept.name)
    return kept


def test_a_candidate_runs_under_its_name_with_its_model_from_where_it_has_learned(studio: Studio) -> None:
    # A backtest config is run as it is.
    planned = plan_paper(studio.home / "studio.json")
    assert (planned.config.name, planned.config.models) == ("studio", ())
    kept = trained(studio, MONDAY + 300 * HOUR)
    planned = plan_paper(model_candidate(studio))
    (use,) = planned.config.models
    assert (planned.config.name, studio.home / use.path) == ("pupil", kept)
    assert planned.config.start is not None
    assert int(planned.config.start.timestamp()) * 1_000_000_000 == MONDAY + 300 * HOUR
    # Its command makes the same plan.
    planned = plan_paper(model_candidate(studio), ["equity=5000 USDT"])
    words = shlex.split(planned.command)
    assert plan(words[2], [word.removeprefix("--set=") for word in words[3:]]) == planned


@pytest.mark.parametrize(
    ("until", "settings", "sentence"),
    [
        (400, [], "^pupil has learned until 2025-01-22T16:00:00Z and its data ends at"),
        (300, ["start=2025-01-07T00:00:00Z"], "^start was 2025-01-07T00:00:00Z, allowed is 2025-01-18T12:00:00Z or"),
    ],
)
def test_a_market_that_it_learned_from_is_refused(
    studio: Studio, until: int, settings: list[str], sentence: str
) -> None:
    trained(studio, MONDAY + until * HOUR)
    with pytest.raises(PolicyRefused, match=sentence):
        plan_paper(model_candidate(studio), settings)


HOLDS = {"kind": "grid", "values": {"strategies.0.params.hold": [1, 2]}}


@pytest.mark.parametrize(
    ("asked", "settings", "kind", "sentence"),
    [
        (None, [], BadInput, "pupil has no trained model"),
        (HOLDS, [], ConfigError, r"recipe\.kind was grid, allowed on paper are fixed and model"),
        ({"kind": "fixed"}, ["venue.latency_ms=1"], PolicyRefused, "latency_ms"),
    ],
    ids=["untrained", "grid", "cheaper than its lane"],
)
def test_a_candidate_that_cannot_trade_on_paper_is_refused(
    studio: Studio, asked: object, settings: list[str], kind: type[TradingbotError], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        plan_paper(model_candidate(studio, **({"recipe": asked} if asked else {})), settings)
