# file: tests/house/testwheel.py
"""A wheel that is installed into an empty folder works like the clone: its settings and strategies come with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_OFFLINE = ("--no-index", "--no-deps", "--disable-pip-version-check", "--quiet")
_ROOMS = {"tradingbot", "strategies", "adapters"}


@pytest.fixture(scope="module")
def installed(tracked: list[Path], root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which a wheel of this tree was installed; it was built elsewhere and without a network."""
    place = tmp_path_factory.mktemp("wheel")
    for path in (path for path in tracked if path.parts[0] in _ROOMS | {"config"} or len(path.parts) == 1):
        (place / "tree" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, place / "tree" / path)
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(place), str(place / "tree"))
    shutil.rmtree(place / "tree")
    (wheel,) = place.glob("*.whl")
    _pip("install", "--no-compile", "--target", str(place / "site"), str(wheel))
    return place / "site"


def test_everything_that_is_no_code_is_in_it(installed: Path, tracked: list[Path]) -> None:
    wanted = [path for path in tracked if path.parts[0] in _ROOMS]
    wanted += [Path("tradingbot", "shipped", path) for path in tracked if path.parts[0] == "config"]
    assert [path for path in wanted if not (installed / path).is_file()] == []


def test_it_works_in_an_empty_folder_and_writes_there_alone(
    installed: Path, tmp_path: Path, write_bars: Callable[[Path, int], None]
) -> None:
    before = _files(installed)
    assert "Usage" in _run(installed, tmp_path, "--help")
    assert "BTCUSDT-SPOT.BYBIT" in _run(installed, tmp_path, "data", "instruments", "--json")
    write_bars(tmp_path / "bars.csv", 4)
    _run(
        installed, tmp_path, "data", "import", "bars.csv", "--instrument", "BTCUSDT-LINEAR.BYBIT", "--bar", "5m",
        "--stamp", "open", "--tz", "UTC",
    )  # fmt: skip
    report = json.loads(_run(installed, tmp_path, "backtest", "config/backtests/trend.json", "--json", "-"))
    assert report["instruments"] == ["BTCUSDT-LINEAR.BYBIT"]
    assert list((tmp_path / "logs" / "backtests" / "trend").glob("*/report.html"))
    assert _files(installed) == before


def test_the_home_may_replace_a_shipped_file(installed: Path, tmp_path: Path) -> None:
    shipped = installed / "tradingbot" / "shipped" / "config" / "instruments" / "bybitspot.json"
    own = tmp_path / "config" / "instruments" / "bybitspot.json"
    own.parent.mkdir(parents=True)
    own.write_text(
        shipped.read_text(encoding="utf-8").replace("BTCUSDT-SPOT.BYBIT", "OTHERUSDT-SPOT.BYBIT"), encoding="utf-8"
    )
    told = _run(installed, tmp_path, "data", "instruments", "--json")
    assert "OTHERUSDT-SPOT.BYBIT" in told
    assert "BTCUSDT-SPOT.BYBIT" not in told
    assert "BTCUSDT-LINEAR.BYBIT" in told


def _pip(verb: str, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", verb, *_OFFLINE, *words], check=True, capture_output=True)


def _run(installed: Path, folder: Path, *words: str) -> str:
    """Run the installed program in `folder`, which is its home, and return what it said."""
    unset = {name: value for name, value in os.environ.items() if name != "TRADINGBOT_HOME"}
    environment = unset | {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(installed / "bin" / "tradingbot"), *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _files(folder: Path) -> list[Path]:
    return sorted(path.relative_to(folder) for path in folder.rglob("*"))
