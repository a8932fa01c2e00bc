# file: core/runtime/livefeed/gapfiller.py
"""Gap filler: order a live series, ask for what is missing, and give up on a row only with evidence and patience."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

type Values = tuple[float, ...]
"""A row without its time stamp."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a gap is worked on, in seconds of this machine's clock.

    After an answer that brings nothing, or a request that fails, the next one waits `retry_s`, then twice that, up to
    `longest_retry_s`, or until a later row comes. A row that closed for certain is missing after `empty_answers`
    answers without it, or when all requests since it had took `limit_s` and a second more for each row that would be
    lost, at most `longest_s`.
    """

    empty_answers: int = 3
    retry_s: float = 1.0
    longest_retry_s: float = 30.0
    limit_s: float = 60.0
    longest_s: float = 900.0


@dataclass(slots=True)
class Gap:
    """Rows from `first` to `last` (UTC ns) that did not come by themselves: why, what was done, what came of it."""

    cause: str
    first: int
    last: int
    asks: int = 0
    filled: int = 0
    missing: int = 0
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """What may be handed on: rows up to the new watermark, and the gap they belong to, which `ended` or goes on."""

    until: int
    rows: dict[int, Values]
    gap: Gap | None = None
    ended: bool = False


@dataclass(slots=True)
class GapFiller:
    """One series between its venue and its readers: rows leave in order, each once, up to a watermark.

    `until` is the watermark and `expects` the stamp of the row that follows one, both UTC ns. `now` is always this
    machine's monotonic clock in seconds, which says when to ask and never what has closed: a row has closed when the
    venue says so, or shows a later one. Rows of a series that is not `streamed` come by request alone and close when
    `closed` says so. `fallback` may know a row that the venue never answered with.
    """

    until: int
    expects: Callable[[int], int]
    patience: Patience = field(default_factory=Patience)
    streamed: bool = True
    fallback: Callable[[int], Values | None] = lambda _ts: None
    _held: dict[int, Values] = field(default_factory=dict)
    _heard: set[int] = field(default_factory=set)
    _lacking: dict[int, int] = field(default_factory=dict)
    _closed: int = 0
    _last: int = 0
    _goal: int = 0
    _cause: str = ""
    _asks: int = 0
    _asked: tuple[int, int] | None = None
    _known: int = 0
    _probe: bool = False
    _wait: float = 0.0
    _next: float = 0.0
    _since: float | None = None
    _gap: Gap | None = None

    @property
    def behind(self) -> bool:
        """Whether a row that has closed was not handed on yet, and nobody asks for it."""
        return self._goal <= self.until and self.expects(self.until) <= self._closed

    def heard(self, ts: int, values: Values) -> str:
        """Take a row that the venue says has closed; return what is odd about it, nothing when all is well.

        A row that is `out of order` leaves in its place; what else is odd goes nowhere.
        """
        if self.expects(ts - 1) != ts:
            return "off step"
        if ts <= self.until:
            return "late"
        if ts in self._held:
            return "duplicate" if self._held[ts] == values else "changed"
        self._held[ts] = values
        self._heard.add(ts)
        self.closed(ts)
        if self.expects(self.until) < ts:
            self.want(ts, "missing minute")
            self.hurry()
        late, self._last = ts < self._last, max(ts, self._last)
        return "out of order" if late else ""

    def closed(self, ts: int) -> None:
        """Know that whatever is due at `ts` or before has closed."""
        self._closed = max(self._closed, ts)

    def want(self, ts: int, cause: str, at: float = 0.0) -> None:
        """Ask for what there is up to `ts`, from the moment `at` on; of several causes the first counts."""
        if self._goal <= self.until:
            self._cause, self._asks, self._wait, self._next = cause, 0, 0.0, at
        self._goal = max(ts, self._goal)

    def hurry(self) -> None:
        """Ask at once for what is wanted: the venue can be reached again."""
        self._next = self._wait = 0.0

    def request(self, now: float, most: int) -> tuple[int, int] | None:
        """Return what to ask for now, (after, until), or nothing; at most `most` nanoseconds of it."""
        start, goal = self._wanted() - 1, self._goal
        if self._asked is not None or now < self._next or start >= goal:
            return None
        self._asked = (max(start, goal - most), goal) if self._probe else (start, min(goal, start + most))
        self._asks += 1
        self._known = self._closed
        if self._since is None and start < self._closed:
            self._since = now
        return self._asked

    def answered(self, rows: Iterable[tuple[int, Values]], now: float) -> list[int]:
        """Take the answer to the request; return the stamps of what differs from what was heard, which stays."""
        found, (after, until) = dict(rows), self._asked or (0, 0)
        self._asked, self._probe = None, not found and until < self._goal
        # A row was whole when it had closed before it was asked for, or a later one is shown: the newest may be in the
        # making, even where it has closed by now.
        whole = max(self._known, max(found, default=0) - 1) if self.streamed else self._known
        self.closed(whole)
        new = {ts: values for ts, values in sorted(found.items()) if self.until < ts <= whole}
        changed = [ts for ts, values in new.items() if self._held.setdefault(ts, values) != values]
        self._count_lacking(after, min(until, whole))
        if self._wanted() > self._closed and until >= self._goal:
            self._goal = self.until
        elif new.keys() - self._heard:
            self.hurry()
        else:
            self._pause(now)
        return changed

    def failed(self, now: float) -> None:
        """Know that the request failed."""
        self._asked = None
        self._pause(now)

    def take(self, now: float) -> Handed | None:
        """Return what has become whole, row by row or given up, and move the watermark; nothing where nothing has.

        To be called until it returns nothing.
        """
        before, rows, ended = self.until, dict[int, Values](), False
        expired = self._expired(now)
        while not ended:
            due, held = self.expects(self.until), min(self._held, default=None)
            if held is not None and held <= due:
                plain = held in self._heard or not self.streamed
                ended = plain and self._gap is not None
                if not ended:
                    self._hand(held, rows, plain)
            elif due > self._closed:
                self.until = self.until if self.streamed else max(self.until, self._closed)
                break
            elif expired or self._lacking.get(due, 0) >= self.patience.empty_answers:
                self._give_up(due, rows)
            else:
                break
        if self.until == before and not ended:
            return None
        gap, self._gap = self._gap, None if ended else self._gap
        self._since = None if self.until > before else self._since
        return Handed(self.until, rows, gap, ended)

    def _hand(self, ts: int, rows: dict[int, Values], plain: bool) -> None:
        rows[ts] = self._held.pop(ts)
        self.until = ts
        self._heard.discard(ts)
        self._lacking.pop(ts, None)
        if not plain:
            self._in_gap(ts).filled += 1

    def _give_up(self, ts: int, rows: dict[int, Values]) -> None:
        gap = self._in_gap(ts)
        if (values := self.fallback(ts)) is not None:
            rows[ts] = values
            gap.filled += 1
        else:
            gap.missing += 1
        self.until = ts
        self._lacking.pop(ts, None)

    def _in_gap(self, ts: int) -> Gap:
        if self._gap is None:
            self._gap = Gap(self._cause, ts, ts)
        self._gap.last, self._gap.asks = ts, self._asks
        return self._gap

    def _expired(self, now: float) -> bool:
        if self._since is None:
            return False
        lost, ts = 0, self.expects(self.until)
        while ts <= self._closed and ts not in self._held and lost < self.patience.longest_s:
            lost, ts = lost + 1, self.expects(ts)
        return now - self._since >= min(self.patience.longest_s, self.patience.limit_s + lost)

    def _wanted(self) -> int:
        """Return the stamp of the first row that is neither handed on nor held."""
        ts = self.expects(self.until)
        while ts in self._held:
            ts = self.expects(ts)
        return ts

    def _count_lacking(self, after: int, last: int) -> None:
        ts = self.expects(max(after, self.until))
        while ts <= last:
            if ts not in self._held:
                self._lacking[ts] = self._lacking.get(ts, 0) + 1
            ts = self.expects(ts)

    def _pause(self, now: float) -> None:
        self._wait = min(2 * self._wait or self.patience.retry_s, self.patience.longest_retry_s)
        self._next = now + self._wait
