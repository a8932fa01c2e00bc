# file: core/experiments/paperplan.py
"""Plan of a paper node: a backtest config as it is, or a candidate with the model it was trained to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from tradingbot.core.config.candidate import CandidateConfig, Grid, ModelRecipe
from tradingbot.core.config.home import home, named_file
from tradingbot.core.config.load import build, read_json
from tradingbot.core.errors import ConfigError, PolicyRefused
from tradingbot.core.experiments.candidate import read_candidate
from tradingbot.core.runtime.market import Plan, open_planned_market, plan
from tradingbot.core.time import SECOND, to_iso
from tradingbot.learning.models.artefact import load
from tradingbot.learning.models.currentmodel import current, models_root


def plan_paper(path: str | Path, settings: Sequence[str] = ()) -> Plan:
    """Read a backtest config or a candidate file; a candidate's node bears the candidate's name.

    A model trades no market that it learned from: it begins where its training ended. Raises ConfigError naming the
    file, field, value and what is allowed; BadInput when the candidate has no model, or there is no data; PolicyRefused
    when the candidate makes trading cheaper than its lane is, or would trade what its model learned from.
    """
    file = named_file(path)
    raw = read_json(file)
    if "candidate" not in raw:
        return plan(path, settings)
    config = build(CandidateConfig, raw, str(path))
    if isinstance(config.recipe, Grid):
        raise ConfigError(
            f"{path}: recipe.kind was grid, allowed on paper are fixed and model;"
            " write what the grid picked into a config"
        )
    read_candidate(path, settings)  # for what it refuses
    own = [*settings, f"name={config.candidate}", "realism=exact", "events=[]", "automatic_kill=false"]
    if isinstance(config.recipe, ModelRecipe):
        own += _with_model(config, plan(config.backtest, own))
    return plan(config.backtest, own)


def _with_model(config: CandidateConfig, planned: Plan) -> list[str]:
    folder = current(models_root(), config.candidate)
    learned = load(folder).manifest.learned.end
    market, _synthetic = open_planned_market(planned)
    name = config.candidate
    if market.end <= learned:
        raise PolicyRefused(
            f"{name} has learned until {to_iso(learned)} and its data ends at {to_iso(market.end)}:"
            " paper needs data after that, such as --set catalog=catalog/NEWER"
        )
    if planned.config.start is not None and market.start < learned:
        raise PolicyRefused(
            f"start was {to_iso(market.start)}, allowed is {to_iso(learned)} or later: until then {name} has learned"
        )
    place = folder.relative_to(home()) if folder.is_relative_to(home()) else folder
    # A bar that opens before its training ended was part of it.
    start = -(-max(market.start, learned) // SECOND) * SECOND
    return [f"models={json.dumps([{'path': str(place)}])}", f"start={to_iso(start)}"]
