# file: tests/reports/calibration/testpage.py
from __future__ import annotations

from tests.reports.browser import Browser, assert_self_contained
from tests.reports.calibration.samples import record
from tradingbot.reports.calibration.page import render


def test_the_page_is_self_contained_and_the_same_for_the_same_record() -> None:
    page = render(record())
    assert page == render(record())
    assert_self_contained(Browser(page))


def test_whether_the_claims_hold_is_the_title() -> None:
    made = record()
    assert "<h1>All claims hold</h1>" in render(made)
    broken = record(claims=(made.claims[0].model_copy(update={"holds": False}),))
    assert "<h1>Not all claims hold</h1>" in render(broken)
    assert "DOES NOT HOLD" in render(broken)
    missed = record(sabotage=(made.sabotage[0].model_copy(update={"caught": False}),))
    assert not missed.holds
    assert "<h1>Not all claims hold</h1>" in render(missed)


def test_rates_have_their_intervals_and_messages_are_escaped() -> None:
    page = render(record())
    assert "5.0 % (1.6 to 11.3 %)" in page
    assert "fees &lt;zero&gt;" in page
    assert "was 0 &amp; refused" in page


def test_charts_have_exact_bars_around_each_rate() -> None:
    null, power = Browser(render(record())).charts
    first = null["data"][0]
    assert (first["y"], first["error_y"]["array"], first["error_y"]["arrayminus"]) == ([0.05], [0.0628], [0.0336])
    assert null["layout"]["shapes"][0]["y0"] == 0.05
    assert power["data"][0]["x"] == [1.0, 2.0]


def test_a_part_that_was_not_measured_is_left_out() -> None:
    heads = Browser(render(record(null=(), power=(), engine=(), sabotage=()))).heads
    assert heads == ["Claims", "Reproduce this run"]
