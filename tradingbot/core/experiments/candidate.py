# file: core/experiments/candidate.py
"""Candidate: read and check the unit that is trained, validated, promoted and paper traded, and hash its parts."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path

from tradingbot.core.config.candidate import CandidateConfig, Fixed, Grid, ModelRecipe, Recipe
from tradingbot.core.config.home import config_file, home, named_file
from tradingbot.core.config.lanes import LanesConfig
from tradingbot.core.config.load import build, load, read_json
from tradingbot.core.config.validation import ValidationConfig
from tradingbot.core.errors import ConfigError, PolicyRefused
from tradingbot.core.experiments.experiment import open_experiment
from tradingbot.core.runtime.market import Plan, open_planned_market, plan
from tradingbot.core.runtime.provenance import config_sha256
from tradingbot.core.time import SECOND, to_iso
from tradingbot.learning.models.artefact import load as load_artefact
from tradingbot.learning.models.currentmodel import current, model_parts, models_root

_COSTS = (
    "latency_ms", "spread.ticks", "spread.bps", "depth.impact", "fees.multiplier", "fees.amount", "fees.minimum",
    "carry.markup", "carry.annual",
)  # fmt: skip
_CHANCES = ("depth.participation", "limit_fill_probability", "depth.size")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate, checked. `file` is its path as given, `place` below the home or absolute.

    `settings` are the overrides of its backtest config, `limits` what it has to show.
    """

    id: str
    file: str
    place: str
    settings: tuple[str, ...]
    plan: Plan
    recipe: Fixed | Grid | ModelRecipe
    perturb: tuple[str, ...] | None
    limits: ValidationConfig

    def command(self, budget: str) -> str:
        """Return the command that repeats the validation."""
        return self._command("validate", "--budget", budget)

    @property
    def training_command(self) -> str:
        """The command that repeats the training."""
        return self._command("train", "--trials", str(self.model_recipe.search.trials))

    def _command(self, verb: str, *options: str) -> str:
        return shlex.join(["tradingbot", verb, self.file, *options, *(f"--set={item}" for item in self.settings)])

    @property
    def model_recipe(self) -> ModelRecipe:
        """The recipe of what is trained; ConfigError when nothing is."""
        if not isinstance(self.recipe, ModelRecipe):
            raise ConfigError(f"{self.file}: recipe.kind was {self.recipe.kind}, allowed is model: nothing is trained")
        return self.recipe


def read_candidate(path: str | Path, settings: Sequence[str] = ()) -> Candidate:
    """Read a candidate file, or a backtest config, which is then a candidate of its own name with nothing to train.

    Runs are always of `exact` realism and without drills, whatever the backtest config says. Raises ConfigError naming
    the file, field, value and what is allowed; PolicyRefused when the config makes trading cheaper or faster than its
    lane is.
    """
    file = named_file(path)
    raw = read_json(file)
    if "candidate" not in raw and "backtest" not in raw:
        raw = {"candidate": str(raw.get("name", "")), "backtest": str(path)}
    config = build(CandidateConfig, raw, str(path))
    planned = plan(config.backtest, settings)
    honest = planned.config.model_copy(update={"realism": "exact", "events": (), "automatic_kill": False})
    planned = replace(planned, config=honest)
    _refuse_cheaper(planned)
    limits = load(ValidationConfig, config_file("validation.json"))
    _check_grid(config.recipe)
    whole = file.resolve()
    place = str(whole.relative_to(home()) if whole.is_relative_to(home()) else whole)
    return Candidate(
        config.candidate, str(path), place, tuple(settings), planned, config.recipe, config.perturb, limits
    )


def candidate_parts(path: str | Path, settings: Sequence[str] = ()) -> dict[str, str]:
    """Return the SHA-256 of every part a certificate binds, as it is on disk now.

    `strategy`, `params`, `data`, `config` (the run's, the recipe and the thresholds) and `program`; for a trained
    candidate also `model` and `features`, the code that makes them.
    """
    candidate = read_candidate(path, settings)
    return bound(candidate, open_experiment(candidate.plan).hashes)


def bound(candidate: Candidate, hashes: Mapping[str, str]) -> dict[str, str]:
    """Return `hashes` with recipe and thresholds worked into the part `config`, and the parts of a trained model."""
    recipe = {"recipe": candidate.recipe.model_dump(mode="json"), "config": hashes["config"]}
    parts = dict(hashes) | {"config": config_sha256(recipe, candidate.limits)}
    if isinstance(candidate.recipe, ModelRecipe):
        parts |= model_parts(candidate.id)
    return parts


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


def _refuse_cheaper(planned: Plan) -> None:
    lane, venue = planned.config.lane, planned.venue
    own = load(LanesConfig, config_file("lanes.json")).lanes[lane]
    for name in (*_COSTS, *_CHANCES):
        was, least = attrgetter(name)(venue), attrgetter(name)(own)
        if None not in (was, least) and (was < least if name in _COSTS else was > least):
            raise PolicyRefused(
                f"venue.{name} was {was}, the {lane} lane's own is {least}:"
                " a validation may make trading dearer or slower, never cheaper"
            )
    if own.fees.multiplier < 1:
        raise PolicyRefused(
            f"fees.multiplier of the {lane} lane in config/lanes.json was {own.fees.multiplier}, allowed is at least 1:"
            " a venue's discount belongs into the rates of its instruments"
        )
    if venue.fees.kind != own.fees.kind or venue.carry.kind != own.carry.kind:
        raise PolicyRefused(f"venue.fees.kind and venue.carry.kind must be the {lane} lane's own in a validation")


def _check_grid(recipe: Recipe) -> None:
    if not isinstance(recipe, Grid):
        return
    for key, choices in recipe.values.items():
        if not key.startswith("strategies."):
            raise ConfigError(f"recipe.values has {key!r}, allowed are parameters such as strategies.0.params.name")
        if len(set(map(str, choices))) != len(choices) or len(choices) < 2:
            raise ConfigError(f"recipe.values.{key} was {list(map(str, choices))}, allowed are two or more, none twice")


def _with_model(config: CandidateConfig, planned: Plan) -> list[str]:
    folder = current(models_root(), config.candidate)
    learned = load_artefact(folder).manifest.learned.end
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
