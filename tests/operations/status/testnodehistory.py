# file: tests/operations/status/testnodehistory.py
"""Reading what is new, whenever and however often, comes to the same as reading all of it at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.portfolio.equity import EquityPoint
from tradingbot.core.portfolio.metrics import summary
from tradingbot.core.portfolio.trade import Trade
from tradingbot.core.runtime.statefile import create_statement
from tradingbot.core.time import DAY
from tradingbot.operations.status.nodehistory import NodeHistory, downsampled, performance_of, strategy_performance

START = 20_000 * DAY
STEP = DAY // 4

STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(1, 30_000),
        st.booleans(),
        st.none() | st.integers(-900, 900),
        st.sampled_from([0, 0, 0, 700, -300]),
    ),
    min_size=1,
    max_size=60,
)
"""Quarter days later, equity, whether somebody looks afterwards, the result of a trade that closed, what was put in."""


@contextmanager
def state() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        for table in ("equity", "trades", "transfers"):
            database.execute(create_statement(table))
        yield database


def put(database: sqlite3.Connection, number: int, pnl: int, risked: str | None = "100", strategy: str = "A") -> None:
    row = (number, strategy, "BTC", "LONG", "1", 0, "1", 1, "1", "0", "0", "0", str(pnl), "stop", risked)
    database.execute(f"INSERT INTO trades VALUES ({','.join('?' * len(row))})", row)


def same(pnl: int) -> Trade:
    zero = Decimal(0)
    return Trade(
        id=1, strategy="A", instrument="BTC", side="LONG", quantity=Decimal(1), entry_time=START, entry_price=zero,
        exit_time=START + 1, exit_price=zero, multiplier=Decimal(1), gross=zero, fees=zero, funding=zero,
        pnl=Decimal(pnl), slippage=zero, notional=zero, traded_notional=zero, exit_reason="stop", fills=2,
    )  # fmt: skip


@given(STEPS, st.sampled_from([252, 365]))
def test_whenever_it_looks_the_numbers_are_those_of_the_reports(
    steps: list[tuple[int, int, bool, int | None, int]], days_per_year: int
) -> None:
    ts, marks, trades = START, {START: Decimal(10_000)}, list[Trade]()
    points = [EquityPoint(START, Decimal(10_000))]
    flows = list[tuple[int, Decimal]]()
    with state() as database:
        book = NodeHistory(START, Decimal(10_000))
        for later, equity, looks, pnl, flow in steps:
            ts += later * STEP
            before = Decimal(equity - flow)
            if flow and later and before > 0:
                flows.append((ts, Decimal(flow)))
                points += [EquityPoint(ts - 1, before), EquityPoint(ts, Decimal(equity))]
                database.execute("INSERT INTO transfers VALUES (?, ?, ?, ?)", (len(flows), ts, str(flow), str(before)))
            if ts > START:
                if ts in marks:
                    points.pop()
                marks[ts] = Decimal(equity)
                points.append(EquityPoint(ts, Decimal(equity)))
                database.execute("INSERT OR REPLACE INTO equity VALUES (?, ?, '0')", (ts, str(equity)))
            if pnl is not None:
                trades.append(same(pnl))
                put(database, len(trades), pnl)
            if looks:
                book.read(database)
                performance_of(book, days_per_year)
        book.read(database)
        assert book.goes_on(database)
    found = performance_of(book, days_per_year)
    wanted = summary(trades, points, days_per_year=days_per_year, transfers=flows)
    assert (found.trades, found.pnl, found.equity) == (wanted.trades, wanted.net_pnl, wanted.end_equity)
    assert (found.realised_pnl, found.pnl) == (wanted.realised_pnl, found.realised_pnl + found.open_pnl)
    shown = {"sharpe", "sortino", "cvar_5", "win_rate", "profit_factor"}
    assert found.unreliable == tuple(item for item in wanted.unreliable if item.name in shown)
    assert found.max_drawdown == pytest.approx(wanted.max_drawdown)
    for name in ("sharpe", "sortino", "cvar_5", "win_rate", "profit_factor"):
        assert getattr(found, name) == pytest.approx(getattr(wanted, name))
    assert found.reward_points == (pytest.approx(sum(float(trade.pnl) / 100 for trade in trades)) if trades else None)
    assert book.curve()[1].tolist() == [float(equity) for equity in marks.values()]


def test_what_was_taken_out_of_the_file_is_missed() -> None:
    with state() as database:
        book = NodeHistory(START, Decimal(10_000))
        put(database, 1, 250)
        database.execute("INSERT INTO equity VALUES (?, '10', '10')", (START + 1,))
        assert book.goes_on(database)
        book.read(database)
        assert book.goes_on(database)
        database.execute("DELETE FROM equity")
        assert not book.goes_on(database)


def test_reward_points_are_what_was_won_in_units_of_what_was_risked() -> None:
    with state() as database:
        book = NodeHistory(START, Decimal(10_000))
        put(database, 1, 250)
        put(database, 2, -100, strategy="B")
        put(database, 3, 70, risked=None)
        book.read(database)
    assert performance_of(book, 365).reward_points == pytest.approx(1.5)
    assert strategy_performance(book.of["B"]).reward_points == pytest.approx(-1.0)
    assert strategy_performance(book.of["A"]).trades == 2


def test_without_a_known_risk_there_are_no_points() -> None:
    with state() as database:
        book = NodeHistory(START, Decimal(10_000))
        put(database, 1, 70, risked=None)
        book.read(database)
    assert performance_of(book, 365).reward_points is None


VALUES = st.lists(st.floats(1, 1e6), min_size=1, max_size=500)


@given(VALUES, st.integers(4, 240))
def test_ends_peak_and_trough_survive_and_it_is_short(values: list[float], most: int) -> None:
    found = downsampled(range(len(values)), values, most)
    assert len(found) <= max(most, 0)
    assert (found[0], found[-1]) == ((0, values[0]), (len(values) - 1, values[-1]))
    heights = [height for _, height in found]
    assert (max(heights), min(heights)) == (max(values), min(values))
    assert [place for place, _ in found] == sorted({place for place, _ in found})
    assert all(values[place] == height for place, height in found)
