# file: core/config/home.py
"""Where an installation lives, so that tests and several installations never share state."""

from __future__ import annotations

import os
from pathlib import Path

from tradingbot.core.errors import ConfigError

__all__ = ["config_file", "config_files", "home", "resolve"]

_ROOT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """Return the folder that holds `catalog/ config/ state/ logs/`.

    `TRADINGBOT_HOME` names it; the default is the repository's root.
    """
    named = os.environ.get("TRADINGBOT_HOME")
    return Path(named).expanduser().resolve() if named else _ROOT


def resolve(path: str | Path) -> Path:
    """Return `path` as it is when absolute, else below the home."""
    return home() / Path(path).expanduser()


def config_file(name: str) -> Path:
    """Return `config/<name>` of the home, or the shipped one where the home has none.

    Raises
    ------
    ConfigError
        When neither exists.
    """
    for root in (home(), _ROOT):
        if (found := root / "config" / name).is_file():
            return found
    raise ConfigError(f"config/{name} was found neither in {home()} nor among the shipped files")


def config_files(folder: str, suffix: str = ".json") -> list[Path]:
    """Return the files of `config/<folder>`: the shipped ones, each replaced by the home's of the same name."""
    found: dict[str, Path] = {}
    for root in (_ROOT, home()):
        found |= {path.name: path for path in (root / "config" / folder).glob(f"*{suffix}")}
    return [found[name] for name in sorted(found)]
