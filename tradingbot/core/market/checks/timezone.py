# file: core/market/checks/timezone.py
"""Time zone inference: a file's clock, read off its market's closed hours or the hour that comes twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tradingbot.core.arrays import BoolArray, Ints
from tradingbot.core.market.calendars.clocks import UTC_CLOCK, Clock, parse_clock, zone_offsets
from tradingbot.core.market.calendars.sessions import FOREX, USEQUITY, Session
from tradingbot.core.market.checks.defects import Defect, DefectKind, Severity, moment
from tradingbot.core.market.checks.order import Forward
from tradingbot.core.time import DAY, HOUR, MINUTE

_CLOCKS = ("Europe/Berlin", "Europe/London", "Europe/Athens", "America/New_York", "America/New_York+7h")
_MOST = 0.9
_FEWEST = 2
_AGREEMENT = 0.6
_MOST_HOURS = 14
_MOST_SHIFT = 9
"""No clock is farther from a zone whose changes it shares: Chile's is not Sydney's less 14 hours."""

_NEAR = 20 * MINUTE
"""Clocks that differ by less are not told apart: few markets open and shut to the minute."""

_SHUT: Mapping[str, tuple[int, int]] = {FOREX.name: (36 * HOUR, 72 * HOUR), USEQUITY.name: (12 * HOUR, 24 * HOUR)}
"""How long a market with hours is shut at a time."""

_BASES = ("America/New_York", "Europe/London", "Australia/Sydney", "Pacific/Auckland", None)
_NAMES: Mapping[tuple[str | None, int], str] = {
    ("America/New_York", 0): "America/New_York",
    ("America/New_York", -1): "America/Chicago",
    ("America/New_York", 7): "America/New_York+7h",
    ("Europe/London", 0): "Europe/London",
    ("Europe/London", 1): "Europe/Berlin",
    ("Europe/London", 2): "Europe/Athens",
    ("Australia/Sydney", 0): "Australia/Sydney",
    ("Pacific/Auckland", 0): "Pacific/Auckland",
}
"""Clocks that files have, the likelier first where no week of a file tells them apart: more brokers end their days with
New York's than go by Athens' time."""

_RANKS = list(_NAMES)


def repeated_hour_defects(rows: Ints, ts: Ints, step_ns: int, clock: Clock) -> list[Defect]:
    """Return which clock shows twice what the file has twice; nothing where `clock` was named or the hours are others.

    `rows` and `ts` are those of rows that repeat a time or go back in it; `step_ns` is the length of a bar, 0 for
    ticks. Sorted or without its repetitions such a file looks like UTC, and every row of it lies hours off.
    """
    if clock != UTC_CLOCK or not len(ts):
        return []
    for name in _CLOCKS:
        for shift in (step_ns, 0):
            twice = parse_clock(name).utc(ts - shift).again > 0
            if twice.mean() >= _MOST:
                day = moment(int(ts[np.argmax(twice)]))[:10]
                other = ", or the zone of the US that it has" if name == "America/New_York" else ""
                sentence = (
                    f"an hour of {day} comes twice, the one in which the clock of {name} was set back:"
                    f" use --tz {name}{other}, or --tz +00:00 if the times are UTC"
                )
                return [_defect(DefectKind.WRONG_TIMEZONE, Severity.REFUSE, twice, rows, ts, sentence)]
    return []


@dataclass(frozen=True, slots=True)
class _Guess:
    """A clock that may be the file's: what it shows at each edge in hours ahead of UTC, and where that is observed.

    `half` is the half hour, in nanoseconds, that it is ahead of these.
    """

    zone: str | None
    hours: int
    shown: Ints
    fits: BoolArray
    half: int

    @property
    def name(self) -> str:
        if not self.half and (self.zone, self.hours) in _NAMES:
            return _NAMES[self.zone, self.hours]
        ahead = self.hours * HOUR + self.half
        hours, minutes = divmod(abs(ahead) // MINUTE, 60)
        sign = "-" if ahead < 0 else "+"
        if self.zone is None:
            return f"{sign}{hours:02d}:{minutes:02d}"
        return f"{self.zone}{sign}{hours}h{minutes or ''}"

    @property
    def rank(self) -> int:
        if self.zone is None:
            return len(_RANKS)
        return _RANKS.index((self.zone, self.hours)) if (self.zone, self.hours) in _NAMES else len(_RANKS) + 1


class TimezoneChecks:
    """Collect the holes in which a market seems shut, and hold them against the hours of its session.

    `step_ns` is the length of a bar, 0 for ticks, and `clock` what the stamps were read from.
    """

    def __init__(self, session: Session, step_ns: int, clock: Clock) -> None:
        self._session = session
        self._step = step_ns
        self._clock = clock
        self._shut: list[Forward] = []

    def feed(self, forward: Forward) -> None:
        """Look at the next rows that move time on."""
        if self._session.name not in _SHUT:
            return
        shortest, longest = _SHUT[self._session.name]
        length = forward.ts - forward.before
        shut = (length >= shortest) & (length <= longest)
        self._shut.append(Forward(*(column[shut] for column in forward)))

    def defects(self) -> list[Defect]:
        """Return what the holes say about the clock and about which end of a bar the stamps mark.

        Says nothing with fewer than two holes, or where fewer than 60 % of closings or of openings agree on a clock.
        """
        if self._session.hours is None or sum(len(shut.rows) for shut in self._shut) < _FEWEST:
            return []
        rows, ts, before = (np.concatenate(column) for column in zip(*self._shut, strict=True))
        hours = self._session.hours()
        edges = np.concatenate([before, ts - self._step])
        truth = np.concatenate([_nearest(hours.closes, before), _nearest(hours.opens, ts - self._step)])
        early = (edges - truth == -self._step).reshape(2, -1).all(axis=0)
        if self._step and early.mean() >= _AGREEMENT:
            sentence = "the market opens and shuts one bar too early: the stamps are the bars' open, use --stamp open"
            return [_defect(DefectKind.OPEN_STAMPED, Severity.REFUSE, early, rows, ts, sentence)]
        return self._wrong_clock(rows, ts, truth, self._clock.wall(edges) - truth)

    def _wrong_clock(self, rows: Ints, ts: Ints, truth: Ints, ahead: Ints) -> list[Defect]:
        # Half an hour where closings and openings alike lie that much off a full hour, as by India's clock.
        halves = np.abs(ahead % HOUR - HOUR // 2) <= 5 * MINUTE
        half = HOUR // 2 if halves.reshape(2, -1).mean(axis=1).min() >= _AGREEMENT else 0
        observed, own = _hours(ahead - half), self._clock.wall(truth) - truth
        near = np.abs(ahead - own) <= _MOST_HOURS * HOUR
        guesses = [guess for zone in _BASES if (guess := _guess(zone, truth, observed, near, half)) is not None]
        if not guesses:
            return self._unknown_clock(rows, ts, np.where(near, _hours(ahead - own), 0))
        best = max(guesses, key=lambda guess: (guess.fits.sum(), -guess.rank))
        off = best.shown * HOUR + half - own
        apart = np.abs(off) > _NEAR
        wrong = apart & best.fits
        if apart.sum() < _FEWEST or wrong.sum() < _AGREEMENT * apart.sum():
            return []
        same = [guess for guess in guesses if guess is not best and np.array_equal(guess.shown, best.shown)]
        unmoved = [guess.name for guess in same if guess.zone is None]
        use = f"use --tz {best.name}" + "".join(f", or {name} if its clock never changes" for name in unmoved)
        severity, advice = Severity.WARN, f": {use}"
        if self._clock.given:
            advice = f"; the offset is taken as given, {best.name} would fit"
        elif self._step >= DAY:
            advice = f"; days show no hours: if these are not days of {self._clock.name}, {use}"
        else:
            severity = Severity.REFUSE
        where, sentence = wrong.reshape(2, -1).any(axis=0), self._off(off[wrong]) + advice
        return [_defect(DefectKind.WRONG_TIMEZONE, severity, where, rows, ts, sentence)]

    def _unknown_clock(self, rows: Ints, ts: Ints, off: Ints) -> list[Defect]:
        """Tell of a market that opens and shuts late, or early, by hours that change as no known clock does."""
        late, early = ((off * way > 0).reshape(2, -1) for way in (1, -1))
        if max(late.mean(axis=1).min(), early.mean(axis=1).min()) < _AGREEMENT:
            return []
        where = late if late.mean() > early.mean() else early
        severity = Severity.WARN if self._clock.given or self._step >= DAY else Severity.REFUSE
        sentence = f"{self._off(off[where.ravel()] * HOUR)}, as no clock that is known here: name the file's with --tz"
        return [_defect(DefectKind.WRONG_TIMEZONE, severity, where.any(axis=0), rows, ts, sentence)]

    def _off(self, by: Ints) -> str:
        shift = " to ".join(f"{off / HOUR:+g} h" for off in dict.fromkeys((int(by.min()), int(by.max()))))
        return f"read as {self._clock.name}, the {self._session.name} market opens and shuts {shift} off its hours"


def _nearest(edges: Ints, ts: Ints) -> Ints:
    after = np.clip(np.searchsorted(edges, ts), 1, len(edges) - 1)
    return np.where(ts - edges[after - 1] < edges[after] - ts, edges[after - 1], edges[after])


def _hours(ns: Ints) -> Ints:
    return np.rint(ns / HOUR).astype(np.int64)


def _guess(zone: str | None, truth: Ints, observed: Ints, near: BoolArray, half: int) -> _Guess | None:
    base = np.zeros(len(truth), np.int64) if zone is None else _hours(zone_offsets(truth, zone))
    shifts, counts = np.unique((observed - base)[near], return_counts=True)
    if not len(shifts):
        return None
    hours = int(shifts[counts.argmax()])
    shown = base + hours
    fits = near & (observed == shown)
    agreed = fits.reshape(2, -1).mean(axis=1).min() >= _AGREEMENT and (zone is None or abs(hours) <= _MOST_SHIFT)
    return _Guess(zone, hours, shown, fits, half) if agreed else None


def _defect(kind: DefectKind, severity: Severity, where: BoolArray, rows: Ints, ts: Ints, sentence: str) -> Defect:
    first = int(np.argmax(where))
    return Defect(kind, severity, int(where.sum()), int(rows[first]), int(ts[first]), sentence)
