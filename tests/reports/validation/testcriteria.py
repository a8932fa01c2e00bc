# file: tests/reports/validation/testcriteria.py
from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.validation.record import Criterion
from tradingbot.reports.validation.criteria import interval_chart

_SOME = st.none() | st.floats(-1e6, 1e6)


def _criterion(**more: Any) -> Criterion:
    known: dict[str, Any] = {"name": "s", "title": "S", "value": 3.0, "limit": 2.0, "own_limit": 2.0, "at_least": True}
    return Criterion(**(known | {"answer": "pass", "why": "w"} | more))


def _at(picture: str, kind: str) -> float:
    found = re.search(rf'<(?:line x1|circle cx)="([\d.]+)"[^>]*class="{kind}"', picture)
    assert found is not None
    return float(found[1])


def test_a_value_beyond_its_limit_lies_right_of_it() -> None:
    picture = interval_chart(_criterion())
    assert _at(picture, "dot pass") > _at(picture, "limit")


def test_an_easier_limit_is_loud_beside_the_own_one() -> None:
    picture = interval_chart(_criterion(limit=1.0, looser=True))
    assert _at(picture, "limit loud") < _at(picture, "own")


def test_an_endless_interval_ends_in_an_arrow() -> None:
    assert "<path" in interval_chart(_criterion(low=1.0))
    assert "<path" not in interval_chart(_criterion(low=1.0, high=4.0))


@given(_SOME, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), _SOME, _SOME, st.booleans())
def test_whatever_the_numbers_all_of_it_lies_inside(
    value: float | None, limit: float, own: float, low: float | None, high: float | None, at_least: bool
) -> None:
    picture = interval_chart(_criterion(value=value, limit=limit, own_limit=own, low=low, high=high, at_least=at_least))
    places = [float(at) for at in re.findall(r' (?:x|cx|x1|x2)="([^"]+)"', picture)]
    assert all(0 <= at <= 210 for at in places)
    assert all(float(width) > 0 for width in re.findall(r' width="([^"]+)"', picture))
