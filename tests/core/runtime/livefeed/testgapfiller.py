# file: tests/core/runtime/livefeed/testgapfiller.py
from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.core.runtime.livefeed.gapfiller import Gap, GapFiller, Patience, Values

_STEP = 10
_MOST = 1_000 * _STEP


def _next(ts: int) -> int:
    return (ts // _STEP + 1) * _STEP


def _row(number: int) -> tuple[int, Values]:
    return number * _STEP, (float(number),)


def _filler(until: int = 0, **values: object) -> GapFiller:
    return GapFiller(until * _STEP, _next, Patience(), **values)  # type: ignore[arg-type]


def _all(filler: GapFiller, now: float = 0.0) -> tuple[list[int], list[Gap]]:
    """Return the numbers of the rows handed on, and the gaps that ended or go on."""
    numbers, gaps = list[int](), list[Gap]()
    while (handed := filler.take(now)) is not None:
        numbers += [ts // _STEP for ts in handed.rows]
        if handed.gap is not None and handed.gap not in gaps:
            gaps.append(handed.gap)
    return numbers, gaps


def test_rows_that_follow_each_other_are_handed_on_at_once() -> None:
    filler = _filler()
    for number in (1, 2, 3):
        assert filler.heard(*_row(number)) == ""
        assert _all(filler) == ([number], [])
        assert filler.request(0.0, _MOST) is None
    assert filler.until == 3 * _STEP


def test_a_later_row_is_held_until_the_missing_ones_were_asked_for() -> None:
    filler = _filler(until=1)
    filler.heard(*_row(5))
    assert _all(filler) == ([], [])
    assert filler.request(0.0, _MOST) == (2 * _STEP - 1, 5 * _STEP)
    assert filler.request(0.0, _MOST) is None
    assert filler.answered([_row(number) for number in (2, 3, 4, 5)], 0.1) == []
    assert _all(filler) == ([2, 3, 4, 5], [Gap("missing minute", 20, 40, asks=1, filled=3)])
    assert filler.request(9.0, _MOST) is None


def test_a_row_that_no_answer_has_is_given_up_after_three_of_them_with_growing_waits() -> None:
    filler, now, asked = _filler(until=1), 0.0, list[float]()
    filler.heard(*_row(3))
    while filler.until < 3 * _STEP:
        if filler.request(now, _MOST) is not None:
            asked.append(now)
            filler.answered([_row(3)], now)
        now += 0.5
        numbers, gaps = _all(filler, now)
    assert (numbers, gaps) == ([3], [Gap("missing minute", 20, 20, asks=3, missing=1)])
    assert asked == [0.0, 1.0, 3.0]


def test_a_row_that_nobody_can_be_asked_for_is_given_up_after_a_while_and_not_before() -> None:
    filler = _filler(until=1)
    filler.heard(*_row(4))
    assert filler.request(0.0, _MOST) is not None
    filler.failed(0.0)
    assert _all(filler, 61.9) == ([], [])
    assert _all(filler, 62.0) == ([4], [Gap("missing minute", 20, 30, asks=1, missing=2)])


def test_without_a_later_row_nothing_is_ever_missing() -> None:
    filler = _filler(until=1)
    filler.want(5 * _STEP, "silent socket")
    for now in range(100):
        if filler.request(now, _MOST):
            filler.answered([], now)
    assert _all(filler, 1e6) == ([], [])
    assert not filler.behind


def test_the_newest_row_of_an_answer_waits_for_the_venue_to_close_it() -> None:
    filler = _filler(until=1)
    filler.want(4 * _STEP, "silent socket")
    assert filler.request(0.0, _MOST) == (2 * _STEP - 1, 4 * _STEP)
    filler.answered([_row(number) for number in (2, 3, 4)], 0.0)
    assert _all(filler)[0] == [2, 3]
    assert filler.heard(4 * _STEP, (4.5,)) == ""
    numbers, gaps = _all(filler)
    assert (numbers, gaps) == ([4], [Gap("silent socket", 20, 30, asks=1, filled=2)])


def test_a_row_that_closes_while_it_is_being_answered_is_asked_for_again() -> None:
    filler = _filler(until=1)
    filler.want(3 * _STEP, "silent socket")
    assert filler.request(0.0, _MOST) is not None
    filler.closed(3 * _STEP)
    filler.answered([_row(2), (3 * _STEP, (-1.0,))], 0.0)
    assert _all(filler)[0] == [2]
    filler.want(3 * _STEP, "missing minute")
    assert filler.request(9.0, _MOST) == (29, 30)
    filler.answered([_row(3)], 9.0)
    handed = filler.take(9.0)
    assert handed is not None
    assert handed.rows == {30: (3.0,)}


def test_a_long_past_is_asked_for_in_pieces_and_an_empty_one_is_passed_over() -> None:
    filler, asked = _filler(), []
    filler.want(95 * _STEP, "start")
    for now in range(60):
        if (request := filler.request(now, 30 * _STEP)) is not None:
            asked.append(request)
            filler.answered([_row(n) for n in range(40, 96) if request[0] < n * _STEP <= request[1]], now)
        _all(filler, now)
    assert asked[:2] == [(9, 309), (650, 950)]
    assert filler.until == 94 * _STEP


def test_what_was_heard_stays_where_an_answer_differs() -> None:
    filler = _filler(until=1)
    filler.heard(*_row(3))
    filler.request(0.0, _MOST)
    assert filler.answered([_row(2), (30, (9.0,))], 0.0) == [30]
    handed = filler.take(0.0)
    assert handed is not None
    assert filler.take(0.0).rows == {30: (3.0,)}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("row", "odd"), [(_row(1), "late"), (_row(5), "duplicate"), ((50, (9.0,)), "changed"), ((55, (9.0,)), "off step")]
)
def test_a_row_that_goes_nowhere_is_told(row: tuple[int, Values], odd: str) -> None:
    filler = _filler(until=2)
    filler.heard(*_row(5))
    assert filler.heard(*row) == odd
    assert filler.heard(*_row(4)) == "out of order"
    filler.heard(*_row(3))
    assert _all(filler)[0] == [3, 4, 5]


def test_a_series_without_a_stream_closes_with_another_and_its_rows_are_no_gap() -> None:
    filler = _filler(until=1, streamed=False)
    filler.closed(3 * _STEP)
    filler.want(3 * _STEP, "", at=2.0)
    assert filler.request(1.0, _MOST) is None
    assert filler.request(2.0, _MOST) == (19, 30)
    filler.answered([_row(2), _row(3), _row(4)], 2.0)
    assert _all(filler) == ([2, 3], [])
    assert filler.until == 3 * _STEP


def test_a_series_that_expects_nothing_yet_moves_with_what_has_closed() -> None:
    filler = GapFiller(0, lambda ts: (ts // 480 + 1) * 480, streamed=False, fallback=lambda ts: (0.5,))
    filler.closed(300)
    assert _all(filler) == ([], [])
    assert filler.until == 300
    filler.closed(480)
    filler.want(480, "settlement")
    for now in (0.0, 1.0, 3.0):
        assert filler.request(now, _MOST) == (479, 480)
        filler.answered([], now)
    handed = filler.take(4.0)
    assert handed is not None
    assert (handed.rows, handed.gap) == ({480: (0.5,)}, Gap("settlement", 480, 480, asks=3, filled=1))


@dataclass
class _Venue:
    """Rows 1.. of which some never exist; it tells and answers what it is made to, and forgets nothing."""

    absent: frozenset[int]
    shown: int = 0
    told: list[int] = field(default_factory=list)

    def answer(self, request: tuple[int, int]) -> list[tuple[int, Values]]:
        last = self.shown + 1  # the one in the making, with another value than it will have
        rows = [_row(n) for n in range(1, self.shown + 1) if n not in self.absent] + [(last * _STEP, (-1.0,))]
        return [row for row in rows if request[0] < row[0] <= request[1]]


_FATES = st.sampled_from(["told", "lost", "late", "twice"])


@settings(max_examples=200, deadline=None)
@given(
    fates=st.lists(_FATES, min_size=1, max_size=40),
    absent=st.frozensets(st.integers(1, 40), max_size=6),
    failing=st.lists(st.booleans(), min_size=1, max_size=7),
    silent=st.integers(2, 5),
    slow=st.integers(0, 3),
    another=st.booleans(),
)
def test_whatever_is_lost_doubled_or_late_the_venues_rows_are_handed_on_each_once(
    fates: list[str], absent: frozenset[int], failing: list[bool], silent: int, slow: int, another: bool
) -> None:
    venue, filler, handed, delayed = _Venue(absent), _filler(), list[tuple[int, Values]](), list[int]()
    under_way: tuple[int, list[tuple[int, Values]] | None] | None = None
    calls, still = 0, len(fates) + 1
    for number in range(1, still + 200):
        now, told = float(number), list[int]()
        if number <= still:  # then the market stands, and all can be caught up with
            fate = fates[number - 1] if number < still else "told"
            venue.shown = number
            there = number not in absent
            told = [*([number] * (1 + (fate == "twice")) if there and fate in ("told", "twice") else []), *delayed]
            delayed = [number] if there and fate == "late" else []
        for each in told:
            filler.heard(*_row(each))
        if another:
            filler.closed(venue.shown * _STEP)
        if number % silent == 0:
            filler.want(venue.shown * _STEP + _STEP, "silent socket")
        if under_way is not None and now >= under_way[0]:
            _, answer = under_way
            under_way = None
            filler.failed(now) if answer is None else filler.answered(answer, now)
        if (request := filler.request(now, 7 * _STEP)) is not None:
            calls += 1
            failed = number < still and failing[calls % len(failing)]
            under_way = number + slow, None if failed else venue.answer(request)
        while (piece := filler.take(now)) is not None:
            handed += piece.rows.items()
    last = still
    assert handed == [_row(n) for n in range(1, last + 1) if n not in absent]
    assert filler.until == last * _STEP or (last in absent and filler.until >= (last - 1) * _STEP)
