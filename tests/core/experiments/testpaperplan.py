# file: tests/core/experiments/testpaperplan.py
from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.learning.modelfixture import HOUR, MONDAY, Studio, recipe
from tradingbot.core.errors import BadInput, ConfigError, PolicyRefused, TradingbotError
from tradingbot.core.experiments.paperplan import plan_paper
from tradingbot.core.runtime.market import Plan, plan
from tradingbot.learning.models.currentmodel import make_current


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    studio = Studio(tmp_path)
    studio.walk(count=400)
    studio.plan(risk={})
    return studio


def candidate(studio: Studio, **fields: Any) -> Path:
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


def start(planned: Plan) -> int:
    assert planned.config.start is not None
    return int(planned.config.start.timestamp()) * 1_000_000_000


def test_a_backtest_config_is_run_as_it_is(studio: Studio) -> None:
    planned = plan_paper(studio.home / "studio.json")
    assert (planned.config.name, planned.config.models) == ("studio", ())


def test_a_candidate_runs_under_its_name_with_its_model_from_where_it_has_learned(studio: Studio) -> None:
    kept = trained(studio, MONDAY + 300 * HOUR)
    planned = plan_paper(candidate(studio))
    (use,) = planned.config.models
    assert planned.config.name == "pupil"
    assert studio.home / use.path == kept
    assert start(planned) == MONDAY + 300 * HOUR


def test_its_command_makes_the_same_plan(studio: Studio) -> None:
    trained(studio, MONDAY + 300 * HOUR)
    planned = plan_paper(candidate(studio), ["equity=5000 USDT"])
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
        plan_paper(candidate(studio), settings)


@pytest.mark.parametrize(
    ("asked", "settings", "kind", "sentence"),
    [
        (None, [], BadInput, "pupil has no trained model"),
        (
            {"kind": "grid", "values": {"strategies.0.params.hold": [1, 2]}},
            [],
            ConfigError,
            r"recipe\.kind was grid, allowed on paper are fixed and model",
        ),
        ({"kind": "fixed"}, ["venue.latency_ms=1"], PolicyRefused, "latency_ms"),
    ],
    ids=["untrained", "grid", "cheaper than its lane"],
)
def test_a_candidate_that_cannot_trade_on_paper_is_refused(
    studio: Studio, asked: object, settings: list[str], kind: type[TradingbotError], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        plan_paper(candidate(studio, **({"recipe": asked} if asked else {})), settings)
