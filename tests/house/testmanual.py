# file: tests/house/testmanual.py
"""The manual's reference is in step with the code: what can be said, set, refused or warned about is named in it."""

from __future__ import annotations

import importlib
import importlib.util
import json
import pkgutil
import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from nautilus_trader.trading import Strategy
from pydantic import BaseModel

import tradingbot.core.config
from tradingbot import strategy
from tradingbot.core.config.backtest import BacktestConfig
from tradingbot.core.config.home import config_file
from tradingbot.core.config.load import load
from tradingbot.core.config.risk import RiskConfig
from tradingbot.core.config.runtime import RuntimeConfig
from tradingbot.core.config.validation import ValidationConfig
from tradingbot.core.execution.strategycontext import StrategyContext
from tradingbot.core.lane import Lane
from tradingbot.core.market.checks.defects import REPAIRS, DefectKind
from tradingbot.core.portfolio.metrics import Summary
from tradingbot.core.risk.rulechain import Cap, build_rule_chain
from tradingbot.core.validation.criteria import CRITERIA
from tradingbot.learning.features.catalogue import ALL
from tradingbot.reports.backtest.warnings import WARNINGS
from tradingbot.strategy import LaneStrategy
from tradingbot.ui.web.routes import assets, auth, commands, metrics, stream, views

_BLOCK = re.MULTILINE | re.DOTALL
_TOLD = re.compile(r"(?:^|`)(?:\.venv/bin/)?(?:TRADINGBOT_HOME=\S+ )?tradingbot ([a-z][^`\n]*)", re.MULTILINE)
_DEPENDENCY = re.compile(r"^\| `([\w.-]+)` \| (.{20,}) \|$", re.MULTILINE)


