# file: tests/strategies/testshortput.py
from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from strategies.shortput import ShortPutParams
from tests.strategies.strategyfixture import HOUR, MINUTE, MONDAY, Playground, along
from tradingbot.core.lane import Lane
from tradingbot.core.market.columns import Bars, Kind, Quotes
from tradingbot.core.market.instruments.listings import option_contract
from tradingbot.core.market.series import Series
from tradingbot.core.messages.intent import Side, SpreadIntent
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.result import Result
from tradingbot.core.time import DAY

type Chain = dict[int, float]

SPY = "SPY=STK.SMART"
FIRST = MONDAY + 28 * DAY
"""2025-02-03, a Monday; the session is 14:30 to 21:00 UTC. 2025-02-17 is a holiday."""
DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 15)
FRIDAY = FIRST + 11 * DAY + 21 * HOUR
"""The expiry, 2025-02-14."""
LATENCY = 250_000_000
CALM: Chain = {470: 0.50, 475: 0.80, 480: 1.20, 485: 2.00, 490: 3.20, 495: 5.00, 500: 7.50}
"""Mid prices of puts while the share costs 500; a strike's chance is the slope: (5.00 - 2.00) / 10 at 490."""
QUICK = {"nearest": 3, "farthest": 20, "chance": 0.31}
"""Sells 490 and buys 475: 15 dollars apart, 3.15 - 0.85 = 2.30 of credit at the quotes, five cents off the mid."""


def market(
    playground: Playground,
    chains: Sequence[Chain] = (CALM,),
    prices: Sequence[float] = (500.0,),
    expiries: Sequence[int] = (FRIDAY,),
    unquoted: Mapping[int, int] | None = None,
) -> None:
    """Write the share and its puts: an element a trading day, the last one for all days after it. Quotes come every
    half hour from 15:00 to 21:00; those of a strike in `unquoted` end with that trading day."""
    days = list(enumerate(DAYS))
    stretches = [
        along([prices[min(number, len(prices) - 1)]] * 27, "15m", FIRST + day * DAY + 29 * 30 * MINUTE)
        for number, day in days
    ]
    playground.bars(SPY, Bars.join(stretches), "15m")
    puts = [(option_contract(SPY, expiry, Decimal(at), "P"), at) for expiry in expiries for at in chains[0]]
    with playground.catalog.writing() as writer:
        for put, at in puts:
            last = (unquoted or {}).get(at, len(DAYS))
            mids = [(day, chains[min(number, len(chains) - 1)][at]) for number, day in days if number <= last]
            writer.add(Series(Kind.QUOTES, str(put.id)), put, quotes(mids, put.expiration_ns))
    playground.catalog.write_instruments([put for put, _ in puts])


def quotes(mids: Sequence[tuple[int, float]], expiry: int) -> Quotes:
    """Return half-hourly quotes five cents beside a mid price for each day, until the expiry."""
    halves = np.arange(30, 43) * 30 * MINUTE
    ts = np.concatenate([FIRST + day * DAY + halves for day, _ in mids]).astype(np.int64)
    mid = np.repeat([price for _, price in mids], len(halves))
    kept = ts < expiry
    size = np.full(int(kept.sum()), 100.0)
    return Quotes(ts[kept], np.round(mid - 0.05, 2)[kept], np.round(mid + 0.05, 2)[kept], size, size)


def play(playground: Playground, params: Mapping[str, Any] | None = None, **fields: Any) -> Result:
    values = {**QUICK, **(params or {})}
    spec = "strategies.shortput:ShortPut"
    return playground.run(spec, SPY, values, Lane.OPTIONS, bar="15m", **{"equity": "1000000 USD"} | fields).result


def strike(trade: Trade) -> int:
    return int(trade.instrument[13:21]) // 1_000 if "=OPT" in trade.instrument else 0


def by_strike(result: Result) -> dict[int, Trade]:
    assert len({strike(trade) for trade in result.trades}) == len(result.trades)
    return {strike(trade): trade for trade in result.trades}


def sold(playground: Playground) -> list[tuple[Side, str, Decimal]]:
    intent = playground.intents[0]
    assert isinstance(intent, SpreadIntent)
    return [(leg.side, leg.instrument[6:21], leg.price) for leg in intent.legs]


def test_the_highest_put_of_small_enough_chance_is_sold_and_one_below_it_bought(playground: Playground) -> None:
    market(playground)
    result = play(playground, {"exit_days": 0})
    assert sold(playground) == [
        (Side.SHORT, "250214P00490000", Decimal("3.15")),
        (Side.LONG, "250214P00475000", Decimal("0.85")),
    ]
    (intent,) = playground.intents
    assert isinstance(intent, SpreadIntent)
    assert (intent.price, intent.max_loss) == (Decimal("500.00"), Decimal("12.70"))
    legs = by_strike(result)
    # 2 % of 1,000,000 over 1,270 a contract; bought before sold, so that nothing is ever uncovered.
    assert legs[490].quantity == legs[475].quantity == 15
    assert legs[475].entry_time < legs[490].entry_time


