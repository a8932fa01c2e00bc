# file: core/runtime/plan.py
"""Read a backtest config with everything it refers to: the one way from a file to something that can run."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.home import config_file, resolve
from tradingbot.core.config.lanes import LanesConfig, LaneVenue
from tradingbot.core.config.load import build, load, read_json
from tradingbot.core.config.overrides import assign, overlaid
from tradingbot.core.config.rates import RatesConfig
from tradingbot.core.config.risk import LaneRisk, RiskConfig
from tradingbot.core.errors import ConfigError
from tradingbot.core.lane import Lane

__all__ = ["Plan", "plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A config with everything it refers to, checked. `command` reproduces the run."""

    config: BacktestConfig
    venue: LaneVenue
    risk: LaneRisk
    rates: RatesConfig | None
    command: str


def plan(path: str | Path, settings: Sequence[str] = ()) -> Plan:
    """Read a config file (below the working directory, else below the home) and lay `settings` over it.

    Raises
    ------
    ConfigError
        Naming the file, field, value and what is allowed.
    """
    file = Path(path) if Path(path).is_file() else resolve(path)
    config = build(BacktestConfig, assign(read_json(file), settings), str(path))
    lanes, limits = load(LanesConfig, config_file("lanes.json")).lanes, load(RiskConfig, config_file("risk.json")).lanes
    venue = _section(LaneVenue, lanes, config.lane, config.venue, f"{path}: venue")
    risk = _section(LaneRisk, limits, config.lane, config.risk, f"{path}: risk")
    if config.currency != venue.currency:
        raise ConfigError(
            f"{path}: equity was in {config.currency}, the {config.lane} lane's account is in {venue.currency}"
        )
    rates = load(RatesConfig, config_file("rates.json")) if venue.carry.kind == "rollover" else None
    command = shlex.join(["tradingbot", "backtest", str(path), *(f"--set={setting}" for setting in settings)])
    return Plan(config, venue, risk, rates, command)


def _section[S: (LaneVenue, LaneRisk)](
    model: type[S], lanes: Mapping[Lane, S], lane: Lane, above: Mapping[str, Any], where: str
) -> S:
    if lane not in lanes:
        raise ConfigError(f"{where}: the lane {lane} has no section in config/lanes.json or config/risk.json")
    return build(model, overlaid(lanes[lane].model_dump(), above), where)
