# file: tests/demo/testpapernodes.py
"""What the demo's paper is prepared with, and how its nodes are waited for; `make demo` shows the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.operations.status.statefixture import NOW, StateRoom
from tradingbot import up
from tradingbot.core.config.home import SYNTHETIC
from tradingbot.core.errors import RunFailed
from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.progress import no_progress
from tradingbot.core.time import DAY
from tradingbot.demo import market as demo
from tradingbot.demo import papernodes as demopaper
from tradingbot.demo.lifecycle import LEARNED_UNTIL


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    monkeypatch.setattr(demo, "_DAYS", 30)
    monkeypatch.setattr(demo, "_OPTION_DAYS", 30)
    return tmp_path


def test_every_lane_and_the_learner_are_to_be_started_with_hours_left(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = demo.build_market(7, no_progress)
    folder = home / "made"
    for kind in ("backtests", "candidates"):
        (folder / "config" / kind).mkdir(parents=True)
    for kind in ("backtests", "candidates"):
        shipped = Path(demo.__file__).parents[2] / "config" / kind / "learner.json"
        (folder / "config" / kind / "learner.json").write_bytes(shipped.read_bytes())
    (folder / SYNTHETIC).write_text("made up", encoding="utf-8")
    nodes = demopaper.prepare(folder, 7, market, LEARNED_UNTIL)
    assert sorted(nodes) == ["democryptofutures", "democryptospot", "demoforex", "demooptions", "learner"]
    assert nodes["learner"] == LEARNED_UNTIL + 50 * DAY
    held = Catalog(folder / "catalog" / "learnnext").listing()
    assert sorted(str(series.kind) for series in held) == ["bars", "funding"]
    assert all(series.first > LEARNED_UNTIL for series in held)
    monkeypatch.setenv("TRADINGBOT_HOME", str(folder))
    planned = up.plan_up()
    assert sorted(spec.name for spec in planned.specs) == ["dashboard", *sorted(nodes)]
    words = {spec.name: spec.words for spec in planned.specs}
    assert words["learner"][2:4] == ("--speed", "60")
    wanted = json.loads((folder / "config" / "runtime.json").read_text(encoding="utf-8"))["paper"]
    assert all(node["fast_until"] for node in wanted)


def test_nodes_are_waited_for_until_they_come_to_their_time(home: Path) -> None:
    room = StateRoom(home)
    room.node("trend")
    room.equity("trend", 10_100)
    room.trade("trend", 1, "100")
    told: list[tuple[int, int]] = []
    (row,) = demopaper.wait_for_nodes({"trend": NOW}, lambda done, total: told.append((done, total)))
    assert (row.node, row.state, row.trades, row.net_pnl, row.equity) == ("trend", "running", 1, 100.0, 10_100.0)
    assert (row.realised_pnl, row.open_pnl) == (100.0, 0.0)
    assert told == [(1, 1)]


def test_a_node_that_does_not_come_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demopaper, "_PATIENCE_S", 0.0)
    room = StateRoom(home)
    room.node("early", state="catching_up")
    with pytest.raises(RunFailed, match=r"^early, nobody did not come up within 0 s; see logs/runtime/"):
        demopaper.wait_for_nodes({"early": NOW, "nobody": NOW}, no_progress)


def test_a_node_that_failed_ends_the_wait(home: Path) -> None:
    StateRoom(home).node("trend", state="failed", sentence="the disk is full")
    with pytest.raises(RunFailed, match="trend failed: the disk is full"):
        demopaper.wait_for_nodes({"trend": NOW}, no_progress)


def test_a_dashboard_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demopaper, "_PATIENCE_S", 0.0)
    with pytest.raises(RunFailed, match=r"the dashboard did not answer at http://127\.0\.0\.1:1/"):
        demopaper.wait_for_dashboard("http://127.0.0.1:1/")
