# file: tests/testup.py
from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.core.registry.samples import change, install
from tests.core.runtime.supervisor.supervisorfixture import COMMAND, PATIENCE_S, Strings, strings
from tradingbot import up as door
from tradingbot.core.config.runtime import CandidateNodes, PaperNode
from tradingbot.core.errors import BadInput, ConfigError, PolicyRefused, RunFailed
from tradingbot.core.lane import Lane
from tradingbot.core.messages.processview import ProcessEvent
from tradingbot.core.registry.states import State
from tradingbot.core.registry.store import Registry
from tradingbot.core.runtime.supervisor.processes import Kind, ProcessSpec
from tradingbot.core.runtime.supervisor.reader import processes, supervision

_ROOT = Path(__file__).resolve().parents[1]
_CONFIG = {
    "catalog": "catalog", "lane": "forex", "instruments": ["EUR/USD.IDEALPRO"], "bar": "5m", "equity": "1000 USD",
    "strategies": [{"path": "a.b:C"}],
}  # fmt: skip
_DRIVER = """
import sys
from tradingbot import up
from tradingbot.core.config.runtime import SupervisorConfig
from tradingbot.core.runtime.supervisor.processes import Kind, ProcessSpec
grace, *names = sys.argv[3:]
specs = tuple(ProcessSpec(name, tuple(name.split("+")), Kind.PAPER) for name in names)
limits = SupervisorConfig(grace_s=float(grace), parity_at="")
try:
    up.up(up.Planned(specs, limits, ""), lambda event: print(event.kind, event.process, flush=True), (*sys.argv[1:3],))
except Exception as error:
    sys.exit(f"{error}")
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    (tmp_path / "config").mkdir()
    return tmp_path


@pytest.fixture
def stage() -> Iterator[Strings]:
    with strings() as found:
        yield found


def written(home: Path, **files: Any) -> None:
    for name, values in files.items():
        (home / "config" / f"{name}.json").write_text(json.dumps(values), encoding="utf-8")


@contextmanager
def started(grace_s: float, *names: str) -> Iterator[subprocess.Popen[str]]:
    """Start a supervisor of puppets; a name's parts after a + are the puppet's manner."""
    command, pipe = [sys.executable, "-c", _DRIVER, *COMMAND, str(grace_s), *names], subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, cwd=_ROOT) as supervisor:
        try:
            yield supervisor
        finally:
            supervisor.kill()


def _unheard(event: ProcessEvent) -> None:
    raise AssertionError(f"{event} was told")


def test_a_home_without_a_config_starts_the_shipped_dashboard(home: Path) -> None:
    planned = door.plan_up()
    assert planned.specs == (
        ProcessSpec("dashboard", ("dashboard", "--host", "127.0.0.1", "--port", "8420"), Kind.DASHBOARD),
    )
    assert planned.link == "http://127.0.0.1:8420/"


def test_nodes_are_started_with_their_words_names_and_lanes(home: Path) -> None:
    nodes = [
        {"config": "config/plain.json", "speed": "60", "set": ["seed=8"], "fast_until": "2026-03-01"},
        {"config": "config/plain.json", "name": "twin"},
        {"config": "config/trained.json", "set": ["lane=options"]},
    ]
    written(
        home,
        runtime={"paper": nodes, "dashboard": {"port": 99, "host": "::1"}, "supervisor": {"grace_s": 3}},
        plain=_CONFIG | {"name": "plain"},
        trained={"candidate": "smart", "backtest": "config/plain.json"},
    )
    planned = door.plan_up()
    plain, twin, smart, dashboard = planned.specs
    assert plain == ProcessSpec(
        "plain",
        ("paper", "config/plain.json", "--speed", "60", "--fast-until", "2026-03-01", "--set=seed=8"),
        Kind.PAPER,
        Lane.FOREX,
    )
    assert (twin.name, twin.words[-2:]) == ("twin", ("1", "--set=name=twin"))
    assert (smart.name, smart.words[-1], smart.lane) == ("smart", "--set=lane=options", Lane.OPTIONS)
    assert dashboard.words == ("dashboard", "--host", "::1", "--port", "99")
    assert (planned.link, planned.limits.grace_s) == ("http://[::1]:99/", 3)


def test_only_picks_by_name(home: Path) -> None:
    nodes = [{"config": "config/plain.json"}, {"config": "config/plain.json", "name": "twin"}]
    written(home, runtime={"paper": nodes}, plain=_CONFIG | {"name": "plain"})
    picked = door.plan_up(["twin"])
    assert ([spec.name for spec in picked.specs], picked.link) == (["twin"], "")
    with pytest.raises(BadInput, match=r"^--only was gold, allowed are plain, twin, dashboard$"):
        door.plan_up(["plain", "gold"])


def test_a_config_that_is_wrong_keeps_nothing_else_from_starting_and_its_process_says_so(home: Path) -> None:
    nodes = [{"config": "config/gone.json"}, {"config": "config/plain.json", "set": ["lane=gold"], "name": "b"}]
    written(home, runtime={"paper": nodes}, plain=_CONFIG | {"name": "plain"})
    gone, wrong, _dashboard = door.plan_up().specs
    assert (gone.name, gone.lane, gone.words[:2]) == ("gone", None, ("paper", "config/gone.json"))
    assert (wrong.name, wrong.lane) == ("b", None)


def test_one_name_cannot_be_two_nodes(home: Path) -> None:
    written(home, runtime={"paper": [{"config": "config/plain.json"}] * 2}, plain=_CONFIG | {"name": "plain"})
    with pytest.raises(ConfigError, match=r"runtime\.json: plain is there twice, allowed is once"):
        door.plan_up()


def test_a_candidate_keeps_its_name(home: Path) -> None:
    written(
        home,
        runtime={"paper": [{"config": "config/trained.json", "name": "other"}]},
        plain=_CONFIG | {"name": "plain"},
        trained={"candidate": "smart", "backtest": "config/plain.json"},
    )
    with pytest.raises(ConfigError, match=r"paper\.0\.name was other, allowed is smart: a candidate's node bears its"):
        door.plan_up()


def test_nothing_to_start_is_said(home: Path) -> None:
    written(home, runtime={"dashboard": {"on": False}})
    with pytest.raises(BadInput, match="there is nothing to start: `paper` is empty and the dashboard is off"):
        door.plan_up()


def test_a_home_that_is_not_there_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = door.plan_up()
    monkeypatch.setenv("TRADINGBOT_HOME", str(home / "typo"))
    with pytest.raises(RunFailed, match=r"typo is not a folder; TRADINGBOT_HOME names it$"):
        door.up(planned, _unheard)
    assert not (home / "typo").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_and_is_a_success(home: Path, stage: Strings, number: signal.Signals) -> None:
    with started(20, "a", "b") as supervisor:
        puppets = stage.meet(2)
        assert supervision(home).alive
        supervisor.send_signal(number)
        out, complaint = supervisor.communicate(timeout=PATIENCE_S)
    assert (supervisor.returncode, complaint) == (0, "")
    assert all(puppet.gone() for puppet in puppets)
    assert out.splitlines()[-1] == "down "
    assert [process.state for process in processes(home)] == ["stopped", "stopped"]
    assert not supervision(home).alive


def test_a_second_ctrl_c_does_not_wait(home: Path, stage: Strings) -> None:
    with started(3_600, "a+deaf") as supervisor:
        (deaf,) = stage.meet()
        assert supervisor.stdout is not None
        supervisor.send_signal(signal.SIGINT)
        while supervisor.stdout.readline() != "stopping \n":
            assert supervisor.poll() is None
        supervisor.send_signal(signal.SIGINT)
        supervisor.communicate(timeout=PATIENCE_S)
    assert supervisor.returncode == 0
    assert deaf.gone()


def test_nobody_outlives_a_supervisor_that_is_killed(home: Path, stage: Strings) -> None:
    """Of several, none may have inherited the end of the lifeline that keeps the others alive; one is deaf."""
    with started(0.3, "a", "b+deaf", "c", "d") as supervisor:
        puppets = stage.meet(4)
        supervisor.kill()
        supervisor.communicate(timeout=PATIENCE_S)
        assert [puppet.gone() for puppet in puppets] == [True] * 4
    assert {process.state for process in processes(home)} == {"unwatched"}


def test_a_second_supervisor_is_refused_and_harms_nothing(home: Path, stage: Strings) -> None:
    with started(20, "a") as supervisor:
        (puppet,) = stage.meet()
        with pytest.raises(PolicyRefused, match=f"^supervisor already runs as process {supervisor.pid}, allowed is"):
            door.up(door.plan_up(), _unheard)
        assert [(process.name, process.pid) for process in processes(home)] == [("a", puppet.pid)]
        supervisor.terminate()
        supervisor.communicate(timeout=PATIENCE_S)


def test_the_next_supervisor_waits_for_those_of_one_that_was_killed(home: Path, stage: Strings) -> None:
    with started(1, "a+deaf") as first:
        (old,) = stage.meet()
        first.kill()
        first.communicate(timeout=PATIENCE_S)
    with started(20, "a") as second:
        (new,) = stage.meet()
        assert new.name == old.name
        assert old.gone()
        second.terminate()
        out, _ = second.communicate(timeout=PATIENCE_S)
    assert out.splitlines()[:3] == ["waiting ", "up ", "started a"]


def test_every_validated_candidate_is_started_too(home: Path) -> None:
    install(home)
    written(home, runtime={})
    (home / "config" / "backtests").mkdir()
    (home / "config" / "backtests" / "trend.json").write_text(json.dumps(_CONFIG | {"name": "trend"}), encoding="utf-8")
    specs = {spec.name: spec for spec in door.plan_up().specs}
    assert specs["trend-1"].words[:4] == ("paper", "config/backtests/trend.json", "--speed", "1")
    assert "--set=name=trend-1" in specs["trend-1"].words


def test_a_registry_that_was_tampered_with_starts_nobody_and_stops_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(home, runtime={})
    (home / "state").mkdir()
    (home / "state" / "registry.db").write_bytes(b"no registry at all" * 400)
    assert [spec.name for spec in door.plan_up().specs] == ["dashboard"]
    assert "no candidate of the registry is started: " in capsys.readouterr().err


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    install(tmp_path)
    return tmp_path / "state" / "registry.db"


def nodes(registry: Path, *but: str, **fields: object) -> list[PaperNode]:
    return door.candidate_nodes(registry, CandidateNodes.model_validate(fields), frozenset(but))


def test_what_is_validated_trades_with_the_settings_it_was_validated_with(registry: Path) -> None:
    (node,) = nodes(registry, speed="60")
    assert node == PaperNode(config="config/backtests/trend.json", speed="60", set=("seed=7",), name="trend-1")


def test_its_newer_data_is_where_somebody_says(registry: Path) -> None:
    (node,) = nodes(registry, catalogs={"trend-1": "catalog/newer"})
    assert node.set == ("seed=7", "catalog=catalog/newer")


def test_what_is_listed_by_hand_or_not_wanted_is_left_out(registry: Path) -> None:
    assert nodes(registry, "trend-1") == []
    assert nodes(registry, on=False) == []


def test_what_was_retired_trades_no_more(registry: Path) -> None:
    Registry(registry).record(change(State.RETIRED))
    assert nodes(registry) == []


def test_without_a_registry_there_are_none_and_none_is_made(tmp_path: Path) -> None:
    assert nodes(tmp_path / "registry.db") == []
    assert not (tmp_path / "registry.db").exists()


def test_a_feed_is_started_first_with_all_that_its_nodes_trade(home: Path) -> None:
    coins = {"lane": "cryptofutures", "equity": "1000 USDT", "catalog": "catalog/live"}
    one = _CONFIG | coins | {"name": "one", "instruments": ["BTCUSDT-LINEAR.BYBIT"], "bar": "1m"}
    two = one | {"name": "two", "instruments": ["ETHUSDT-LINEAR.BYBIT", "BTCUSDT-LINEAR.BYBIT"], "bar": "5m"}
    nodes = [
        {"config": "config/one.json", "feed": "bybit", "warmup": 50},
        {"config": "config/two.json", "feed": "bybit"},
        {"config": "config/one.json", "feed": "bybit", "name": "again"},
        {"config": "config/plain.json"},
    ]
    written(home, runtime={"paper": nodes}, one=one, two=two, plain=_CONFIG | {"name": "plain"})
    feed, first, *_others = door.plan_up().specs
    words = ("feed", "bybit", "--instrument", "BTCUSDT-LINEAR.BYBIT@1m", "--instrument", "ETHUSDT-LINEAR.BYBIT@5m",
             "--instrument", "BTCUSDT-LINEAR.BYBIT@5m", "--catalog", "catalog/live")  # fmt: skip
    assert feed == ProcessSpec("feed-bybit", words, Kind.FEED)
    assert first.words == ("paper", "config/one.json", "--speed", "1", "--feed", "bybit", "--warmup", "50")


def test_nodes_of_one_feed_share_a_catalog(home: Path) -> None:
    one = _CONFIG | {"name": "one", "catalog": "here"}
    nodes = [{"config": f"config/{name}.json", "feed": "bybit"} for name in ("one", "two")]
    written(home, runtime={"paper": nodes}, one=one, two=one | {"name": "two", "catalog": "there"})
    with pytest.raises(ConfigError, match=r"nodes of the feed bybit have the catalogs here, there, allowed is one"):
        door.plan_up()
