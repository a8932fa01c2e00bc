# file: core/experiments/jobs/raycluster.py
"""Ray cluster: the same jobs under the same rules on other machines."""

from __future__ import annotations

import importlib
import os
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tradingbot.core.errors import ConfigError, RunFailed
from tradingbot.core.experiments.jobs.worker import SINGLE_THREADED, Died, Outcome, attempt, failure_of

_LOCAL = "local"
_CONNECT_S = 10
_DEATHS = ("WorkerCrashedError", "OutOfMemoryError", "NodeDiedError", "LocalRayletDiedError", "ObjectLostError")


class RayCluster[J, R]:
    """The CPUs of the cluster at `address`, each doing one `fn` at a time; `local` starts one of `workers` CPUs here.

    An address is `local`, `HOST:PORT` or `ray://HOST:PORT`. Every node needs this program at this version, and the
    catalog at the same path. What was started or connected here is ended when the context is left; a connection that
    the caller made stays. Raises ConfigError when the address is no address, or Ray is not installed; RunFailed: On
    entering the context, when no cluster answers there or it cannot be joined.
    """

    def __init__(self, fn: Callable[[J], R], address: str, workers: int) -> None:
        self._fn, self._address, self.size = fn, address, workers
        self._place, self._ray = _place(address), _ray(address)
        self._ours = False
        self._task: Any = None
        self._busy: dict[Any, str] = {}

    def __enter__(self) -> Self:
        self._ours = not self._ray.is_initialized()
        if self._ours:
            self._connect()
        self.size = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        self._task = self._ray.remote(attempt).options(
            num_cpus=1, max_retries=0, runtime_env={"env_vars": SINGLE_THREADED}
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            for ref in self._busy:
                self._ray.cancel(ref, force=True)
        finally:
            if self._ours:
                self._ray.shutdown()

    def start(self, name: str, job: J) -> None:
        """Begin a job wherever the cluster has a CPU free."""
        self._busy[self._task.remote(self._fn, job)] = name

    def collect(self) -> list[tuple[str, Outcome[R]]]:
        """Wait until a job has ended and return it."""
        (ref,), _ = self._ray.wait(list(self._busy), num_returns=1)
        return [(self._busy.pop(ref), self._outcome(ref))]

    def _outcome(self, ref: Any) -> Outcome[R]:
        errors = self._ray.exceptions
        try:
            outcome: Outcome[R] = self._ray.get(ref)
        except tuple(getattr(errors, death) for death in _DEATHS) as death:
            return Died(type(death).__name__)
        except errors.RayError as error:
            return failure_of(getattr(error, "cause", None) or error)
        return outcome

    def _connect(self) -> None:
        if self._place:
            # Ray itself would try for minutes.
            try:
                socket.create_connection(self._place, _CONNECT_S).close()
            except OSError as error:
                raise RunFailed(f"no cluster answers at {self._address}: {error}") from error
        here = {"num_cpus": self.size, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
        try:
            self._ray.init(self._address, log_to_driver=False, logging_level="ERROR", **({} if self._place else here))
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise RunFailed(f"the cluster at {self._address} cannot be joined: {error}") from error


def _place(address: str) -> tuple[str, int] | None:
    if address == _LOCAL:
        return None
    try:
        place = urlsplit(address if "//" in address else f"//{address}")
        host, port = place.hostname, place.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise ConfigError(f"cluster was {address!r}, allowed is local, HOST:PORT or ray://HOST:PORT")
    return host, port


def _ray(address: str) -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if address == _LOCAL:
        # Read when Ray is imported; without it a cluster of one machine listens to the whole network.
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        return importlib.import_module("ray")
    except ModuleNotFoundError as error:
        raise ConfigError("the cluster extra is not installed: pip install 'tradingbot[cluster]'") from error
