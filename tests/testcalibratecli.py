# file: tests/testcalibratecli.py
"""The verb prints the seed and ends with 3 when the gate does not keep its claims."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.core.report.calibration.made import record
from tradingbot import calibrate as door
from tradingbot.calibratecli import calibrate_app
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.report.calibration.record import CalibrationRecord


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    heard: list[Any] = []

    def run(out: Path, cells: Sequence[str], **options: Any) -> door.Calibrated:
        options["stage"]("a part")(1, 2)
        heard.append((out, cells, options["budget"], options["seed"], options["workers"]))
        holds = options["seed"] == 7
        claims = tuple(claim.model_copy(update={"holds": holds}) for claim in record().claims)
        return door.Calibrated(record(claims=claims), out / "calibration.json", out / "calibration.html")

    monkeypatch.setattr(door, "run", run)
    return heard


def test_options_reach_the_door_and_the_seed_is_printed(asked: list[Any]) -> None:
    found = CliRunner().invoke(
        calibrate_app, ["--out", "there", "--cells", "iid, ar1-2y", "--budget", "full", "--workers", "2"]
    )
    assert found.exit_code == 0
    assert asked == [(Path("there"), ["iid", "ar1-2y"], "full", 7, 2)]
    assert "seed 7" in found.stderr
    assert "noise is refused" in found.stdout


def test_json_alone_is_on_standard_output(asked: list[Any]) -> None:
    found = CliRunner().invoke(calibrate_app, ["--out", "there", "--json"])
    assert CalibrationRecord.model_validate_json(found.stdout) == record()


def test_a_gate_that_does_not_keep_its_claims_is_refused(asked: list[Any]) -> None:
    found = CliRunner().invoke(calibrate_app, ["--out", "there", "--seed", "8"])
    assert isinstance(found.exception, PolicyRefused)
    assert str(found.exception) == "the gate did not keep a claim or missed a sabotage: there/calibration.html"


def test_no_worker_is_refused(asked: list[Any]) -> None:
    found = CliRunner().invoke(calibrate_app, ["--out", "there", "--workers", "0"])
    assert isinstance(found.exception, BadInput)
    assert str(found.exception) == "--workers was 0, allowed is 1 or more"
