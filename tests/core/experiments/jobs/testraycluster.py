# file: tests/core/experiments/jobs/testraycluster.py
from __future__ import annotations

import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.core.experiments.jobs.samplejobs import act, threads, total
from tradingbot.core.errors import ConfigError, RunFailed, StrategyFailed, WorkerDied
from tradingbot.core.experiments.jobs.dispatch import run_jobs
from tradingbot.core.experiments.jobs.resultstore import ResultStore


@pytest.fixture(autouse=True)
def _rays_settings_go_with_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")


def test_without_the_extra_the_way_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"^the cluster extra is not installed: pip install 'tradingbot\[cluster\]'$"):
        run_jobs(total, {"a": 1}, workers=1, cluster="local")


@pytest.mark.parametrize("address", ["", "somewhere", "host:port", "ray://host", "host:99999"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match=f"cluster was '{address}', allowed is local, HOST:PORT or ray://HOST:PORT"):
        run_jobs(total, {"a": 1}, workers=1, cluster=address)


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_a_cluster_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setitem(sys.modules, "ray", SimpleNamespace(is_initialized=lambda: False))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"{scheme}127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(RunFailed, match=f"no cluster answers at {address}: "):
            run_jobs(total, {"a": 1}, workers=1, cluster=address)


@pytest.mark.filterwarnings("ignore")  # Ray's own, which are not ours to mend
def test_a_cluster_keeps_the_rules_of_this_machine(tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    ray.init("local", num_cpus=2, include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    try:
        jobs = {f"seed {seed}": seed for seed in (3, 1, 2)}
        store: ResultStore[float] = ResultStore(tmp_path / "store")
        found = run_jobs(total, jobs, workers=2, cluster="local", store=store)
        assert list(found.items()) == [(name, total(seed)) for name, seed in jobs.items()]
        assert store.kept(jobs) == found
        assert set(run_jobs(threads, {"a": 1}, workers=1, cluster="local")["a"]) == {"1"}
        mixed = {"good": "good", "victim": f"die-once {tmp_path / 'died'}"}
        assert run_jobs(act, mixed, workers=2, cluster="local") == {"good": "good", "victim": "survived"}
        with pytest.raises(WorkerDied, match=r"job culprit: .* twice: WorkerCrashedError, then WorkerCrashedError"):
            run_jobs(act, {"culprit": "die"}, workers=1, cluster="local")
        with pytest.raises(StrategyFailed, match="job faulty: the ladder broke"):
            run_jobs(act, {"endless": "wait", "faulty": "ours"}, workers=2, cluster="local")
        assert ray.is_initialized()
    finally:
        ray.shutdown()
