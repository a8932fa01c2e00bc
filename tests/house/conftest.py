# file: tests/house/conftest.py
"""What the house rules look at: the repository's own files."""

from __future__ import annotations

import ast
import csv
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_UNSEEN = {".venv", ".git", "build", "site", "__pycache__", "catalog", "state", "logs"}
_GENERATED = re.compile(r"cache|\.egg-info$|^\.hypothesis$")


def _listed() -> list[Path]:
    """Return what git tracks or would track; where git does not answer, every file outside caches and data.

    Git is silent in an unpacked archive, on a machine without it, and in a checkout that another account owns.
    """
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if (ROOT / ".git").exists() and shutil.which("git"):
        answer = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        if answer.returncode == 0:
            return [Path(name) for name in answer.stdout.split("\0") if name and (ROOT / name).is_file()]
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [path for path in found if not _UNSEEN & set(path.parts) and not any(map(_GENERATED.search, path.parts))]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file of the repository, relative to its root."""
    return sorted(_listed())


@pytest.fixture(scope="session")
def texts(tracked: list[Path]) -> dict[Path, str]:
    """The text of every file that is text."""
    found = {}
    for path in tracked:
        data = (ROOT / path).read_bytes()
        if b"\0" not in data:
            found[path] = data.decode()
    return found


@pytest.fixture(scope="session")
def product(texts: dict[Path, str]) -> dict[Path, ast.Module]:
    """The syntax tree of every Python file a user runs."""
    return {
        path: ast.parse(text)
        for path, text in texts.items()
        if path.suffix == ".py" and path.parts[0] in ("tradingbot", "strategies", "adapters")
    }


@pytest.fixture(scope="session")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def manual(tracked: list[Path]) -> dict[Path, str]:
    """The pages of the manual."""
    pages = [path for path in tracked if path.parts[0] == "docs" and path.suffix == ".md"]
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in pages}


@pytest.fixture(scope="session")
def reference(manual: dict[Path, str]) -> str:
    """The reference pages of the manual, as one text."""
    return "\n".join(text for path, text in manual.items() if path.parts[1] == "reference")


@pytest.fixture(scope="session")
def write_bars() -> Callable[[Path, int], None]:
    """Give what writes days of five-minute bars of a random walk into a CSV file, stamped at their open in UTC."""

    def write(path: Path, days: int) -> None:
        draw, price, time = Random(3), 60_000.0, datetime(2025, 3, 1, tzinfo=UTC)
        with path.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["time", "open", "high", "low", "close", "volume"])
            for _ in range(days * 288):
                last = price * (1 + draw.gauss(0, 0.001))
                high, low = max(price, last) * 1.0003, min(price, last) * 0.9997
                rows.writerow([time.isoformat(), *(f"{value:.1f}" for value in (price, high, low, last)), "25.000"])
                price, time = last, time + timedelta(minutes=5)

    return write
