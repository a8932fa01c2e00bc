# file: tests/testcalibrate.py
from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tradingbot import calibrate as usecase
from tradingbot.core.errors import BadInput
from tradingbot.core.progress import Progress
from tradingbot.core.validation.calibration import run as calibration
from tradingbot.core.validation.calibration.run import Budget

TINY = Budget(null=2, power=1, trials=4, resamples=100, engine=1, settings=2, hours=400, size=1)


class Interrupting:
    """A stage that hears every part, and ends the run in the one whose title begins with `at`."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.begun: dict[str, int] = {}

    def __call__(self, title: str) -> Progress:
        name = title.split(":")[0]

        def heard(done: int, _total: int) -> None:
            self.begun.setdefault(name, done)
            if self.at and title.startswith(self.at) and done:
                raise KeyboardInterrupt

        return heard


def test_an_interrupted_calibration_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "BUDGETS", {"quick": TINY})
    out = tmp_path / "out"
    broken = Interrupting("searches through the engine")
    with pytest.raises(KeyboardInterrupt):
        usecase.run(out, ["iid-2y"], budget="quick", seed=3, workers=2, stage=broken)
    assert not (out / "calibration.json").exists()
    resumed = Interrupting("")
    found = usecase.run(out, ["iid-2y"], budget="quick", seed=3, workers=2, stage=resumed)
    assert resumed.begun["searches at the returns level"] == 6
    assert resumed.begun["searches through the engine"] >= 1
    assert sorted(path.name for path in out.iterdir()) == ["calibration.html", "calibration.json"]
    record = json.loads(found.json.read_text(encoding="utf-8"))
    assert (record["seed"], [cell["name"] for cell in record["null"]]) == (3, ["iid-2y"])
    assert len(record["power"]) == 4
    assert all(item["caught"] for item in record["sabotage"])
    assert record["command"] == "tradingbot calibrate --budget quick --seed 3 --out out --cells iid-2y"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"budget": "huge"}, "--budget was 'huge', allowed are quick, full"),
        ({"seed": -1}, "--seed was -1, allowed is 0 or more"),
        ({"cells": ["walk"]}, "--cells has 'walk', allowed are ar1"),
    ],
)
def test_what_is_not_allowed_is_said(tmp_path: Path, fields: dict[str, Any], sentence: str) -> None:
    known: dict[str, Any] = {"budget": "quick", "seed": 7, "workers": 1, "stage": Interrupting("")}
    with pytest.raises(BadInput, match=f"^{sentence}"):
        usecase.run(tmp_path / "out", **known | fields)
    assert not (tmp_path / "out").exists()
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(BadInput, match=r"^--out was .*out, which is a file"):
        usecase.run(tmp_path / "out", **known)
