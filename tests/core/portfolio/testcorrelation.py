# file: tests/core/portfolio/testcorrelation.py
from __future__ import annotations

import numpy as np
import pytest

from tradingbot.core.portfolio.correlation import return_correlation


def _walk(seed: int, shared: np.typing.NDArray[np.float64] | float = 0.0) -> np.typing.NDArray[np.float64]:
    own = np.random.default_rng(seed).normal(0, 0.01, 300)
    return np.asarray(100 * np.exp(np.cumsum(own + shared)))


TS = np.arange(300, dtype=np.int64)


def test_it_is_numpys_on_the_window() -> None:
    common = np.random.default_rng(9).normal(0, 0.01, 300)
    one, other = _walk(1, common), _walk(2, -common)
    expected = np.corrcoef(np.diff(np.log(one[-101:])), np.diff(np.log(other[-101:])))[0, 1]
    assert return_correlation((TS, one), (TS, other), 100, 60) == pytest.approx(expected, abs=1e-12)
    assert expected < -0.3


def test_only_common_stamps_count() -> None:
    one, other = _walk(1), _walk(1)
    kept = TS % 3 != 0
    assert return_correlation((TS, one), (TS[kept], other[kept]), 299, 60) == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [0, 1, 60])
def test_too_little_is_not_known(rows: int) -> None:
    one = _walk(1)
    assert return_correlation((TS, one), (TS[:rows], one[:rows]), 299, 60) is None


def test_what_did_not_move_is_not_known() -> None:
    assert return_correlation((TS, _walk(1)), (TS, np.full(300, 5.0)), 299, 60) is None
