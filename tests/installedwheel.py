# file: tests/installedwheel.py
"""The program as a wheel installs it: built from this tree without a network, run with an empty folder as its home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_OFFLINE = ("--no-index", "--no-deps", "--disable-pip-version-check", "--quiet")
_ROOMS = ("tradingbot", "strategies", "adapters", "config")
_FILES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "MANIFEST.in")


@dataclass(frozen=True, slots=True)
class InstalledWheel:
    """An installed wheel; `site` is the folder of its packages."""

    site: Path

    def run(self, folder: Path, *words: str, timeout: float = 120) -> str:
        """Run `tradingbot` in `folder`, which is its home as nothing names another, and return what it said."""
        unset = {name: value for name, value in os.environ.items() if name != "TRADINGBOT_HOME"}
        environment = unset | {"PYTHONPATH": str(self.site), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, str(self.site / "bin" / "tradingbot"), *words]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=timeout
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def files(self) -> list[Path]:
        """Return what is installed, apart from what compilers leave beside any code."""
        found = (path.relative_to(self.site) for path in self.site.rglob("*"))
        return sorted(path for path in found if "__pycache__" not in path.parts)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> InstalledWheel:
    """A wheel of this tree, installed into a folder of its own."""
    place = tmp_path_factory.mktemp("wheel")
    (place / "tree").mkdir()
    for room in _ROOMS:
        shutil.copytree(_ROOT / room, place / "tree" / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copyfile(_ROOT / name, place / "tree" / name)
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(place), str(place / "tree"))
    shutil.rmtree(place / "tree")
    (wheel,) = place.glob("*.whl")
    _pip("install", "--no-compile", "--target", str(place / "site"), str(wheel))
    return InstalledWheel(place / "site")


def _pip(verb: str, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", verb, *_OFFLINE, *words], check=True, capture_output=True)
