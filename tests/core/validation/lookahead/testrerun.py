# file: tests/core/validation/lookahead/testrerun.py
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.core.validation.lookahead.rememberer import PLACES
from tests.core.validation.validationfixture import BTC, settle, walk
from tradingbot.core.runtime.market import plan
from tradingbot.core.validation.lookahead.forkserver import run_isolated
from tradingbot.core.validation.lookahead.marketedit import MarketEdit
from tradingbot.core.validation.lookahead.rerun import Rerun, rerun

_HOUR = 3_600_000_000_000
REMEMBERER = "tests.core.validation.lookahead.rememberer:"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    settle(tmp_path, walk(48))
    return tmp_path


def looks(home: Path, path: str, **params: object) -> tuple[Rerun, Rerun]:
    """Return a look at all the data and one at its first half, from the home as working directory."""
    config = json.loads((home / "fader.json").read_text(encoding="utf-8"))
    config |= {"realism": "fast", "strategies": [{"path": REMEMBERER + path, "params": params}]}
    (home / "stray.json").write_text(json.dumps(config), encoding="utf-8")
    (file,) = (home / "catalog" / "main").rglob("bars/*/*.parquet")
    first = int(np.datetime64(file.name[:10], "ns").astype(np.int64))
    whole = Rerun(plan(home / "stray.json"), (BTC,), str(home), str(home), 10_000)
    cut = first + 24 * _HOUR
    return whole, Rerun(whole.plan, whole.names, whole.home, whole.folder, whole.bytes, cut, MarketEdit(cut))


@pytest.mark.parametrize("place", PLACES)
def test_what_a_run_remembers_is_gone_in_the_next(home: Path, place: str) -> None:
    whole, half = (
        run_isolated(rerun, job).minds["Rememberer-000"]["mean"] for job in looks(home, "Rememberer", place=place)
    )
    assert whole != half


def test_the_real_catalog_is_noticed_when_a_library_reads_it(home: Path) -> None:
    (file,) = (home / "catalog" / "main").rglob("bars/*/*.parquet")
    _, half = looks(home, "Backdoor", letters=[*str(file)])
    assert run_isolated(rerun, half).reads == (str(file),)


def test_a_path_to_the_catalog_in_a_parameter_leads_to_the_edited_one(home: Path) -> None:
    (file,) = (home / "catalog" / "main").rglob("bars/*/*.parquet")
    whole, half = looks(home, "Backdoor", letters=[str(file)])
    assert run_isolated(rerun, whole).reads == ()
    # The file of the shorter series has another name.
    assert "FileNotFoundError" in run_isolated(rerun, half).failed
