# file: tests/core/runtime/testperiod.py
from __future__ import annotations

from typing import Any

import pytest

from tradingbot.core.market.calendars.coverage import Coverage, Shortfall, Unused
from tradingbot.core.runtime.period import coverage_dict, coverage_sentences, requested_period
from tradingbot.core.time import from_iso

START, END = from_iso("2026-02-02T00:00:00Z"), from_iso("2026-02-06T22:00:00Z")
LATE = from_iso("2026-02-02T01:00:00Z")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, "all there is"),
        ("2026-01-05T00:00:00Z", None, "all from 2026-01-05 00:00"),
        (None, "2026-02-07T00:00:00Z", "all until 2026-02-07 00:00"),
        ("2026-01-05T00:00:00Z", "2026-02-07T00:00:00Z", "2026-01-05 00:00 to 2026-02-07 00:00"),
    ],
)
def test_what_was_asked_for_is_said(start: Any, end: Any, words: str) -> None:
    assert requested_period({"asked_start": start, "asked_end": end}) == words


def test_the_sentence_names_both_periods_and_whose_data_cut_it_with_both_sides_in_one() -> None:
    found = Coverage(
        from_iso("2026-01-05T00:00:00Z"),
        from_iso("2026-02-07T00:00:00Z"),
        (
            Shortfall("EUR/USD.IDEALPRO", "1h BID bars", "start", LATE, 479),
            Shortfall("EUR/USD.IDEALPRO", "1h ASK bars", "start", LATE, 479),
            Shortfall("USD/JPY.IDEALPRO", "1h LAST bars", "end", LATE, 1_200),
        ),
    )
    assert coverage_sentences(found, START, END) == [
        "Asked for 2026-01-05 00:00 to 2026-02-07 00:00, run from 2026-02-02 00:00 to 2026-02-06 22:00 UTC:"
        " the 1h BID bars and 1h ASK bars of EUR/USD.IDEALPRO begin at 2026-02-02 01:00, 479 missing;"
        " the 1h LAST bars of USD/JPY.IDEALPRO end at 2026-02-02 01:00, 1,200 missing."
    ]


def test_of_many_the_first_are_named_and_the_rest_is_counted() -> None:
    many = tuple(Shortfall(f"I{number}", "1d LAST bars", "start", LATE, 9) for number in range(5))
    (sentence,) = coverage_sentences(Coverage(shortfalls=many), START, END)
    assert sentence.startswith("Asked for all there is, run from")
    assert "I2 begin" in sentence
    assert sentence.endswith("; and 2 more.")


def test_bars_that_were_not_used_are_named_with_the_remedy() -> None:
    found = Coverage(unused=(Unused("EUR/USD.IDEALPRO", "1h BID and ASK bars", START, END),))
    assert coverage_sentences(found, START, END) == [
        "The 1h BID and ASK bars of EUR/USD.IDEALPRO cover only 2026-02-02 00:00 to 2026-02-06 22:00 and are not used,"
        " the run is on bars that cover more of the period: set start and end within that time to run on them."
    ]


def test_a_covered_period_has_nothing_to_say_and_json_holds_all_of_it() -> None:
    assert coverage_sentences(Coverage(START, END), START, END) == []
    found = Coverage(START, None, (Shortfall("I", "bars", "end", LATE, 2),), (Unused("I", "sides", START, END),))
    assert coverage_dict(found) == {
        "asked_start": "2026-02-02T00:00:00Z",
        "asked_end": None,
        "shortfalls": [{"instrument": "I", "series": "bars", "edge": "end", "at": "2026-02-02T01:00:00Z", "bars": 2}],
        "unused": [
            {"instrument": "I", "series": "sides", "start": "2026-02-02T00:00:00Z", "end": "2026-02-06T22:00:00Z"}
        ],
    }
