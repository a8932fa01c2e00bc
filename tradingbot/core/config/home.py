# file: core/config/home.py
"""The installation's home folder and its config files, and the operator's login name."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tradingbot.core.errors import ConfigError

SYNTHETIC = "SYNTHETIC.md"
"""The file that marks a catalog, or a whole home, as made up."""

_ROOT = Path(__file__).resolve().parents[3]
_VARIABLE = "TRADINGBOT_HOME"


def home() -> Path:
    """Return the folder that holds `catalog/ config/ state/ logs/`.

    `TRADINGBOT_HOME` names it; the default is the repository's root.
    """
    named = os.environ.get(_VARIABLE)
    return Path(named).expanduser().resolve() if named else _ROOT


def sandboxed() -> bool:
    """Return whether the home is made up as a whole: what is promoted in it may never trade elsewhere."""
    return (home() / SYNTHETIC).is_file()


@contextmanager
def moved(place: Path) -> Iterator[None]:
    """Let `place` be the home, of this process and of those it starts, while the block lasts."""
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = str(place)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_VARIABLE]
        else:
            os.environ[_VARIABLE] = before


def resolve(path: str | Path) -> Path:
    """Return `path` as it is when absolute, else below the home."""
    return home() / Path(path).expanduser()


def config_file(name: str) -> Path:
    """Return `config/<name>` of the home, or the shipped one where the home has none.

    Raises ConfigError when neither exists.
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


def login() -> str:
    """Return the login name; an account without one, as in a container, still has a number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"
