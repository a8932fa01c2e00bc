# file: tests/learning/testtracking.py
from __future__ import annotations

import logging
import math
import shutil
import socket
import subprocess
import sys
import threading
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tradingbot.core.errors import BadInput, RunFailed
from tradingbot.learning.tracking import TrackedRun, Tracker


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*called: object, **_named: object) -> None:
        raise AssertionError(f"the network was called: {called}")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)


_FIRST = """
import pathlib, sys
home = pathlib.Path(sys.argv[1])
kinds = ("socket.connect", "socket.send", "socket.get", "subprocess.", "os.system", "os.exec", "os.fork")
called = (home / "called").open("w")
def hook(event, args):
    if event.startswith(kinds) and args[0] != "uname":  # which platform.processor() asks
        print(event, args, file=called, flush=True)
sys.addaudithook(hook)
from tradingbot.learning.tracking import TrackedRun, Tracker
Tracker(home).record(TrackedRun("made", {}, {}, {}, [], home / "model"))
"""


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all of MLflow's tables, made once by a process of its own that notes calls of the network."""
    home = tmp_path_factory.mktemp("made")
    (home / "model").mkdir()
    command = [sys.executable, "-W", "error", "-c", _FIRST, str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return home


@pytest.fixture
def home(tmp_path: Path, migrated: Path) -> Path:
    (tmp_path / "state").mkdir()
    shutil.copy(migrated / "state" / "mlflow.db", tmp_path / "state")
    return tmp_path


def _run(home: Path, experiment: str = "made") -> TrackedRun:
    folder = home / "model"
    folder.mkdir(exist_ok=True)
    (folder / "arrays.npz").write_bytes(b"arrays")
    plot = home / "report.html"
    plot.write_text("<p>plot</p>", encoding="utf-8")
    params: dict[str, str | float | int] = {"depth": 4, "rate": 0.1, "instrument": "EUR/USD.IDEALPRO"}
    return TrackedRun(experiment, params, {"auc": 0.6}, {"data": "abc"}, [plot], folder)


def _client(home: Path) -> Any:
    store = f"sqlite:///{home / 'state' / 'mlflow.db'}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mlflow import MlflowClient

        return MlflowClient(tracking_uri=store, registry_uri=store)


def test_a_first_run_calls_no_network_and_no_program_and_says_nothing(migrated: Path) -> None:
    assert (migrated / "called").read_text(encoding="utf-8") == ""
    assert (migrated / "state" / "mlflow.db").is_file()


def test_a_run_keeps_parameters_metrics_tags_files_and_model(home: Path) -> None:
    found = _client(home).get_run(Tracker(home).record(_run(home, "alpha")))
    assert found.info.status == "FINISHED"
    assert found.data.params == {"depth": "4", "rate": "0.1", "instrument": "EUR/USD.IDEALPRO"}
    assert found.data.metrics == {"auc": 0.6}
    assert found.data.tags["data"] == "abc"
    kept = home / "state" / "mlartifacts" / "alpha" / found.info.run_id / "artifacts"
    assert (kept / "files" / "report.html").read_text(encoding="utf-8") == "<p>plot</p>"
    assert (kept / "model" / "arrays.npz").read_bytes() == b"arrays"


def test_runs_of_one_candidate_lie_in_one_experiment_and_the_last_is_the_candidate(home: Path) -> None:
    tracker = Tracker(home)
    ids = [tracker.record(_run(home, "alpha")) for _ in range(2)]
    client = _client(home)
    experiment = client.get_experiment_by_name("alpha").experiment_id
    assert {run.info.run_id for run in client.search_runs([experiment])} == set(ids)
    candidate = client.get_model_version_by_alias("alpha", "candidate")
    assert (int(candidate.version), candidate.run_id) == (2, ids[1])
    assert set(client.get_registered_model("alpha").aliases) == {"candidate"}


def test_crowning_moves_the_champion_and_a_crowned_candidate_is_none_any_more(home: Path) -> None:
    tracker, client = Tracker(home), _client(home)
    for name in ("one", "two"):
        tracker.record(_named(home, name))
    tracker.crown("alpha", "one")
    assert _aliases(client) == {"champion": 1, "candidate": 2}
    tracker.crown("alpha", "two")
    assert _aliases(client) == {"champion": 2}
    tracker.record(_named(home, "three"))
    assert _aliases(client) == {"champion": 2, "candidate": 3}
    # Of two versions that hold one model the later is crowned.
    tracker.record(_named(home, "three"))
    tracker.crown("alpha", "three")
    assert _aliases(client) == {"champion": 4}


def _named(home: Path, artefact: str) -> TrackedRun:
    run = _run(home, "alpha")
    folder = home / "models" / artefact
    if not folder.exists():
        shutil.copytree(run.model, folder)
    return replace(run, model=folder)


def _aliases(client: Any) -> dict[str, int]:
    return {name: int(version) for name, version in client.get_registered_model("alpha").aliases.items()}


@pytest.mark.parametrize("candidate", ["made", "nobody"])
def test_a_model_that_was_not_tracked_cannot_be_crowned(home: Path, candidate: str) -> None:
    with pytest.raises(BadInput, match=rf"^{candidate}: no tracked version holds the model 0123456789abcdef$"):
        Tracker(home).crown(candidate, "0123456789abcdef")


def test_more_than_mlflow_takes_at_a_time_is_kept_whole_and_metrics_as_it_can(home: Path) -> None:
    many = {f"p{number}": number for number in range(250)}
    run = replace(_run(home), params=many, metrics=many, tags={name: "x" for name in many})
    found = _client(home).get_run(Tracker(home).record(run)).data
    assert found.params == {name: str(value) for name, value in many.items()}
    assert found.metrics == many
    assert many.keys() <= found.tags.keys()
    run = replace(_run(home), metrics={"nan": math.nan, "inf": math.inf})
    metrics = _client(home).get_run(Tracker(home).record(run)).data.metrics
    assert math.isnan(metrics["nan"])
    assert metrics["inf"] == sys.float_info.max


def test_a_run_that_breaks_off_is_failed_and_registers_nothing(home: Path) -> None:
    client = _client(home)
    before = len(client.search_model_versions("name = 'made'"))
    with pytest.raises(BadInput, match=r"^tracking in .*: Invalid value \"a\*\""):
        Tracker(home).record(replace(_run(home), metrics={"a*": 1.0}))
    experiment = client.get_experiment_by_name("made").experiment_id
    last = client.search_runs([experiment], order_by=["attributes.start_time DESC"])[0]
    assert last.info.status == "FAILED"
    assert len(client.search_model_versions("name = 'made'")) == before


def test_what_is_not_there_is_refused_before_anything_is_kept(tmp_path: Path) -> None:
    run, other = _run(tmp_path), tmp_path / "model" / "report.html"
    other.write_text("x", encoding="utf-8")
    for refused, said in (
        (replace(run, files=[*run.files, other]), r"^two files to be tracked are named report\.html, allowed is one$"),
        (replace(run, files=[tmp_path / "nothing.html"]), r"nothing\.html to be tracked was not found$"),
        (replace(run, model=tmp_path / "none"), r"^the model's folder .*/none was not found$"),
        (replace(run, experiment="a/b"), r"^experiment was 'a/b', allowed are letters, digits, points, - and _$"),
    ):
        with pytest.raises(BadInput, match=said):
            Tracker(tmp_path).record(refused)
    assert not (tmp_path / "state").exists()


def test_a_damaged_database_fails_in_words(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "mlflow.db").write_bytes(b"nothing of SQLite" * 100)
    with pytest.raises(RunFailed, match=r"^tracking in .*state: .*file is not a database$"):
        Tracker(tmp_path).record(_run(tmp_path))


def test_recording_leaves_no_thread_no_word_and_the_loggers_alone(
    home: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = (threading.active_count(), root.level, list(root.handlers))
    Tracker(home).record(_run(home))
    assert (threading.active_count(), root.level, list(root.handlers)) == before
    assert capfd.readouterr() == ("", "")


def test_mlflow_is_not_loaded_before_the_first_run() -> None:
    program = """
import pathlib, sys
from tradingbot.learning.tracking import TrackedRun, Tracker
Tracker(pathlib.Path("nowhere"))
TrackedRun("x", {}, {}, {}, [], pathlib.Path("nowhere"))
assert "mlflow" not in sys.modules and "sqlalchemy" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
