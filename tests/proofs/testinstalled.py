# file: tests/proofs/testinstalled.py
"""The whole life of a strategy from an installed wheel, in an empty folder: minutes long."""

from __future__ import annotations

import json
from pathlib import Path

from tests.installedwheel import InstalledWheel

_LIMIT_S = 1_800


def test_the_demo_runs_from_an_installed_wheel_and_writes_into_its_folder_alone(
    installed: InstalledWheel, tmp_path: Path
) -> None:
    before = installed.files()
    told = json.loads(installed.run(tmp_path, "demo", "--once", "--json", "-", timeout=_LIMIT_S))
    assert [row["lane"] for row in told["backtests"]] == ["cryptofutures", "cryptospot", "forex", "options"]
    assert {life["candidate"]: life["promoted"] for life in told["lives"]} == {"learner": True, "dreamer": False}
    assert len(told["paper"]) == 5
    assert {path.name for path in tmp_path.iterdir()} == {"catalog", "logs", "state"}
    assert installed.files() == before
