# file: core/config/home.py
"""The installation's home folder and its config files, and the operator's login name."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tradingbot.core.errors import ConfigError, RunFailed

SYNTHETIC = "SYNTHETIC.md"
"""The file that marks a catalog, or a whole home, as made up."""

_CLONE = Path(__file__).resolve().parents[3]
_INSTALLED = Path(__file__).resolve().parents[2] / "shipped"
_VARIABLE = "TRADINGBOT_HOME"
_FOLDERS = ("catalog", "config", "state", "logs")


def home() -> Path:
    """Return the folder that holds `catalog/ config/ state/ logs/`.

    `TRADINGBOT_HOME` names it; the default is the repository's root in a clone, and the working directory where the
    program was installed from a wheel.
    """
    named = os.environ.get(_VARIABLE)
    if named:
        return Path(named).expanduser().resolve()
    return Path.cwd() if _INSTALLED.is_dir() else _CLONE


def existing_home() -> Path:
    """Return the home.

    Raises RunFailed when there is no such folder.
    """
    if not (folder := home()).is_dir():
        raise RunFailed(f"the home {folder} is not a folder; {_VARIABLE} names it")
    return folder


def empty_home() -> str:
    """Return the sentence that the home has nothing of an installation yet, empty where it has."""
    folder = home()
    if any((folder / name).is_dir() for name in _FOLDERS):
        return ""
    return f"the home {folder} is empty: the shipped settings apply, and there is no market data yet"


def shipped() -> Path:
    """Return the folder whose `config/` comes with the program: the clone, or a part of the installed package.

    Nothing is ever written into it, unless it is a clone that is its own home.
    """
    return _INSTALLED if _INSTALLED.is_dir() else _CLONE


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


def named_file(path: str | Path) -> Path:
    """Return the file that a person or a config names: below the working directory, else the home, else as shipped.

    Where there is none it is the home's path, for the error that says so.
    """
    places = (Path(path).expanduser(), resolve(path), shipped() / path)
    return next((place for place in places if place.is_file()), resolve(path))


def config_file(name: str) -> Path:
    """Return `config/<name>` of the home, or the shipped one where the home has none.

    Raises ConfigError when neither exists.
    """
    for root in (home(), shipped()):
        if (path := root / "config" / name).is_file():
            return path
    raise ConfigError(f"config/{name} was found neither in {home()} nor among the shipped files")


def config_files(folder: str, suffix: str = ".json") -> list[Path]:
    """Return the files of `config/<folder>`: the shipped ones, each replaced by the home's of the same name."""
    files: dict[str, Path] = {}
    for root in (shipped(), home()):
        files |= {path.name: path for path in (root / "config" / folder).glob(f"*{suffix}")}
    return [files[name] for name in sorted(files)]


def login() -> str:
    """Return the login name; an account without one, as in a container, still has a number."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return f"user {os.getuid()}"
