# file: tests/demo/testlifecycle.py
from __future__ import annotations

import os
from pathlib import Path

import pytest

from tradingbot.core.config.home import SYNTHETIC, home
from tradingbot.core.errors import BadInput, PolicyRefused
from tradingbot.core.progress import Progress, no_progress
from tradingbot.core.runtime.processlock import single_instance
from tradingbot.core.runtime.supervisor.reader import LOCK
from tradingbot.demo import lifecycle as demolife


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, and a demo of four months."""
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.setattr(demolife, "_BARS", 4_000)
    monkeypatch.setattr(demolife, "_BUDGETS", dict.fromkeys(demolife.CANDIDATES, "quick"))
    return tmp_path


def unwatched(_title: str) -> Progress:
    return no_progress


def test_the_home_of_the_demo_is_marked_and_made_anew(place: Path) -> None:
    folder = demolife.build(11)
    assert folder == place / "state" / "demo"
    assert "seed 11" in (folder / SYNTHETIC).read_text(encoding="utf-8")
    (folder / "stray").write_text("of the last demo", encoding="utf-8")
    demolife.build(11)
    assert not (folder / "stray").exists()


def test_a_folder_that_is_no_demo_is_not_touched(place: Path) -> None:
    own = place / "state" / "demo" / "mine"
    own.parent.mkdir(parents=True)
    own.write_text("years of work", encoding="utf-8")
    with pytest.raises(BadInput, match=r"demo holds no made-up home \(no SYNTHETIC\.md\); move it away"):
        demolife.build(7)
    assert own.read_text(encoding="utf-8") == "years of work"


def test_a_candidate_lives_in_the_demos_home_alone_and_is_refused_without_a_full_validation(place: Path) -> None:
    folder = demolife.build(7)
    row = demolife.run_lifecycle(folder, "dreamer", 7, unwatched)
    assert home() == place.resolve()
    assert row.verdict != "PASS"
    assert not row.promoted
    assert row.promotion_reason.startswith("dreamer is candidate and cannot become promoted")
    assert Path(row.training_html).is_file()
    assert Path(row.validation_html).is_file()
    assert {path.name for path in (place / "state").iterdir()} == {"demo"}


def test_a_home_in_use_is_not_replaced(place: Path) -> None:
    demolife.check_idle()
    folder = place / "state" / "demo"
    with single_instance(folder / LOCK), pytest.raises(PolicyRefused) as refused:
        demolife.check_idle()
    holder = f"supervisor already runs as process {os.getpid()}, allowed is one"
    assert str(refused.value) == f"the demo's home {folder} is in use, {holder}; stop it first"
    demolife.check_idle()