def test_what_expires_worthless_keeps_the_whole_credit(playground: Playground) -> None:
    market(playground)
    result = play(playground, {"exit_days": 0})
    legs = by_strike(result)
    assert [(legs[at].side, legs[at].exit_reason, legs[at].exit_time) for at in (490, 475)] == [
        ("SHORT", "expiry", FRIDAY),
        ("LONG", "expiry", FRIDAY),
    ]
    assert legs[490].gross == Decimal("3.15") * 1500
    assert legs[475].gross == Decimal("-0.85") * 1500
    assert legs[490].fees == legs[475].fees == Decimal("0.65") * 15
    assert result.summary.net_pnl == Decimal("2.30") * 1500 - Decimal("19.50")


def test_a_crash_below_both_strikes_costs_what_was_said_before(playground: Playground) -> None:
    market(playground, prices=(500.0,) * 9 + (470.0,))
    result = play(playground, {"exit_days": 0, "loss_multiple": None})
    (intent,) = playground.intents
    assert isinstance(intent, SpreadIntent)
    # The long put sells 1,500 shares at 475, the short one is assigned as many at 490.
    assert result.summary.net_pnl == -intent.max_loss * 1500 - Decimal("19.50")
    shares = by_strike(result)[0]
    assert (shares.quantity, shares.gross, shares.fees) == (Decimal(1500), Decimal(-22_500), Decimal(0))
    assert result.open == []


def test_what_is_assigned_between_the_strikes_is_sold_at_the_next_open(playground: Playground) -> None:
    market(playground, prices=(500.0,) * 9 + (485.0, 480.0))
    result = play(playground, {"exit_days": 0, "loss_multiple": None})
    shares = by_strike(result)[0]
    assert (shares.side, shares.quantity, shares.entry_price, shares.exit_reason) == (
        "LONG",
        Decimal(1500),
        Decimal(490),
        "assignment",
    )
    assert shares.exit_time == FIRST + 15 * DAY + 14 * HOUR + 30 * MINUTE + LATENCY
    # Half a spread of half a basis point below 480, on the cent, and a commission of 0.1 basis points.
    assert shares.gross == (Decimal("479.98") - 490) * 1500
    net = Decimal("2.30") * 1500 - Decimal("19.50") + shares.gross - shares.fees
    assert result.summary.net_pnl == net


def test_half_of_the_credit_is_enough_and_the_short_leg_is_bought_back_first(playground: Playground) -> None:
    market(playground, [CALM, CALM | {490: 1.00, 475: 0.20}])
    result = play(playground, {"structures": 1})
    legs = by_strike(result)
    assert {legs[at].exit_reason for at in (490, 475)} == {"target"}
    assert (legs[490].exit_price, legs[475].exit_price) == (Decimal("1.05"), Decimal("0.15"))
    assert (legs[490].exit_time or 0) < (legs[475].exit_time or 0)
    paid = Decimal("1.05") - Decimal("0.15")
    assert result.summary.net_pnl == (Decimal("2.30") - paid) * 1500 - 4 * Decimal("9.75")


@pytest.mark.parametrize(("share", "trades"), [(0.6, 2), (0.62, 0)])
def test_the_profit_share_decides_when_it_is_enough(playground: Playground, share: float, trades: int) -> None:
    market(playground, [CALM, CALM | {490: 1.00, 475: 0.20}])
    result = play(playground, {"profit_share": share, "exit_days": 0, "structures": 1}, end="2025-02-10")
    assert len(result.trades) == trades


@pytest.mark.parametrize(("multiple", "reason"), [(3.0, "stop"), (3.1, "time"), (None, "time")])
def test_a_loss_of_some_credits_is_taken(playground: Playground, multiple: float | None, reason: str) -> None:
    # 12.05 - 2.75 to buy back what brought 2.30: a loss of 7.00, which is 3.04 credits.
    market(playground, [CALM, CALM | {490: 12.00, 475: 2.80}])
    result = play(playground, {"loss_multiple": multiple, "structures": 1})
    legs = by_strike(result)
    assert {legs[at].exit_reason for at in (490, 475)} == {reason}
    assert result.summary.net_pnl == (Decimal("2.30") - Decimal("9.30")) * 1500 - 4 * Decimal("9.75")


@pytest.mark.parametrize(("days", "left"), [(3, 8), (1, 10)])
def test_it_is_bought_back_some_days_before_expiry(playground: Playground, days: int, left: int) -> None:
    market(playground)
    legs = by_strike(play(playground, {"exit_days": days, "nearest": 9}))
    assert {legs[at].exit_reason for at in (490, 475)} == {"time"}
    # Decided at the close of the day, filled at the next day's first quotes.
    assert legs[490].exit_time == FIRST + (left + 1) * DAY + 15 * HOUR


