# file: tests/core/market/catalog/testorigins.py
from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.core.market.catalog.catalog import Catalog
from tradingbot.core.market.catalog.origins import Origin, covered, origins, with_origin, without
from tradingbot.core.market.columns import Kind, PriceSide
from tradingbot.core.market.series import Series, Step

SERIES = Series(Kind.BARS, "BTCUSDT-LINEAR.BYBIT", Step(1, "m"), PriceSide.LAST)


def origin(start: int, end: int, *missing: tuple[int, int], endpoint: str = "here") -> Origin:
    return Origin("download", endpoint, 1, start, end, missing)


@st.composite
def spans(draw: st.DrawFn) -> Origin:
    start = draw(st.integers(1, 60))
    end = draw(st.integers(start, 80))
    first = draw(st.integers(start, end))
    missing = draw(st.sampled_from([(), ((first, draw(st.integers(first, end))),)]))
    return Origin(
        draw(st.sampled_from(["download", "live"])), draw(st.sampled_from(["a", "b"])), 1, start, end, missing
    )


def said(known: list[Origin], ts: int) -> list[tuple[str, str, bool]]:
    return [
        (each.source, each.endpoint, any(first <= ts <= last for first, last in each.missing))
        for each in known
        if each.start <= ts <= each.end
    ]


@given(new=st.lists(spans(), max_size=6))
def test_of_each_row_the_last_origin_that_was_recorded_holds(new: list[Origin]) -> None:
    known: list[Origin] = []
    for each in new:
        known = with_origin(known, each, 1)
    for ts in range(1, 81):
        last = next((each for each in reversed(new) if each.start <= ts <= each.end), None)
        assert said(known, ts) == ([] if last is None else said([last], ts))


@given(known=st.lists(spans(), max_size=1), start=st.integers(1, 80), end=st.integers(1, 80))
def test_what_is_deleted_has_no_origin_and_the_rest_keeps_its_own(known: list[Origin], start: int, end: int) -> None:
    kept = without(known, start, end)
    for ts in range(1, 81):
        assert said(kept, ts) == ([] if start <= ts <= end else said(known, ts))


@given(known=st.lists(spans(), max_size=5), first=st.integers(1, 80), last=st.integers(1, 80))
def test_a_period_is_covered_when_each_of_its_rows_was_asked_for(known: list[Origin], first: int, last: int) -> None:
    ordered = sorted(known, key=lambda each: each.start)
    assert covered(ordered, first, last, 1) == all(said(ordered, ts) for ts in range(first, last + 1))


def test_what_continues_an_origin_joins_it() -> None:
    assert with_origin([origin(1, 5, (2, 3))], origin(6, 9, (9, 9)), 1) == [origin(1, 9, (2, 3), (9, 9))]
    assert with_origin([origin(6, 9)], origin(1, 5), 1) == [origin(1, 9)]
    assert len(with_origin([origin(1, 5)], origin(7, 9), 1)) == 2
    assert len(with_origin([origin(1, 5)], origin(6, 9, endpoint="there"), 1)) == 2


def test_an_origin_is_written_with_the_transaction_and_goes_with_the_rows(catalog: Catalog) -> None:
    with catalog.writing() as writer:
        writer.note(SERIES, origin(1, 5, (2, 3)), 1)
        writer.note(SERIES, origin(6, 9), 1)
    assert origins(catalog.path, SERIES) == [origin(1, 9, (2, 3))]
    with catalog.writing() as writer:
        writer.note(SERIES, origin(10, 12), 1)
        writer.abandon()
    with catalog.writing() as writer:
        writer.forget(SERIES, 3, 4)
    assert origins(catalog.path, SERIES) == [origin(1, 2, (2, 2)), origin(5, 9)]
    with catalog.writing() as writer:
        writer.forget(SERIES, None, None)
    assert origins(catalog.path, SERIES) == []
    assert not list(catalog.path.glob("origins/**/*.json"))