def _commands(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every verb of the command line with its full name, and the groups of verbs, which have options too."""
    yield name, command
    for part, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{name} {part}".strip())


def _models() -> Iterator[tuple[str, type[BaseModel]]]:
    package = tradingbot.core.config
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        for name, value in vars(importlib.import_module(found.name)).items():
            if isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == found.name:
                yield name, value


def test_every_dependency_has_its_reason(reference: str, project: dict[str, Any]) -> None:
    wanted = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=!~ \[]", line)[0] for line in wanted}
    assert names - {found[0] for found in _DEPENDENCY.findall(reference)} == set()


def test_every_make_verb_is_named(reference: str, root: Path) -> None:
    verbs = re.findall(r"^([a-z]+): .*##", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [verb for verb in verbs if f"`make {verb}`" not in reference] == []


@pytest.fixture(scope="module")
def verbs() -> dict[str, set[str]]:
    """Every verb of the command line with its options."""
    if importlib.util.find_spec("tradingbot.cli.app") is None:
        pytest.skip("there is no command line yet")
    from typer.main import get_command

    return {
        name: {text for param in command.params for text in param.opts if text.startswith("--")}
        for name, command in _commands(get_command(importlib.import_module("tradingbot.cli.app").app))
    }


def test_every_verb_and_option_of_the_command_line_is_named(reference: str, verbs: dict[str, set[str]]) -> None:
    missing = [name for name in verbs if f"| `tradingbot {name}" not in reference]
    options = set().union(*verbs.values()) - {"--help", "--install-completion", "--show-completion"}
    assert missing + [option for option in sorted(options) if f"| `{option}`" not in reference] == []


def test_no_verb_or_option_is_named_that_is_not_there(reference: str, verbs: dict[str, set[str]]) -> None:
    known = set().union(*verbs.values())
    told = re.findall(r"^\| `tradingbot ([a-z ]*[a-z])[^`]*` \|", reference, re.MULTILINE)
    options = re.findall(r"^\| `(--[a-z-]+)`", reference, re.MULTILINE)
    assert [verb for verb in told if verb not in verbs] + [option for option in options if option not in known] == []


def test_every_option_is_told_with_the_verbs_that_have_it(reference: str, verbs: dict[str, set[str]]) -> None:
    told = dict(re.findall(r"^\| `(--[a-z-]+)` \| ([^|]+) \|", reference, re.MULTILINE))
    missing = [
        f"{option} of {verb}"
        for verb, options in verbs.items()
        for option in sorted(options & set(told))
        if told[option] != "all" and not {verb, verb.split(" ")[0]} & set(re.findall(r"`([^`]+)`", told[option]))
    ]
    assert missing == []


def test_every_command_that_is_told_is_one_the_program_takes(
    manual: dict[Path, str], readme: str, verbs: dict[str, set[str]]
) -> None:
    wrong, seen = [], 0
    for page, text in [*manual.items(), (Path("README.md"), readme)]:
        for line in _TOLD.findall(text.replace("\\\n", " ")):
            seen += 1
            words = shlex.split(line.partition(" || ")[0], comments=True)
            verb = next((" ".join(words[:count]) for count in (2, 1) if " ".join(words[:count]) in verbs), None)
            if verb is None or {word.partition("=")[0] for word in words if word[:2] == "--"} - verbs[verb] - {
                "--help"
            }:
                wrong.append(f"{page}: tradingbot {line}")
    assert wrong == []
    assert seen > 60


def test_every_config_field_is_named(reference: str) -> None:
    fields = [
        (f"{model}.{name}", info.alias or name)
        for model, value in _models()
        for name, info in value.model_fields.items()
    ]
    page = _section(reference, "# Configuration")
    assert [field for field, name in fields if f"`{name}`" not in page] == []


def test_every_config_that_is_told_is_one_the_program_takes(manual: dict[Path, str], root: Path) -> None:
    usual = json.loads((root / "config" / "backtests" / "trend.json").read_text(encoding="utf-8"))
    blocks = [block for text in manual.values() for block in re.findall(r"^```json[^\n]*\n(.*?)^```", text, _BLOCK)]
    assert len(blocks) > 1
    for block in blocks:
        told = json.loads(block)
        if "paper" in told:
            RuntimeConfig.model_validate_json(block)
        else:
            BacktestConfig.model_validate_json(json.dumps(usual | told))


def test_every_exit_code_is_named(reference: str) -> None:
    assert all(re.search(rf"^\| {code} \|", reference, re.MULTILINE) for code in (0, 2, 3, 4))


def test_every_shipped_config_is_named(reference: str, tracked: list[Path]) -> None:
    shipped = {"/".join(path.parts[:2]) for path in tracked if path.parts[0] == "config"}
    assert [name for name in sorted(shipped) if name not in reference] == []


def test_every_rule_of_the_risk_desk_is_named(reference: str) -> None:
    policy = load(RiskConfig, config_file("risk.json")).lanes[Lane.CRYPTOFUTURES]
    gate = build_rule_chain(policy)
    names = [rule.name for rule in gate.before] + [rule.name for rule in gate.after]
    assert [name for name in names if f"`{name}`" not in reference] == []


def test_the_manual_says_of_each_rule_whether_it_cuts_or_refuses(reference: str) -> None:
    gate = build_rule_chain(load(RiskConfig, config_file("risk.json")).lanes[Lane.CRYPTOFUTURES])
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (cuts|refuses) \|", reference, re.MULTILINE)
    told = {name: answer for names, answer in rows for name in re.findall(r"\w+", names)}
    declared = {rule.name: "cuts" if isinstance(rule, Cap) else "refuses" for rule in gate.after}
    assert told == declared | {rule.name: "refuses" for rule in gate.before}


def test_every_route_of_the_dashboard_is_named(reference: str) -> None:
    rooms = (views, commands, auth, stream, metrics, assets)
    routes = [route for room in rooms for route in room.router.routes if isinstance(route, APIRoute)]
    declared = {
        f"{method} {route.path}" for route in routes if route.include_in_schema for method in route.methods or ()
    }
    named = set(re.findall(r"`((?:GET|POST) /[^`]*)`", reference))
    assert declared - named == set()
    assert named - declared == {"GET /openapi.json", "GET /health"}


def test_the_strategy_api_is_named_whole(reference: str) -> None:
    page = _section(reference, "# Strategy API")
    named = {name for cell in re.findall(r"^\| (`.+?`) \|", page, re.MULTILINE) for name in re.findall(r"`(\w+)", cell)}
    members = {name for name, value in vars(LaneStrategy).items() if name[0] != "_" and callable(value)}
    own = members - set(dir(Strategy)) - {"release", "wind_down", "state_dict", "load_state_dict", "forget_ended"}
    assert named >= {*strategy.__all__, *own, "params_class", "params", "context", "follows_models"}
    known = {*dir(strategy), *dir(LaneStrategy), *LaneStrategy.__annotations__}
    assert named - known == set()
    context = next(line for line in page.splitlines() if line.startswith("| `context`"))
    assert [field.name for field in fields(StrategyContext) if f"`{field.name}`" not in context] == []


def test_every_warning_is_named_in_its_order(reference: str) -> None:
    named = re.findall(r"^\| `(\w+)` \|", _section(reference, "# Warnings of a backtest report"), re.MULTILINE)
    assert named == [code for code, _ in WARNINGS]


def test_every_criterion_has_the_shipped_limit(reference: str) -> None:
    shipped = load(ValidationConfig, config_file("validation.json")).thresholds.model_dump()
    table = _section(reference, "# Validation criteria").partition("## Hard rules")[0]
    rows = re.findall(r"^\| `(\w+)` \| at (?:least|most) ([\d.]+)( %)? \|", table, re.MULTILINE)
    named = {name: float(limit) / (100 if percent else 1) for name, limit, percent in rows}
    assert named == pytest.approx({judge.__name__: float(shipped[judge.__name__]) for judge in CRITERIA})


def test_every_shock_is_named(reference: str) -> None:
    shocks = load(ValidationConfig, config_file("validation.json")).shocks
    assert [name for name in shocks if f"`{name}`" not in _section(reference, "# Validation criteria")] == []


def test_every_defect_is_named_with_its_repair(reference: str) -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]*)\|", _section(reference, "# Data defects"), re.MULTILINE)
    assert {name: repair.strip() for name, repair in rows} == {kind.value: REPAIRS.get(kind, "") for kind in DefectKind}


def test_every_metric_is_named(reference: str) -> None:
    page = _section(reference, "# Metrics")
    assert [field.name for field in fields(Summary) if f"`{field.name}`" not in page] == []


def test_every_feature_is_named(reference: str) -> None:
    named = set(re.findall(r"`(\w+)[\w ]*`", _section(reference, "# Features")))
    assert set(ALL) - named == set()


def _section(reference: str, title: str) -> str:
    """Return the page that begins with a title."""
    return reference[reference.index(title) :].partition("\n# ")[0]
