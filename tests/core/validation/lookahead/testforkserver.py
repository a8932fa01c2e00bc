# file: tests/core/validation/lookahead/testforkserver.py
from __future__ import annotations

import os
import random
import signal

import numpy as np
import pytest

from tradingbot.core.errors import BadInput, RunFailed, WorkerDied
from tradingbot.core.validation.lookahead.forkserver import run_isolated


def _process(_job: None) -> int:
    return os.getpid()


def _drawn(_job: None) -> tuple[float, float]:
    return random.random(), float(np.random.random())


def _refused(_job: None) -> None:
    raise BadInput("folds was 1, allowed is 2 or more")


def _broken(_job: None) -> None:
    raise ZeroDivisionError("by nought")


def _killed(_job: None) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_every_job_has_a_process_of_its_own_and_what_nobody_seeded_differs() -> None:
    assert len({os.getpid(), *(run_isolated(_process, None) for _ in range(3))}) == 4
    first, second = run_isolated(_drawn, None), run_isolated(_drawn, None)
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_an_error_comes_back_as_what_it_was() -> None:
    with pytest.raises(BadInput, match="folds was 1, allowed is 2 or more"):
        run_isolated(_refused, None)
    with pytest.raises(RunFailed, match="ZeroDivisionError: by nought"):
        run_isolated(_broken, None)


def test_a_process_that_dies_is_told_of_and_the_next_one_lives() -> None:
    with pytest.raises(WorkerDied, match="exit code -9"):
        run_isolated(_killed, None)
    assert run_isolated(_process, None) != os.getpid()
