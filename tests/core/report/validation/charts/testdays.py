# file: tests/core/report/validation/charts/testdays.py
from __future__ import annotations

from tradingbot.core.portfolio.isotime import DAY, to_iso
from tradingbot.core.report.validation.charts.days import dated

_DAYS = ("2024-02-28", "2024-02-29", "2024-03-01")


def test_days_become_times() -> None:
    ts, values = dated(_DAYS, (1.0, 2.0, 3.0))
    assert [to_iso(int(at))[:10] for at in ts] == list(_DAYS)
    assert values.tolist() == [1.0, 2.0, 3.0]


def test_a_starting_value_lies_a_day_before() -> None:
    ts, values = dated(_DAYS, (1.0, 2.0, 3.0, 4.0))
    assert to_iso(int(ts[0]))[:10] == "2024-02-27"
    assert ts[1] - ts[0] == DAY
    assert len(values) == 4


def test_unequal_lengths_meet_at_the_last_day() -> None:
    ts, values = dated(_DAYS, (3.0,))
    assert [to_iso(int(at))[:10] for at in ts] == ["2024-03-01"]
    assert values.tolist() == [3.0]


def test_nothing_stays_nothing() -> None:
    ts, values = dated((), ())
    assert len(ts) == len(values) == 0
