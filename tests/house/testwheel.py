# file: tests/house/testwheel.py
"""A wheel that is installed into an empty folder works like the clone: its settings and strategies come with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.installedwheel import InstalledWheel

_ROOMS = {"tradingbot", "strategies", "adapters"}


def test_everything_that_is_no_code_is_in_it(installed: InstalledWheel, tracked: list[Path]) -> None:
    wanted = [path for path in tracked if path.parts[0] in _ROOMS]
    wanted += [Path("tradingbot", "shipped", path) for path in tracked if path.parts[0] == "config"]
    assert [path for path in wanted if not (installed.site / path).is_file()] == []


def test_it_works_in_an_empty_folder_and_writes_there_alone(
    installed: InstalledWheel, tmp_path: Path, write_bars: Callable[[Path, int], None]
) -> None:
    before = installed.files()
    assert "Usage" in installed.run(tmp_path, "--help")
    assert "BTCUSDT-SPOT.BYBIT" in installed.run(tmp_path, "data", "instruments", "--json")
    write_bars(tmp_path / "bars.csv", 4)
    installed.run(
        tmp_path, "data", "import", "bars.csv", "--instrument", "BTCUSDT-LINEAR.BYBIT", "--bar", "5m",
        "--stamp", "open", "--tz", "UTC",
    )  # fmt: skip
    report = json.loads(installed.run(tmp_path, "backtest", "config/backtests/trend.json", "--json", "-"))
    assert report["instruments"] == ["BTCUSDT-LINEAR.BYBIT"]
    assert list((tmp_path / "logs" / "backtests" / "trend").glob("*/report.html"))
    assert installed.files() == before


def test_the_home_may_replace_a_shipped_file(installed: InstalledWheel, tmp_path: Path) -> None:
    shipped = installed.site / "tradingbot" / "shipped" / "config" / "instruments" / "bybitspot.json"
    own = tmp_path / "config" / "instruments" / "bybitspot.json"
    own.parent.mkdir(parents=True)
    text = shipped.read_text(encoding="utf-8")
    own.write_text(text.replace("BTCUSDT-SPOT.BYBIT", "OTHERUSDT-SPOT.BYBIT"), encoding="utf-8")
    told = installed.run(tmp_path, "data", "instruments", "--json")
    assert "OTHERUSDT-SPOT.BYBIT" in told
    assert "BTCUSDT-SPOT.BYBIT" not in told
    assert "BTCUSDT-LINEAR.BYBIT" in told