def test_an_expiry_is_sold_once_however_it_ended(playground: Playground) -> None:
    market(playground, [CALM, CALM | {490: 12.00, 475: 2.80}, CALM])
    play(playground, {"nearest": 3})
    assert len(playground.intents) == 1


def test_a_long_put_that_is_no_longer_quoted_does_not_hide_the_profit(playground: Playground) -> None:
    market(playground, [CALM, CALM | {490: 0.90, 475: 0.06}, CALM | {490: 0.80}], unquoted={475: 1})
    result = play(playground, {"profit_share": 0.6, "structures": 1})
    legs = by_strike(result)
    assert (legs[490].exit_reason, legs[475].exit_reason) == ("target", "expiry")


@pytest.mark.parametrize(
    ("params", "strikes"),
    [
        ({"chance": 0.21}, (485, 470)),
        ({"width": 0.02}, (490, 480)),
        ({"chance": 0.05}, ()),
        ({"least_credit": 0.154}, ()),
        ({"least_credit": 0.153}, (490, 475)),
    ],
)
def test_chance_width_and_credit_choose_the_strikes(
    playground: Playground, params: Mapping[str, Any], strikes: tuple[int, ...]
) -> None:
    market(playground)
    play(playground, {"least_credit": 0.0, **params}, end="2025-02-04")
    assert tuple(int(leg[1][-8:]) // 1_000 for leg in (sold(playground) if playground.intents else [])) == strikes


@pytest.mark.parametrize(
    ("params", "intents"),
    [({"nearest": 12}, 0), ({"nearest": 11}, 1), ({"nearest": 9, "farthest": 10}, 0), ({"farthest": 12}, 1)],
)
def test_only_an_expiry_in_the_window_is_sold(playground: Playground, params: Mapping[str, Any], intents: int) -> None:
    market(playground)
    play(playground, {"nearest": 11, "farthest": 12, **params}, end="2025-02-04")
    assert len(playground.intents) == intents


@pytest.mark.parametrize(("structures", "expiries"), [(1, ["250228"]), (2, ["250228", "250214"])])
def test_one_expiry_a_day_is_sold_the_farthest_first_until_there_are_enough(
    playground: Playground, structures: int, expiries: list[str]
) -> None:
    market(playground, expiries=(FRIDAY, FRIDAY + 14 * DAY))
    play(playground, {"structures": structures, "farthest": 30}, end="2025-02-06")
    legs = [intent.legs[0] for intent in playground.intents if isinstance(intent, SpreadIntent)]
    assert [leg.instrument[6:12] for leg in legs] == expiries
    days = [(intent.ts - FIRST) // DAY for intent in playground.intents]
    assert days == list(range(structures))


@pytest.mark.parametrize(("minutes", "hour"), [(10, None), (45, 15.25)])
def test_old_quotes_are_not_acted_on(playground: Playground, minutes: int, hour: float | None) -> None:
    market(playground)
    play(playground, {"quote_minutes": minutes}, end="2025-02-04")
    assert [(intent.ts - FIRST) / HOUR for intent in playground.intents] == ([] if hour is None else [hour])


def test_the_credit_is_what_the_legs_were_filled_at(playground: Playground) -> None:
    """The quotes promised 2.30; filled at 2.80 and bought back at 1.40, half of what was received."""
    market(playground, [CALM, CALM | {490: 1.60, 475: 0.30}])
    put = option_contract(SPY, FRIDAY, Decimal(490), "P")
    at = FIRST + np.array([31, 32], np.int64) * 30 * MINUTE
    playground.catalog.delete(str(put.id), start=int(at[0]), end=int(at[-1]))
    size = np.full(2, 100.0)
    playground.catalog.write_quotes(put, Quotes(at, np.full(2, 3.65), np.full(2, 3.75), size, size))
    legs = by_strike(play(playground, {"structures": 1}))
    assert (legs[490].entry_price, legs[490].exit_price) == (Decimal("3.65"), Decimal("1.65"))
    assert legs[490].exit_reason == "target"


def test_no_leg_is_ever_sold_uncovered(playground: Playground) -> None:
    market(playground, [CALM, CALM | {490: 1.00, 475: 0.20}])
    legs = by_strike(play(playground, {"structures": 1}))
    short, long = legs[490], legs[475]
    assert long.entry_time <= short.entry_time
    assert (short.exit_time or 0) <= (long.exit_time or 0)


def test_an_empty_config_is_valid() -> None:
    assert ShortPutParams().structures >= 1


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"exit_days": 21}, "allowed is exit_days below nearest, and nearest up to farthest"),
        ({"nearest": 46}, "exit_days, nearest and farthest were 2, 46 and 45"),
        ({"chance": 0.6}, "less than or equal to 0.5"),
        ({"width": 0.2}, "less than or equal to 0.15"),
    ],
)
def test_what_makes_no_sense_is_refused(params: Mapping[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        ShortPutParams.model_validate(params)
