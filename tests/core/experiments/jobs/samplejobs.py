# file: tests/core/experiments/jobs/samplejobs.py
"""Jobs as tests want them: right, wrong, deadly or endless; apart, so that a worker imports no test library."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tradingbot.core.errors import StrategyFailed
from tradingbot.core.experiments.jobs.worker import SINGLE_THREADED


class Stubborn(Exception):
    """An error that pickles and then cannot be unpickled."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"{one} and {two}")


class Vetoed(StrategyFailed):
    """One of our errors of a kind that `core.errors` does not name."""


_DEEDS: dict[str, Callable[[], object]] = {
    "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "die-once": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "leave": lambda: os._exit(3),
    "wait": lambda: threading.Event().wait(),
}
_ERRORS: dict[str, BaseException] = {
    "exit": SystemExit(5),
    "ours": StrategyFailed("the ladder broke"),
    "vetoed": Vetoed("not today"),
    "foreign": ValueError("the level was negative"),
    "stubborn": Stubborn(1, 2),
}


def total(seed: int) -> float:
    return float(np.random.default_rng(seed).normal(size=1000).sum())


def process(_: int) -> int:
    return os.getpid()


def threads(_: int) -> list[str | None]:
    return [os.environ.get(name) for name in SINGLE_THREADED]


def deaf(_: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def act(what: str) -> str:
    """Do what the word says; paths are files whose presence makes a deadly or endless job a good one."""
    verb, _, path = what.partition(" ")
    if path and Path(path).exists():
        return "survived"
    if verb == "die-once":
        Path(path).touch()
    if verb in _DEEDS:
        _DEEDS[verb]()
    if verb in _ERRORS:
        raise _ERRORS[verb]
    return verb


def unsendable(_: int) -> object:
    return threading.Lock()
