# file: tests/core/validation/calibration/testsabotage.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot import promote as usecase
from tradingbot.core.errors import TradingbotError
from tradingbot.core.registry.states import Change, State
from tradingbot.core.validation.calibration import sabotage as subject
from tradingbot.core.validation.calibration.sabotage import CASES, Case, SabotageJob, passed, sabotage, sabotage_jobs
from tradingbot.core.validation.calibration.temporaryhome import temporary_home

SAID = {
    "no purge": "RunFailed: training: label 400 from .* overlaps the test from",
    "look-ahead": "calibration: .* it reads close of BTCUSDT-LINEAR.BYBIT bars, 1 bar ahead",
    "no fees": "PolicyRefused: venue.fees.multiplier was 0, the cryptofutures lane's own is 1",
    "no fees in the lane": "PolicyRefused: fees.multiplier of the cryptofutures lane in config/lanes.json was 0",
    "hidden trial": "LedgerTampered: HOME/trials.db",
    "hidden ledger": "LedgerTampered: HOME/trials.db is gone",
    "repeated trades": "INSUFFICIENT_EVIDENCE: Effective trades was 120, allowed is at least 500",
    "other parameters": "PolicyRefused: calibration was not promoted: params changed since it was validated on",
    "synthetic evidence": "PolicyRefused: calibration was validated on a synthetic market",
}


@pytest.mark.parametrize("name", CASES)
def test_a_sabotage_is_caught_and_says_so(name: str) -> None:
    found = sabotage(SabotageJob(name, 7, usecase.promote))
    assert found.caught
    assert found.check
    assert_says(found.message, SAID[name])


def assert_says(message: str, pattern: str) -> None:
    with pytest.raises(RuntimeError, match=f"^{pattern}"):
        raise RuntimeError(message)


def test_what_was_not_changed_is_promoted() -> None:
    with temporary_home() as home:
        passed(home, np.random.default_rng(1), made_up=False)
        row = usecase.promote("calibration", "ann", "", 1_700_000_000_000_000_001)
    assert row.state is State.PROMOTED


def test_a_door_that_lets_everything_through_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(candidate: str, operator: str, why: str, now: int) -> Change:
        return Change(candidate, State.PROMOTED, operator, why, now, "", "s", "forex")  # type: ignore[arg-type]

    found = sabotage(SabotageJob("other parameters", 7, careless))
    assert (found.caught, found.message) == (False, "")


def test_a_defect_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(subject, "CASES", {"broken": Case("x", "y", broken)})
    with pytest.raises(ZeroDivisionError):
        sabotage(SabotageJob("broken", 7, usecase.promote))
    assert not issubclass(ZeroDivisionError, TradingbotError)


def test_there_is_a_job_for_every_case() -> None:
    assert [job.name for job in sabotage_jobs(7, usecase.promote).values()] == list(CASES)
