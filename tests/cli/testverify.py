# file: tests/cli/testverify.py
"""The verb prints the seed and ends with 3 when the gate does not keep its claims."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.core.runtime.paperrun import told
from tests.golden.catalogfixture import Stage, bars_along
from tests.reports.calibration.samples import record
from tradingbot import calibrate as usecase
from tradingbot.cli.app import app
from tradingbot.core.errors import BadInput, PolicyRefused, RunFailed
from tradingbot.core.market.series import Step
from tradingbot.core.runtime.parity.records import read_latest
from tradingbot.core.validation.calibration.record import CalibrationRecord


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    heard: list[Any] = []

    def run(out: Path, cells: Sequence[str], **options: Any) -> usecase.Calibrated:
        options["stage"]("a part")(1, 2)
        heard.append((out, cells, options["budget"], options["seed"], options["workers"]))
        holds = options["seed"] == 7
        claims = tuple(claim.model_copy(update={"holds": holds}) for claim in record().claims)
        return usecase.Calibrated(record(claims=claims), out / "calibration.json", out / "calibration.html")

    monkeypatch.setattr(usecase, "run", run)
    return heard


def test_options_reach_the_door_and_the_seed_is_printed(asked: list[Any]) -> None:
    found = CliRunner().invoke(
        app, ["calibrate", "--out", "there", "--cells", "iid, ar1-2y", "--budget", "full", "--workers", "2"]
    )
    assert found.exit_code == 0
    assert asked == [(Path("there"), ["iid", "ar1-2y"], "full", 7, 2)]
    assert "seed 7" in found.stderr
    assert "noise is refused" in found.stdout


def test_json_alone_is_on_standard_output(asked: list[Any]) -> None:
    found = CliRunner().invoke(app, ["calibrate", "--out", "there", "--json"])
    assert CalibrationRecord.model_validate_json(found.stdout) == record()


def test_a_gate_that_does_not_keep_its_claims_is_refused(asked: list[Any]) -> None:
    found = CliRunner().invoke(app, ["calibrate", "--out", "there", "--seed", "8"])
    assert isinstance(found.exception, PolicyRefused)
    assert str(found.exception) == "the gate did not keep a claim or missed a sabotage: there/calibration.html"


def test_no_worker_is_refused(asked: list[Any]) -> None:
    found = CliRunner().invoke(app, ["calibrate", "--out", "there", "--workers", "0"])
    assert isinstance(found.exception, BadInput)
    assert str(found.exception) == "--workers was 0, allowed is 1 or more"


COIN, STEP = "BTCUSDT-LINEAR.BYBIT", Step.parse("1h")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a node that traded for a day and a bit."""
    home = tmp_path_factory.mktemp("home")
    stage = Stage(home)
    rng = np.random.default_rng(3)
    stage.bars(COIN, STEP, bars_along(40_000 * np.exp(np.cumsum(rng.normal(0, 1e-3, 31))), STEP, volume=3_000.0))
    cues = [{"bar": bar, "do": do} for bar in range(2, 28, 2) for do in (["leave"] if bar % 4 else ["long"])]
    spec = {"path": "tests.golden.scriptedstrategy:Puppet", "params": {"cues": cues}}
    config = stage.config(lane="cryptofutures", instruments=[COIN], bar="1h", equity="10000 USDT", strategies=[spec])
    told(config, home, "max", "alone")
    return home


@pytest.fixture
def home(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, whose state may be altered."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    shutil.copytree(run / "state", tmp_path / "state")
    return tmp_path


def altered(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "state" / "play.db")) as database, database:
        assert database.execute(statement).rowcount > 0


def test_what_is_equal_is_told_in_a_line_and_kept(home: Path) -> None:
    done = CliRunner().invoke(app, ["parity", "play"])
    assert done.exit_code == 0
    assert done.output == "[=] play: 6 intents, 18 orders, 12 fills compared, 0 different\n"
    kept = read_latest(home / "state" / "parity", "play")
    assert kept is not None
    assert (kept.day, kept.fills, kept.different, kept.trouble) == ("", 12, 0, "")


def test_a_day_is_named(home: Path) -> None:
    done = CliRunner().invoke(app, ["parity", "play", "--day", "last"])
    compared = "6 intents, 17 orders, 11 fills of 2025-01-06 and 11 parts of the evening's state compared"
    assert done.output == f"[=] play: {compared}, 0 different\n"
    kept = read_latest(home / "state" / "parity", "play")
    assert kept is not None
    assert (kept.day, kept.parts) == ("2025-01-06", 11)
    named = json.loads(CliRunner().invoke(app, ["parity", "play", "--day", "2025-01-07", "--json"]).output)
    assert (named["day"], named["intents"], named["orders"], named["fills"]) == ("2025-01-07", 0, 2, 1)
    assert (named["began"], named["state_parts"], named["notes"]) == ("2025-01-07T00:00:00Z", 0, [])


def test_json_has_all_of_it(home: Path) -> None:
    altered(home, "UPDATE fills SET price = price + 1")
    done = CliRunner().invoke(app, ["parity", "play", "--json"])
    assert isinstance(done.exception, PolicyRefused)
    assert str(done.exception) == "play and its backtest differ in 12 places"
    found = json.loads(done.output)
    assert (found["node"], found["day"], found["intents"], found["fills"]) == ("play", None, 6, 12)
    assert (found["different"], found["by_cause"], found["unlike_bars"]) == (12, {"price": 12}, 0)
    assert len(found["differences"]) == 12
    first = found["differences"][0]
    assert (first["cause"], first["what"]) == ("price", f"fill of Puppet-000 in {COIN}")
    assert first["sentence"] == f"{first['what']}: price; the node {first['node']}, the backtest {first['backtest']}"
    assert first["time"] == "2025-01-06T04:00:00.100Z"


def test_the_first_twenty_differences_are_shown_with_what_all_of_them_came_to(home: Path) -> None:
    altered(home, "UPDATE orders SET ts = ts + 1")
    altered(home, "UPDATE fills SET ts = ts + 1")
    altered(home, f"DELETE FROM bars WHERE ts = (SELECT max(ts) FROM bars) - {STEP.ns}")
    done = CliRunner().invoke(app, ["parity", "play"])
    assert isinstance(done.exception, PolicyRefused)
    lines = done.output.splitlines()
    assert lines[-3] == "the first 20 of 30 differences; timing 30"
    assert lines[-2] == "bars that only one of the two saw: 1"
    assert lines[-1] == "[x] play: 6 intents, 18 orders, 12 fills compared, 30 different"
    assert sum(line.lstrip().startswith("timing") for line in lines) == 20
    assert not any("\x1b" in line for line in lines)


def test_what_cannot_be_compared_ends_with_its_error(home: Path) -> None:
    assert isinstance(CliRunner().invoke(app, ["parity", "nobody"]).exception, RunFailed)
    assert isinstance(CliRunner().invoke(app, ["parity", "play", "--day", "now"]).exception, BadInput)
