# file: tests/core/market/checks/testchecker.py
from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.market.checks.findings import NOW, T0, one
from tests.core.market.checks.findings import check as checked
from tradingbot.core.arrays import Ints
from tradingbot.core.errors import BadInput
from tradingbot.core.market.calendars.sessions import FOREX, Session
from tradingbot.core.market.checks.checker import Checker
from tradingbot.core.market.checks.defects import DefectKind, Findings, Severity, moment
from tradingbot.core.market.chunks import Chunk, stamps
from tradingbot.core.market.columns import OHLC, Bars, Funding, Kind, Marks, PriceSide, Quotes, Trades
from tradingbot.core.market.importers.opening import open_source
from tradingbot.core.market.importers.recipe import ReadOptions
from tradingbot.core.market.series import Step
from tradingbot.core.time import DAY, HOUR, MINUTE

ROWS = 2_000
M5 = Step(5, "m")


def clean(rows: int = ROWS, step: int = 5 * MINUTE, seed: int = 1) -> Bars:
    rng = np.random.default_rng(seed)
    close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 0.001, rows))), 2)
    opened = np.concatenate([[100.0], close])[:-1]
    high, low = np.maximum(opened, close) + 0.05, np.minimum(opened, close) - 0.05
    return Bars(T0 + step * np.arange(1, rows + 1), opened, high, low, close, rng.uniform(1, 9, rows))


def check(chunk: Chunk, kind: Kind = Kind.BARS, step: Step | None = M5, **options: Any) -> Findings:
    return checked(chunk, kind, step, **options)


def planted(**columns: dict[int, float]) -> Bars:
    bars = clean()
    changed = {name: getattr(bars, name).copy() for name in columns}
    for name, values in columns.items():
        for row, value in values.items():
            changed[name][row] = value
    return replace(bars, **changed)


def frozen(row: int, rows: int) -> Bars:
    bars, dead = clean(), np.arange(ROWS) // rows == row // rows
    price = {name: np.where(dead, bars.close[row], getattr(bars, name)) for name in OHLC}
    return replace(bars, **price)


def repeated(row: int, close: float | None = None) -> Bars:
    bars = clean()
    again = bars.take(slice(row, row + 1))
    again = again if close is None else replace(again, close=np.array([close]))
    return Bars.join([bars.take(slice(0, row + 1)), again, bars.take(slice(row + 1, None))])


def without(*rows: int) -> Bars:
    return clean().take(np.delete(np.arange(ROWS), rows))


def moved(row: int, ts: int) -> Bars:
    bars = clean()
    stamps = bars.ts.copy()
    stamps[row] = ts
    return replace(bars, ts=stamps)


def swapped(row: int) -> Bars:
    order = np.arange(ROWS)
    order[[row, row + 1]] = order[[row + 1, row]]
    return clean().take(order)


def finer_from(row: int) -> Bars:
    bars, later = clean(), clean(50, MINUTE)
    near = {name: getattr(later, name) * (bars.close[row] / 100) for name in OHLC}
    later = replace(later, ts=bars.ts[row] + MINUTE * np.arange(1, 51), **near)
    return Bars.join([bars.take(slice(0, row + 1)), later])


C = clean()
REFUSE, WARN = Severity.REFUSE, Severity.WARN

