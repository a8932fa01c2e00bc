# file: tests/core/validation/training/teststoring.py
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tradingbot.core.errors import RunFailed
from tradingbot.core.validation.training.storing import stored

if TYPE_CHECKING:
    from tests.core.validation.training.conftest import Term


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRADINGBOT_HOME", str(tmp_path))
    return tmp_path


def test_what_is_warm_of_every_instrument_is_stored_below_its_catalog_and_bar(term: Term, elsewhere: Path) -> None:
    (piece,) = term.school.course.pieces
    found = stored(term.school.course, term.school.planned)
    assert found["BTCUSDT-LINEAR.BYBIT"].rows == len(piece.values) - piece.memory
    assert (elsewhere / "state" / "features" / "main-1h").is_dir()


def test_storing_again_changes_nothing(term: Term, elsewhere: Path) -> None:
    del elsewhere
    assert stored(term.school.course, term.school.planned) == stored(term.school.course, term.school.planned)


def test_features_that_came_out_otherwise_under_the_same_code_are_refused(term: Term, elsewhere: Path) -> None:
    del elsewhere
    stored(term.school.course, term.school.planned)
    (piece,) = term.school.course.pieces
    values = piece.values.copy()
    values[2000, 1] = np.nextafter(values[2000, 1], 9)
    other = replace(term.school.course, pieces=(replace(piece, values=values),))
    with pytest.raises(RunFailed, match=r"did not: momentum 4 at .* corrected, move .* away"):
        stored(other, term.school.planned)


def test_what_came_before_the_set_was_warm_is_not_stored(term: Term, elsewhere: Path) -> None:
    del elsewhere
    (piece,) = term.school.course.pieces
    values = piece.values.copy()
    values[: piece.memory] = 7.0
    other = replace(term.school.course, pieces=(replace(piece, values=values),))
    assert stored(other, term.school.planned) == stored(term.school.course, term.school.planned)
