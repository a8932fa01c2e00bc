# file: tests/house/testlayers.py
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def layers(project: dict[str, Any]) -> list[list[str]]:
    """The layer list of the import contract, top first."""
    contracts = project["tool"]["importlinter"]["contracts"]
    lines = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    return [[name.strip(" ()") for name in line.replace(":", "|").split("|")] for line in lines]


def test_every_module_has_a_layer(tracked: list[Path], layers: list[list[str]]) -> None:
    rooms = {name for line in layers for name in line}
    modules = [
        ".".join(path.with_suffix("").parts)
        for path in tracked
        if path.suffix == ".py" and path.name != "__init__.py" and path.parts[0] in ("tradingbot", "strategies")
    ]
    homeless = [module for module in modules if not any(f"{module}.".startswith(f"{room}.") for room in rooms)]
    assert [module for module in homeless if module != "tradingbot.__main__"] == []


def test_the_readme_draws_the_layers_the_linter_enforces(readme: str, layers: list[list[str]]) -> None:
    drawn = [f"{number:2} {' | '.join(line)}" for number, line in enumerate(layers, 1)]
    assert "\n".join(drawn) in readme
