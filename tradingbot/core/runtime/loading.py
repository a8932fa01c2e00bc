# file: core/runtime/loading.py
"""Find a strategy by its path in a config. Nothing imports strategies; they are named."""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

from tradingbot.core.config.backtest import StrategySpec
from tradingbot.core.config.home import home
from tradingbot.core.config.load import Section, build
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.lanestrategy import LaneStrategy

__all__ = ["load_strategy", "source_of"]


def load_strategy(spec: StrategySpec) -> tuple[type[LaneStrategy], Section]:
    """Return the class a spec names and its checked parameters.

    Raises
    ------
    ConfigError
        When the module or class is not there, is no `LaneStrategy`, or a parameter is wrong.
    """
    module_name, _, class_name = spec.path.partition(":")
    for folder in (str(Path.cwd()), str(home())):
        if folder not in sys.path:
            sys.path.append(folder)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not module_name.startswith(error.name):
            raise ConfigError(
                f"strategies.path: {module_name} needs the module {error.name}, which is missing"
            ) from error
        raise ConfigError(f"strategies.path was {spec.path!r}: there is no module {module_name}") from None
    found = getattr(module, class_name, None)
    if found is None:
        raise ConfigError(f"strategies.path was {spec.path!r}: {module_name} has no {class_name}")
    if not (inspect.isclass(found) and issubclass(found, LaneStrategy)):
        raise ConfigError(f"strategies.path was {spec.path!r}: {class_name} is not a LaneStrategy")
    return found, build(found.params_class, spec.params, f"{spec.path} params")


def source_of(cls: type[LaneStrategy]) -> bytes:
    """Return the source file of a strategy, for the hash that binds a result to its code."""
    return Path(inspect.getfile(cls)).read_bytes()