PLANTED: dict[str, tuple[Bars, DefectKind, Severity, int, int]] = {
    "nan": (planted(close={700: np.nan, 701: np.inf}), DefectKind.NAN, REFUSE, 2, 700),
    "no volume": (planted(volume={7: np.nan}), DefectKind.NAN, REFUSE, 1, 7),
    "zero price": (planted(low={5: 0.0}), DefectKind.NON_POSITIVE_PRICE, REFUSE, 1, 5),
    "negative price": (planted(low={5: -1.0, 9: -2.0}), DefectKind.NON_POSITIVE_PRICE, REFUSE, 2, 5),
    "upside down": (planted(high={8: C.low[8]}, low={8: C.high[8]}), DefectKind.HIGH_BELOW_LOW, REFUSE, 1, 8),
    "close outside": (planted(close={8: C.high[8] + 0.01}), DefectKind.OUTSIDE_RANGE, REFUSE, 1, 8),
    "open outside": (planted(open={1999: C.low[1999] - 0.01}), DefectKind.OUTSIDE_RANGE, REFUSE, 1, 1999),
    "negative volume": (planted(volume={0: -1.0}), DefectKind.NEGATIVE_VOLUME, REFUSE, 1, 0),
    "zero volume": (planted(volume={3: 0.0, 4: 0.0}), DefectKind.ZERO_VOLUME, WARN, 2, 3),
    "fat finger": (planted(high={900: 10 * C.close[899]}), DefectKind.SPIKE, WARN, 1, 900),
    "crash": (planted(low={1200: 0.7 * C.close[1199]}), DefectKind.SPIKE, WARN, 1, 1200),
    "duplicate": (repeated(600), DefectKind.DUPLICATE_SAME, REFUSE, 1, 601),
    "conflict": (repeated(600, C.open[600]), DefectKind.DUPLICATE_CONFLICTING, REFUSE, 1, 601),
    "swapped": (swapped(44), DefectKind.OUT_OF_ORDER, REFUSE, 1, 45),
    "appended again": (Bars.join([C, C.take(slice(10, 13))]), DefectKind.DUPLICATE_SAME, REFUSE, 3, ROWS),
    "gap": (without(50, 51, 52, 900), DefectKind.GAP, WARN, 4, 50),
    "large hole": (without(*range(100, 300)), DefectKind.GAP, REFUSE, 200, 100),
    "every third absent": (without(*range(1, 1998, 3)), DefectKind.GAP, REFUSE, 666, 1),
    "future": (moved(1999, NOW + 1), DefectKind.FUTURE_TIME, REFUSE, 1, 1999),
    "seventies": (moved(30, T0 // 1000), DefectKind.ABSURD_TIME, REFUSE, 1, 30),
    "crooked": (moved(30, int(C.ts[30]) + 7_000_000_000), DefectKind.MISALIGNED, REFUSE, 1, 30),
    "finer": (finer_from(1500), DefectKind.MIXED_STEP, REFUSE, 50, 1501),
    "stale": (frozen(700, 70), DefectKind.STALE, WARN, 69, 701),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_named_counted_and_placed(name: str) -> None:
    bars, kind, severity, count, row = PLANTED[name]
    found = one(check(bars), kind)
    assert (found.severity, found.count, found.first_row) == (severity, count, row)
    assert found.first_time == bars.ts[row]
    assert moment(int(bars.ts[row])) in str(found)


QUIET = {"fat finger", "crash", "zero volume", "gap", "stale"}


@pytest.mark.parametrize("name", sorted(set(PLANTED) - QUIET - {"large hole", "every third absent"}))
def test_a_planted_defect_raises_no_other_refusal(name: str) -> None:
    bars, kind, *_ = PLANTED[name]
    allowed = {kind}
    allowed |= {DefectKind.OUT_OF_ORDER} if name == "appended again" else set()
    allowed |= {DefectKind.NON_POSITIVE_PRICE} if "price" in name else set()
    assert {defect.kind for defect in check(bars).refusals} <= allowed


def test_clean_bars_have_no_defect() -> None:
    found = check(clean(), tick=0.01)
    assert found.defects == ()
    assert (found.rows, found.first_ts, found.last_ts) == (ROWS, C.ts[0], C.ts[-1])


@pytest.mark.parametrize("rows", [1, 7, 512, 777])
@pytest.mark.parametrize("name", PLANTED)
def test_chunks_never_change_the_findings(name: str, rows: int) -> None:
    bars = PLANTED[name][0]
    if rows == 1 and name not in ("appended again", "finer", "fat finger"):
        bars = bars.take(slice(0, 60))
    assert check(bars, chunk_rows=rows) == check(bars)


@settings(max_examples=25)
@given(st.data())
def test_chunks_never_change_the_findings_of_random_rubbish(data: st.DataObject) -> None:
    rows = data.draw(st.integers(2, 120))
    seconds = data.draw(st.lists(st.integers(0, 60), min_size=rows, max_size=rows))
    prices = data.draw(
        st.lists(st.sampled_from([1.0, 1.0, 1.1, 20.0, -1.0, 0.0, float("nan")]), min_size=rows, max_size=rows)
    )
    price = np.array(prices)
    bars = Bars(T0 + MINUTE * np.array(seconds, np.int64), price, price[::-1], price, price, price)
    sizes = data.draw(st.integers(1, rows))
    assert check(bars, step=Step(1, "m"), chunk_rows=sizes) == check(bars, step=Step(1, "m"))


def test_another_bar_length_than_declared_is_said_and_no_gaps_are_counted() -> None:
    found = check(clean(), step=Step(1, "m"))
    assert [defect.kind for defect in found.refusals] == [DefectKind.WRONG_STEP]
    assert "use --bar 5m" in found.refusals[0].sentence


def test_coarser_bars_inside_are_a_mixed_step_and_no_gaps() -> None:
    coarse = clean(40, HOUR)
    bars = Bars.join([C, replace(coarse, ts=C.ts[-1] // HOUR * HOUR + HOUR * np.arange(1, 41))])
    found = check(bars)
    mixed = one(found, DefectKind.MIXED_STEP)
    assert (mixed.count, mixed.first_row, "1h" in mixed.sentence) == (39, ROWS + 1, True)
    gap = one(found, DefectKind.GAP)
    assert gap.count < 12


@pytest.mark.parametrize("absent", [range(100, 300), range(1, 1998, 2), range(1, 20, 2)])
def test_where_each_bar_was_asked_for_absent_ones_only_warn(absent: range) -> None:
    checker = Checker(Kind.BARS, M5, None, None, NOW, asked=True)
    checker.feed(without(*absent))
    assert [(each.kind, each.severity, each.count) for each in checker.finish().defects] == [
        (DefectKind.GAP, WARN, len(absent))
    ]


def test_late_rows_do_not_make_gaps_and_prices_between_steps_are_counted() -> None:
    assert check(swapped(44)).of(DefectKind.GAP) is None
    found = one(check(planted(high={4: 200.005}), tick=0.01), DefectKind.OFF_TICK)
    assert (found.count, found.first_row, found.severity) == (1, 4, WARN)


def test_no_rows_are_a_defect_and_bars_need_a_step() -> None:
    assert [defect.kind for defect in check(clean(0)).refusals] == [DefectKind.EMPTY_FILE]
    with pytest.raises(BadInput, match="name it with --bar"):
        Checker(Kind.BARS, None, None, None, NOW)


def weeks(shift_hours: float = 0, step: int = HOUR, early: bool = False, start: int = T0 + 4 * DAY) -> Bars:
    """Hourly forex bars of eight weeks that open Sunday 17:00 in New York, on a clock that is ahead of UTC."""
    ts = start // HOUR * HOUR + step * np.arange(1, 8 * 7 * DAY // step)
    ts = ts[FOREX.is_open(ts, step)]
    bars = clean(len(ts))
    return replace(bars, ts=ts + int(shift_hours * HOUR) - (step if early else 0))


def test_weekends_are_no_gaps_and_show_a_wrong_clock() -> None:
    assert check(weeks(), step=Step(1, "h"), session=FOREX).defects == ()
    found = one(check(weeks(3), step=Step(1, "h"), session=FOREX), DefectKind.WRONG_TIMEZONE)
    assert (found.severity, found.sentence.endswith("use --tz +03:00")) == (REFUSE, True)


@pytest.mark.parametrize("step", ["15m", "1h"])
def test_open_stamps_show_at_the_weekends(step: str) -> None:
    length = Step.parse(step)
    found = check(weeks(step=length.ns, early=True), step=length, session=FOREX)
    assert [defect.kind for defect in found.refusals] == [DefectKind.OPEN_STAMPED]
    assert "--stamp open" in found.refusals[0].sentence


def sided(cross: list[int]) -> dict[PriceSide, Bars]:
    bars = clean()
    spread = np.full(ROWS, 0.02)
    spread[cross] = -0.02
    shifted = {name: getattr(bars, name) + spread for name in OHLC}
    return {PriceSide.BID: bars, PriceSide.ASK: replace(bars, **shifted)}


@pytest.mark.parametrize(("rows", "severity"), [([9, 11], WARN), (list(range(9, 500)), REFUSE)])
def test_crossed_sides_warn_now_and_then_and_refuse_when_mixed_up(rows: list[int], severity: Severity) -> None:
    found = one(check(sided(rows)), DefectKind.CROSSED_QUOTE)
    assert (found.count, found.first_row, found.severity) == (len(rows), 9, severity)


def quotes(**columns: list[float]) -> Quotes:
    given_ones = {"bid": [1.0] * 4, "ask": [1.1] * 4, "bid_size": [5.0] * 4, "ask_size": [5.0] * 4} | columns
    return Quotes(T0 + np.array([1, 1, 2, 3]) * MINUTE, *(np.array(column) for column in given_ones.values()))


def trades(price: list[float], size: list[float], ids: list[str], times: list[int]) -> Trades:
    rows = len(price)
    return Trades(T0 + np.array(times) * MINUTE, np.array(price), np.array(size), np.ones(rows, np.int8), np.array(ids))


TICKS: dict[str, tuple[Chunk, Kind, DefectKind, int, int]] = {
    "crossed": (quotes(ask=[1.1, 1.1, 0.9, 1.1]), Kind.QUOTES, DefectKind.CROSSED_QUOTE, 1, 2),
    "negative size": (quotes(bid_size=[5, 5, 5, -1]), Kind.QUOTES, DefectKind.BAD_SIZE, 1, 3),
    "zero size": (quotes(bid_size=[0, 5, 0, 5]), Kind.QUOTES, DefectKind.ZERO_SIZE, 2, 0),
    "same quote": (quotes(), Kind.QUOTES, DefectKind.DUPLICATE_SAME, 1, 1),
    "empty trade": (trades([1, 1], [0, 1], ["a", "b"], [1, 1]), Kind.TRADES, DefectKind.BAD_SIZE, 1, 0),
    "same trade": (
        trades([1, 1, 1], [1, 1, 1], ["a", "b", "b"], [1, 1, 1]), Kind.TRADES, DefectKind.DUPLICATE_SAME, 1, 2,
    ),
    "late trade": (trades([1, 1], [1, 1], ["a", "b"], [2, 1]), Kind.TRADES, DefectKind.OUT_OF_ORDER, 1, 1),
    "nan mark": (Marks(T0 + MINUTE * np.arange(2), np.array([1.0, np.nan])), Kind.MARKS, DefectKind.NAN, 1, 1),
}  # fmt: skip


@pytest.mark.parametrize("rows", [1, 9])
@pytest.mark.parametrize("name", TICKS)
def test_ticks_and_marks_have_their_own_defects(name: str, rows: int) -> None:
    chunk, kind, defect, count, row = TICKS[name]
    found = one(check(chunk, kind, None, chunk_rows=rows), defect)
    assert (found.count, found.first_row, found.first_time) == (count, row, stamps(chunk)[row])


def funding(hours: list[float], interval: int = 480, rate: float = 0.0001) -> Funding:
    ts: Ints = T0 + (np.array(hours) * HOUR).astype(np.int64)
    return Funding(ts, np.full(len(ts), rate), np.full(len(ts), interval))


@pytest.mark.parametrize(
    ("chunk", "kind", "severity", "count", "row"),
    [
        (funding([0, 8, 24, 32]), DefectKind.GAP, WARN, 1, 2),
        (funding([3, 11, 19, 27]), DefectKind.WRONG_TIMEZONE, REFUSE, 4, 0),
        (funding([0, 8, 17, 24]), DefectKind.MISALIGNED, WARN, 1, 2),
        (funding([0, 8, 16], rate=1.0), DefectKind.ABSURD_RATE, WARN, 3, 0),
    ],
)
def test_funding_has_its_own_defects(
    chunk: Funding, kind: DefectKind, severity: Severity, count: int, row: int
) -> None:
    found = one(check(chunk, Kind.FUNDING, None, chunk_rows=2), kind)
    assert (found.severity, found.count, found.first_row) == (severity, count, row)


def test_funding_a_few_ms_late_is_fine() -> None:
    assert check(funding([0, 8.000002, 16.000001]), Kind.FUNDING, None).defects == ()


def real(path: Path, kind: Kind, session: Session | None, tick: float | None = None) -> Findings:
    source = open_source(path, kind, ReadOptions())
    checker = Checker(kind, source.step, tick, session, 2**62 // 10 * 9)
    for chunk in source.chunks():
        checker.feed(chunk)
    return checker.finish()


GAP, SPIKE, ZERO = DefectKind.GAP, DefectKind.SPIKE, DefectKind.ZERO_VOLUME

REAL: list[tuple[str, Kind, Session | None, set[DefectKind]]] = [
    ("crypto_perp/bybit/BTCUSDT-PERP.5m.parquet", Kind.BARS, None, {DefectKind.SPIKE}),
    ("crypto_perp/bybit/BTCUSDT-PERP.funding.parquet", Kind.FUNDING, None, set()),
    ("crypto_perp/bybit/BTCUSDT-PERP.mark.1h.parquet", Kind.MARKS, None, set()),
    ("crypto_perp/binance/BTCUSDT-PERP.funding.2020s.parquet", Kind.FUNDING, None, set()),
    ("crypto_perp/binance/BTCUSDT-PERP.1m.parquet", Kind.BARS, None, {SPIKE}),
    ("crypto_spot/binance/BTCUSDT.1h.parquet", Kind.BARS, None, {GAP, ZERO, SPIKE}),
    ("crypto_spot/bitfinex/LTCUSD.1m.2018.parquet", Kind.BARS, None, {GAP, SPIKE}),
    ("forex/mt5/EURUSD.1m.2020.parquet", Kind.BARS, FOREX, {DefectKind.GAP}),
    ("forex/mt5/GBPUSD.1h.parquet", Kind.BARS, FOREX, {GAP, SPIKE}),
    ("forex/oanda/EURUSD.1h.bidask.parquet", Kind.BARS, FOREX, {GAP, ZERO}),
    ("forex/oanda/EURUSD.ticks.parquet", Kind.QUOTES, FOREX, {DefectKind.DUPLICATE_SAME}),
    ("forex/fxcm/GBPUSD.1m.bidask.2012.parquet", Kind.BARS, FOREX, {GAP, ZERO, DefectKind.CROSSED_QUOTE}),
    ("ticks/binance_BTCUSDT-PERP.20240808.trades.parquet", Kind.TRADES, None, set()),
]  # fmt: skip


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "kind", "session", "warned"), REAL)
def test_real_files_are_warned_about_and_not_refused(
    name: str, kind: Kind, session: Session | None, warned: set[DefectKind], realdata: Path
) -> None:
    found = real(realdata / name, kind, session)
    assert found.refusals == ()
    assert {defect.kind for defect in found.warnings} == warned


@pytest.mark.realdata
def test_the_flash_crash_of_october_2025_is_a_spike_that_only_warns(realdata: Path) -> None:
    found = real(realdata / "crypto_perp/bybit/SOLUSDT-PERP.5m.parquet", Kind.BARS, None, 0.01)
    spike = one(found, DefectKind.SPIKE)
    assert spike.severity is WARN
    assert "at 2025-10-10 21:20:00" in spike.sentence


@pytest.mark.realdata
def test_a_part_of_years_without_bars_is_refused(realdata: Path) -> None:
    found = real(realdata / "forex/oanda/EURUSD.1m.bidask.parquet", Kind.BARS, FOREX)
    assert [defect.kind for defect in found.refusals] == [DefectKind.GAP]
    assert "from 2014-05-16 00:00:00 to 2018-04-03 00:01:00" in found.refusals[0].sentence


@pytest.mark.realdata
def test_a_funding_file_on_another_clock_is_refused(realdata: Path) -> None:
    folder = realdata / "raw/supervik__historical-funding-rates-fetcher/data/BTC-USDT"
    found = one(real(next(iter(folder.glob("*bybit*.csv"))), Kind.FUNDING, None), DefectKind.WRONG_TIMEZONE)
    assert "use --tz +03:00" in found.sentence
