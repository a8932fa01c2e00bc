# file: tests/core/folds/testspan.py
from __future__ import annotations

import pytest

from tradingbot.core.errors import BadInput
from tradingbot.core.folds.span import Span


def test_a_span_may_be_empty_but_not_run_backwards() -> None:
    assert Span(3, 3).start == 3
    with pytest.raises(BadInput, match="end of a span was 2, allowed is its start 3 or later"):
        Span(3, 2)
