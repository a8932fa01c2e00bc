# file: tests/core/validation/training/testenrolling.py
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.core.validation.training.campus import NOW, quiet
from tradingbot.core.runtime.hashing import hashes_of
from tradingbot.core.runtime.opening import opened
from tradingbot.core.trials.ledger import TrialLedger
from tradingbot.core.validation.executor import Executor
from tradingbot.core.validation.training.enrolling import enrol

if TYPE_CHECKING:
    from tests.core.validation.training.conftest import Term


def test_a_school_knows_what_is_learned_from_by_its_hashes(term: Term) -> None:
    school = term.school
    hashes = hashes_of(school.planned, school.market)
    assert (school.learned.data_sha256, school.name) == (hashes["data"], "pupil")
    assert (school.learned.start, school.learned.end) == (school.market.start, school.market.end)
    assert school.learned.rows == len(school.course.samples)
    assert set(school.learned.stored) == {"BTCUSDT-LINEAR.BYBIT"}
    assert school.synthetic is False


def test_enrolling_again_stores_nothing_twice_and_is_told_as_a_stage(term: Term, here: Path) -> None:
    titles: list[str] = []

    def stage(title: str) -> object:
        titles.append(title)
        return quiet(title)

    executor = Executor(TrialLedger(here / "state" / "trials.db"), "test", 1, now=lambda: NOW)
    market, synthetic = opened(term.candidate.plan)
    hashes = hashes_of(term.candidate.plan, market)
    again = enrol(term.candidate, market, synthetic, hashes, executor, stage)  # type: ignore[arg-type]
    assert again.learned.stored == term.school.learned.stored
    assert titles == ["pupil: reading and labelling"]
