# file: core/runtime/strategyloader.py
"""Strategy loader: a class by its path in a config, with its sources. Nothing imports strategies; they are named."""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

import tradingbot
from tradingbot.core.config.backtest import StrategySpec
from tradingbot.core.config.home import home
from tradingbot.core.config.load import Section, build
from tradingbot.core.errors import ConfigError
from tradingbot.core.execution.lanestrategy import LaneStrategy

_INSTALLED = ("stdlib", "platstdlib", "purelib", "platlib")


def load_strategy(spec: StrategySpec) -> tuple[type[LaneStrategy], Section]:
    """Return the class a spec names and its checked parameters.

    Modules are found as in any Python program, then below the working directory and the home; a package that is
    installed, such as `strategies`, is continued by the home's folder of the same name.

    Raises ConfigError when the module or class is not there, is broken or no `LaneStrategy`, or a parameter is wrong.
    """
    module_name, _, class_name = spec.path.partition(":")
    module = _imported(module_name, spec.path)
    named = getattr(module, class_name, None)
    if named is None:
        raise ConfigError(f"strategies.path was {spec.path!r}: {module_name} has no {class_name}")
    if not (inspect.isclass(named) and issubclass(named, LaneStrategy)):
        raise ConfigError(f"strategies.path was {spec.path!r}: {class_name} is not a LaneStrategy")
    return named, build(named.params_class, spec.params, f"{spec.path} params")


def sources_of(cls: type[LaneStrategy]) -> list[bytes]:
    """Return the source files of a strategy and of what it imports from beside it, for the hash that binds a result to
    its code. What is installed is bound by its version instead."""
    sources: dict[str, bytes] = {}
    waiting = [cls.__module__]
    while waiting:
        name = waiting.pop()
        file = getattr(sys.modules.get(name), "__file__", None)
        if name not in sources and file is not None and is_own(Path(file)):
            sources[name] = Path(file).read_bytes()
            waiting += _imports(sources[name], name)
    return [sources[name] for name in sorted(sources)]


def _imported(module_name: str, path: str) -> ModuleType:
    folders = [str(Path.cwd()), str(home())]
    sys.path += [folder for folder in folders if folder not in sys.path]
    _continue_package(module_name.partition(".")[0], folders)
    try:
        return importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise ConfigError(
                f"strategies.path: {module_name} needs the module {error.name}, which is missing"
            ) from error
        raise ConfigError(f"strategies.path was {path!r}: there is no module {module_name}") from None
    except Exception as error:
        raise ConfigError(
            f"strategies.path: {module_name} could not be imported, {type(error).__name__}: {error}"
        ) from error


def _continue_package(name: str, folders: list[str]) -> None:
    try:
        places = getattr(importlib.import_module(name), "__path__", None)
    except Exception:  # noqa: BLE001 - importing the strategy says what is wrong
        return
    if isinstance(places, list):
        places += [
            str(place) for folder in folders if (place := Path(folder, name)).is_dir() and str(place) not in places
        ]


def is_own(file: Path) -> bool:
    """Return whether a file is neither the program's, whose sources are hashed anyway, nor installed.

    The shipped strategies are own ones wherever they are: a wheel's version does not bind their sources.
    """
    package = Path(tradingbot.__file__).parent
    if file.suffix != ".py" or file.is_relative_to(package.parent / "strategies"):
        return file.suffix == ".py"
    installed = (package, *(Path(sysconfig.get_path(key)) for key in _INSTALLED))
    return not any(file.is_relative_to(place) for place in installed)


def _imports(source: bytes, module_name: str) -> list[str]:
    names: list[str] = []
    package = module_name.rpartition(".")[0]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*parts, *([node.module] if node.module else [])])
            names += [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
    return names
