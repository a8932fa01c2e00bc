# file: tests/core/market/importers/testhistdata.py
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tradingbot.core.market.arrays import Bars, Kind, Quotes
from tradingbot.core.market.importers import ReadOptions, Units
from tradingbot.core.market.steps import Step

BARS = {
    "ascii.csv": "20120201 000000;1.3066;1.3067;1.30656;1.30658;0\n20120201 000100;1.3066;1.3067;1.3065;1.3066;0\n",
    "mt.csv": "2012.02.01,00:00,1.3066,1.3067,1.30656,1.30658,0\n2012.02.01,00:01,1.3066,1.3067,1.3065,1.3066,0\n",
}


def utc(text: str) -> int:
    return int(np.datetime64(text, "ns").astype(np.int64))


@pytest.mark.parametrize("name", BARS)
def test_minutes_are_new_york_winter_time_stamped_at_the_open(
    name: str, read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    source, bars = read(write(name, BARS[name]), Kind.BARS, ReadOptions())
    assert source.format == "histdata"
    assert isinstance(bars, Bars)
    assert bars.ts.tolist() == [utc("2012-02-01T05:01"), utc("2012-02-01T05:02")]
    assert bars.low.tolist() == [1.30656, 1.3065]
    assert any("EST" in note for note in source.notes)


@pytest.mark.parametrize(
    "options",
    [ReadOptions(step=Step(1, "h")), ReadOptions(units=Units("BTC", "USDT"))],
    ids=["hours", "of a coin"],
)
def test_a_metatrader_file_that_histdata_does_not_have_is_not_on_its_clock(
    options: ReadOptions, read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    text = BARS["mt.csv"].replace("00:01", "01:00") if options.step else BARS["mt.csv"]
    source, bars = read(write("mt.csv", text), Kind.BARS, options)
    assert (source.format, source.clock.name) == ("generic", "UTC")
    assert bars.ts[0] == utc("2012-02-01T01:00") if options.step else utc("2012-02-01T00:01")
    assert bars.open[0] == 1.3066


def test_the_clock_of_a_format_is_not_one_that_a_person_gave(
    read: Callable[..., Any], write: Callable[..., Any]
) -> None:
    assert not read(write("mt.csv", BARS["mt.csv"]), Kind.BARS, ReadOptions())[0].clock.given


def test_summer_has_no_daylight_saving(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    text = BARS["ascii.csv"].replace("201202", "201207")
    _, bars = read(write("summer.csv", text), Kind.BARS, ReadOptions())
    assert bars.ts[0] == utc("2012-07-01T05:01")


def test_ticks_have_milliseconds_and_assumed_sizes(read: Callable[..., Any], write: Callable[..., Any]) -> None:
    text = "20120201 000003660,1.306600,1.306770,0\n20120201 000003912,1.306590,1.306760,0\n"
    source, quotes = read(write("ticks.csv", text), Kind.QUOTES, ReadOptions())
    assert isinstance(quotes, Quotes)
    assert quotes.ts.tolist() == [utc("2012-02-01T05:00:03.660"), utc("2012-02-01T05:00:03.912")]
    assert (quotes.bid.tolist(), quotes.bid_size.tolist()) == ([1.3066, 1.30659], [1e6, 1e6])
    assert any("no quote sizes" in note for note in source.notes)
