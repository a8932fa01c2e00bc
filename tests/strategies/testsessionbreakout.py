# file: tests/strategies/testsessionbreakout.py
from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from strategies.sessionbreakout import Plan, SessionBreakoutParams
from tests.strategies.strategyfixture import HOUR, MINUTE, MONDAY, Playground, along
from tradingbot.core.lane import Lane
from tradingbot.core.market.columns import Bars
from tradingbot.core.messages.intent import Intent, Side
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.result import Result
from tradingbot.core.time import DAY

EURUSD = "EUR/USD.IDEALPRO"
QUARTER = 15 * MINUTE
SPRING = MONDAY + 84 * DAY
"""2025-03-31, the Monday after London's clocks went forward; New York's had done so three weeks before."""


def day(*moves: tuple[float, float]) -> list[float]:
    """Return the 96 closes of a UTC day: 1.0990 and 1.1010 in turn until the first (hour, price), then those prices."""
    closes = [1.0990 if number % 2 else 1.1010 for number in range(96)]
    for hour, price in moves:
        closes[round(hour * 4) - 1 :] = [price] * (97 - round(hour * 4))
    return closes


def market(*days: list[float], start: int = MONDAY) -> Bars:
    return along([days[0][0], *(close for one in days for close in one)], "15m", start)


def play(playground: Playground, bars: Bars, params: Mapping[str, Any] | None = None, **fields: Any) -> Result:
    playground.quoted(EURUSD, bars, 0.0001, "15m")
    run = playground.run(
        "strategies.sessionbreakout:SessionBreakout",
        EURUSD,
        params,
        Lane.FOREX,
        bar="15m",
        equity="100000 USD",
        **fields,
    )
    return run.result


def at(day: int, hour: int, minute: int = 0, start: int = MONDAY) -> int:
    return start + day * DAY + hour * HOUR + minute * MINUTE


def when(trade: Trade) -> int:
    """Return the decision behind an entry: a latency of 150 ms before its fill."""
    return trade.entry_time - 150_000_000


def test_the_first_close_above_the_night_is_bought_and_sold_when_the_session_ends(playground: Playground) -> None:
    result = play(playground, market(day((8.5, 1.1020), (12, 1.1050), (20, 1.1000))))
    (trade,) = result.trades
    assert (trade.side, trade.exit_reason) == ("LONG", "session")
    assert (when(trade), trade.exit_time) == (at(0, 8, 30), at(0, 16) + 150_000_000)
    # 1 % of 100,000 USD over 1.1020 - 1.0990; bought at the ask, sold at the bid, 0.2 basis points each way.
    assert trade.quantity == Decimal(333_333)
    assert (trade.entry_price, trade.exit_price) == (Decimal("1.1021"), Decimal("1.1049"))
    assert trade.gross == Decimal("933.33")
    assert trade.fees == Decimal("7.35") + Decimal("7.37")
    assert result.summary.net_pnl == Decimal("918.61")


def test_the_first_close_below_the_night_is_sold_with_the_stop_above_it(playground: Playground) -> None:
    result = play(playground, market(day((8.5, 1.0980), (12, 1.0950))))
    (trade,) = result.trades
    (intent,) = playground.intents
    assert isinstance(intent, Intent)
    assert (intent.side, intent.price, intent.stop) == (Side.SHORT, Decimal("1.098"), Decimal("1.101"))
    assert (trade.entry_price, trade.exit_price) == (Decimal("1.0979"), Decimal("1.0951"))
    assert trade.exit_reason == "session"


def test_a_stopped_day_is_over_and_the_next_one_is_traded_again(playground: Playground) -> None:
    whipsaw = day((8.5, 1.1020), (9, 1.0980), (9.5, 1.1030), (10.5, 1.0970))
    result = play(playground, market(whipsaw, day((9, 1.1020))))
    first, second = result.trades
    assert (first.exit_reason, first.exit_price) == ("stop", Decimal("1.0990"))
    assert (when(second), second.exit_reason) == (at(1, 9), "session")


@pytest.mark.parametrize(("buffer", "price", "trades"), [(0.5, 1.1019, 0), (0.5, 1.1021, 1), (0.0, 1.1011, 1)])
def test_a_close_within_the_buffer_is_no_break(
    playground: Playground, buffer: float, price: float, trades: int
) -> None:
    assert len(play(playground, market(day((8.5, price))), {"buffer": buffer}).trades) == trades


@pytest.mark.parametrize(("until", "trades"), [("10:30", 1), ("10:15", 0)])
def test_what_breaks_after_the_morning_is_left_alone(playground: Playground, until: str, trades: int) -> None:
    assert len(play(playground, market(day((10.5, 1.1020))), {"entry_until": until}).trades) == trades


def test_the_session_ends_at_the_hour_that_is_asked_for(playground: Playground) -> None:
    (trade,) = play(playground, market(day((8.5, 1.1020))), {"exit_at": "12:45"}).trades
    assert trade.exit_time == at(0, 12, 45) + 150_000_000


def test_the_hours_are_londons_in_summer_too(playground: Playground) -> None:
    inside = day((7, 1.1000), (7.25, 1.1020))
    (trade,) = play(playground, market(inside, start=SPRING)).trades
    assert when(trade) == at(0, 7, 15, SPRING)
    assert trade.exit_time == at(0, 15, 0, SPRING) + 150_000_000


