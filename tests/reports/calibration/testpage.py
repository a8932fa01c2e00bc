# file: tests/reports/calibration/testpage.py
"""The page says whether the claims hold, shows every number, and asks no network."""

from __future__ import annotations

import json
import re

from tests.reports.calibration.samples import record
from tradingbot.reports.calibration.page import render


def test_the_page_stands_alone_and_is_the_same_for_the_same_record() -> None:
    page = render(record())
    assert page == render(record())
    outside = re.findall(r"""(?:src|href)=["'](?!#)[^"']*""", page.split("<script>")[0])
    assert outside == []


def test_what_holds_and_what_does_not_is_the_title() -> None:
    made = record()
    assert "<h1>The gate keeps its claims</h1>" in render(made)
    broken = record(claims=(made.claims[0].model_copy(update={"holds": False}),))
    assert "<h1>The gate does not keep its claims</h1>" in render(broken)
    assert "DOES NOT HOLD" in render(broken)
    missed = record(sabotage=(made.sabotage[0].model_copy(update={"caught": False}),))
    assert not missed.holds
    assert "<h1>The gate does not keep its claims</h1>" in render(missed)


def test_shares_have_their_bounds_and_messages_are_escaped() -> None:
    page = render(record())
    assert "5.0 % (1.6 to 11.3 %)" in page
    assert "fees &lt;nought&gt;" in page
    assert "was 0 &amp; refused" in page


def test_charts_have_exact_bars_around_each_share() -> None:
    page = render(record())
    figures = [json.loads(text) for text in re.findall(r'<script type="application/json">(.*?)</script>', page)]
    assert len(figures) == 2
    first = figures[0]["data"][0]
    assert (first["y"], first["error_y"]["array"], first["error_y"]["arrayminus"]) == ([0.05], [0.0628], [0.0336])
    assert figures[0]["layout"]["shapes"][0]["y0"] == 0.05
    assert figures[1]["data"][0]["x"] == [1.0, 2.0]


def test_a_part_that_was_not_measured_is_left_out() -> None:
    page = render(record(null=(), power=(), engine=(), sabotage=()))
    assert "<h2>What is claimed</h2>" in page
    assert "<h2>A." not in page
    assert "<h2>D." not in page
