# file: tests/core/experiments/jobs/testworker.py
from __future__ import annotations

import pickle

import pytest

from tests.core.experiments.jobs.samplejobs import act
from tradingbot.core.errors import RunFailed, StrategyFailed, TradingbotError
from tradingbot.core.experiments.jobs.worker import Done, Failed, attempt, reraised


@pytest.mark.parametrize(
    ("deed", "kind", "text"),
    [
        ("ours", StrategyFailed, "the ladder broke"),
        ("vetoed", StrategyFailed, "not today"),
        ("foreign", RunFailed, "ValueError: the level was negative"),
        ("stubborn", RunFailed, "Stubborn: 1 and 2"),
        ("exit", RunFailed, "SystemExit: 5"),
    ],
)
def test_every_error_crosses_to_the_parent_and_names_its_job(deed: str, kind: type[TradingbotError], text: str) -> None:
    failed = pickle.loads(pickle.dumps(attempt(act, deed)))  # noqa: S301 - what was just pickled
    assert isinstance(failed, Failed)
    error = reraised("faulty", failed)
    assert type(error) is kind
    assert error.exit_code == kind.exit_code
    assert str(error) == f"job faulty: {text}"
    assert "samplejobs.py" in error.__notes__[0]


def test_a_job_that_works_is_done_and_ctrl_c_is_no_failure_of_it() -> None:
    def interrupted(_: int) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempt(interrupted, 1)
    assert attempt(act, "good") == Done("good")