def test_another_centre_has_its_own_night_which_may_begin_before_midnight(playground: Playground) -> None:
    params = {
        "zone": "Asia/Tokyo", "range_start": "22:00", "range_end": "07:00", "entry_until": "09:00", "exit_at": "15:00",
    }  # fmt: skip
    # Tokyo's 22:00 to 07:00 is 13:00 to 22:00 UTC; the day's break at 23:00 UTC is 08:00 there.
    quiet, broken = day((12, 1.1000), (12.25, 1.0990), (14, 1.1010), (23, 1.1020)), day((0.25, 1.1020))
    (trade,) = play(playground, market(quiet, broken), params).trades
    assert when(trade) == at(0, 23)
    assert trade.exit_time == at(1, 6) + 150_000_000
    (intent,) = playground.intents
    assert isinstance(intent, Intent)
    assert intent.stop == Decimal("1.099")


def test_the_week_that_opens_on_sunday_evening_is_mondays_morning_in_tokyo(playground: Playground) -> None:
    params = {
        "zone": "Asia/Tokyo", "range_start": "07:00", "range_end": "09:00", "entry_until": "11:00", "exit_at": "15:00",
    }  # fmt: skip
    sunday, monday = day((23.75, 1.1000)), day((0.5, 1.1020))
    bars = market(sunday, monday, start=MONDAY - DAY)
    (trade,) = play(playground, bars.take(bars.ts > MONDAY - 2 * HOUR), params).trades
    assert (when(trade), trade.exit_time) == (at(0, 0, 30), at(0, 6) + 150_000_000)


def test_a_night_of_which_less_than_half_was_seen_is_not_traded(playground: Playground) -> None:
    whole = market(day((8.5, 1.1020)))
    late = whole.take(whole.ts > at(0, 4, 15))
    assert play(playground, late).trades == []


def test_a_position_whose_evening_is_missing_in_the_data_is_left_on_the_next_bar(playground: Playground) -> None:
    whole = market(day((8.5, 1.1020)), day((0.25, 1.1020)))
    gap = whole.take((whole.ts <= at(0, 15)) | (whole.ts > at(1, 3)))
    (trade,) = play(playground, gap).trades
    assert (trade.exit_reason, trade.exit_time) == ("session", at(1, 3, 15) + 150_000_000)


_NEW_YORK = {
    "zone": "America/New_York", "range_start": "06:00", "range_end": "12:00", "entry_until": "16:45",
    "exit_at": "16:59",
}  # fmt: skip


def test_nothing_is_held_over_a_weekend_whatever_the_session_is(playground: Playground) -> None:
    friday = day((16.75, 1.1000), (17, 1.1010), (18, 1.1020))
    (trade,) = play(playground, market(friday[: 22 * 4], start=MONDAY + 4 * DAY), _NEW_YORK).trades
    assert (trade.exit_reason, trade.exit_time) == ("session", at(4, 21) + 150_000_000)


@pytest.mark.parametrize(("weekday", "intents"), [(3, 1), (4, 0)])
def test_nothing_is_begun_in_the_last_hour_of_the_week(playground: Playground, weekday: int, intents: int) -> None:
    late = day((17.25, 1.1000), (21.25, 1.1020))
    play(playground, market(late[: 22 * 4], start=MONDAY + weekday * DAY), _NEW_YORK)
    assert len(playground.intents) == intents


@pytest.mark.parametrize(
    ("params", "stop"),
    [
        ({}, "1.0990"),
        ({"stop_ranges": 2, "range_bars": 4}, "1.0985"),
        ({"stop_ranges": 2, "range_bars": 2}, "1.0990"),
        ({"max_stop_pct": 0.001}, "1.100898"),
    ],
)
def test_the_stop_lies_across_the_night_or_some_ranges_away_but_never_too_far(
    playground: Playground, params: Mapping[str, Any], stop: str
) -> None:
    play(playground, market(day((8.5, 1.1020))), params)
    (intent,) = playground.intents
    assert isinstance(intent, Intent)
    assert intent.stop is not None
    assert abs(intent.stop - Decimal(stop)) < Decimal("0.0000002")


def test_an_average_range_is_waited_for(playground: Playground) -> None:
    assert play(playground, market(day((8.5, 1.1020))), {"stop_ranges": 2, "range_bars": 48}).trades == []


def test_the_defaults_are_londons_night_and_morning() -> None:
    assert SessionBreakoutParams().plan == Plan(start=0, range=480, entry=660, exit=960)
    assert SessionBreakoutParams.model_validate({"range_start": "22:30"}).plan == Plan(1350, 570, 750, 1050)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"range_end": "12:00"}, "must follow each other within 24 hours"),
        ({"exit_at": "10:00"}, "must follow each other within 24 hours"),
        ({"range_end": "00:00"}, "must follow each other within 24 hours"),
        ({"zone": "Europe/Atlantis"}, "allowed is a time zone such as Europe/London"),
        ({"zone": "../London"}, "allowed is a time zone such as Europe/London"),
        ({"max_stop_pct": 0.2}, "less than or equal to 0.15"),
    ],
)
def test_what_makes_no_session_is_refused(params: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        SessionBreakoutParams.model_validate(params)
